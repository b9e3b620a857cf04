"""A pseudonymous record of somebody, the sealed ways to reach them, and their dated consents."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE

SCOPE = "people"
NAME = Field("person", "name_sealed")
IDENTITY = Field("person_identity", "value_sealed")
EVIDENCE = Field("consent", "evidence_sealed")
MOST_TASKS_A_WEEK = 20


class KeptFor(StrEnum):
    """Why there is a record at all; it goes when the reason does."""

    CONSENT = "consent"
    """They asked to hear from us: it goes with their last consent."""
    VOLUNTEER = "volunteer"
    """They help: it goes when they leave."""
    STAFF = "staff"
    """Staff wrote it down or brought it with a list, and said on which ground; it goes when staff or they say so."""


class Skill(StrEnum):
    """What somebody can do for us."""

    TRANSLATING = "translating"
    TRANSCRIBING = "transcribing"
    WRITING = "writing"
    PRINTING = "printing"
    DRIVING = "driving"
    CALLING = "calling"
    DESIGN = "design"
    LAW = "law"
    MEDICINE = "medicine"
    PRESS = "press"
    HOSTING = "hosting"
    TECHNOLOGY = "technology"


class Availability(StrEnum):
    """When somebody has time."""

    DAYTIME = "daytime"
    EVENINGS = "evenings"
    WEEKENDS = "weekends"
    NOW_AND_THEN = "now_and_then"


class Person(Base):
    """Someone who asked to hear from us, helps, or was written down by staff. Days, never minutes."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
        CheckConstraint(one_of("kept_for", KeptFor), name="kept_for_known"),
        CheckConstraint(f"tasks_a_week BETWEEN 0 AND {MOST_TASKS_A_WEEK}", name="tasks_in_range"),
        Index("ix_person_changed_tx", "changed_tx"),
        Index("ix_person_since_on", "since_on", "id"),
        Index("ix_person_active_on", "active_on", "id"),
        Index("ix_person_country", "country", "id"),
        *(
            Index(f"ix_person_{words}", words, postgresql_using="gin", postgresql_ops={words: "jsonb_path_ops"})
            for words in ("spoken", "skills", "availability")
        ),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What they are called, as far as they told; searched through an index in memory, never in the database."""
    language: Mapped[str]
    """In which of the site's languages to write to them."""
    country: Mapped[str | None]
    spoken: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """ISO 639-1, languages they speak."""
    skills: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Words of Skill."""
    availability: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Words of Availability."""
    tasks_a_week: Mapped[int | None]
    """What they said they can take on; None: never asked."""
    kept_for: Mapped[str] = mapped_column(default=KeptFor.CONSENT, server_default=KeptFor.CONSENT)
    source: Mapped[str] = mapped_column(default="", server_default="")
    """Where the record comes from, in a few words without a name: a list's title, a form."""
    since_on: Mapped[date]
    active_on: Mapped[date | None]
    """When they last did anything: at once for lines of their record (a trigger on `interaction`), within the hour for
    what other features know (service/activity.py). Lists are ordered and narrowed by it."""
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    changed_tx: Mapped[int] = mapped_column(default=0, server_default="0")
    """The transaction that last wrote this row, set by a trigger: by it an index in memory follows what changed."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class PersonGone(Base):
    """A record that was deleted a moment ago, written by a trigger, so that every index in memory drops it as well."""

    __tablename__ = "person_gone"
    __table_args__ = (Index("ix_person_gone_changed_tx", "changed_tx"), {"info": SUPPORTER})

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    changed_tx: Mapped[int]
    gone_on: Mapped[date]
    since_on: Mapped[date | None]
    """Since when there was a record, so that the reports can count by month who came and went."""


class IdentityKind(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    PHONE = "phone"
    MESSENGER = "messenger"


class PersonIdentity(Base):
    """One way to reach a person; unique through its blind index."""

    __tablename__ = "person_identity"
    __table_args__ = (
        UniqueConstraint("kind", "value_index"),
        Index("ix_person_identity_kind", "kind", "person_id"),
        CheckConstraint(one_of("kind", IdentityKind), name="kind_known"),
        CheckConstraint("length(value_index) = 32", name="index_length"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    value_sealed: Mapped[bytes]
    value_index: Mapped[bytes] = mapped_column(LargeBinary)
    wrong_on: Mapped[date | None]
    """Since when we know that somebody else answers there: nobody calls it again."""
    bounced_on: Mapped[date | None]
    """When a mail to it last came back because there is no such mailbox."""


class Consent(Base):
    """What a person agreed to, in which words, and on which day; ended rather than deleted while the person exists."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_current", "person_id", "purpose", "subject", unique=True,
            postgresql_where=text("ended_on IS NULL"), postgresql_nulls_not_distinct=True,
        ),
        # Who agrees to one thing, read from the index alone: lists, segments and mailings ask it of everybody.
        Index("ix_consent_current", "purpose", "person_id", postgresql_where=text("ended_on IS NULL")),
        # With those that have ended: for somebody's page, and when their record goes.
        Index("ix_consent_person_id", "person_id"),
        CheckConstraint("ended_on IS NULL OR ended_on >= given_on", name="ends_after_start"),
        CheckConstraint("ended_how IN ('', 'unsubscribed', 'never')", name="ended_how_known"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    """A word of Purpose or one that a higher feature knows ("petition-updates")."""
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """What it is about (a petition); no foreign key, since the link ends with the petition's keys."""
    text_version: Mapped[str]
    """The version of the words they agreed to; of a consent that staff wrote down, how it was given (paper, phone)."""
    evidence_sealed: Mapped[bytes | None]
    """What proves one that staff wrote down, in words that may name somebody."""
    given_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_how: Mapped[str] = mapped_column(default="", server_default="")
    """A word of EndedHow."""


class EndedHow(StrEnum):
    """How a consent ended."""

    OTHERWISE = ""
    """By staff, on the page of their own data, or with what it was about."""
    UNSUBSCRIBED = "unsubscribed"
    """By the link of a mail."""
    NEVER = "never"
    """They want to hear from us never again."""


class Purpose(StrEnum):
    """What somebody may agree to beside the updates of one petition."""

    NEWS = "news"
    """To be mailed about campaigns in general."""
    CALLS = "calls"
    """To be called (SAFETY.md 1: a phone number of volunteers who agree to it, of nobody else)."""
    EVENTS = "events"
    """To be told of letter evenings and other events."""
