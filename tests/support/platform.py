"""The whole platform as `make run` starts it, for tests that need real processes."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from launcher.locks import is_held
from tests.support.smtp import Mailserver, free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240


@dataclass(slots=True)
class Platform:
    """A running platform."""

    process: subprocess.Popen[str]
    port: int
    data_dir: Path
    greeting: str

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://localhost:{self.port}"

    def log(self, name: str) -> str:
        """What one of its processes wrote."""
        return (self.data_dir / "logs" / f"{name}.log").read_text()

    def stop(self) -> int:
        """Stop it as Ctrl-C does; gives the exit status."""
        self.process.terminate()
        status = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def copy_prepared(data_dir: Path, *, shared: Path) -> None:
    """Fill `data_dir` as a first start with demo content leaves it; made once for all test processes, in `shared`.

    Loading the demo takes most of a first start's time, and there are many journeys.
    """
    made = shared / "prepared"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = shared / "preparing"
            server = Mailserver()
            platform = start_platform(unfinished, SMTP_URL=server.url, DEMO="1")
            status = platform.stop()
            server.stop()
            if status != 0:
                raise AssertionError(f"the platform ended with {status}")
            _wait_for_servers_to_end(unfinished)
            unfinished.rename(made)
    shutil.copytree(made, data_dir, symlinks=True, dirs_exist_ok=True)


def _wait_for_servers_to_end(data_dir: Path) -> None:
    """The keeper ends them after the platform has gone: copied before that, a database is torn."""
    deadline = time.monotonic() + START_SECONDS
    while any(is_held(data_dir / name) for name in ("servers.keeper", "servers.alive")):
        if time.monotonic() > deadline:
            raise AssertionError("the servers did not end")
        time.sleep(0.1)


def start_platform(data_dir: Path, **settings: str) -> Platform:
    """Run the platform on a free port and wait until it says that it is ready."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"DATA_DIR": str(data_dir), "PORT": str(port), "WEB_WORKERS": "1", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "launcher", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    deadline, greeting = time.monotonic() + START_SECONDS, ""
    while "ready:" not in greeting:
        line = process.stdout.readline()
        if not line or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the platform did not start: {greeting}")
        greeting += line
    return Platform(process, port, data_dir, greeting)
