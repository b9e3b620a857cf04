"""The embedded Valkey: on a free local port, behind a random password, keeping nothing on disk.

It holds no truth (a broker and a cache), so it has no persistence and may be killed at any time.
"""

import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launcher.binaries import valkey_program
from launcher.errors import ServersDidNotStart
from launcher.identity import plain
from launcher.programs import (
    LOCALHOST,
    PORT_TRIES,
    START_SECONDS,
    free_port,
    new_password,
    spawn,
    stop,
    what_went_wrong,
    write_private,
)

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
protected-mode yes
daemonize no
save ""
appendonly no
dir ./
logfile ""
databases 16
maxmemory-policy noeviction
"""


@dataclass
class Valkey:
    """A running server; `process` is the caller's child."""

    process: subprocess.Popen[bytes]
    port: int
    password: str
    log: Path

    @property
    def url(self) -> str:
        """The address of its first database, password included."""
        return f"redis://:{self.password}@{LOCALHOST}:{self.port}/0"

    def stop(self) -> None:
        """Stop it and wait until it has gone."""
        stop(self.process, (signal.SIGTERM, 5))


def start(folder: Path, inherited: int) -> Valkey:
    """Start the server with its files in `folder` and wait until it answers.

    `inherited` is a descriptor it keeps open as long as it lives. Raises ServersDidNotStart.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    program = valkey_program()
    log = folder / "log"
    for _ in range(PORT_TRIES):
        port, password = free_port(folder / "port"), _password(folder / "password")
        # A file and not arguments: every user of the machine may read the arguments of a process.
        write_private(folder / "valkey.conf", CONFIGURATION.format(host=LOCALHOST, port=port, password=password))
        command = plain().wrap([str(program), "valkey.conf"], signal.SIGKILL)
        server = Valkey(spawn(command, folder, log, inherited), port, password, log)
        if _answers(server):
            write_private(folder / "port", f"{port}\n")
            return server
        server.stop()
        if "Address already in use" not in " ".join(log.read_text(errors="replace").splitlines()):
            break
    raise ServersDidNotStart(f"Valkey did not start: {what_went_wrong(log)} (log: {log})")


def _password(path: Path) -> str:
    try:
        kept = path.read_text().strip()
    except FileNotFoundError:
        kept = ""
    if not kept:
        kept = new_password()
        write_private(path, f"{kept}\n")
    return kept


def _answers(server: Valkey) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection((LOCALHOST, server.port), timeout=1) as connection:
                connection.sendall(f"AUTH {server.password}\r\nPING\r\n".encode())
                if b"+OK" in connection.recv(64):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False
