"""Tables of people: a pseudonymous record, its sealed identities and its dated consents."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base

SCOPE = "people"
IDENTITY = Field("person_identity", "value_sealed")


class Person(Base):
    """Someone who asked to hear from us or to help. Days, never minutes."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("language IN ('en', 'ru', 'de')", name="language_known"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    language: Mapped[str]
    country: Mapped[str | None]
    since_on: Mapped[date]


class PersonIdentity(Base):
    """One way to reach a person; unique through its blind index."""

    __tablename__ = "person_identity"
    __table_args__ = (
        UniqueConstraint("kind", "value_index"),
        CheckConstraint("kind IN ('email', 'phone', 'messenger')", name="kind_known"),
        CheckConstraint("length(value_index) = 32", name="index_length"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    value_sealed: Mapped[bytes]
    value_index: Mapped[bytes] = mapped_column(LargeBinary)


class Consent(Base):
    """What a person agreed to, in which words, and on which day; ended rather than deleted while the person exists."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_current", "person_id", "purpose", "subject", unique=True,
            postgresql_where=text("ended_on IS NULL"), postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("ended_on IS NULL OR ended_on >= given_on", name="ends_after_start"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """What it is about (a petition); no foreign key, since the link ends with the petition's keys."""
    text_version: Mapped[str]
    given_on: Mapped[date]
    ended_on: Mapped[date | None]
