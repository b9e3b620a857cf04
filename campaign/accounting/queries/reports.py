"""Reads of what the public is told."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select

from campaign.accounting.models import PublicReport, ReportState
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

_SHOWN = (ReportState.PUBLISHED, ReportState.HIDDEN)


def list_published() -> Sequence[PublicReport]:
    """All that the public may read, the newest months first."""
    statement = select(PublicReport).where(PublicReport.state == ReportState.PUBLISHED)
    return session.scalars(statement.order_by(PublicReport.ends_on.desc())).all()


def find_published(month: date) -> PublicReport | None:
    """The published report that the month is part of."""
    statement = select(PublicReport).where(
        PublicReport.state == ReportState.PUBLISHED, PublicReport.starts_on <= month, PublicReport.ends_on >= month
    )
    return session.scalar(statement)


def get_report(report_id: uuid.UUID) -> PublicReport:
    """One of them, whatever its state; raises NotFound."""
    found = session.get(PublicReport, report_id)
    if found is None:
        raise NotFound
    return found


def reports() -> Select[PublicReport]:
    """All of them for a list of staff, the newest first."""
    return select(PublicReport).order_by(PublicReport.ends_on.desc(), PublicReport.asked_at.desc())


def find_waiting() -> PublicReport | None:
    """The one that waits for a second person."""
    return session.scalar(select(PublicReport).where(PublicReport.state == ReportState.WAITING))


def last_reported_on() -> date | None:
    """The last day of which the public was told, also where that was taken down later."""
    statement = select(PublicReport.ends_on).where(PublicReport.state.in_(_SHOWN))
    return session.scalar(statement.order_by(PublicReport.ends_on.desc()).limit(1))
