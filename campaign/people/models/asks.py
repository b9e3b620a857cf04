"""What people were asked to do, what they said, and the rules by which nobody is asked for everything at once."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class AskWay(StrEnum):
    """How somebody is asked."""

    IN_PERSON = "in_person"
    """By whoever noted it: in a talk, a call or a message of their own."""
    MAIL = "mail"


class AskState(StrEnum):
    """asked > did | not_now | never | lapsed; an answer can be changed, and an ask taken back is no row."""

    ASKED = "asked"
    DID = "did"
    NOT_NOW = "not_now"
    NEVER = "never"
    """They do not want to be asked for this step again."""
    LAPSED = "lapsed"
    """Thirty days have passed without a word and without the step."""


class Ask(Base):
    """That somebody was asked for one step on one day, and what came of it."""

    __tablename__ = "ask"
    __table_args__ = (
        CheckConstraint(one_of("way", AskWay), name="way_known"),
        CheckConstraint(one_of("state", AskState), name="state_known"),
        CheckConstraint("(state = 'asked') = (ended_on IS NULL)", name="ended_with_day"),
        # One open question about one step, whoever asks at the same moment.
        Index("uq_ask_open", "person_id", "step", unique=True, postgresql_where=text("state = 'asked'")),
        Index("ix_ask_person_id", "person_id", "asked_on"),
        Index("ix_ask_step", "step", "asked_on", "person_id"),
        Index("ix_ask_round_id", "round_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    step: Mapped[str]
    """The name of a LadderStep."""
    way: Mapped[str]
    state: Mapped[str] = mapped_column(default=AskState.ASKED)
    asked_on: Mapped[date]
    asked_by: Mapped[uuid.UUID | None]
    """The account; None for a rule that runs by itself."""
    automation_id: Mapped[uuid.UUID | None]
    """The rule that asked; no foreign key, so that what happened outlives the rule."""
    round_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ask_round.id", ondelete="SET NULL"))
    """The act in which many were asked."""
    ended_on: Mapped[date | None]


class AskRest(Base):
    """That somebody wants to be asked for nothing at all, until a day or until they say otherwise."""

    __tablename__ = "ask_rest"
    __table_args__ = ({"info": SUPPORTER},)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    until_on: Mapped[date | None]
    """The last day of it; None: until they say otherwise."""
    said_on: Mapped[date]


class AskRule(Base):
    """One number of the rules that staff have changed; without a row it is as it came."""

    __tablename__ = "ask_rule"
    __table_args__ = (CheckConstraint("number >= 0", name="number_positive"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    """A name of service/ladder/rules.py."""
    number: Mapped[int]
    changed_by: Mapped[uuid.UUID | None]
    changed_on: Mapped[date]


class RoundState(StrEnum):
    """(proposed >) waiting > running > done; whatever is not over > stopped."""

    PROPOSED = "proposed"
    """A mail to many that waits for a second person (SAFETY.md 13)."""
    WAITING = "waiting"
    """Nobody is asked before `starts_at`."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class AskRound(Base):
    """One act in which many are asked for the same step; each of them only if they may be when it comes to them."""

    __tablename__ = "ask_round"
    __table_args__ = (
        CheckConstraint(one_of("way", AskWay), name="way_known"),
        CheckConstraint(one_of("state", RoundState), name="state_known"),
        CheckConstraint("asked >= 0 AND asked <= amount", name="counts_fit"),
        CheckConstraint("approved_by <> made_by", name="two_persons"),
        CheckConstraint(
            "way <> 'mail' OR state IN ('proposed', 'stopped') OR approved_by IS NOT NULL", name="mail_is_approved"
        ),
        Index("ix_ask_round_made_at", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    step: Mapped[str]
    way: Mapped[str]
    state: Mapped[str]
    amount: Mapped[int]
    """How many people it is about."""
    asked: Mapped[int] = mapped_column(default=0)
    taken_back: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[uuid.UUID]
    approved_by: Mapped[uuid.UUID | None]
    """Of a mail: the second person."""
    audience: Mapped[str] = mapped_column(default="")
    """Whose people they are, as a segment's count says it."""
    made_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AskRoundPerson(Base):
    """One whom such an act is about."""

    __tablename__ = "ask_round_person"
    __table_args__ = (Index("ix_ask_round_person_person_id", "person_id"), {"info": SUPPORTER})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ask_round.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    is_done: Mapped[bool] = mapped_column(default=False)
    hold: Mapped[str] = mapped_column(default="")
    """Why they were not asked when it came to them; empty: they were, or it has not come to them."""


class LadderCount(Base):
    """How many people stand where, for one audience: everybody's, or those of some groups alone."""

    __tablename__ = "ladder_count"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state_known"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(unique=True)
    """Ids of groups, sorted, with commas between; empty: everybody."""
    state: Mapped[str]
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Of the last count; they stay while a newer one waits."""
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    took_ms: Mapped[int | None]
