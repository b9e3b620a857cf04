"""`python -m launcher run`: the whole platform in the foreground, from an empty folder to the first page."""

import http.client
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from launcher.errors import CannotRun
from launcher.keeper import Servers, attach, wait_until_stopped
from launcher.locks import EXCLUSIVE, open_lock, try_lock, wait_for_lock
from launcher.plan import Plan, plan_for
from launcher.prepared import is_prepared, note_prepared
from launcher.settings import Settings
from launcher.supervisor import GRACE_SECONDS, Command, Supervisor

READY_SECONDS = 180
LOOK_SECONDS = 0.1
STARTING_LOOK_SECONDS = 0.03
SAME_WISH_SECONDS = 1.0
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """Somebody asked us to stop."""


class Signals:
    """Turns the first SIGINT, SIGTERM or closed terminal into Interrupted, and later ones into `hurry`.

    Never two exceptions: the second would break off the stopping that the first has begun. Signals that come
    together are one wish, since make passes on what the whole process group was sent.
    """

    def __init__(self) -> None:
        self.hurry = False
        self._stopping_since: float | None = None
        for number in ASKED_TO_STOP:
            signal.signal(number, self._handle)

    def stopping(self) -> None:
        """From now on a signal interrupts nothing any more."""
        if self._stopping_since is None:
            self._stopping_since = time.monotonic()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._stopping_since is None:
            self.stopping()
            raise Interrupted
        if time.monotonic() - self._stopping_since > SAME_WISH_SECONDS:
            self.hurry = True


def run(settings: Settings, plan: Callable[[Settings], Plan] = plan_for) -> int:
    """Start the platform, print `ready: <PUBLIC_URL>` and the sign-ins, and stay until a signal or a failure.

    Return 0 after SIGINT or SIGTERM, else 1 with one line on standard error. In every case, kill -9 of this process
    included, nothing that was started here is left running.
    """
    servers: Servers | None = None
    supervisor: Supervisor | None = None
    embedded = False
    signals = Signals()
    try:
        inherited = _be_the_only_run(settings.data_dir)
        check_port(settings.host, settings.port)
        environment = dict(settings.environment)
        embedded = not (settings.database_url and settings.redis_url)
        if embedded:
            servers = attach(settings.data_dir)
            environment["DATABASE_URL"] = settings.database_url or servers.database_url
            environment["REDIS_URL"] = settings.redis_url or servers.redis_url
        supervisor = Supervisor(settings.data_dir / "logs", environment, inherited)
        _work(settings, plan(settings), supervisor, servers)
    except Interrupted:
        return 0
    finally:
        signals.stopping()
        if supervisor is not None:
            supervisor.stop(lambda: signals.hurry)
        if servers is not None:
            servers.release()
        if embedded:
            wait_until_stopped(settings.data_dir)


def _work(settings: Settings, plan: Plan, supervisor: Supervisor, servers: Servers | None) -> NoReturn:
    sign_ins = _prepare(settings, plan, supervisor)
    started = time.time()
    for command in plan.processes:
        if not command.late:
            supervisor.start(command)
    deadline = time.monotonic() + READY_SECONDS
    while (problem := _unready(settings, started)) is not None:
        if time.monotonic() > deadline:
            raise CannotRun(f"Stopped: not ready after {READY_SECONDS} seconds: {problem}.")
        _look(supervisor, servers, STARTING_LOOK_SECONDS)
    _say(f"ready: {settings.public_url}\n")
    for command in plan.processes:
        if command.late:
            supervisor.start(command)
    _say(_finish(plan.sign_ins, supervisor) if sign_ins is None and plan.sign_ins else sign_ins or "")
    while True:
        _look(supervisor, servers, LOOK_SECONDS)


def _prepare(settings: Settings, plan: Plan, supervisor: Supervisor) -> str | None:
    """Prepare the database and return the sign-ins; None if it was prepared already, so that they are not known yet."""
    database_url = supervisor.environment["DATABASE_URL"]
    if is_prepared(settings, database_url):
        return None
    sign_ins = _finish(plan.preparation, supervisor)
    note_prepared(settings, database_url)
    return sign_ins


def _finish(command: Command, supervisor: Supervisor) -> str:
    status, answer = supervisor.finish(command)
    if status != 0:
        raise CannotRun(f"Stopped: the {command.name} ended with status {status}.")
    return answer


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _look(supervisor: Supervisor, servers: Servers | None, seconds: float) -> None:
    """Wait a moment; raise CannotRun if something that has to run does not."""
    time.sleep(seconds)
    if sys.stderr.isatty():
        supervisor.show_logs(sys.stderr)
    child = supervisor.first_ended()
    if child is not None:
        status = child.kill_rest()
        raise CannotRun(f"Stopped: {child.name} ended with status {status}; {child.last_words()}.")
    if servers is not None and not servers.are_kept():
        log = servers.data_dir / "keeper.log"
        raise CannotRun(f"Stopped: the embedded database or broker has gone; see {log}.")


def _be_the_only_run(data_dir: Path) -> int:
    """Make sure no other run works on this folder, and return the descriptor its children shall inherit.

    Two beats would do everything twice. The processes of a run that was killed get the time to end.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        alone, children = open_lock(data_dir / "run.lock"), open_lock(data_dir / "run.children")
    except OSError as error:
        raise CannotRun(f"The data folder {data_dir} cannot be used: {error.strerror}.") from error
    if not try_lock(alone, EXCLUSIVE):
        raise CannotRun(f"The platform already runs on the data folder {data_dir}; stop it or set DATA_DIR.")
    if not wait_for_lock(children, EXCLUSIVE, GRACE_SECONDS + 5):
        raise CannotRun(f"Processes of an earlier run on {data_dir} do not end.")
    return children


def check_port(host: str, port: int) -> None:
    """Raise CannotRun unless the web server will be able to listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            # Sockets with SO_REUSEADDR may share a port until one of them listens.
            probe.listen(1)
    except OSError as error:
        raise CannotRun(f"Cannot listen on {host}:{port}: {error.strerror}. Set PORT or HOST.") from error


def _unready(settings: Settings, since: float) -> str | None:
    """Return None when pages and a worker answer, one that has come since; else what is missing."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", f"/readyz?since={since:.3f}", headers={"Host": urlsplit(settings.public_url).netloc})
        response = connection.getresponse()
        body = response.read(200).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return f"the web server does not answer ({error})"
    finally:
        connection.close()
    return None if response.status == 200 else f"/readyz says {response.status} {body}"
