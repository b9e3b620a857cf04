"""Long runs of the state machines of the tests: whatever people and time do, the invariants hold after every step."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.drills.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
SIZE = "40x50"
"""Examples, and steps of each; `make test` runs a short form of the same."""
SECONDS = 1800
MACHINES = {
    "tests/letters/test_machine.py": (
        "writers, guests, translators, moderators, coordinators, prisons and time do what they like",
        "every letter and every answer is in one place and accounted for",
    ),
    "tests/penpals/test_assignments_wide_machine.py": (
        "writers, coordinators and time do what they like with who writes to whom",
        "no dead end, nobody is booked twice, nobody is dropped",
    ),
}


def run(size: str = SIZE) -> list[Outcome]:
    """Each machine in a process of its own, on servers of its own."""
    return [_run(path, size, *told) for path, told in MACHINES.items()]


def _run(path: str, size: str, fault: str, promise: str) -> Outcome:
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", path]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"MACHINE": size}, capture_output=True, text=True, check=False,
        timeout=SECONDS,
    )  # fmt: skip
    figures = {"examples by steps": size, "seconds": round(time.monotonic() - started)}
    if done.returncode:
        figures["failed"] = next(
            (line for line in reversed(done.stdout.splitlines()) if line.startswith("E ")), "?"
        ).replace("|", "/")
    return Outcome(fault, promise, held=done.returncode == 0, figures=figures)
