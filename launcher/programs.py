"""What starting PostgreSQL and starting Valkey have in common."""

import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

from launcher.errors import ServersDidNotStart

LOCALHOST = "127.0.0.1"
PORT_TRIES = 5
START_SECONDS = 60
# Nothing of the caller's settings reaches the servers: PGPORT or PGOPTIONS would change them, secrets would linger.
KEPT_VARIABLES = ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR")


def plain_environment() -> dict[str, str]:
    """Return the environment servers run in: untranslated messages, and nothing of the caller's but paths."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def free_port(record: Path) -> int:
    """Return a port nobody listens on: the one recorded last time if it is free, so that addresses stay."""
    try:
        preferred = int(record.read_text())
    except (OSError, ValueError):
        preferred = 0
    for port in (preferred, 0):
        with socket.socket() as probe:
            # As servers do: without it, connections of the last run that linger in TIME_WAIT would block the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOCALHOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServersDidNotStart(f"There is no free port on {LOCALHOST}.")


def write_private(path: Path, text: str) -> None:
    """Write a file only the owner may read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def new_password() -> str:
    """Return a password that needs no quoting in a URL, in SQL or in a configuration file."""
    return secrets.token_hex(24)


def open_log(path: Path) -> int:
    """Open a fresh log only the owner may read, the last one kept beside it; the caller closes the descriptor."""
    if path.exists():
        path.replace(path.with_name(path.name + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def last_lines(path: Path, count: int) -> list[str]:
    """Return the last lines of a log that are not empty; none if it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 16_384))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()][-count:]


def what_went_wrong(path: Path) -> str:
    """Return the most telling line of a log: the first that speaks of an error, or else the last."""
    lines = last_lines(path, 40)
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "rror", "ailed"))]
    return (telling or lines[-1:] or ["it said nothing"])[0]


def spawn(command: list[str], folder: Path, log: Path, inherited: int) -> subprocess.Popen[bytes]:
    """Start a server in its folder, in its own session, writing to its log and holding the inherited descriptor.

    The session is its own so that a Ctrl-C at the terminal reaches only whoever decides about it.
    """
    output = open_log(log)
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(inherited,),
            start_new_session=True,
        )
    finally:
        os.close(output)


def stop(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Stop a child by the signals in turn, each with the seconds it may take, and by SIGKILL in the end."""
    for number, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(number)
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    if process.poll() is None:
        process.kill()
        process.wait()
