"""Where benchmarks and drills happen: a data folder, a durable PostgreSQL, a broker and a database of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from campaign import create_app
from config import Config
from launcher import leash
from launcher.keeper import Servers, attach, wait_until_stopped
from launcher.locks import EXCLUSIVE, open_lock, try_lock
from launcher.plan import plan_for
from launcher.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
WEB_WORKERS, WEB_THREADS = 2, 4
GRACE_SECONDS = 10
START_SECONDS = 120
"""A machine with ten other programs needs a minute; nothing is measured while it starts."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Running servers with a migrated, empty database."""

    folder: Path
    servers: Servers
    environment: Mapping[str, str]

    @property
    def database_url(self) -> str:
        """The database as psycopg wants it."""
        return self.servers.database_url.replace("postgresql+psycopg://", "postgresql://")

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of one's own, each statement a transaction."""
        return psycopg.connect(self.database_url, autocommit=True)

    def number(self, query: str, *parameters: Any) -> int:
        """The one number a query gives."""
        with self.connect() as connection:
            row = connection.execute(query, parameters).fetchone()  # type: ignore[call-overload]
        return int(row[0]) if row else 0

    def run(self, *statements: str) -> None:
        """Run statements, each a transaction."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def application(self, **changes: str) -> Flask:
        """Our application in this process."""
        return create_app(Config.from_env({**self.environment, **changes}))

    def child_environment(self, **changes: str) -> dict[str, str]:
        """What a process of ours gets: this stage's settings and none of the caller's."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "PYTHONPATH": str(ROOT), **self.environment, **changes}


@contextmanager
def stage(*, durable: bool = True, **settings: str) -> Iterator[Stage]:
    """Start servers under a temporary folder beside the working copy (a RAM disk would make commits free)."""
    parent = ROOT / "instance"
    parent.mkdir(mode=0o700, exist_ok=True)
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    try:
        servers = attach(folder, durable=durable)
        try:
            made = Stage(folder, servers, _settings(folder, servers, settings))
            migrate(made)
            yield made
        finally:
            servers.release()
            wait_until_stopped(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove the folders of benchmarks that were killed, once their servers have gone."""
    for folder in parent.glob("bench-*"):
        locks = [folder / name for name in ("servers.users", "servers.keeper", "servers.alive")]
        if all(path.exists() and not _is_used(path) for path in locks):
            shutil.rmtree(folder, ignore_errors=True)


def _is_used(lock: Path) -> bool:
    descriptor = open_lock(lock)
    try:
        return not try_lock(descriptor, EXCLUSIVE)
    finally:
        os.close(descriptor)


def _settings(folder: Path, servers: Servers, changes: Mapping[str, str]) -> dict[str, str]:
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "RATE_LIMITS": "0",
        "DEMO": "0",
        "WEB_WORKERS": str(WEB_WORKERS),
        "WEB_THREADS": str(WEB_THREADS),
        **changes,
    }


def migrate(made: Stage) -> None:
    """Bring the stage's database up to date, as `make run` does."""
    outcome = subprocess.run(
        [sys.executable, "-m", "launcher.prepare"],
        env=made.child_environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise RuntimeError(f"the database could not be prepared: {outcome.stderr[-2000:]}")


@dataclass(slots=True)
class Process:
    """A child process on a leash, with its log; it ends with the block that started it, or with this process."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The number of its leash, which leads a session of its own."""
        return self.process.pid

    def kill(self) -> None:
        """kill -9 to it and to the processes it started, which share its session."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end, and kill what is left of its session."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE_SECONDS + 2)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start(name: str, arguments: list[str], on: Stage, **changes: str) -> Process:
    """Start a process of ours on the stage; its output goes to logs/<name>.log, appended.

    On a leash: a benchmark that is interrupted or killed leaves no server behind that would disturb the next one.
    """
    logs = on.folder / "logs"
    logs.mkdir(exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            leash.command_line(arguments, GRACE_SECONDS),
            env=on.child_environment(**changes),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Process(process, log)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def serving(on: Stage, plain: str = "", **changes: str) -> Iterator[str]:
    """Serve ours exactly as `make run` does, or a `plain` WSGI application by as many workers and threads.

    Gives its address.
    """
    port = free_port()
    web = serve(on, port, plain, **changes)
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        web.stop()


def serve(on: Stage, port: int, plain: str = "", **changes: str) -> Process:
    """Start a web server on a port and wait until it answers; the caller stops it."""
    environment = {**on.environment, "HOST": LOOPBACK, "PORT": str(port), "PUBLIC_URL": f"http://{LOOPBACK}:{port}"}
    settings = read_settings({**environment, **changes}, Path(os.devnull))
    arguments = plan_for(settings).processes[0].arguments
    if plain:
        ours = arguments.index("--interface")
        arguments[ours : ours + 3] = ["--interface", "wsgi", plain, "--blocking-threads", str(settings.web_threads)]
    web = start(f"web-{plain.partition(':')[0] or 'ours'}", arguments, on, **{**environment, **changes})
    try:
        _wait_until_it_answers(f"http://{LOOPBACK}:{port}/healthz", web)
    except BaseException:
        web.stop()
        raise
    return web


@contextmanager
def working(on: Stage, **changes: str) -> Iterator[list[Process]]:
    """Run the workers and the beat as `make run` does."""
    settings = read_settings({**on.environment, **changes}, Path(os.devnull))
    commands = [command for command in plan_for(settings).processes if command.name != "web"]
    processes = [start(command.name, command.arguments, on, **changes) for command in commands]
    try:
        yield processes
    finally:
        for process in processes:
            process.stop()


def _wait_until_it_answers(url: str, process: Process) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer: {process.log.read_text(errors='replace')[-2000:]}")
