"""A mailing to everybody among 110,000 people: counted beforehand, and owed page by page as a worker does it.

BENCH_PEOPLE=3000 makes it a small one.
"""

import os
import resource
import time
import uuid
from collections.abc import Callable

from sqlalchemy import func, insert, select

from bench.machine import Ticks
from bench.report import Measure
from bench.stage import stage
from bench.supporters import fill
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.rows import MailRow
from campaign.mailings.models import CountState, Mailing, MailingCount, MailingState, MailingText
from campaign.mailings.queries.audience import asks_of
from campaign.mailings.service import counting, sending
from campaign.people.models import Segment
from campaign.people.queries.segment_tree import Chosen, Match, Step, StepKind, Tree, write_tree

COUNT = int(os.environ.get("BENCH_PEOPLE", "112000"))
"""One in eleven has taken the consent back and another part may lack it: about 100,000 mails are left."""
MOST_SECONDS = 20
MOST_GROWTH = 30_000
"""Kilobytes by which the process may grow over the second half of its pages."""
ONE, OTHER = uuid.UUID(int=7), uuid.UUID(int=8)


def measure() -> list[Measure]:
    """The fan-out of 100,000 within 20 s, in flat memory; counting them beforehand in the same."""
    with stage() as on:
        app = on.application()
        fill(on, app, COUNT)
        start = Ticks.now()
        with app.app_context():
            mailing = approved()
            counted = _timed(lambda: _counted(mailing))
            seconds, grown = _fan_out(mailing)
            mails = session.scalar(select(func.count()).select_from(MailRow)) or 0
        steal = [Ticks.now().steal_since(start)]
    most = MOST_SECONDS * mails / 100_000
    return [
        Measure("30 MB / growth over half of its pages", round(MOST_GROWTH / max(grown, 1), 2), 1.0, 1.0, "x",
                steal=steal, note=f"{grown / 1024:.1f} MB"),
        Measure(f"20 s per 100,000 / fan-out of {mails:,}", round(most / seconds, 2), 1.0, 1.0, "x", steal=steal,
                note=f"{seconds:.1f} s"),
        Measure(f"60 s / the count of {COUNT:,} beforehand", round(60 / counted, 2), 1.0, 1.0, "x", steal=steal,
                note=f"{counted:.1f} s"),
    ]  # fmt: skip


def approved() -> uuid.UUID:
    """A committed mailing to everybody, due now."""
    tree = write_tree(Tree((Step(StepKind.ADD, Match.ANY, (Chosen("everybody", {}),)),)))
    with transaction():
        segment = Segment(
            id=uuid.uuid4(), title="Everybody", tree=tree, is_shared=True, created_on=clock.today(),
            changed_on=clock.today(),
        )  # fmt: skip
        made = Mailing(
            id=uuid.uuid4(), title="November", code="abcdefgh", segment_id=segment.id, created_on=clock.today(),
            state=MailingState.APPROVED, proposed_by=ONE, approved_by=OTHER, send_at=clock.now(),
        )  # fmt: skip
        session.add_all([segment, made])
        session.flush()
        session.add(MailingText(mailing_id=made.id, language="en", subject="November", body="Hello."))
        session.flush()
        session.execute(
            insert(MailingCount).values(
                mailing_id=made.id, state=CountState.WAITING, asks=asks_of(made), seen=0, holds={}, error="",
                asked_at=clock.now(),
            )
        )  # fmt: skip
    return made.id


def count(mailing: uuid.UUID) -> None:
    """Count its audience, in the open transaction."""
    counting.count_now(mailing)


def _counted(mailing: uuid.UUID) -> None:
    with transaction():
        count(mailing)


def _fan_out(mailing: uuid.UUID) -> tuple[float, int]:
    begun, sizes = time.monotonic(), []
    with transaction():
        sending.start(mailing)
    while session.scalar(select(Mailing.owed_at).where(Mailing.id == mailing)) is None:
        with transaction():
            sending.fan_out(mailing)
        session.remove()
        sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return time.monotonic() - begun, sizes[-1] - sizes[len(sizes) // 2]


def _timed(act: Callable[[], None]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun
