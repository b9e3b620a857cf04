"""The disk of PostgreSQL fills up while people sign, and is given room again."""

import ctypes
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import content
from bench.drills.database import MOST_SECONDS, count_lost, recovery, restartable_stage
from bench.drills.outcome import Outcome, skipped
from bench.drills.visitors import Crowd, statuses
from bench.stage import serving

CLONE_NEWNS = 0x00020000
MS_PRIVATE, MS_REC = 1 << 18, 1 << 14
DISK_BYTES = 256 << 20
FAULT = "the database's disk is full under signing load"
PROMISE = "only 503 meanwhile, works again within 10 s of having room, no accepted signature lost"


class CannotMount(Exception):
    """This machine gives the drill no disk of its own."""


def run() -> list[Outcome]:
    """Fill a small disk to its last byte, and empty it again."""
    try:
        with restartable_stage(disk=small_disk) as (on, database):
            app = on.application()
            slug = content.make_petitions(app, 1)[0]
            with serving(on) as origin:
                crowd = Crowd(origin, slug)
                time.sleep(3)
                filler = fill(database.folder)
                full = _wait_until_full(crowd)
                time.sleep(5)
                filler.unlink()
                # With no room for its log the server stops for good, and whoever watches over it starts it again.
                died = database.server.process.poll() is not None
                ready = database.restart() if died else time.monotonic()
                again = recovery(crowd, ready)
                answers = crowd.stop()
            lost = count_lost(on, app, slug, answers)
    except CannotMount as problem:
        return [skipped(FAULT, PROMISE, str(problem))]
    found = statuses(answers)
    return [
        Outcome(
            FAULT,
            PROMISE,
            held=full and set(found) <= {303, 503} and found.get(303, 0) > 0 and lost == 0 and again <= MOST_SECONDS,
            figures={"answers": found, "works again after": f"{again:.1f} s", "lost": lost,
                     "PostgreSQL stopped": "yes" if died else "no"},
        )
    ]  # fmt: skip


@contextmanager
def small_disk(folder: Path, *, size: int = DISK_BYTES) -> Iterator[None]:
    """Mount a small disk in memory, seen by this process and its children alone: it goes with them, kill -9 included.

    Raises CannotMount.
    """
    if os.geteuid() != 0:
        raise CannotMount("only root may mount a small disk")
    libc = ctypes.CDLL(None, use_errno=True)
    steps = (
        ("a mount namespace", lambda: libc.unshare(CLONE_NEWNS)),
        ("private mounts", lambda: libc.mount(b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)),
        ("a small disk", lambda: libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", ctypes.c_ulong(0),
                                            f"size={size},mode=0700".encode())),
    )  # fmt: skip
    for what, step in steps:
        if step() != 0:
            raise CannotMount(f"{what}: {os.strerror(ctypes.get_errno())}")
    try:
        yield
    finally:
        libc.umount2(str(folder).encode(), 2)


def fill(folder: Path) -> Path:
    """Write a file until nothing more fits."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            return filler


def _wait_until_full(crowd: Crowd, seconds: float = 60) -> bool:
    """Wait until somebody is told 503: what PostgreSQL has set aside lasts for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(answer.status == 503 for answer in crowd.answers[-50:]):
            return True
        time.sleep(0.1)
    return False
