"""Telling the public: one person proposes a report of closed months, another publishes it, and it stays as it is.

What is put right later stands in the books of a later month, and the report of that month says so.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, text

from campaign.accounting.models import DAYS_LATE, PublicReport, ReportState
from campaign.accounting.queries import reports
from campaign.accounting.service.figures import Content, draw_up
from campaign.funds.queries.months import list_closed
from campaign.funds.service.periods import end_of_month
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound

_S = ReportState


class NotPublishable(DomainError):
    """No closed month can be told of now."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What can be told next."""

    starts_on: date
    ends_on: date
    content: Content


def next_draft() -> Draft:
    """The next report: of the first month that was not told of, or of several together where too little lies behind
    one of them. Raises NotPublishable, which says why there is none."""
    last, closed = reports.last_reported_on(), sorted(each.starts_on for each in list_closed())
    coming = [each for each in closed if last is None or each > last]
    if not coming:
        raise NotPublishable(N_("No month is closed that was not told of yet. Close the next one first."))
    old = [each for each in coming if end_of_month(each) + timedelta(days=DAYS_LATE) <= clock.today()]
    if not old:
        raise NotPublishable(N_("The next closed month ended less than thirty days ago. It has to wait."))
    for each in old:
        content = draw_up(old[0], end_of_month(each))
        if content is not None:
            return Draft(old[0], end_of_month(each), content)
    raise NotPublishable(
        N_("Too little lies behind the months that could be told of now: they will be told of with the next one.")
    )


def propose_report(ends_on: date, *, actor: uuid.UUID, is_demo: bool = False) -> PublicReport:
    """Ask a second person to publish the next report. Raises NotPublishable, and Conflict where it is not the one that
    was looked at or another waits."""
    _one_at_a_time()
    if reports.find_waiting() is not None:
        raise Conflict(N_("Somebody has asked for this already; a second person decides."))
    draft = next_draft()
    if draft.ends_on != ends_on:
        raise Conflict(N_("The next report is another one now. Look at it again."))
    made = PublicReport(
        id=uuid.uuid4(), starts_on=draft.starts_on, ends_on=draft.ends_on, state=_S.WAITING, content=draft.content,
        asked_by=actor, asked_at=clock.now(), is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("report.propose", actor=actor, about=f"public-report:{made.id}")
    return made


def publish_report(report_id: uuid.UUID, *, actor: uuid.UUID) -> PublicReport:
    """Show it as it was proposed. Raises NotFound, Conflict, and Forbidden for whoever proposed it."""
    found = _lock(report_id, _S.WAITING)
    if found.asked_by == actor:
        raise Forbidden(N_("Who proposed this report does not publish it. A second person must."))
    found.published_on = clock.today()
    _decide(found, _S.PUBLISHED, actor)
    return found


def refuse_report(report_id: uuid.UUID, *, actor: uuid.UUID) -> PublicReport:
    """Do not show it; whoever proposed it takes it back with the same button. Raises NotFound, Conflict."""
    found = _lock(report_id, _S.WAITING)
    _decide(found, _S.WITHDRAWN if found.asked_by == actor else _S.REFUSED, actor)
    return found


def hide_report(report_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Take it down; one person can, since it shows less. Its figures stay as they are. Raises NotFound, Conflict."""
    found = _lock(report_id, _S.PUBLISHED)
    found.state, found.hidden_by = _S.HIDDEN, actor
    session.flush()
    audit.record("report.hide", actor=actor, about=f"public-report:{report_id}")


def show_again(report_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put it up again, unchanged. Raises NotFound, Conflict, and Forbidden for whoever took it down."""
    found = _lock(report_id, _S.HIDDEN)
    if found.hidden_by == actor:
        raise Forbidden(N_("Who took this report down does not put it up again. A second person must."))
    found.state = _S.PUBLISHED
    session.flush()
    audit.record("report.show", actor=actor, about=f"public-report:{report_id}")


def _one_at_a_time() -> None:
    """Two who propose at once: the second one waits, and finds the first one's."""
    session.execute(text("LOCK TABLE public_report IN SHARE ROW EXCLUSIVE MODE"))


def _lock(report_id: uuid.UUID, expected: ReportState) -> PublicReport:
    statement = select(PublicReport).where(PublicReport.id == report_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if found.state != expected:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found


def _decide(found: PublicReport, state: ReportState, actor: uuid.UUID) -> None:
    found.state, found.decided_by, found.decided_at = state, actor, clock.now()
    session.flush()
    audit.record(f"report.{state}", actor=actor, about=f"public-report:{found.id}")
