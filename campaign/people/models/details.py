"""What staff add to a record: tags, fields of their own, sealed notes, and what happened between us and the person."""

import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

NOTE = Field("person_note", "body_sealed")
FIELD_TEXT = Field("person_field_value", "text_sealed")
LONGEST_TAG, LONGEST_NOTE, LONGEST_FIELD_TEXT = 40, 4_000, 1_000


class Tag(Base):
    """A word that staff put on people. It is not sealed, so it must not harm anybody in the wrong hands."""

    __tablename__ = "tag"
    __table_args__ = (
        CheckConstraint(f"name <> '' AND length(name) <= {LONGEST_TAG}", name="name_length"),
        Index("uq_tag_name", text("lower(name)"), unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_on: Mapped[date]


class PersonTag(Base):
    """That a person carries a tag, and since when."""

    __tablename__ = "person_tag"
    __table_args__ = (Index("ix_person_tag_tag_id", "tag_id"), {"info": SUPPORTER})

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    given_on: Mapped[date]


class FieldKind(StrEnum):
    """What a field of our own holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


class PersonField(Base):
    """A field that staff defined. Its kind never changes; one with values is put away rather than deleted."""

    __tablename__ = "person_field"
    __table_args__ = (
        CheckConstraint(one_of("kind", FieldKind), name="kind_known"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 40", name="slug_shape"),
        CheckConstraint("labels ? 'en' OR labels ? 'ru'", name="has_label"),
        CheckConstraint("(kind = 'choice') = (jsonb_array_length(options) > 0)", name="choices_have_options"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    labels: Mapped[dict[str, Any]]
    """By language, en and ru."""
    options: Mapped[list[str]] = mapped_column(default=list)
    """What can be chosen, in order; of kind choice alone."""
    position: Mapped[int] = mapped_column(default=0)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_on: Mapped[date]
    put_away_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def label_in(self, language: str) -> str:
        """What it is called in `language`, else in English, else in Russian."""
        return str(self.labels.get(language) or self.labels.get("en") or self.labels["ru"])


class PersonFieldValue(Base):
    """What one field holds of one person: exactly one of the five; text is sealed, the rest can be filtered by."""

    __tablename__ = "person_field_value"
    __table_args__ = (
        UniqueConstraint("person_id", "field_id"),
        CheckConstraint("num_nonnulls(text_sealed, number, day, word, flag) = 1", name="one_value"),
        Index("ix_person_field_value_number", "field_id", "number", postgresql_where=text("number IS NOT NULL")),
        Index("ix_person_field_value_day", "field_id", "day", postgresql_where=text("day IS NOT NULL")),
        Index("ix_person_field_value_word", "field_id", "word", postgresql_where=text("word IS NOT NULL")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    field_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person_field.id", ondelete="CASCADE"))
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[Decimal | None]
    day: Mapped[date | None]
    word: Mapped[str | None]
    flag: Mapped[bool | None]


class PersonNote(Base):
    """Something staff wrote about a person, sealed; whoever it is about can read it in their own data."""

    __tablename__ = "person_note"
    __table_args__ = (Index("ix_person_note_person_id", "person_id", "written_on"), {"info": SUPPORTER})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    body_sealed: Mapped[bytes]
    written_by: Mapped[uuid.UUID | None]
    written_on: Mapped[date]


class InteractionKind(StrEnum):
    """What happened between a person and us, where no other table says so already."""

    CALLED = "called"
    MET = "met"
    MESSAGED = "messaged"
    """In a messenger or by a mail of one's own."""
    GAVE_TIME = "gave_time"
    """Minutes of work; `amount` says how many."""
    CAME = "came"
    """To an event."""
    WROTE = "wrote"
    """A letter to a prisoner, as told; letters that went through us stand in their own table."""
    SHARED = "shared"
    ASKED = "asked"
    """To take a step; `word` says which."""


class Interaction(Base):
    """One line of a person's timeline: a day, a kind, no text. Append-only while the person exists."""

    __tablename__ = "interaction"
    __table_args__ = (
        CheckConstraint(one_of("kind", InteractionKind), name="kind_known"),
        CheckConstraint("amount >= 0", name="amount_positive"),
        Index("ix_interaction_person_id", "person_id", "happened_on"),
        Index("ix_interaction_kind", "kind", "happened_on", "person_id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str]
    happened_on: Mapped[date]
    word: Mapped[str] = mapped_column(default="")
    """An outcome or a step, a word of the feature that wrote the line."""
    amount: Mapped[int] = mapped_column(default=0)
    """Minutes of `gave_time`; else 0."""
    subject_id: Mapped[uuid.UUID | None]
    """What it was about (an event, a task, a call list); no foreign key, since people knows neither."""
    actor_id: Mapped[uuid.UUID | None]
    """The account that wrote it down; None for what happened by itself."""
