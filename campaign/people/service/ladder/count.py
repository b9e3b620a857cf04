"""How many stand on each rung, may be asked now, or wait, and what came of asking: counted by a job, with the time."""

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Date, cast, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock, jobs
from campaign.kernel.db import TooSlow, read_only, session
from campaign.kernel.registry_ladder import list_steps
from campaign.people.jobs import CountLadder
from campaign.people.models import Ask, AskState, AskWay, CountState, LadderCount
from campaign.people.queries.ladder import standings
from campaign.people.queries.ladder_rules import read_rules
from campaign.people.queries.segments import EVERYBODY, people_of

MOST_SECONDS = 60
OLD = timedelta(days=1)
SPAN_DAYS, WITHIN_DAYS = 90, 30


def find_count(audience: str) -> LadderCount | None:
    """The figures for an audience, of whatever age."""
    return session.scalar(select(LadderCount).where(LadderCount.audience == audience))


def ask_for(audience: str) -> None:
    """Let an audience be counted anew; the last figures stay until then."""
    statement = insert(LadderCount).values(
        id=uuid.uuid4(), audience=audience, state=CountState.WAITING, asked_at=clock.now()
    )
    anew = {"state": CountState.WAITING, "asked_at": clock.now()}
    count_id = session.scalar(
        statement.on_conflict_do_update(index_elements=["audience"], set_=anew).returning(LadderCount.id)
    )
    jobs.enqueue(CountLadder(str(count_id)))


def ask_for_all() -> int:
    """The same for everybody and for every audience that was counted before; gives how many."""
    known: Sequence[str] = session.scalars(select(LadderCount.audience).order_by(LadderCount.audience)).all()
    for audience in dict.fromkeys((EVERYBODY, *known)):
        ask_for(audience)
    return len(known)


def count_now(count_id: uuid.UUID, *, timer: Callable[[], float] = time.monotonic) -> None:
    """Count what waits; what waits no more is left alone."""
    waiting = select(LadderCount).where(LadderCount.id == count_id, LadderCount.state == CountState.WAITING)
    row = session.scalar(waiting.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return
    began = timer()
    try:
        figures = count_figures(row.audience)
    except TooSlow:
        row.state = CountState.FAILED
    else:
        row.state, row.figures, row.counted_at = CountState.DONE, figures, clock.now()
        row.took_ms = round((timer() - began) * 1000)
    session.flush()


def count_figures(audience: str) -> dict[str, Any]:
    """{"rungs": [so many on each], "steps": {step: {"free", "mail", "holds": {hold: so many}}}, "came": {step: …}}.

    Raises TooSlow.
    """
    steps, rules, within = list_steps(), read_rules(), people_of(audience)
    rungs = [0] * (len(steps) + 1)
    found: dict[str, dict[str, Any]] = {step.name: {"free": 0, "mail": 0, "holds": {}} for step in steps}
    with read_only(MOST_SECONDS) as connection:
        stand = standings(within, rules=rules).subquery()
        columns = (stand.c.rung, stand.c.step, stand.c.hold)
        for rung, step, hold, amount in connection.execute(select(*columns, func.count()).group_by(*columns)):
            rungs[rung] += amount
            if step is not None and hold is None:
                found[step]["free"] += amount
            elif step is not None:
                found[step]["holds"][hold] = amount
        by_mail = standings(within, way=AskWay.MAIL, rules=rules).subquery()
        free = select(by_mail.c.step, func.count()).where(by_mail.c.hold.is_(None), by_mail.c.step.is_not(None))
        for step, amount in connection.execute(free.group_by(by_mail.c.step)):
            found[step]["mail"] = amount
        came = _what_came(connection, within)
    return {"rungs": rungs, "steps": found, "came": came}


def is_old(count: LadderCount) -> bool:
    """Whether the figures are older than a day."""
    return count.counted_at is not None and clock.now() - count.counted_at > OLD


def _what_came(connection: Connection, within: Any) -> dict[str, dict[str, int]]:
    """By step, of the asks of the last 90 days: how many, how many did it within 30, how many said no."""
    in_time = cast(Ask.ended_on, Date) - Ask.asked_on <= WITHIN_DAYS
    no = or_(Ask.state == AskState.NOT_NOW, Ask.state == AskState.NEVER)
    statement = select(
        Ask.step, func.count(), func.count().filter(Ask.state == AskState.DID, in_time), func.count().filter(no),
        func.count().filter(Ask.state == AskState.ASKED),
    ).where(Ask.asked_on >= clock.today() - timedelta(days=SPAN_DAYS))  # fmt: skip
    if within is not None:
        statement = statement.where(Ask.person_id.in_(within))
    rows = connection.execute(statement.group_by(Ask.step))
    return {step: {"asked": asked, "did": did, "no": nos, "open": waits} for step, asked, did, nos, waits in rows}
