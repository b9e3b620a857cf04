"""Processes that use the launcher, and a look at what they leave behind."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USER_PROGRAM = """
import sys
from launcher.errors import ServersDidNotStart
from launcher.keeper import attach
try:
    servers = attach(sys.argv[1], durable=False)
except ServersDidNotStart as error:
    print("error", error, flush=True)
    sys.exit(1)
print(servers.database_url, servers.redis_url, servers.keeper_pid, flush=True)
sys.stdin.read()
"""


def eventually(condition: Callable[[], object], seconds: float = 20) -> bool:
    """Say whether the condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def processes_in(folder: Path) -> list[str]:
    """List the living processes whose working folder, arguments or open files lie under `folder`."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            cwd = os.readlink(process / "cwd")
            arguments = (process / "cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if cwd.startswith(f"{folder}") or f"{folder}/" in arguments:
            found.append(f"{process.name} {arguments!r}")
    return found


def environment(**settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    return {**kept, "PYTHONPATH": f"{ROOT}:{packages}", **settings}


@contextmanager
def user_of(
    folder: Path, wrapper: tuple[str, ...] = (), python: str = sys.executable, **options: int
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run a process that attaches, and yield it with the words it said: two addresses and the keeper's pid."""
    process = subprocess.Popen(
        [*wrapper, python, "-c", USER_PROGRAM, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
        **options,  # type: ignore[call-overload]
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process, process.stdout.readline().split()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()
