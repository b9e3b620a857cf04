"""Letters to prisoners, and the threads they stand in."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.arrivals import SHAPE_SQL
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.letters.models.words import HoldReason, LetterKind, LetterState, Severity

SCOPE = "letters"
TEXT = Field("letter", "text_sealed")
ORIGINAL = Field("letter", "original_sealed")
WORDS = Field("letter", "words_sealed")
CONTACT = Field("letter", "contact_sealed")
PICTURE = Field("letter_picture", "content_sealed")
IN_BATCH_SQL = "state IN ('batched', 'printed', 'handed_to_service')"
GONE_OUT_SQL = "state IN ('dispatched', 'reported', 'presumed', 'returned', 'censored', 'lost')"


class LetterThread(Base):
    """Letters and answers between one prisoner and one writer; without a writer, one letter and its answer."""

    __tablename__ = "letter_thread"
    __table_args__ = (
        Index(
            "uq_letter_thread_writer", "prisoner_id", "volunteer_id", unique=True,
            postgresql_where=text("volunteer_id IS NOT NULL"),
        ),
        Index("ix_letter_thread_volunteer_id", "volunteer_id"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id", ondelete="SET NULL"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pen_group.id", ondelete="SET NULL"), index=True)
    """The group within which they write; its leads may see that there are letters, and their states."""
    opened_on: Mapped[date]


class Letter(Base):
    """One letter on its way to a prisoner."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint(one_of("state", LetterState), name="state_known"),
        CheckConstraint(one_of("kind", LetterKind), name="kind_known"),
        CheckConstraint("held_reason IS NULL OR " + one_of("held_reason", HoldReason), name="held_reason_known"),
        CheckConstraint("(state = 'held') = (held_reason IS NOT NULL)", name="held_with_reason"),
        # A letter lies in a batch from the moment it is locked in, and in none before or after it fell out of one.
        CheckConstraint(f"({IN_BATCH_SQL} OR {GONE_OUT_SQL}) = (batch_id IS NOT NULL)", name="in_one_place"),
        CheckConstraint(f"({GONE_OUT_SQL}) = (dispatched_on IS NOT NULL)", name="gone_out_on_a_day"),
        CheckConstraint("batch_id IS NULL OR address IS NOT NULL", name="addressed_in_batch"),
        # Whatever can still be printed has its text.
        CheckConstraint("text_sealed IS NOT NULL OR body_erased_on IS NOT NULL", name="text_until_erased"),
        CheckConstraint(
            "body_erased_on IS NULL OR (text_sealed IS NULL AND original_sealed IS NULL)", name="erased_is_gone"
        ),
        CheckConstraint(
            "body_erased_on IS NULL OR state IN ('rejected', 'withdrawn', 'given_up') OR " + GONE_OUT_SQL,
            name="erased_when_over",
        ),
        CheckConstraint("held_by IS NULL OR held_until IS NOT NULL", name="held_until_then"),
        CheckConstraint("state <> 'waiting' OR contact_sealed IS NOT NULL", name="waits_for_somebody"),
        CheckConstraint(f"arrived_by IS NULL OR (state = 'waiting' AND {SHAPE_SQL})", name="arrival_erased"),
        CheckConstraint("characters >= 0 AND pages >= 0", name="counted"),
        Index("ix_letter_thread_id", "thread_id"),
        Index("ix_letter_batch_id", "batch_id"),
        Index("ix_letter_moderation", "submitted_on", "number", postgresql_where=text("state = 'in_moderation'")),
        Index("ix_letter_queue", "channel", "prisoner_id", postgresql_where=text("state IN ('queued', 'held')")),
        Index("ix_letter_due", "due_on", postgresql_where=text("state IN ('dispatched', 'presumed')")),
        Index("ix_letter_prisoner_id", "prisoner_id"),
        Index("ix_letter_facility_id", "facility_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """In the order of making; decides between letters of one day."""
    code: Mapped[str] = mapped_column(unique=True)
    """Stands in the return address line and on the posting list, and nowhere in the letter (penpals codes)."""
    thread_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_thread.id", ondelete="CASCADE"))
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    assignment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assignment.id", ondelete="SET NULL"))
    reservation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reservation.id", ondelete="SET NULL"))
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    """The one that came back, of which this is the second try: a letter of its own, since another paper leaves."""
    kind: Mapped[str] = mapped_column(default=LetterKind.PERSONAL)
    channel: Mapped[str]
    """A word of prisoners' Channel: post, f_pismo or zt."""
    state: Mapped[str]

    text_sealed: Mapped[bytes | None]
    """What the prisoner reads."""
    original_sealed: Mapped[bytes | None]
    """What was written in another language, where somebody translates it."""
    original_language: Mapped[str] = mapped_column(default="ru")
    """In which the writer wrote; what leaves is in Russian unless the facility takes others."""
    text_version: Mapped[int] = mapped_column(default=1)
    """Grows with every change of the text, so that two tabs cannot overwrite each other."""
    characters: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    wants_translator: Mapped[bool] = mapped_column(default=False)
    wants_reply_form: Mapped[bool] = mapped_column(default=False)
    keeps_text: Mapped[bool] = mapped_column(default=False)
    """The writer wants to go on reading what they wrote; else it goes as SAFETY.md 4 says."""
    body_erased_on: Mapped[date | None]

    words_sealed: Mapped[bytes | None]
    """What a moderator says to the writer: what to change, or why not."""
    override_reason: Mapped[str] = mapped_column(default="")
    """Why a moderator lets it go in spite of the checker; quotes nothing of the letter."""
    held_by: Mapped[uuid.UUID | None]
    """The moderator who reads it now; nobody else may decide until `held_until`."""
    held_until: Mapped[datetime | None]
    approved_by: Mapped[uuid.UUID | None]
    written_by: Mapped[uuid.UUID | None]
    """The account of whoever wrote it, who may not approve it; None without an account."""

    contact_sealed: Mapped[bytes | None]
    """Of a writer without an account: kept only to pass on states and the answer."""
    contact_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_language: Mapped[str] = mapped_column(default="en")
    arrived_by: Mapped[str | None]
    """The code of the mailing that brought them, the same for all its readers; erased when it is handed in."""

    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter_batch.id", ondelete="RESTRICT"))
    position: Mapped[int | None]
    """Its place in the batch, from 1."""
    facility_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("facility.id"))
    """Where it was addressed to last."""
    address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """As printed: {"to", "lines", "index", "facility", "custody_id", "address_id"}; taken anew at a reprint."""
    external_number: Mapped[str] = mapped_column(default="")
    """Of the e-letter service."""
    held_reason: Mapped[str | None]

    created_on: Mapped[date]
    edited_on: Mapped[date]
    submitted_on: Mapped[date | None]
    expires_at: Mapped[datetime | None]
    """Of one that waits for its mail's button."""
    dispatched_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """When it is presumed to be delivered, or lost, unless somebody says so before."""
    outcome_on: Mapped[date | None]
    """When it ended, or something was heard of it last."""
    is_partly: Mapped[bool] = mapped_column(default=False)
    """Censored in part: it was handed over with lines blacked out."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class LetterEvent(Base):
    """One step of a letter. Append-only, without a word of its text."""

    __tablename__ = "letter_event"
    __table_args__ = (
        CheckConstraint(one_of("now", LetterState), name="now_known"),
        Index("ix_letter_event_letter_id", "letter_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    was: Mapped[str]
    """Empty when it was begun."""
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    """A word of HoldReason, or staff's own few words."""


class LetterPicture(Base):
    """A picture that goes with a letter, decoded and written anew, sealed."""

    __tablename__ = "letter_picture"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="has_size"),
        Index("ix_letter_picture_letter_id", "letter_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"))
    position: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    is_grey: Mapped[bool]
    content_sealed: Mapped[bytes]
    """A PNG or JPEG as base64 under the letters' scope."""
    added_on: Mapped[date]


class LetterFinding(Base):
    """That a rule of the checker spoke about the text as it was handed in; never where, nor which words."""

    __tablename__ = "letter_finding"
    __table_args__ = (
        CheckConstraint(one_of("severity", Severity), name="severity_known"),
        CheckConstraint("rule ~ '^L[0-9]{2}$'", name="rule_shape"),
        Index("ix_letter_finding_rule", "rule"),
        {"info": SUPPORTER},
    )

    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    rules_version: Mapped[str]
    is_overridden: Mapped[bool] = mapped_column(default=False)


class LetterFingerprint(Base):
    """The keyed hash of a text that was handed in, to notice the same letter to many (rule L31). Goes after 90 days."""

    __tablename__ = "letter_fingerprint"
    __table_args__ = (Index("ix_letter_fingerprint_seen_on", "seen_on"), {"info": SUPPORTER})

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    seen_on: Mapped[date]
