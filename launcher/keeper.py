"""Who holds the embedded servers: one keeper per data folder, for as long as anybody uses them.

Four lock files under the data folder carry the whole agreement; the kernel lets go of each when its holder dies:

- servers.start: held by whoever is inside `attach`, so that one starts and the others find it done.
- servers.users: held shared by every user. The keeper stops the servers once it has it exclusively, and keeps it
  until it has gone: whoever arrives in between waits, then starts afresh.
- servers.keeper: held by the keeper; born locked, because the attaching process hands its own lock down to it.
- servers.alive: held by the servers themselves, each of their processes included. A new keeper waits for it, so no
  pid of an earlier life has to be trusted.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from launcher import postgres, valkey
from launcher.errors import ServersDidNotStart
from launcher.identity import choose
from launcher.locks import EXCLUSIVE, SHARED, is_held, open_lock, try_lock, unlock, wait_for_lock
from launcher.programs import KEPT_VARIABLES, last_lines, open_log, write_private

SHUTDOWN_SECONDS = 60
START_SECONDS = 180
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Servers:
    """The addresses of the running servers, and the hold on them: they run at least until `release`."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    data_dir: Path
    keeper_pid: int
    hold: int

    def are_kept(self) -> bool:
        """Say whether the keeper that started these servers is still there; it leaves when one of them dies."""
        if not is_held(self.data_dir / "servers.keeper"):
            return False
        found = _read_servers(self.data_dir)
        return found is not None and found.get("keeper") == self.keeper_pid

    def release(self) -> None:
        """Let go of the servers; they stop when nobody else holds them. The end of the process does the same."""
        os.close(self.hold)


def attach(data_dir: Path | str, durable: bool = True) -> Servers:
    """Return the servers of a data folder, started if need be, and hold them as long as this process lives.

    The first user decides whether they are `durable`; tests do without. A fork shares the hold, an exec loses it.
    Raises ServersDidNotStart with one line that says why.
    """
    folder = Path(data_dir).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        start_lock, hold = open_lock(folder / "servers.start"), open_lock(folder / "servers.users")
    except OSError as error:
        raise ServersDidNotStart(f"The data folder {folder} cannot be used: {error.strerror}.") from error
    try:
        return _attach_alone(folder, start_lock, hold, durable=durable)
    except BaseException as error:
        os.close(hold)
        if isinstance(error, OSError):
            raise ServersDidNotStart(f"The servers under {folder} did not start: {error}.") from error
        raise
    finally:
        os.close(start_lock)


def wait_until_stopped(data_dir: Path, seconds: float = SHUTDOWN_SECONDS) -> None:
    """Wait until the servers that the caller has let go of are gone; return at once while somebody else uses them."""
    try:
        users = open_lock(data_dir / "servers.users")
    except OSError:
        # A folder in which not even a lock can be opened has no servers of ours.
        return
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline and any(
            is_held(data_dir / name) for name in ("servers.keeper", "servers.alive")
        ):
            if not try_lock(users, EXCLUSIVE) and try_lock(users, SHARED):
                return
            unlock(users)
            time.sleep(LOOK_SECONDS / 4)
    finally:
        os.close(users)


def _attach_alone(folder: Path, start_lock: int, hold: int, *, durable: bool) -> Servers:
    if not wait_for_lock(start_lock, EXCLUSIVE, START_SECONDS):
        raise ServersDidNotStart(f"Another process has been starting the servers under {folder} for too long.")
    if not wait_for_lock(hold, SHARED, SHUTDOWN_SECONDS):
        raise ServersDidNotStart(f"The servers under {folder} are being stopped and do not end.")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        keeper_lock = open_lock(folder / "servers.keeper")
        try:
            if try_lock(keeper_lock, EXCLUSIVE):
                (folder / "servers.json").unlink(missing_ok=True)
                _start_keeper(folder, keeper_lock, durable=durable)
        finally:
            os.close(keeper_lock)
        # Without a living keeper the addresses are those of a dead one: `are_kept` elsewhere may have been holding
        # the lock, shared and for a moment, just when it was tried.
        found = _read_servers(folder) if is_held(folder / "servers.keeper") else None
        if found is not None:
            return Servers(str(found["database_url"]), str(found["redis_url"]), folder, int(found["keeper"]), hold)
        # A keeper without addresses: its starter was killed while it starts, or it is about to give up.
        time.sleep(LOOK_SECONDS)
    raise ServersDidNotStart(f"The keeper of {folder} gives no addresses; see {folder / 'keeper.log'}.")


def _start_keeper(folder: Path, keeper_lock: int, *, durable: bool) -> None:
    """Start a keeper that owns the given lock, and wait for its word."""
    reading, writing = os.pipe()
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    ours = str(Path(__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [ours, os.environ.get("PYTHONPATH", "")]))
    arguments = [str(folder), str(keeper_lock), str(writing), "durable" if durable else "hasty"]
    try:
        log = open_log(folder / "keeper.log")
        try:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "launcher.keeper", *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(keeper_lock, writing),
                start_new_session=True,
            )
        finally:
            os.close(log)
            os.close(writing)
        # The keeper outlives this call, often this process: nobody waits for it, and Python must not complain.
        keeper.returncode = 0
        word = _read_word(reading)
    finally:
        os.close(reading)
    if word != "ready":
        last = last_lines(folder / "keeper.log", 1)
        raise ServersDidNotStart(word or f"The keeper of the servers ended: {last} (log: {folder / 'keeper.log'})")


def _read_word(reading: int) -> str:
    deadline = time.monotonic() + START_SECONDS
    word = b""
    while select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(reading, 4096)
        if not part:
            return word.decode(errors="replace").strip()
        word += part
    raise ServersDidNotStart(f"The servers did not start within {START_SECONDS} seconds.")


def _read_servers(folder: Path) -> dict[str, str | int] | None:
    try:
        found: dict[str, str | int] = json.loads((folder / "servers.json").read_text())
    except FileNotFoundError:
        return None
    return found


class _Stopped(Exception):
    """Somebody asked the keeper to stop."""


def _stop_at_signal(number: int, frame: FrameType | None) -> NoReturn:
    raise _Stopped(signal.Signals(number).name)


def keep(folder: Path, tell: int, *, durable: bool) -> int:
    """Start the servers, hold them while they have users, stop them; return the exit status.

    `tell` is the descriptor on which the starter waits for `ready` or for the reason why not.
    """
    running: list[postgres.Postgres | valkey.Valkey] = []
    try:
        try:
            _start_servers(folder, running, durable=durable)
        except (ServersDidNotStart, OSError) as error:
            _say(str(error))
            _tell(tell, str(error))
            return 1
        _tell(tell, "ready")
        return _watch(folder, running)
    except _Stopped as stopped:
        _say(f"stopped by {stopped}")
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (folder / "servers.json").unlink(missing_ok=True)
        for server in reversed(running):
            server.stop()


def _start_servers(folder: Path, running: list[postgres.Postgres | valkey.Valkey], *, durable: bool) -> None:
    alive = open_lock(folder / "servers.alive")
    if not wait_for_lock(alive, EXCLUSIVE, SHUTDOWN_SECONDS):
        raise ServersDidNotStart(f"Servers of an earlier start are still running under {folder} and do not end.")
    redis = valkey.start(folder / "valkey", alive)
    running.append(redis)
    database = _start_postgres(folder, alive, durable=durable)
    running.append(database)
    servers = {
        "database_url": database.url,
        "redis_url": redis.url,
        "keeper": os.getpid(),
        "postgres": database.process.pid,
        "valkey": redis.process.pid,
    }
    write_private(folder / "servers.json", json.dumps(servers, indent=1) + "\n")


def _start_postgres(folder: Path, alive: int, *, durable: bool) -> postgres.Postgres:
    home = folder / "postgres"
    home.mkdir(mode=0o700, exist_ok=True)
    identity = choose(home)
    identity.take_over(home)
    if identity.way == "drop" and folder.stat().st_uid == os.geteuid():
        # The other uid has to pass through the data folder itself; it still cannot list it, and no parent is touched.
        folder.chmod(folder.stat().st_mode | 0o011)
    return postgres.start(home, identity, alive, durable=durable)


def _watch(folder: Path, running: list[postgres.Postgres | valkey.Valkey]) -> int:
    users = open_lock(folder / "servers.users")
    # Looking again and again rather than blocking: a server's death has to be noticed as well, and a signal that
    # arrives just before a blocking call would be seen only after it.
    while not try_lock(users, EXCLUSIVE):
        for server in running:
            if server.process.poll() is not None:
                _say(f"{type(server).__name__} ended with {server.process.returncode} (log: {server.log})")
                return 1
        time.sleep(LOOK_SECONDS)
    _say("the last user has gone")
    return 0


def _tell(descriptor: int, word: str) -> None:
    try:
        os.write(descriptor, word.encode())
        os.close(descriptor)
    except BrokenPipeError:
        _say("whoever started this has gone")


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Run as the keeper of one data folder; `attach` is the only caller."""
    folder, _keeper_lock, tell, durability = arguments
    signal.signal(signal.SIGTERM, _stop_at_signal)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return keep(Path(folder), int(tell), durable=durability == "durable")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
