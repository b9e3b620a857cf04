"""`python -m bench.drills [name …]`: make every fault on purpose, print what came of it, exit 1 if a promise broke."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import report
from bench.drills.alone import run_alone
from bench.drills.outcome import Outcome, table

NAMES = (
    "kills",
    "web",
    "redis",
    "database",
    "disk_full",
    "relay",
    "clock",
    "crowd",
    "slow_clients",
    "live_migration",
    "yesterday",
    "leak",
    "mailing",
    "machines",
)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "safety.md"
BEGIN, END = "<!-- drills: begin, written by make drills -->\n", "<!-- drills: end -->\n"


def main(arguments: list[str]) -> int:
    """Run the named drills, or all; results are stored and put into docs/safety.md when all were run."""
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    started = time.monotonic()
    outcomes: list[Outcome] = []
    for name in arguments or NAMES:
        found = _run(name)
        print(f"{name}\n{table(found)}", flush=True)
        outcomes += found
    if not arguments:
        minutes = (time.monotonic() - started) / 60
        report.store(
            "drills",
            {"minutes": round(minutes, 1), "outcomes": [asdict(each) for each in outcomes]},
            table(outcomes),
        )
        write_page(PAGE, outcomes, minutes)
    broken = [each.fault for each in outcomes if each.broken]
    if broken:
        sys.stderr.write(f"broken: {'; '.join(broken)}\n")
    return 1 if broken else 0


def _run(name: str) -> list[Outcome]:
    """Run one drill; one that falls over has shown nothing and is broken, and the next is run all the same."""
    try:
        return run_alone(name)
    except Exception as problem:
        return [
            Outcome(name, "the drill runs to its end", held=False, figures={type(problem).__name__: _line(problem)})
        ]


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[-300:].replace("|", "/")


def write_page(page: Path, outcomes: Sequence[Outcome], minutes: float) -> None:
    """Put the figures between the markers of a page; raises ValueError where they are missing."""
    when = f"{datetime.now(UTC).date()}, {os.cpu_count()} cores, {minutes:.0f} minutes for all of them:\n\n"
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the figures of the drills")
    page.write_text(f"{before}{begin}{when}{table(outcomes)}{end}{after}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
