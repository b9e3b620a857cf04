"""Figures of the reports: asked for by a row, counted by a job every night and when somebody asks, with their time."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import clock, jobs
from campaign.kernel.db import TooSlow, read_only, session
from campaign.kernel.errors import N_
from campaign.people.jobs import CountReport
from campaign.people.models import CountState, PeopleReport
from campaign.people.queries.report_counts import count_figures
from campaign.people.queries.segments import EVERYBODY, people_of

log = structlog.get_logger()
MOST_SECONDS = 20
"""For each statement; there are about a dozen, and the job has five minutes."""
UNASKED = timedelta(days=30)
"""What nobody asked for so long is counted no more: a role for those groups may have ended long ago."""
TOO_SLOW = N_("Counting took too long and was stopped; the figures below are those of the time before.")


def ask_for_figures(audience: str) -> None:
    """Let the figures of one audience be counted anew; the last ones stay until then."""
    moment = clock.now()
    statement = insert(PeopleReport).values(
        id=uuid.uuid4(), audience=audience, state=CountState.WAITING, error="", asked_at=moment
    )
    anew = {"state": CountState.WAITING, "error": "", "asked_at": moment}
    row = statement.on_conflict_do_update(index_elements=["audience"], set_=anew).returning(PeopleReport.id)
    jobs.enqueue(CountReport(str(session.scalar(row))))


def count_all_again() -> int:
    """Once a day: everybody's figures, and those of groups for which somebody asked lately; gives how many."""
    old = (PeopleReport.audience != EVERYBODY, PeopleReport.asked_at < clock.now() - UNASKED)
    session.execute(delete(PeopleReport).where(*old))
    rows = session.scalars(select(PeopleReport).order_by(PeopleReport.id).with_for_update()).all()
    for row in rows:
        row.state, row.error = CountState.WAITING, ""
        jobs.enqueue(CountReport(str(row.id)))
    if all(row.audience != EVERYBODY for row in rows):
        ask_for_figures(EVERYBODY)
    session.flush()
    return len(rows)


def count_now(report_id: uuid.UUID, *, timer: Callable[[], float] = time.monotonic) -> None:
    """Count what waits, and write down the figures or why there are none; what waits no more is left alone.

    The row is locked only to be written, so that whoever asks meanwhile need not wait for the end of the counting.
    """
    row = session.get(PeopleReport, report_id, populate_existing=True)
    if row is None or row.state != CountState.WAITING:
        return
    began, figures = timer(), None
    try:
        with read_only(MOST_SECONDS) as connection:
            figures = count_figures(connection, people_of(row.audience))
    except TooSlow:
        log.warning("reports.too_slow", report=str(report_id))
    row = session.get(PeopleReport, report_id, populate_existing=True, with_for_update=True)
    if row is None or row.state != CountState.WAITING:
        return
    if figures is None:
        row.state, row.error = CountState.FAILED, TOO_SLOW
    else:
        row.state, row.error, row.figures = CountState.DONE, "", figures
        row.counted_at, row.took_ms = clock.now(), round((timer() - began) * 1000)
    session.flush()
