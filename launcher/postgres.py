"""The embedded PostgreSQL: a cluster under the data folder, on a free local port and on no socket file.

TCP only, because the path of a Unix socket may not be longer than 107 bytes and data folders lie deep.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from launcher.binaries import POSTGRES_MAJOR, postgres_program
from launcher.errors import ServersDidNotStart
from launcher.identity import Identity
from launcher.programs import (
    LOCALHOST,
    PORT_TRIES,
    START_SECONDS,
    free_port,
    new_password,
    open_log,
    plain_environment,
    spawn,
    stop,
    what_went_wrong,
    write_private,
)

DATABASE = "unforgotten"
PASSWORD_FILE = "unforgotten.password"  # noqa: S105 - the name of a file
SETTINGS = {
    "listen_addresses": LOCALHOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The usual kind lives in /dev/shm, which is outside the data folder and tiny in many containers.
    "dynamic_shared_memory_type": "mmap",
    # Statements, their parameters and the messages of failed ones carry e-mail addresses; none may reach a log.
    # At level `log` the server still writes down starts, stops, crashes and refused connections.
    "log_min_messages": "log",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
# For tests: a power cut loses everything, a crash of the server alone still loses nothing that was committed before
# its last writes reached the kernel.
HASTY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Postgres:
    """A running server; `process` is the caller's child."""

    process: subprocess.Popen[bytes]
    port: int
    password: str
    log: Path

    @property
    def url(self) -> str:
        """The address of the project's database in SQLAlchemy's form, password included."""
        return f"postgresql+psycopg://{DATABASE}:{self.password}@{LOCALHOST}:{self.port}/{DATABASE}"

    def stop(self) -> None:
        """Stop it and wait until it has gone: open sessions are ended, then at once, then by force."""
        stop(self.process, (signal.SIGINT, 20), (signal.SIGQUIT, 10))


def start(folder: Path, identity: Identity, inherited: int, *, durable: bool = True) -> Postgres:
    """Start the server with its files in `folder`, made on the first start, and wait until it takes connections.

    `inherited` is a descriptor that it and its children keep open as long as they live. The caller guarantees that
    no server of an earlier start is alive. Raises ServersDidNotStart.
    """
    cluster = folder / "cluster"
    if not cluster.exists():
        _make_cluster(folder, identity, inherited, durable=durable)
    _check_version(cluster)
    _forget_dead_server(cluster)
    settings = SETTINGS if durable else {**SETTINGS, **HASTY_SETTINGS}
    log = folder / "log"
    for _ in range(PORT_TRIES):
        port = free_port(folder / "port")
        options = [f"--{name}={value}" for name, value in {**settings, "port": str(port)}.items()]
        # SIGQUIT, so that an orphaned server ends its sessions and leaves no shared memory behind.
        command = identity.wrap([str(postgres_program("postgres")), "-D", str(cluster), *options], signal.SIGQUIT)
        password = (cluster / PASSWORD_FILE).read_text().strip()
        server = Postgres(spawn(command, folder, log, inherited), port, password, log)
        if _is_ready(server, cluster):
            write_private(folder / "port", f"{port}\n")
            return server
        server.stop()
        if "Address already in use" not in log.read_text(errors="replace"):
            break
    raise ServersDidNotStart(f"PostgreSQL did not start: {what_went_wrong(log)} (log: {log})")


def _make_cluster(folder: Path, identity: Identity, inherited: int, *, durable: bool) -> None:
    """Make the cluster, its role and its database beside its place, then rename it there.

    So a cluster that exists is complete, and one that was interrupted is swept away here.
    """
    draft = folder / "cluster.new"
    if draft.exists():
        shutil.rmtree(draft)
    # Nobody can sign in over the network as the superuser: it gets no password, and reject is replaced below for
    # the project's own role.
    initdb = [str(postgres_program("initdb")), "-D", str(draft), "--username=postgres", "--auth=reject"]
    initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
    initdb += [] if durable else ["--no-sync"]
    _run(initdb, "", folder, identity, inherited)
    (draft / "pg_hba.conf").write_text(f"host all {DATABASE} {LOCALHOST}/32 scram-sha-256\n")
    password = new_password()
    write_private(draft / PASSWORD_FILE, f"{password}\n")
    identity.take_over(draft / PASSWORD_FILE)
    statements = (
        f"CREATE ROLE {DATABASE} LOGIN CREATEDB PASSWORD '{password}'",
        f"GRANT pg_monitor, pg_checkpoint, pg_signal_backend TO {DATABASE}",
        f"CREATE DATABASE {DATABASE} OWNER {DATABASE}",
    )
    single = [str(postgres_program("postgres")), "--single", "-D", str(draft), "postgres"]
    _run(single, "".join(f"{statement}\n" for statement in statements), folder, identity, inherited)
    draft.rename(folder / "cluster")
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _run(command: list[str], text: str, folder: Path, identity: Identity, inherited: int) -> None:
    log = folder / "initdb.log"
    with os.fdopen(open_log(log), "w") as output:
        outcome = subprocess.run(
            identity.wrap(command, signal.SIGKILL),
            input=text.encode(),
            stdout=output,
            stderr=output,
            cwd=folder,
            env=plain_environment(),
            pass_fds=(inherited,),
            start_new_session=True,
            check=False,
        )
    # The single-user server goes on after an error and exits with 0.
    if outcome.returncode != 0 or "ERROR:" in log.read_text(errors="replace"):
        raise ServersDidNotStart(f"The database could not be made: {what_went_wrong(log)} (log: {log})")


def _check_version(cluster: Path) -> None:
    try:
        found = (cluster / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise ServersDidNotStart(f"{cluster} is not a PostgreSQL data folder: {error.strerror}.") from error
    if found != str(POSTGRES_MAJOR):
        raise ServersDidNotStart(
            f"{cluster} was made by PostgreSQL {found} and this is PostgreSQL {POSTGRES_MAJOR}:"
            " dump it with the old version and restore it into a new data folder."
        )


def _forget_dead_server(cluster: Path) -> None:
    """Remove the pid file of a server that was killed.

    After a restart of the machine its number may belong to any other process, and PostgreSQL would refuse to start.
    A server somebody started by hand on this folder is recognised by its working folder and left alone.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except FileNotFoundError:
        return
    except (ValueError, IndexError):
        pid = 0
    try:
        in_use = pid > 0 and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except FileNotFoundError:
        in_use = False
    except PermissionError:
        return
    if in_use:
        raise ServersDidNotStart(f"A PostgreSQL server that was started by hand (pid {pid}) uses {cluster}.")
    pid_file.unlink()


def _is_ready(server: Postgres, cluster: Path) -> bool:
    """Wait for the line by which the server itself says that it takes connections, as pg_ctl does."""
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        if len(lines) >= 8 and lines[0].strip() == str(server.process.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False
