"""Reports for the public: proposed by one person, published by another, and frozen as published."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of

DAYS_LATE = 30
"""A report is of months that ended so many days ago at least (DOMAIN.md 10): no gift is recognised by its time."""


class ReportState(StrEnum):
    """waiting > published | refused | withdrawn; published <> hidden."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"


class PublicReport(Base):
    """What the public is told about one month, or several together; the database keeps it as it was published
    (migrations/versions/0059_public_reports.py)."""

    __tablename__ = "public_report"
    __table_args__ = (
        CheckConstraint(one_of("state", ReportState), name="state_known"),
        CheckConstraint("extract(day FROM starts_on) = 1 AND starts_on < ends_on", name="whole_months"),
        CheckConstraint("(state = 'waiting') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(state IN ('published', 'hidden')) = (published_on IS NOT NULL)", name="published_on_a_day"),
        CheckConstraint("published_on >= ends_on + 30", name="late_enough"),
        CheckConstraint(
            "state NOT IN ('published', 'hidden', 'refused') OR decided_by <> asked_by", name="two_persons"
        ),
        CheckConstraint("(state = 'hidden') <= (hidden_by IS NOT NULL)", name="hidden_by_somebody"),
        Index("uq_public_report_waiting", "state", unique=True, postgresql_where=text("state = 'waiting'")),
        Index(
            "uq_public_report_ends_on", "ends_on", unique=True,
            postgresql_where=text("state IN ('published', 'hidden')"),
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=ReportState.WAITING)
    content: Mapped[dict[str, Any]]
    """What is shown, and nothing else (service/figures.py)."""
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    published_on: Mapped[date | None]
    hidden_by: Mapped[uuid.UUID | None]
    """Who took it down last; somebody else puts it up again."""
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
