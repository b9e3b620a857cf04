"""How many people a segment has: asked for by a row, counted by a job, read-only and with an end."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock, jobs
from campaign.kernel.actors import Actor
from campaign.kernel.db import TooSlow, read_only, session
from campaign.kernel.errors import N_
from campaign.kernel.registry_people import segment_conditions
from campaign.people.jobs import CountSegment
from campaign.people.models import CountState, Segment, SegmentCount
from campaign.people.queries.segment_query import compile_tree
from campaign.people.queries.segment_tree import Refused, read_tree
from campaign.people.queries.segments import people_of
from campaign.people.service.segments.audience import audience_of

MOST_SECONDS = 60
OLD = timedelta(days=1)
TOO_SLOW = N_("Counting took longer than a minute and was stopped. Fewer conditions, or narrower ones first, help.")
REFUSED = N_("The steps cannot be counted as they are; the page says at which one.")


def ask_for_count(segment: Segment, actor: Actor) -> None:
    """Let the segment be counted anew for whom `actor` may see; the last figures stay until then."""
    ask_for(segment.id, audience_of(actor))


def ask_for(segment_id: uuid.UUID, audience: str) -> None:
    """The same for one audience."""
    statement = insert(SegmentCount).values(
        id=uuid.uuid4(), segment_id=segment_id, audience=audience, state=CountState.WAITING, steps=[],
        error="", asked_at=clock.now(),
    )  # fmt: skip
    anew = {"state": CountState.WAITING, "error": "", "asked_at": clock.now()}
    count_id = session.scalar(
        statement.on_conflict_do_update(index_elements=["segment_id", "audience"], set_=anew).returning(SegmentCount.id)
    )
    jobs.enqueue(CountSegment(str(count_id)))


def count_now(count_id: uuid.UUID, *, timer: Callable[[], float] = time.monotonic) -> None:
    """Count what waits, and write down the figures or why there are none; what waits no more is left alone."""
    waiting = select(SegmentCount).where(SegmentCount.id == count_id, SegmentCount.state == CountState.WAITING)
    row = session.scalar(waiting.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return
    # Not the object that may lie in the session: what is counted is what is stored now.
    tree = session.scalars(select(Segment.tree).where(Segment.id == row.segment_id)).one()
    began = timer()
    try:
        figures = count_tree(tree, row.audience)
    except TooSlow:
        row.state, row.error = CountState.FAILED, TOO_SLOW
    except Refused:
        row.state, row.error = CountState.FAILED, REFUSED
    else:
        row.state, row.error, row.steps, row.tree = CountState.DONE, "", figures, tree
        row.total, row.counted_at = figures[-1]["after"], clock.now()
        row.took_ms = round((timer() - began) * 1000)
    session.flush()


def count_tree(tree: Any, audience: str) -> list[dict[str, Any]]:
    """One {"own", "after"} a step. Raises Refused, TooSlow."""
    compiled = compile_tree(read_tree(tree), segment_conditions, within=people_of(audience))
    with read_only(MOST_SECONDS) as connection:
        row = connection.execute(compiled.counts()).one()
    return [{"own": row[2 * number], "after": row[2 * number + 1]} for number in range(len(compiled.parts))]


def is_old(count: SegmentCount) -> bool:
    """Whether the figures are older than a day."""
    return count.counted_at is not None and clock.now() - count.counted_at > OLD
