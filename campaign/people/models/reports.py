"""Figures of the reports, counted in the background: sums by month alone, nobody's id or name."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.people.models.segments import CountState


class PeopleReport(Base):
    """The figures for one audience: everybody's, or those of the people of some groups alone."""

    __tablename__ = "people_report"
    __table_args__ = (
        CheckConstraint(one_of("state", CountState), name="state_known"),
        CheckConstraint("(figures IS NULL) = (counted_at IS NULL)", name="counted_at_a_time"),
        CheckConstraint("state <> 'done' OR figures IS NOT NULL", name="done_is_counted"),
        CheckConstraint("(state = 'failed') = (error <> '')", name="failed_with_reason"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(unique=True)
    """Ids of groups, sorted, with commas between; empty: everybody."""
    state: Mapped[str]
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """As queries/report_counts.py writes them, of the last count; they stay while a newer one waits."""
    error: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    """By somebody, or for the first time: what nobody asked for in a month is counted no more."""
    counted_at: Mapped[datetime | None]
    took_ms: Mapped[int | None]


class PeopleGone(Base):
    """How many records went in one month that had come in another: all that is kept of them."""

    __tablename__ = "people_gone"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("gone_in >= came_in", name="goes_after_coming"),
        {"info": SUPPORTER},
    )

    came_in: Mapped[date] = mapped_column(primary_key=True)
    """The first day of the month."""
    gone_in: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]
