"""Answers, from the envelope on: pages, transcriptions, translations, and what they report."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.letters.models.words import (
    IncidentKind,
    IncidentState,
    NeedKind,
    Original,
    PublicationState,
    ReplyState,
    ScanState,
    TextKind,
)

PAGE = Field("reply_page", "content_sealed")
SCAN = Field("reply_scan", "content_sealed")
REPLY_TEXT = Field("reply_text", "text_sealed")
REMARK = Field("reply_text", "remark_sealed")
INCIDENT_NOTE = Field("incident", "note_sealed")
INCIDENT_STEP = Field("incident_event", "note_sealed")
NEED_NOTE = Field("reported_need", "note_sealed")
PUBLISHED_TEXT = Field("reply", "published_sealed")


class Reply(Base):
    """One envelope or electronic answer that came in."""

    __tablename__ = "reply"
    __table_args__ = (
        CheckConstraint(one_of("state", ReplyState), name="state_known"),
        CheckConstraint("original IS NULL OR " + one_of("original", Original), name="original_known"),
        CheckConstraint(one_of("publication", PublicationState), name="publication_known"),
        CheckConstraint(
            "state NOT IN ('matched', 'screened', 'forwarded') OR prisoner_id IS NOT NULL", name="matched_to_somebody"
        ),
        CheckConstraint("(state = 'forwarded') <= (forwarded_on IS NOT NULL)", name="forwarded_on_a_day"),
        # Published words rest on the consent that a prisoner gave for them.
        CheckConstraint(
            "publication NOT IN ('approved', 'published') OR consent_id IS NOT NULL", name="published_with_consent"
        ),
        Index("ix_reply_open", "logged_on", "number", postgresql_where=text("state NOT IN ('forwarded', 'closed')")),
        Index("ix_reply_thread_id", "thread_id"),
        Index("ix_reply_prisoner_id", "prisoner_id"),
        Index("ix_reply_letter_id", "letter_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """Written on the envelope in pencil, to find the paper again."""
    state: Mapped[str] = mapped_column(default=ReplyState.LOGGED)
    channel: Mapped[str]
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id", ondelete="SET NULL"))
    """The letter it answers, where the code said so."""
    thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter_thread.id", ondelete="SET NULL"))
    prisoner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    written_on: Mapped[date | None]
    """As the letter or the postmark says."""
    logged_on: Mapped[date]
    logged_by: Mapped[uuid.UUID | None]
    office: Mapped[str] = mapped_column(default="")
    """Where the paper lies."""
    original: Mapped[str | None]
    screened_by: Mapped[uuid.UUID | None]
    screened_on: Mapped[date | None]
    forwarded_on: Mapped[date | None]
    read_on: Mapped[date | None]
    """When the writer opened it."""
    publication: Mapped[str] = mapped_column(default=PublicationState.NONE)
    published_sealed: Mapped[bytes | None]
    """What somebody proposed to show, as `published_text` holds it: sealed until a second person approves."""
    published_text: Mapped[str] = mapped_column(default="")
    """What is shown, as JSON: its words by language, and the language that they were written in."""
    published_on: Mapped[date | None]
    consent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("prisoner_consent.id"))
    body_erased_on: Mapped[date | None]
    closed_reason: Mapped[str] = mapped_column(default="")
    writer_may_type: Mapped[bool] = mapped_column(default=False)
    """Coordinators let its own reader type or translate it too."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class ReplyEvent(Base):
    """One step of an answer. Append-only, without a word of it."""

    __tablename__ = "reply_event"
    __table_args__ = (
        CheckConstraint(one_of("now", ReplyState), name="now_known"),
        Index("ix_reply_event_reply_id", "reply_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    reply_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")


class ReplyPage(Base):
    """One scanned page, drawn anew without what the file carried beside it, sealed."""

    __tablename__ = "reply_page"
    __table_args__ = (
        UniqueConstraint("reply_id", "position"),
        CheckConstraint("width > 0 AND height > 0", name="has_size"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reply_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    position: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    content_sealed: Mapped[bytes]
    """A picture as base64 under the letters' scope."""
    is_withheld: Mapped[bool] = mapped_column(default=False)
    """Screening keeps this page from the writer: it names somebody, or would harm."""
    is_for_volunteers: Mapped[bool] = mapped_column(default=False)
    """Somebody looked: it names neither the writer nor an address nor the family, so a volunteer may type it."""
    added_on: Mapped[date]


class ReplyScan(Base):
    """A file of an answer that waits for a worker to draw its pages: sealed, shown to nobody, gone once they are drawn
    or cannot be."""

    __tablename__ = "reply_scan"
    __table_args__ = (
        CheckConstraint(one_of("state", ScanState), name="state_known"),
        CheckConstraint("(state = 'waiting') = (content_sealed IS NOT NULL)", name="kept_while_waiting"),
        Index("ix_reply_scan_reply_id", "reply_id", "number"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """The order in which they were added, which their pages keep."""
    reply_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=ScanState.WAITING)
    content_sealed: Mapped[bytes | None]
    """The file as it came, as base64 under the letters' scope."""
    problem: Mapped[str] = mapped_column(default="")
    """Why its pages cannot be drawn, as a message to translate."""
    added_by: Mapped[uuid.UUID]
    added_on: Mapped[date]


class ReplyText(Base):
    """One revision of what an answer says, typed or translated; the newest approved one counts.

    Append-only but for the one that is being typed just now: it is written over while it is an interim one.
    """

    __tablename__ = "reply_text"
    __table_args__ = (
        CheckConstraint(one_of("kind", TextKind), name="kind_known"),
        UniqueConstraint("reply_id", "kind", "language", "revision"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reply_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    kind: Mapped[str]
    language: Mapped[str]
    revision: Mapped[int]
    text_sealed: Mapped[bytes]
    written_by: Mapped[uuid.UUID | None]
    written_on: Mapped[date]
    approved_by: Mapped[uuid.UUID | None]
    """Who compared it with the pages; None: a draft, which its writer never sees."""
    is_interim: Mapped[bool] = mapped_column(default=False)
    """Saved while somebody typed; what they save next by hand takes its place."""
    version: Mapped[int] = mapped_column(default=1)
    """Of an interim one, so that two windows notice each other."""
    remark_sealed: Mapped[bytes | None]
    """What a moderator said when they sent it back."""


class ReportedNeed(Base):
    """Something that a prisoner asks for in an answer; the funds take it over from here."""

    __tablename__ = "reported_need"
    __table_args__ = (
        CheckConstraint(one_of("kind", NeedKind), name="kind_known"),
        CheckConstraint("state IN ('reported', 'dismissed', 'taken_over')", name="state_known"),
        Index("ix_reported_need_prisoner_id", "prisoner_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    reply_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reply.id", ondelete="SET NULL"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="reported")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    note_sealed: Mapped[bytes | None]
    reported_by: Mapped[uuid.UUID | None]
    reported_on: Mapped[date]


class Incident(Base):
    """Ill-treatment, a threat, a danger to life: read by few, closed with a reason."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint(one_of("kind", IncidentKind), name="kind_known"),
        CheckConstraint(one_of("state", IncidentState), name="state_known"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        Index("ix_incident_prisoner_id", "prisoner_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    reply_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("reply.id", ondelete="SET NULL"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=IncidentState.OPEN)
    note_sealed: Mapped[bytes]
    """Empty once it was erased."""
    opened_by: Mapped[uuid.UUID | None]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class IncidentEvent(Base):
    """One step of an incident. Append-only."""

    __tablename__ = "incident_event"
    __table_args__ = (
        CheckConstraint(one_of("now", IncidentState), name="now_known"),
        Index("ix_incident_event_incident_id", "incident_id", "created_at"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    note_sealed: Mapped[bytes | None]
