"""Reads of reports; nothing here opens anything."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import undefer

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Prisoner, Report, ReportAttachment, ReportKind, ReportMessage, ReportState


def reports(*, state: str = "", kind: str = "", mine: uuid.UUID | None = None) -> Select[Report]:
    """Reports for a list, those that wait longest first; without a state all that are not closed."""
    statement = select(Report)
    if state in set(ReportState):
        statement = statement.where(Report.state == state)
    elif state != "all":
        statement = statement.where(Report.state != ReportState.CLOSED)
    if kind in set(ReportKind):
        statement = statement.where(Report.kind == kind)
    if mine is not None:
        statement = statement.where(Report.taken_by == mine)
    return statement.order_by(Report.received_on, Report.id)


def count_waiting_reports() -> int:
    """How many nobody has taken yet."""
    statement = select(func.count()).select_from(Report).where(Report.state == ReportState.RECEIVED)
    return session.scalar(statement) or 0


def list_messages(report: uuid.UUID) -> Sequence[ReportMessage]:
    """The conversation behind a code, oldest first."""
    statement = select(ReportMessage).where(ReportMessage.report_id == report)
    return session.scalars(statement.order_by(ReportMessage.sent_on, ReportMessage.id)).all()


def list_attachments(report: uuid.UUID) -> Sequence[ReportAttachment]:
    """The pictures of a report without their content."""
    statement = select(ReportAttachment).where(ReportAttachment.report_id == report)
    return session.scalars(statement.order_by(ReportAttachment.id)).all()


def get_attachment(report: uuid.UUID, attachment: uuid.UUID) -> ReportAttachment:
    """One picture with its sealed content; raises NotFound."""
    found = session.get(ReportAttachment, attachment, options=[undefer(ReportAttachment.content_sealed)])
    if found is None or found.report_id != report:
        raise NotFound
    return found


def subjects_of(found: Sequence[Report]) -> dict[uuid.UUID, Prisoner]:
    """Whom reports are about, where that is known."""
    ids = {report.prisoner_id for report in found if report.prisoner_id}
    return {each.id: each for each in session.scalars(select(Prisoner).where(Prisoner.id.in_(ids)))}
