"""The attention ledger of 5,000 people and 1,000,000 letters: rebuilt whole, and kept by single events."""

import os
import time
import uuid
from collections.abc import Callable

from sqlalchemy import select

from bench import made_up
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import stage
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.models import AttentionSource, Counted
from campaign.penpals.queries.attention import list_reachable
from campaign.penpals.service import attention
from campaign.prisoners.models import Prisoner

PEOPLE, ENTRIES, EVENTS = 5_000, 1_000_000, 300
MOST_SECONDS = 10

# A few get most; half a year, so that half of it is out of the window; a reservation in a hundred.
_LETTERS = f"""
INSERT INTO attention_entry (prisoner_id, source, source_id, counted, counted_on, live_until)
SELECT md5('person' || floor({PEOPLE} * power(random(), 3))::int)::uuid,
    CASE WHEN n % 100 = 0 THEN 'reservation' ELSE 'letter' END, gen_random_uuid(),
    CASE WHEN n % 100 = 0 THEN 'reserved'
        ELSE (ARRAY['reported', 'presumed', 'under_way', 'broadcast', 'returned', 'lost'])[n % 6 + 1] END,
    current_date - n % 180, CASE WHEN n % 100 = 0 THEN now() + (n % 7 - 3) * interval '1 day' END
FROM generate_series(1, {ENTRIES}) AS n
"""


def measure() -> list[Measure]:
    """A rebuild in which everybody's sum changes, one in which none does, and events one by one."""
    with stage() as on:
        made_up.fill(on, PEOPLE)
        with on.connect() as connection:
            connection.execute("SET statement_timeout = 0")
            connection.execute(_LETTERS)
            connection.execute("VACUUM ANALYZE attention_entry")
        start = Ticks.now()
        with on.application().app_context():
            changed, first = _timed(attention.rebuild)
            nothing, again = _timed(attention.rebuild)
            reachable, reading = _timed(lambda: len(list_reachable(clock.today())))
            events = _events()
        if not changed or nothing:
            raise RuntimeError(f"{changed} sums changed at first, {nothing} when nothing had")
        steal, load = [Ticks.now().steal_since(start)], f"load {os.getloadavg()[0]:.1f}"
    return [
        _within(
            f"10 s / rebuild of {PEOPLE:,} people, {ENTRIES:,} entries", first, steal, f"{changed:,} changed, {load}"
        ),
        _within("10 s / the same when nothing has changed", again, steal, load),
        Measure(
            "to whom a letter can go, read whole", round(1 / reading, 2), steal=steal, note=f"{reachable:,} people"
        ),
        Measure("letters counted one by one, a commit each", round(EVENTS / events, 1), steal=steal),
    ]


def _timed(act: Callable[[], int]) -> tuple[int, float]:
    """What one transaction gave, and the seconds it took."""
    began = time.monotonic()
    with transaction():
        outcome = act()
    return outcome, time.monotonic() - began


def _events() -> float:
    """The seconds that letters took, each to another person and each a transaction."""
    ids = session.scalars(select(Prisoner.id).limit(EVENTS)).all()
    session.rollback()
    began = time.monotonic()
    for each in ids:
        with transaction():
            attention.record(each, AttentionSource.LETTER, uuid.uuid4(), Counted.UNDER_WAY, clock.today())
    return time.monotonic() - began


def _within(name: str, seconds: float, steal: list[float], note: str) -> Measure:
    """Seconds under the limit: the ratio says how many times over."""
    return Measure(name, round(MOST_SECONDS / seconds, 2), 1.0, 1.0, "x", steal=steal, note=f"{seconds:.2f} s, {note}")
