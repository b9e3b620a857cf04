"""How many would get a mailing now, and why the others would not: asked for by a row, counted by a job, never who."""

import uuid
from collections import Counter

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock, jobs
from campaign.kernel.db import TooSlow, execute_alone, read_only, session
from campaign.kernel.errors import N_, Conflict
from campaign.mailings.jobs import CountAudience
from campaign.mailings.models import CountState, Mailing, MailingCount, MailingState
from campaign.mailings.queries.audience import asks_of, judge, reach, select_audience, terms_of

PART = 2_000
MOST_SECONDS = 60
TOO_SLOW = N_("Counting took longer than a minute and was stopped. A segment of fewer conditions helps.")
COUNTED_IN = frozenset({MailingState.DRAFT, MailingState.PROPOSED})


def ask_for_count(mailing: Mailing) -> None:
    """Let the audience be counted anew. Raises Conflict once somebody has said yes: what they saw stays."""
    if mailing.state not in COUNTED_IN:
        raise Conflict(N_("It is not counted beforehand any more: somebody has said yes to it."))
    values = {
        "state": CountState.WAITING, "asks": asks_of(mailing), "seen": 0, "free": None, "holds": {}, "error": "",
        "asked_at": clock.now(), "counted_at": None,
    }  # fmt: skip
    statement = insert(MailingCount).values(mailing_id=mailing.id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["mailing_id"], set_=values))
    jobs.enqueue(CountAudience(str(mailing.id)))


def count_now(mailing_id: uuid.UUID) -> None:
    """Count what waits, and write down the figures or why there are none; what waits no more is left alone.

    Its row is locked only in the end, so that others see how far it is.
    """
    mailing = session.get(Mailing, mailing_id, populate_existing=True)
    if mailing is None or _locked(mailing_id, to_write=False) is None:
        return
    asks, error = asks_of(mailing), ""
    try:
        free, holds = _count(mailing)
    except TooSlow:
        free, holds, error = 0, Counter(), TOO_SLOW
    row = _locked(mailing_id)
    if row is None:
        return
    row.state, row.asks, row.error = CountState.FAILED if error else CountState.DONE, asks, error
    row.free, row.holds, row.counted_at = free, dict(+holds), clock.now()
    row.seen = free + holds.total()
    session.flush()


def find_count(mailing: Mailing) -> MailingCount | None:
    """The figures of a mailing, if they were asked for and are about the audience and the terms it has now."""
    row = session.get(MailingCount, mailing.id, populate_existing=True)
    return row if row is not None and row.asks == asks_of(mailing) else None


def _count(mailing: Mailing) -> tuple[int, Counter[str]]:
    terms, holds, free, seen = terms_of(mailing), Counter[str](), 0, 0
    with read_only(MOST_SECONDS) as connection:
        streamed = connection.execution_options(yield_per=PART)
        for part in streamed.execute(judge(select_audience(mailing), terms)).partitions():
            free += len(reach(part, terms, holds))
            seen += len(part)
            _tell(mailing.id, seen)
    return free, holds


def _tell(mailing_id: uuid.UUID, seen: int) -> None:
    execute_alone(_TELL, {"id": mailing_id, "seen": seen})


def _locked(mailing_id: uuid.UUID, *, to_write: bool = True) -> MailingCount | None:
    waiting = (MailingCount.mailing_id == mailing_id, MailingCount.state == CountState.WAITING)
    statement = select(MailingCount).where(*waiting).execution_options(populate_existing=True)
    return session.scalar(statement.with_for_update() if to_write else statement)


_TELL = "UPDATE mailing_count SET seen = %(seen)s WHERE mailing_id = %(id)s AND state = 'waiting'"
