"""Where each fact comes from and what it said before; what has changed for a person and what followed from it."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from campaign.kernel.db import Base, one_of
from campaign.prisoners.models.words import Precision


class Fact(Base):
    """One value of one field, with the source it was taken from. Append-only: the newest row of a field is current.

    The subject is a row of this feature: a prisoner, a case, a stay, a sentence, a facility. So the history of a field
    and the provenance of what it says now are one list.
    """

    __tablename__ = "fact"
    __table_args__ = (
        CheckConstraint("subject_kind <> '' AND field <> ''", name="about_something"),
        CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name="source_shape"),
        Index("ix_fact_subject", "subject_id", "field", "id"),
        Index("ix_fact_prisoner", "prisoner_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    subject_kind: Mapped[str]
    """The table of the row."""
    subject_id: Mapped[uuid.UUID]
    field: Mapped[str]
    was: Mapped[str | None]
    now: Mapped[str | None]
    """Both as text, as they are shown to staff; None where the field was or became empty."""
    source_url: Mapped[str] = mapped_column(default="")
    source_title: Mapped[str] = mapped_column(default="")
    """A publication and day, or what else the fact is known from (a letter, a call of the lawyer)."""
    retrieved_on: Mapped[date]
    entered_by: Mapped[uuid.UUID | None]
    entered_at: Mapped[datetime]
    verified_by: Mapped[uuid.UUID | None]
    """A second person who has looked it up; None while nobody has."""
    verified_on: Mapped[date | None]


class ChangeKind(StrEnum):
    """What can happen to somebody as one act."""

    TRANSFERRED = "transferred"
    IN_TRANSIT = "in_transit"
    WHEREABOUTS_UNKNOWN = "whereabouts_unknown"
    RELEASED = "released"
    EXCHANGED = "exchanged"
    DIED = "died"
    SENTENCED = "sentenced"
    HEARING_SET = "hearing_set"
    DID_NOT_HAPPEN = "did_not_happen"
    """Only as a correction: what was reported is not so."""


class StatusChange(Base):
    """One act: what happened, when, who said so; and the act that undid or corrected it."""

    __tablename__ = "status_change"
    __table_args__ = (
        CheckConstraint(one_of("kind", ChangeKind), name="kind_known"),
        CheckConstraint(one_of("happened_precision", Precision), name="happened_precision_known"),
        CheckConstraint("source_title <> '' OR source_url <> ''", name="has_source"),
        CheckConstraint("undone_at IS NULL OR undone_at >= made_at", name="undone_after"),
        Index("ix_status_change_prisoner_id", "prisoner_id", "made_at"),
        Index("ix_status_change_made_at", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    kind: Mapped[str]
    happened_on: Mapped[date]
    """Of a hearing: its own day."""
    happened_precision: Mapped[str] = mapped_column(default=Precision.DAY, server_default=Precision.DAY.value)
    details: Mapped[dict[str, Any]]
    """What the form gave (facility, reason, term, …) as JSON values."""
    before: Mapped[dict[str, Any]]
    """What undoing has to bring back: ids and values of the rows that were changed."""
    source_url: Mapped[str] = mapped_column(default="")
    source_title: Mapped[str] = mapped_column(default="")
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    released_at: Mapped[datetime]
    """When what waits (mails, feed entries, changed texts) goes out, unless undone before."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[uuid.UUID | None]
    corrects_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("status_change.id", ondelete="SET NULL"))


class ConsequenceState(StrEnum):
    """waiting > done | undone; a done one of an undone act is corrected."""

    WAITING = "waiting"
    DONE = "done"
    UNDONE = "undone"
    CORRECTED = "corrected"


class StatusConsequence(Base):
    """What one feature does about a change; unique, so that doing it twice does it once."""

    __tablename__ = "status_consequence"
    __table_args__ = (
        CheckConstraint(one_of("state", ConsequenceState), name="state_known"),
        Index("uq_status_consequence", "change_id", "name", unique=True),
        Index("ix_status_consequence_waiting", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("status_change.id", ondelete="CASCADE"))
    name: Mapped[str]
    """The name in the registry of consequences."""
    summary: Mapped[str]
    amount: Mapped[int]
    """How many rows it concerned."""
    is_immediate: Mapped[bool]
    state: Mapped[str]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    memory: Mapped[dict[str, Any]]
    """What the feature needs to undo it."""


class PublicChange(Base):
    """One line of the public feed of changes; shown from `shown_from` on."""

    __tablename__ = "public_change"
    __table_args__ = (
        CheckConstraint(one_of("happened_precision", Precision), name="happened_precision_known"),
        Index("ix_public_change_shown", "shown_from"),
        Index("uq_public_change_change_id", "change_id", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("status_change.id", ondelete="CASCADE"))
    kind: Mapped[str]
    happened_on: Mapped[date]
    happened_precision: Mapped[str] = mapped_column(default=Precision.DAY, server_default=Precision.DAY.value)
    shown_from: Mapped[datetime]
    corrected_on: Mapped[date | None]
    """Since when it is known not to be so, or not so; what is right is an entry of its own."""


class SearchEntry(Base):
    """What a person is found by: the names in both alphabets, folded, and their trigrams.

    The trigrams stand in an array with a GIN index, since a typing slip must still find somebody and no extension of
    PostgreSQL may be needed (ARCHITECTURE.md, "Where it runs").
    """

    __tablename__ = "prisoner_search"
    # Without the list of pending entries that a GIN index keeps by default: every search would read through it, and
    # after an import it is long.
    __table_args__ = (
        Index("ix_prisoner_search_grams", "grams", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    folded: Mapped[str]
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text))


class Attention(Base):
    """How much somebody is written to through us, kept by events and rebuilt nightly.

    Until letters exist every figure is zero.
    """

    __tablename__ = "prisoner_attention"
    __table_args__ = (CheckConstraint("quarters >= 0", name="not_negative"),)

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    quarters: Mapped[int] = mapped_column(default=0)
    """Letters of the last 90 days in quarters of one, so that 0.25 and 0.5 add up exactly."""
    last_letter_on: Mapped[date | None]
    waiting_since_on: Mapped[date | None]
