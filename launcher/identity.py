"""Who the servers run as, and the small program that becomes it.

PostgreSQL refuses to run as root. Root therefore runs it in a user namespace in which root has another uid: outside,
the files still belong to root, so that it works under a home closed to everybody else. Where namespaces are refused
(many containers) it drops to another uid for good.

This file is also run by its path, as `identity.py --parent PID --death SIGNAL [--namespace|--drop UID:GID] -- command`:
unshare needs a process with a single thread, and Python 3.11 has no os.unshare. It imports nothing of ours, so that
the interpreter can start isolated and without site-packages in some 15 ms.
"""

import ctypes
import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
NOBODY = 65534
REFUSED = 126


@dataclass(frozen=True)
class Identity:
    """A way to run a server: `plain` as the caller, in a `namespace` under another name, or `drop` to another uid."""

    way: str
    uid: int
    gid: int

    def wrap(self, command: list[str], death_signal: int) -> list[str]:
        """Return the command line that runs `command` under this identity.

        It gets `death_signal` when the calling process dies. Call it in the thread that will start the process: the
        kernel watches that thread, not the whole process.
        """
        helper = [sys.executable, "-I", "-S", __file__, "--parent", str(os.getpid()), "--death", str(int(death_signal))]
        if self.way != "plain":
            helper += [f"--{self.way}", f"{self.uid}:{self.gid}"]
        return [*helper, "--", *command]

    def take_over(self, path: Path) -> None:
        """Give one file or folder to the uid the server drops to; in the other ways it is already the caller's."""
        if self.way == "drop":
            os.chown(path, self.uid, self.gid)


def plain() -> Identity:
    """Return the caller's own identity."""
    return Identity("plain", os.geteuid(), os.getegid())


def choose(folder: Path, *, namespaces: bool = True) -> Identity:
    """Return the identity under which PostgreSQL can run with its data in `folder`, which exists.

    A folder that belongs to a normal user stays that user's also when root starts the servers once.
    """
    owner = folder.stat()
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return plain()
    if os.geteuid() == 0 and owner.st_uid != 0:
        return Identity("drop", owner.st_uid, owner.st_gid)
    other = _other_account()
    inside = Identity("namespace", other.pw_uid, other.pw_gid)
    if namespaces and _works(inside):
        return inside
    return Identity("drop", NOBODY, NOBODY) if os.geteuid() == 0 else plain()


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _other_account() -> pwd.struct_passwd:
    """Return an account for use inside the namespace: initdb wants a uid that has a name in the system's list.

    Not nobody, if there is a choice: a namespace shows the files of all unknown uids as nobody's.
    """
    candidates = [account for account in pwd.getpwall() if account.pw_uid != 0]
    named = next((account for account in candidates if account.pw_uid != NOBODY), None)
    return named or pwd.struct_passwd(("nobody", "x", NOBODY, NOBODY, "", "/", "/bin/false"))


def _works(identity: Identity) -> bool:
    probe = subprocess.run(identity.wrap(["/proc/self/exe", "-I", "-S", "-c", ""], 9), capture_output=True, check=False)
    return probe.returncode == 0


def _die_with(parent: int, death_signal: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    # The parent may have died before the kernel was told to watch it.
    if os.getppid() != parent:
        sys.exit(REFUSED)


def _enter_namespace(uid: int, gid: int) -> None:
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are refused")
    for name, value in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(value)


def _drop(uid: int, gid: int, program: str) -> None:
    folder = os.getcwd()
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    for path, mode in ((folder, os.R_OK | os.W_OK | os.X_OK), (program, os.X_OK)):
        if not os.access(path, mode):
            raise PermissionError(f"{path} is out of reach of uid {uid}, as which PostgreSQL has to run")


def main(arguments: list[str]) -> None:
    """Become what the options say, then run the command; exits 126 with one line if that is impossible."""
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    command = arguments[split + 1 :]
    parent = int(options["--parent"])
    try:
        for option, become in (("--namespace", _enter_namespace), ("--drop", lambda u, g: _drop(u, g, command[0]))):
            if option in options:
                uid, gid = options[option].split(":")
                become(int(uid), int(gid))
        # After the change of identity: the kernel forgets the death signal when credentials change.
        _die_with(parent, int(options["--death"]))
        os.execv(command[0], command)  # noqa: S606 - this program exists to run another one
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main(sys.argv[1:])
