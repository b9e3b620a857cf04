"""Call lists: who is to be called for what, what came of each call, and who has which person in hand."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

LONGEST_CALL_TITLE, LONGEST_PURPOSE, LONGEST_SCRIPT, LONGEST_OUTCOME = 120, 1_000, 10_000, 40
MOST_OUTCOMES, MOST_ATTEMPTS = 8, 10


class CallListState(StrEnum):
    """draft > open <> paused > closed; a draft may be closed as well."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


ALIVE = frozenset({CallListState.DRAFT, CallListState.OPEN, CallListState.PAUSED})
"""Of which people are still to be called."""


class Outcome(StrEnum):
    """What came of a call. A list can have words of its own in the place of yes and no."""

    YES = "yes"
    NO = "no"
    AGAIN = "again"
    """Call again on a day."""
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    NO_CALLS = "no_calls"
    """Does not want to be called by us any more: the consent ends at once."""


NOT_REACHED = frozenset({Outcome.NO_ANSWER, Outcome.WRONG_NUMBER})
NOT_OWN = frozenset(Outcome) - {Outcome.YES, Outcome.NO}
"""Every list has these; they do more than to be counted."""


class EntryState(StrEnum):
    """waiting > done | ended | gone; undoing an outcome and filling anew lead back to waiting."""

    WAITING = "waiting"
    DONE = "done"
    """They were reached, and that is all that was wanted."""
    ENDED = "ended"
    """Tried as often as the list says."""
    GONE = "gone"
    """Must not be called any more: no consent, or no number that is theirs."""


class CallList(Base):
    """What some people are called for, with what the caller says."""

    __tablename__ = "call_list"
    __table_args__ = (
        CheckConstraint(one_of("state", CallListState), name="state_known"),
        CheckConstraint(f"title <> '' AND length(title) <= {LONGEST_CALL_TITLE}", name="title_length"),
        CheckConstraint(f"most_attempts BETWEEN 1 AND {MOST_ATTEMPTS}", name="attempts_in_range"),
        CheckConstraint("hour_from BETWEEN 0 AND 23 AND hour_to BETWEEN 1 AND 24", name="hours_in_range"),
        CheckConstraint("hour_from < hour_to", name="hours_in_order"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        Index("ix_call_list_state", "state", "due_on"),
        Index("ix_call_list_group_id", "group_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=CallListState.DRAFT)
    title: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    """What it is for, in a few sentences for whoever calls."""
    scripts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Markdown by language; {name} stands for what the person is called."""
    outcomes: Mapped[list[str]] = mapped_column(default=list)
    """Words of its own for what came of it when they were reached; empty: yes and no."""
    most_attempts: Mapped[int] = mapped_column(SmallInteger)
    """After so many calls without reaching them nobody tries again."""
    hour_from: Mapped[int] = mapped_column(SmallInteger)
    """In the time of whoever is called; outside of the hours the caller is warned."""
    hour_to: Mapped[int] = mapped_column(SmallInteger)
    due_on: Mapped[date | None]
    group_id: Mapped[uuid.UUID | None]
    """The group whose list it is; no foreign key, since activities knows no groups."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[uuid.UUID | None]
    created_on: Mapped[date]
    closed_on: Mapped[date | None]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """How many stood in which state, once who they were is erased."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class CallListEvent(Base):
    """One step of a list. Append-only."""

    __tablename__ = "call_list_event"
    __table_args__ = (
        CheckConstraint(one_of("now", CallListState), name="now_known"),
        Index("ix_call_list_event_list_id", "list_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call_list.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]


class CallFill(Base):
    """One filling of a list out of people who were written down when it was asked for: a job goes through them."""

    __tablename__ = "call_fill"
    __table_args__ = (Index("ix_call_fill_list_id", "list_id", "made_at"), {"info": SUPPORTER})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call_list.id", ondelete="CASCADE"))
    freeze_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("segment_freeze.id", ondelete="SET NULL"))
    title: Mapped[str]
    """Of the segment, or empty for people who were chosen."""
    total: Mapped[int]
    not_called_days: Mapped[int]
    """Whoever was called within so many days is left out; 0: nobody for that."""
    may_be_on_others: Mapped[bool]
    after: Mapped[uuid.UUID | None]
    """The last person who was looked at; nobody is looked at twice."""
    seen: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many, by reason."""
    is_done: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]


class CallEntry(Base):
    """One person on a list. Erased 30 days after the list was closed."""

    __tablename__ = "call_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "person_id"),
        CheckConstraint(one_of("state", EntryState), name="state_known"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claimed_until_a_time"),
        CheckConstraint("attempts >= 0", name="attempts_positive"),
        Index(
            "ix_call_entry_next", "list_id", "attempts", "position", postgresql_where=text("state = 'waiting'")
        ),
        Index("ix_call_entry_person_id", "person_id"),
        Index("ix_call_entry_claimed_by", "claimed_by", postgresql_where=text("claimed_by IS NOT NULL")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call_list.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    """The order in which they came onto the list."""
    state: Mapped[str] = mapped_column(default=EntryState.WAITING)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    call_on: Mapped[date | None]
    """The day for which they asked."""
    rests_until: Mapped[datetime | None]
    """Nobody is given them before."""
    last_outcome: Mapped[str] = mapped_column(default="")
    last_called_on: Mapped[date | None]
    claimed_by: Mapped[uuid.UUID | None]
    """The account that has them in hand."""
    claimed_until: Mapped[datetime | None]


class CallAttempt(Base):
    """One call and what came of it; who was called is forgotten with the entry, that somebody was stays."""

    __tablename__ = "call_attempt"
    __table_args__ = (
        Index("ix_call_attempt_list_id", "list_id", "happened_on"),
        Index("ix_call_attempt_entry_id", "entry_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call_list.id", ondelete="CASCADE"))
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("call_entry.id", ondelete="SET NULL"))
    outcome: Mapped[str]
    """A word of Outcome, or one of the list's own."""
    was_reached: Mapped[bool]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]
    interaction_id: Mapped[int | None]
    """The line of the person's timeline that goes when the outcome is taken back; no foreign key, as for others."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """How the entry stood; None: it cannot be taken back."""
