"""A mailing: what it says, to whom it goes, who said yes, and how far it is.

Who gets it stands in `mailing_recipient`, without an address: a mail finds its recipient through the person at the
moment of leaving. Its texts are for many and hold nothing about anybody.
"""

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
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of

LONGEST_TITLE, LONGEST_SUBJECT, LONGEST_BODY, LONGEST_REASON = 120, 150, 20_000, 200


class MailingState(StrEnum):
    """draft <> proposed > approved > sending <> paused > sent; any of them but sent > stopped."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    """Waits for a second person."""
    APPROVED = "approved"
    """Goes out at `send_at`."""
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    """Nothing waits any more; what is not known stands apart."""
    STOPPED = "stopped"


UNFINISHED = frozenset(MailingState) - {MailingState.SENT, MailingState.STOPPED}
UNDER_WAY = frozenset({MailingState.SENDING, MailingState.PAUSED})


class Audience(StrEnum):
    """Among whom its recipients are found."""

    SEGMENT = "segment"
    SIGNERS = "signers"
    """Those who signed a petition and asked for its news."""


class Variant(StrEnum):
    """Which subject somebody gets, where two are tried."""

    A = "a"
    B = "b"


class Mailing(Base):
    """One mailing."""

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint(one_of("state", MailingState), name="state_known"),
        CheckConstraint(one_of("audience", Audience), name="audience_known"),
        CheckConstraint(f"title <> '' AND length(title) <= {LONGEST_TITLE}", name="title_length"),
        CheckConstraint("audience = 'segment' OR segment_id IS NULL", name="segment_of_segment"),
        CheckConstraint("audience = 'signers' OR petition_id IS NULL", name="petition_of_signers"),
        CheckConstraint("(audience = 'signers') = (topic = 'petition-updates')", name="topic_of_signers"),
        CheckConstraint(
            "state NOT IN ('approved', 'sending', 'paused', 'sent') OR"
            " (approved_by IS NOT NULL AND approved_by <> proposed_by AND send_at IS NOT NULL)",
            name="two_persons",
        ),
        CheckConstraint("fallback IN ('en', 'ru', 'de')", name="fallback_known"),
        CheckConstraint("ab_share BETWEEN 0 AND 50", name="share_in_range"),
        CheckConstraint("ab_hours BETWEEN 1 AND 72", name="hours_in_range"),
        CheckConstraint("winner IS NULL OR winner IN ('a', 'b')", name="winner_known"),
        Index("ix_mailing_state", "state", "send_at"),
        Index("ix_mailing_petition_id", "petition_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Its mails' batch has the same id."""
    state: Mapped[str] = mapped_column(default=MailingState.DRAFT)
    title: Mapped[str]
    """What staff call it; nobody else sees it."""
    code: Mapped[str] = mapped_column(unique=True)
    """Eight letters in its links to our own pages, the same for everybody who gets it."""
    audience: Mapped[str] = mapped_column(default=Audience.SEGMENT)
    topic: Mapped[str] = mapped_column(default="news")
    """What its readers agreed to, and what the link at its end ends: a people.models.Topic."""
    fallback: Mapped[str] = mapped_column(default="en", server_default="en")
    """The language for those in whose own nothing is written."""
    segment_id: Mapped[uuid.UUID | None]
    """No foreign key: the mailing stays when the segment goes."""
    petition_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("petition.id", ondelete="SET NULL"))
    freeze_id: Mapped[uuid.UUID | None]
    """Who was in the segment when it was frozen; uses are forgotten before mailings are."""
    quiet_days: Mapped[int] = mapped_column(SmallInteger, default=3)
    """Whoever got a mailing within so many days is left out; 0: nobody is."""
    excluded: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """How many of the audience were left out, by reason."""
    total: Mapped[int | None]
    """How many are to get it, once that is settled."""
    send_at: Mapped[datetime | None]
    """When it begins; with `by_local_time` the clock time of this moment in UTC is meant in each reader's own zone."""
    by_local_time: Mapped[bool] = mapped_column(default=False)
    ab_share: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Of a hundred readers so many get subject A and as many B before the better one goes to the rest; 0: no trial."""
    ab_hours: Mapped[int] = mapped_column(SmallInteger, default=4)
    winner: Mapped[str | None]
    cursor: Mapped[uuid.UUID | None]
    """The last person whose mail is owed; the fan-out goes on behind."""
    written_by: Mapped[uuid.UUID | None]
    proposed_by: Mapped[uuid.UUID | None]
    approved_by: Mapped[uuid.UUID | None]
    paused_reason: Mapped[str] = mapped_column(default="")
    """A word: by_hand, bounces, complaints, policy, restored."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_on: Mapped[date]
    started_at: Mapped[datetime | None]
    trial_owed_at: Mapped[datetime | None]
    """Where two subjects are tried: when the mails of the trial were owed."""
    owed_at: Mapped[datetime | None]
    """When everybody's mail was owed: the fan-out is complete."""
    finished_at: Mapped[datetime | None]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """How its mails ended, once who got them is erased."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class CountState(StrEnum):
    """waiting > done | failed, and waiting again."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class MailingCount(Base):
    """How many would get a mailing now, and why the others would not: counted by a job, never who."""

    __tablename__ = "mailing_count"
    __table_args__ = (
        CheckConstraint(one_of("state", CountState), name="state_known"),
        CheckConstraint("state <> 'done' OR (free IS NOT NULL AND counted_at IS NOT NULL)", name="done_is_counted"),
        {"info": SUPPORTER},
    )

    mailing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str]
    asks: Mapped[str]
    """What was counted: the figures belong to this audience and these terms."""
    seen: Mapped[int] = mapped_column(default=0)
    """How many were looked at so far."""
    free: Mapped[int | None]
    """How many would get it."""
    holds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many would not, by reason."""
    error: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]


class MailingText(Base):
    """What a mailing says in one language: Markdown with blocks and merge fields."""

    __tablename__ = "mailing_text"
    __table_args__ = (
        CheckConstraint(f"length(subject) <= {LONGEST_SUBJECT} AND length(subject_b) <= {LONGEST_SUBJECT}",
                        name="subject_length"),
        CheckConstraint(f"length(body) <= {LONGEST_BODY} AND length(plain) <= {LONGEST_BODY}", name="body_length"),
        {"info": SUPPORTER},
    )  # fmt: skip

    mailing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(default="")
    subject_b: Mapped[str] = mapped_column(default="")
    """The other subject, where two are tried."""
    body: Mapped[str] = mapped_column(default="")
    plain: Mapped[str] = mapped_column(default="")
    """The plain text as somebody wrote it by hand; empty: made from the body."""
    plain_for: Mapped[str] = mapped_column(default="", server_default="")
    """A digest of the body for which the plain text was written: whether that has changed since."""


class MailingRecipient(Base):
    """Somebody who gets a mailing; `mail.ref` points here. Erased some months after, and with the person."""

    __tablename__ = "mailing_recipient"
    __table_args__ = (
        UniqueConstraint("mailing_id", "person_id"),
        CheckConstraint("variant IN ('a', 'b')", name="variant_known"),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('sent', 'failed', 'suppressed', 'stopped', 'expired')", name="outcome_known"
        ),
        Index("ix_mailing_recipient_person_id", "person_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mailing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    variant: Mapped[str] = mapped_column(default=Variant.A)
    owed_on: Mapped[date]
    outcome: Mapped[str | None]
    """How their mail ended, an Outcome; None: the mail's own row tells."""


class MailingEvent(Base):
    """One step of a mailing. Append-only."""

    __tablename__ = "mailing_event"
    __table_args__ = (
        CheckConstraint(one_of("now", MailingState), name="now_known"),
        Index("ix_mailing_event_mailing_id", "mailing_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    mailing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"))
    was: Mapped[str | None]
    now: Mapped[str]
    happened_at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    """None: it happened by itself."""
    reason: Mapped[str] = mapped_column(default="")


class MailingAction(Base):
    """How often something was done on our pages by readers of a mailing: a number a day, nobody's name."""

    __tablename__ = "mailing_action"
    __table_args__ = (
        CheckConstraint("variant IN ('a', 'b')", name="variant_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        {"info": SUPPORTER},
    )

    mailing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True)
    variant: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """What was done: signed, confirmed, registered for an event and the like; a word of the feature that tells."""
    day: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[int]
