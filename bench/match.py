"""A matching of writers and prisoners, from reading the database to writing the proposal, and the memory it takes.

Each run is the command as somebody would start it, a process of its own: the seconds hold its start, and its peak is
its own. The second run of the same seed must give the same lines.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench import writers
from bench.imports import peak_of, processor_of_children
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import ROOT, Stage, stage

SIZES = ((1_000, 300, None), (10_000, 1_000, 5), (100_000, 2_000, 60))
"""Writers, prisoners, and the seconds allowed."""
_FOUND = "SELECT figures FROM match_run WHERE state IN ('ready', 'closed') ORDER BY asked_at DESC LIMIT 1"
_LINES = """
SELECT md5(string_agg(prisoner_id::text || volunteer_id, ',' ORDER BY rank)) FROM match_proposal
WHERE run_id = (SELECT id FROM match_run ORDER BY asked_at DESC LIMIT 1)
"""
COMMAND = ("-m", "flask", "--app", "wsgi", "match", "run", "--level", "writers", "--seed", "1")


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took, and what it found."""

    seconds: float
    processor: float
    peak: float
    """Mebibytes."""
    figures: dict[str, Any]
    lines: str
    """A digest of the proposal."""


def measure() -> list[Measure]:
    """The three sizes, each twice."""
    return [found for size in SIZES for found in _measure(*size)]


def _measure(givers: int, takers: int, allowed: int | None) -> list[Measure]:
    with stage() as on:
        writers.fill(on, givers, takers)
        start = Ticks.now()
        runs = [run(on), run(on)]
        steal = [Ticks.now().steal_since(start)]
    if runs[0].lines != runs[1].lines:
        raise RuntimeError(f"{givers} x {takers}: the same input and seed gave two proposals")
    best = min(runs, key=lambda each: each.seconds)
    name = f"{givers:,} writers x {takers:,} prisoners"
    seconds = {"seconds": [round(each.seconds, 2) for each in runs]}
    took = f"{best.seconds:.1f} s, {best.processor:.1f} s of processor time, load {os.getloadavg()[0]:.1f}; "
    found = [
        Measure(f"matching {name}", best.seconds, None, None, " s", seconds, steal, took + _stages(best))
        if allowed is None
        else Measure(
            f"{allowed} s / matching {name}", allowed / best.seconds, 1, 1, "x", seconds, steal, took + _stages(best)
        )
    ]  # fmt: skip
    found.append(Measure(f"peak memory, {name}", best.peak, None, None, " MiB", steal=steal, note=_proposal(best)))
    return found


def _stages(run: Run) -> str:
    return ", ".join(f"{name} {seconds:.1f}" for name, seconds in run.figures["stages"])


def _proposal(run: Run) -> str:
    """What came of it, beside the greedy baseline."""
    figures = run.figures
    (squares, _dropped, fit), (greedy_squares, _none, greedy_fit) = figures["objective"], figures["greedy"]
    return (
        f"{figures['pairs']:,} pairs out of {figures['allowed']:,} possible, the solver got {figures['edges']:,};"
        f" shortfall {figures['before']['shortfall']:,} -> {figures['after']['shortfall']:,} quarters"
        f" (greedy {figures['greedy_shortfall']:,}), squares {squares:,} (greedy {greedy_squares:,}),"
        f" fit {fit:,} (greedy {greedy_fit:,})"
    )


def run(on: Stage) -> Run:
    """Match by the command; the peak is what the kernel says of that process while it runs."""
    began, used = time.monotonic(), processor_of_children()
    process = subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=ROOT,
        env=on.child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, peak_of(process.pid))
        time.sleep(0.02)
    seconds = time.monotonic() - began
    assert process.stdout is not None
    said = process.stdout.read().decode()
    if process.returncode:
        raise RuntimeError(f"the matching ended with {process.returncode}: {said[-500:]}")
    with on.connect() as connection:
        figures = connection.execute(_FOUND).fetchone()
        lines = connection.execute(_LINES).fetchone()
    assert figures is not None
    assert lines is not None
    return Run(seconds, processor_of_children() - used, peak / 1024, figures[0], lines[0])
