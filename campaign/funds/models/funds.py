"""Funds: what money is collected for, what of it may be seen, and where to give."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.funds.models.ledger import CURRENCY_SHAPE
from campaign.kernel.db import Base, one_of

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_ABOUT, LONGEST_GIVING = 120, 300, 20_000, 4_000


class FundKind(StrEnum):
    """Whom or what it is for."""

    GENERAL = "general"
    """Whatever is needed most; money whose purpose is not known waits here."""
    PRISONER = "prisoner"
    FAMILY = "family"
    CAUSE = "cause"
    EMERGENCY = "emergency"


class FundState(StrEnum):
    """draft > review > open <> paused > closing > closed; from review back to draft as well."""

    DRAFT = "draft"
    REVIEW = "review"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"


class PublicLevel(StrEnum):
    """What the public sees of it."""

    HIDDEN = "hidden"
    WORDS = "words"
    """The page, without any figure."""
    FIGURES = "figures"
    """The need, what was received and what was passed on, in whole figures and never by gift."""


class Residual(StrEnum):
    """What becomes of what is left."""

    GENERAL = "general"
    FUND = "fund"


POSTABLE = frozenset({FundState.OPEN, FundState.PAUSED, FundState.CLOSING})
"""Into which money can be entered."""
SHOWN = frozenset({FundState.OPEN, FundState.PAUSED, FundState.CLOSING})
"""Which the public may see, as far as their level lets it."""


class Fund(Base):
    """One fund. Who is helped out of it stands nowhere here; the prisoner only where that is public already."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint(one_of("kind", FundKind), name="kind_known"),
        CheckConstraint(one_of("state", FundState), name="state_known"),
        CheckConstraint(one_of("public_level", PublicLevel), name="level_known"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("titles ? 'en'", name="has_english"),
        CheckConstraint("goal > 0", name="goal_positive"),
        CheckConstraint(CURRENCY_SHAPE, name="currency_shape"),
        CheckConstraint(
            "prisoner_id IS NULL OR (public_level <> 'hidden' AND kind IN ('prisoner', 'family'))",
            name="prisoner_only_in_public",
        ),
        CheckConstraint("(residual = 'fund') = (residual_fund_id IS NOT NULL)", name="residual_fund"),
        CheckConstraint(f"{one_of('residual', Residual)} AND residual_fund_id <> id", name="residual_known"),
        CheckConstraint("state NOT IN ('closing', 'closed') OR residual IS NOT NULL", name="closes_by_rule"),
        CheckConstraint("(state = 'review') <= (submitted_by IS NOT NULL)", name="review_asked_by_somebody"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        # Where money goes whose fund is gone or not known yet must not be a question.
        Index(
            "uq_fund_general", "kind", unique=True,
            postgresql_where=text("kind = 'general' AND state <> 'closed'"),
        ),
        Index("ix_fund_state", "state", "number"),
        Index("ix_fund_prisoner_id", "prisoner_id"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """What exports call it, so that they hold no title."""
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=FundState.DRAFT)
    public_level: Mapped[str] = mapped_column(default=PublicLevel.HIDDEN)
    titles: Mapped[dict[str, Any]]
    """By language; English is always among them."""
    summaries: Mapped[dict[str, Any]] = mapped_column(default=dict)
    abouts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Markdown by language."""
    goal: Mapped[int | None]
    """In minor units of `currency`; None: no figure is aimed at."""
    currency: Mapped[str]
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="SET NULL"))
    residual: Mapped[str | None]
    residual_fund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("fund.id"))
    submitted_by: Mapped[uuid.UUID | None]
    """Who asked for the last step that needs a second person."""
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    closed_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What it is called where its title must not stand."""
        return f"F{self.number}"

    def title_in(self, language: str) -> str:
        """The title in `language`, else in English."""
        return str(self.titles.get(language) or self.titles["en"])

    def summary_in(self, language: str) -> str:
        """The summary in `language`, else in English; empty where there is none."""
        return str(self.summaries.get(language) or self.summaries.get("en") or "")


class FundEvent(Base):
    """One move of a fund. Append-only."""

    __tablename__ = "fund_event"
    __table_args__ = (
        CheckConstraint(one_of("now", FundState), name="now_known"),
        Index("ix_fund_event_fund_id", "fund_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]


class GivingState(StrEnum):
    """waiting > released | refused | withdrawn; released > replaced | withdrawn."""

    WAITING = "waiting"
    RELEASED = "released"
    REPLACED = "replaced"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FundGiving(Base):
    """Where to give to a fund: written by one person, shown when another has released it, kept for good."""

    __tablename__ = "fund_giving"
    __table_args__ = (
        CheckConstraint(one_of("state", GivingState), name="state_known"),
        CheckConstraint("(state = 'waiting') = (decided_on IS NULL)", name="decided_on_a_day"),
        CheckConstraint(
            "state NOT IN ('released', 'replaced', 'refused') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_persons",
        ),
        Index("uq_fund_giving_waiting", "fund_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("uq_fund_giving_released", "fund_id", unique=True, postgresql_where=text("state = 'released'")),
        Index("ix_fund_giving_fund_id", "fund_id", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    state: Mapped[str] = mapped_column(default=GivingState.WAITING)
    texts: Mapped[dict[str, Any]]
    """Markdown by language."""
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_on: Mapped[date | None]
    ended_by: Mapped[uuid.UUID | None]
    ended_on: Mapped[date | None]
    """When it was shown no more."""


class FundReceived(Base):
    """What the public is shown as given to a fund: kept, since who gave is known for a while alone, and what was once
    shown must not change when somebody is forgotten."""

    __tablename__ = "fund_received"

    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    as_of: Mapped[date]
    """A Sunday: all that was posted until then is in it."""
    amounts: Mapped[dict[str, Any]]
    """In minor units, by currency."""
