"""Run one command so that nothing of it outlives whoever started it.

Run by its path as `leash.py --parent PID --grace SECONDS -- command`, in a session of its own. It passes SIGTERM on
to the command, and sends it by itself when the parent dies, kill -9 included; what is left of the session after the
grace is killed. Web servers and workers have processes of their own, which no death signal of ours would reach.
It imports nothing of ours, so that it starts in some 15 ms and stays small.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGALRM)


def command_line(command: list[str], grace: int) -> list[str]:
    """Return the command line that runs `command` on a leash held by the calling thread."""
    helper = [sys.executable, "-I", "-S", __file__]
    return [*helper, "--parent", str(os.getpid()), "--grace", str(grace), "--", *command]


def _start(command: list[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    leash = os.getppid()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
    # A shell starts what it puts in the background deaf to Ctrl-C, and that is inherited; yet a web server stops its
    # own workers by SIGINT and would wait for them in vain.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != leash:
        os._exit(1)
    try:
        os.execvp(command[0], command)  # noqa: S606 - this program exists to run another one
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(127)


def _wait(child: int, grace: int) -> int:
    while True:
        number = signal.sigwait(WATCHED)
        if number == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
        elif number == signal.SIGALRM:
            os.killpg(0, signal.SIGKILL)
        else:
            os.kill(child, signal.SIGTERM)
            signal.alarm(grace)


def main(arguments: list[str]) -> int:
    """Run the command and return its exit status, 128 + number if a signal ended it."""
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    parent = int(options["--parent"])
    # Blocked and awaited instead of handled: a signal between two instructions is kept, not missed.
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        return 1
    status = _wait(_start(arguments[split + 1 :]), int(options["--grace"]))
    if os.getppid() != parent:
        # The parent would have killed what the command left behind; nobody else will.
        os.killpg(0, signal.SIGKILL)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
