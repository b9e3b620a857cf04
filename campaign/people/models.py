"""Tables of people: a pseudonymous record, its sealed identities and its dated consents."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

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


class VolunteerState(StrEnum):
    """applied > screening > probation > active <> paused > inactive > left; left is final."""

    APPLIED = "applied"
    SCREENING = "screening"
    PROBATION = "probation"
    ACTIVE = "active"
    PAUSED = "paused"
    INACTIVE = "inactive"
    LEFT = "left"


# Who may be given somebody to write to.
AT_WORK = frozenset({VolunteerState.PROBATION, VolunteerState.ACTIVE})
MOST_TRUST = 2


class Volunteer(Base):
    """Someone who helps, under a pseudonym and an account of their own; an address is theirs to give (accounts)."""

    __tablename__ = "volunteer"
    __table_args__ = (
        CheckConstraint(one_of("state", VolunteerState), name="state_known"),
        CheckConstraint(f"trust BETWEEN 0 AND {MOST_TRUST}", name="trust_in_range"),
        CheckConstraint("pseudonym <> '' AND length(pseudonym) <= 40", name="pseudonym_length"),
        CheckConstraint("(state = 'left') = (account_id IS NULL)", name="left_without_account"),
        Index("ix_volunteer_state", "state"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="RESTRICT"), unique=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), unique=True)
    """The CRM record, where there is one."""
    pseudonym: Mapped[str]
    state: Mapped[str] = mapped_column(default=VolunteerState.APPLIED)
    trust: Mapped[int] = mapped_column(default=0)
    """0: new; 1: known; 2: may write to people for whom a careless letter is a danger. Set by coordinators."""
    is_demo: Mapped[bool] = mapped_column(default=False)
    applied_on: Mapped[date]
    state_since_on: Mapped[date]
    seen_on: Mapped[date | None]
    """The last day on which they signed in or changed something; copied from their sessions, which are deleted."""
    warned_on: Mapped[date | None]
    """When they were told that they will count as gone; None once they were here again."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def is_at_work(self) -> bool:
        """Whether they may be given somebody to write to."""
        return self.state in AT_WORK


class VolunteerEvent(Base):
    """One step of a volunteer's way. Append-only."""

    __tablename__ = "volunteer_event"
    __table_args__ = (
        CheckConstraint(one_of("now", VolunteerState), name="now_known"),
        Index("ix_volunteer_event_volunteer_id", "volunteer_id", "id"),
        {"info": SUPPORTER},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    was: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    """The account that did it; None for what happens by itself."""
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
