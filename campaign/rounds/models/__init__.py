"""Grant rounds, their applications and scores. What an application says, and notes to scores, are sealed."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.needs.models import NeedCategory

SCOPE = "rounds"
WORDS, REASON = Field("grant_application", "words_sealed"), Field("grant_application", "reason_sealed")
NOTE = Field("grant_score", "note_sealed")
LONGEST_TITLE, LONGEST_WORDS, LONGEST_NOTE = 120, 6_000, 1_000
FEWEST_SCORERS, MOST_SCORERS = 2, 9
LEAST_POINTS, MOST_POINTS = 1, 5


class RoundState(StrEnum):
    """planned > open <> verification <> scoring > decided > paid > reported; called off before it is decided."""

    PLANNED = "planned"
    OPEN = "open"
    VERIFICATION = "verification"
    SCORING = "scoring"
    DECIDED = "decided"
    PAID = "paid"
    """A draft of a payment is made for each grant; what becomes of those stands with the payments."""
    REPORTED = "reported"
    CALLED_OFF = "called_off"


DECIDED = frozenset({RoundState.DECIDED, RoundState.PAID, RoundState.REPORTED})
_DECIDED = "state IN ('decided', 'paid', 'reported')"


class SplitRule(StrEnum):
    """How money is split that is short. What each says in full is in service/split.py."""

    NEEDIEST = "neediest"
    EQUAL = "equal"


class ApplicationState(StrEnum):
    """received > eligible <> ineligible; withdrawn from any of them."""

    RECEIVED = "received"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"


class GrantRound(Base):
    """One round: money of one fund, for applications of some weeks, decided on together."""

    __tablename__ = "grant_round"
    __table_args__ = (
        CheckConstraint(one_of("state", RoundState), name="state_known"),
        CheckConstraint(f"rule IS NULL OR {one_of('rule', SplitRule)}", name="rule_known"),
        CheckConstraint("budget > 0", name="budget_positive"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint("closes_on >= opens_on", name="days_in_order"),
        CheckConstraint(f"scorers BETWEEN {FEWEST_SCORERS} AND {MOST_SCORERS}", name="scorers_in_range"),
        CheckConstraint(
            "num_nonnulls(rule, proposal, proposed_by, proposed_on, available) IN (0, 5)", name="proposal_whole"
        ),
        CheckConstraint(
            f"({_DECIDED}) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_on IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("decided_by IS NULL OR proposed_by IS NOT NULL", name="decided_on_a_proposal"),
        CheckConstraint("decided_by <> proposed_by", name="two_persons"),
        CheckConstraint("granted >= 0 AND granted <= available AND granted <= budget", name="no_more_than_there_is"),
        Index("ix_grant_round_state", "state", "closes_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    title: Mapped[str]
    """For staff; it names nobody."""
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"))
    currency: Mapped[str]
    budget: Mapped[int]
    scorers: Mapped[int] = mapped_column(SmallInteger)
    """How many score each application at least."""
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=RoundState.PLANNED)
    rule: Mapped[str | None]
    proposal: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """As it was proposed, a line an application: number, given, reason, place, points, scores."""
    available: Mapped[int | None]
    """What there was to give when it was proposed: the budget, or what the fund had if that was less."""
    proposed_by: Mapped[uuid.UUID | None]
    proposed_on: Mapped[date | None]
    decided_by: Mapped[uuid.UUID | None]
    decided_on: Mapped[date | None]
    granted: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The sum of what was granted."""
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What it is called in short."""
        return f"R{self.number}"


class GrantEvent(Base):
    """One move of a round. Append-only."""

    __tablename__ = "grant_event"
    __table_args__ = (
        CheckConstraint(one_of("now", RoundState), name="now_known"),
        Index("ix_grant_event_round_id", "round_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant_round.id"))
    was: Mapped[str]
    now: Mapped[str]
    word: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]


class GrantApplication(Base):
    """One application: for a need that was approved, or by itself. Whoever entered it does not verify it."""

    __tablename__ = "grant_application"
    __table_args__ = (
        CheckConstraint(one_of("state", ApplicationState), name="state_known"),
        CheckConstraint(one_of("category", NeedCategory), name="category_known"),
        CheckConstraint("asked > 0", name="asked_positive"),
        CheckConstraint("granted BETWEEN 0 AND asked", name="granted_within_asked"),
        CheckConstraint("granted IS NULL OR state = 'eligible'", name="granted_to_eligible"),
        CheckConstraint("payment_id IS NULL OR granted > 0", name="paid_what_was_granted"),
        CheckConstraint(
            "state NOT IN ('eligible', 'ineligible') OR verified_by IS NOT NULL", name="verified_by_somebody"
        ),
        CheckConstraint("verified_by <> entered_by", name="two_persons"),
        UniqueConstraint("round_id", "need_id"),
        Index("ix_grant_application_round_id", "round_id", "number"),
        Index("ix_grant_application_prisoner_id", "prisoner_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant_round.id"))
    need_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("need.id", ondelete="SET NULL"))
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="SET NULL"))
    """Whose need it is for; None where it is for nobody of whom there is a page."""
    category: Mapped[str]
    asked: Mapped[int]
    """In minor units of the round's currency."""
    words_sealed: Mapped[bytes | None]
    """Who applies and for what; None: the need says it all, or it is erased."""
    state: Mapped[str] = mapped_column(default=ApplicationState.RECEIVED)
    reason_sealed: Mapped[bytes | None]
    """What was found when it was verified."""
    entered_by: Mapped[uuid.UUID]
    entered_on: Mapped[date]
    verified_by: Mapped[uuid.UUID | None]
    granted: Mapped[int | None]
    payment_id: Mapped[uuid.UUID | None]
    """The draft that was made of it; no foreign key: a draft may be thrown away."""
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What it is called where nobody must be named."""
        return f"A{self.number}"


class GrantScore(Base):
    """How much one person thinks that one application needs it."""

    __tablename__ = "grant_score"
    __table_args__ = (
        CheckConstraint(f"points BETWEEN {LEAST_POINTS} AND {MOST_POINTS}", name="points_in_range"),
        UniqueConstraint("application_id", "scorer_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grant_application.id", ondelete="CASCADE"))
    scorer_id: Mapped[uuid.UUID]
    points: Mapped[int] = mapped_column(SmallInteger)
    note_sealed: Mapped[bytes | None]
    scored_on: Mapped[date]
