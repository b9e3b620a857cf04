"""A person in prison: names, what they care for, how public they want to be, and who agreed to that."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE, in_language
from campaign.prisoners.models.words import (
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Gender,
    LettersPolicy,
    Precision,
    PrisonerState,
    Publicity,
    ReplyMeans,
)


class Prisoner(Base):
    """One person. Everything here may become public once `state` says so; what must not stands sealed elsewhere."""

    __tablename__ = "prisoner"
    __table_args__ = (
        CheckConstraint(one_of("state", PrisonerState), name="state_known"),
        CheckConstraint(one_of("publicity", Publicity), name="publicity_known"),
        CheckConstraint(one_of("gender", Gender), name="gender_known"),
        CheckConstraint(one_of("letters_policy", LettersPolicy), name="letters_policy_known"),
        CheckConstraint(one_of("reply_means", ReplyMeans), name="reply_means_known"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("last_ru <> '' OR last_latin <> ''", name="has_name"),
        CheckConstraint("born_precision IS NULL OR " + one_of("born_precision", Precision), name="precision_known"),
        CheckConstraint("(born_on IS NULL) = (born_precision IS NULL)", name="born_has_precision"),
        # Nobody becomes public by mistake: a page needs a recorded consent or the mark "public figure".
        CheckConstraint(
            "state <> 'published' OR (publicity <> 'private' AND"
            " (is_public_figure OR publicity_consent_id IS NOT NULL))",
            name="public_with_consent",
        ),
        CheckConstraint("author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id", name="two_persons"),
        # Lists of the public: what is published, by name.
        Index("ix_prisoner_published", "last_latin", "id", postgresql_where=text("state = 'published'")),
        Index("ix_prisoner_changed", "changed_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """A short number for staff, and what the exclusion of overlapping stays compares (models/custody.py)."""
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=PrisonerState.DRAFT)
    is_demo: Mapped[bool] = mapped_column(default=False)

    last_ru: Mapped[str] = mapped_column(default="")
    first_ru: Mapped[str] = mapped_column(default="")
    patronymic_ru: Mapped[str] = mapped_column(default="")
    has_no_patronymic: Mapped[bool] = mapped_column(default=False)
    dative_ru: Mapped[str] = mapped_column(default="")
    """The name as an envelope addresses it ("кому"); suggested by a program, usable once a person confirmed it."""
    is_dative_confirmed: Mapped[bool] = mapped_column(default=False)
    last_latin: Mapped[str] = mapped_column(default="")
    first_latin: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(default=list)
    """Further spellings and names, for search."""

    born_on: Mapped[date | None]
    born_precision: Mapped[str | None]
    gender: Mapped[str] = mapped_column(default=Gender.UNKNOWN)
    citizenships: Mapped[list[str]] = mapped_column(default=list)
    """ISO 3166 alpha-2."""
    home_region: Mapped[str | None]
    """ISO 3166-2 (regions.py)."""
    languages_read: Mapped[list[str]] = mapped_column(default=list)
    """ISO 639-1, those the person reads and writes."""

    letters_policy: Mapped[str] = mapped_column(default=LettersPolicy.UNKNOWN)
    reply_means: Mapped[str] = mapped_column(default=ReplyMeans.UNKNOWN)
    publicity: Mapped[str] = mapped_column(default=Publicity.PRIVATE)
    is_public_figure: Mapped[bool] = mapped_column(default=False)
    public_figure_reason: Mapped[str] = mapped_column(default="")
    publicity_consent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("prisoner_consent.id", use_alter=True, ondelete="SET NULL")
    )
    """The consent that the public page rests on; revoking it takes the page away in the same transaction."""

    author_id: Mapped[uuid.UUID | None]
    """Who wrote the last change that a second person has to see before publication."""
    publisher_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    changed_on: Mapped[date]
    """The day of the last change that the public page shows."""
    published_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    """Set when a page that was public is taken back: dumps and mirrors carry a tombstone of the slug from then on."""
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["PrisonerText"]] = relationship(
        back_populates="prisoner", cascade="all, delete-orphan", order_by="PrisonerText.id"
    )
    interests: Mapped[list["Interest"]] = relationship(secondary="prisoner_interest", order_by="Interest.slug")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def is_public(self) -> bool:
        """Whether the public may see the page."""
        return self.state == PrisonerState.PUBLISHED

    def text_in(self, language: str) -> "PrisonerText | None":
        """The story in `language`, else in English, else in whichever there is; None where nothing is written yet."""
        return in_language(self.texts, language) if self.texts else None

    def name_in(self, language: str) -> str:
        """First and last name in the alphabet of `language`, in the other where that one is missing."""
        russian = f"{self.first_ru} {self.last_ru}".strip()
        latin = f"{self.first_latin} {self.last_latin}".strip()
        return (russian or latin) if language == "ru" else (latin or russian)

    @property
    def full_name_ru(self) -> str:
        """Last name, first name and patronymic, as a facility wants them."""
        return " ".join(part for part in (self.last_ru, self.first_ru, self.patronymic_ru) if part)


class PrisonerText(Base):
    """What is told of a person in one language."""

    __tablename__ = "prisoner_text"
    __table_args__ = (
        UniqueConstraint("prisoner_id", "language"),
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    language: Mapped[str]
    occupation: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    """One or two sentences, for lists."""
    story: Mapped[str] = mapped_column(default="")
    """Markdown."""

    prisoner: Mapped[Prisoner] = relationship(back_populates="texts")


class Interest(Base):
    """One word of the controlled vocabulary, in every language; two that mean the same are merged, never deleted."""

    __tablename__ = "interest"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_shape"),
        CheckConstraint("labels ? 'en' AND labels ? 'ru'", name="bilingual"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged_into_another"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    labels: Mapped[dict[str, Any]]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interest.id"))

    def label_in(self, language: str) -> str:
        """The word in `language`, else in English."""
        return str(self.labels.get(language) or self.labels["en"])


class PrisonerInterest(Base):
    """What somebody cares for; shown on the page, and used to find a writer."""

    __tablename__ = "prisoner_interest"

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    interest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interest.id"), primary_key=True, index=True)


class PrisonerConsent(Base):
    """What was agreed to, by whom, and how we know; revoked rather than deleted."""

    __tablename__ = "prisoner_consent"
    __table_args__ = (
        CheckConstraint(one_of("kind", ConsentKind), name="kind_known"),
        CheckConstraint(one_of("given_by", ConsentGiver), name="giver_known"),
        CheckConstraint(one_of("evidence", ConsentEvidence), name="evidence_known"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= given_on", name="revoked_after_given"),
        Index(
            "uq_prisoner_consent_current", "prisoner_id", "kind", unique=True,
            postgresql_where=text("revoked_on IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    kind: Mapped[str]
    given_by: Mapped[str]
    given_on: Mapped[date]
    evidence: Mapped[str]
    note_sealed: Mapped[bytes | None] = mapped_column(info=SUPPORTER)
    """Names and circumstances, sealed to the vault. An emergency wipe erases it and leaves the row: the person's page
    rests on it."""
    recorded_by: Mapped[uuid.UUID | None]
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[uuid.UUID | None]


class Relative(Base):
    """Somebody close to a prisoner. Who it is and how to reach them stands in the vault alone (SAFETY.md 9)."""

    __tablename__ = "prisoner_relative"
    __table_args__ = (
        CheckConstraint("relation IN ('parent', 'partner', 'child', 'sibling', 'friend', 'lawyer', 'other')",
                        name="relation_known"),
        CheckConstraint("safe_channel IN ('none', 'email', 'phone', 'messenger', 'post', 'through_lawyer')",
                        name="channel_known"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    relation: Mapped[str]
    is_contactable: Mapped[bool] = mapped_column(default=False)
    safe_channel: Mapped[str] = mapped_column(default="none")
    details_sealed: Mapped[bytes]
    added_by: Mapped[uuid.UUID | None]
    added_on: Mapped[date]


class StateWatch(Base):
    """Whether somebody stands on the financial monitoring list: for coordinators only, never exported (DOMAIN.md 8)."""

    __tablename__ = "prisoner_state_watch"
    __table_args__ = (CheckConstraint("listed IN ('yes', 'no', 'unknown')", name="listed_known"),)

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    listed: Mapped[str]
    is_terrorist_mark: Mapped[bool]
    added_on: Mapped[date | None]
    removed_on: Mapped[date | None]
    checked_on: Mapped[date]
