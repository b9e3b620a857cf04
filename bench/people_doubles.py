"""Doubles among 100,000 people, batch by batch as a worker finds them; merging two with a long history, and undoing it.

BENCH_PEOPLE=3000 makes it a small one.
"""

import os
import time
import uuid
from collections.abc import Callable

from sqlalchemy import func, select

from bench.machine import Ticks
from bench.report import Measure
from bench.stage import stage
from bench.supporters import fill
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.people.models import DoublesRun, InteractionKind, Person
from campaign.people.service import details, doubles, merging

COUNT = int(os.environ.get("BENCH_PEOPLE", "100000"))
MOST_MINUTES, LINES = 10, 500
ACTOR = uuid.UUID(int=7)


def measure() -> list[Measure]:
    """The search within ten minutes, a merge and its undo within a second."""
    with stage() as on:
        app = on.application()
        fill(on, app, COUNT)
        start = Ticks.now()
        with app.app_context():
            searched, found = _search()
            merged, undone = _merge()
        steal = [Ticks.now().steal_since(start)]
    note = f"{searched:.1f} s, {found} pairs"
    return [
        Measure(f"10 minutes / doubles among {COUNT:,}", round(MOST_MINUTES * 60 / searched, 2), 1.0, 1.0, "x",
                steal=steal, note=note),
        Measure("1 s / a merge", round(1 / merged, 2), 1.0, 1.0, "x", steal=steal, note=f"{merged:.3f} s"),
        Measure("1 s / its undo", round(1 / undone, 2), 1.0, 1.0, "x", steal=steal, note=f"{undone:.3f} s"),
    ]  # fmt: skip


def _search() -> tuple[float, int]:
    begun = time.monotonic()
    with transaction():
        run = doubles.start(None).id
    while session.scalar(select(DoublesRun.ended_at).where(DoublesRun.id == run)) is None:
        with transaction():
            doubles.find_some(run)
    return time.monotonic() - begun, session.scalar(select(func.max(DoublesRun.found))) or 0


def _merge() -> tuple[float, float]:
    one, other = session.scalars(select(Person.id).order_by(Person.id).limit(2)).all()
    line = {"kind": InteractionKind.CAME, "happened_on": clock.today(), "word": "", "amount": 0, "subject_id": None,
            "actor_id": None}  # fmt: skip
    with transaction():
        details.record_interactions([{**line, "person_id": each} for each in (one, other) for _at in range(LINES)])
    made: list[uuid.UUID] = []
    return _timed(lambda: made.append(merging.merge_people(one, other, actor=ACTOR).id)), _timed(
        lambda: merging.undo_merge(made[0], actor=ACTOR)
    )


def _timed(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    with transaction():
        act()
    return time.monotonic() - begun
