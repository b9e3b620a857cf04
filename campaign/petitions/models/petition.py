"""The petition itself: its state, its texts, and what happened to it."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE, in_language


class PetitionState(StrEnum):
    """draft > review > open > paused > closed > delivered > archived."""

    DRAFT = "draft"
    REVIEW = "review"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    DELIVERED = "delivered"
    ARCHIVED = "archived"


PUBLIC_STATES = frozenset(
    {PetitionState.OPEN, PetitionState.PAUSED, PetitionState.CLOSED, PetitionState.DELIVERED, PetitionState.ARCHIVED}
)


class Audience(StrEnum):
    """Who may be shown a petition: anyone, or only visitors who are outside Russia (sanctions; SAFETY.md 17)."""

    ANYWHERE = "anywhere"
    OUTSIDE_RUSSIA = "outside_russia"


class Petition(Base):
    """One petition; what it says stands in its texts."""

    __tablename__ = "petition"
    __table_args__ = (
        CheckConstraint(one_of("state", PetitionState), name="state_known"),
        CheckConstraint(one_of("audience", Audience), name="audience_known"),
        CheckConstraint("goal BETWEEN 1 AND 100000000", name="goal_in_range"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("keys_days BETWEEN 1 AND 365", name="keys_days_in_range"),
        CheckConstraint("author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id", name="two_persons"),
        CheckConstraint(
            "submitter_id IS NULL OR publisher_id IS NULL OR submitter_id <> publisher_id", name="submitter_waits"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=PetitionState.DRAFT)
    audience: Mapped[str] = mapped_column(default=Audience.ANYWHERE)
    goal: Mapped[int]
    is_demo: Mapped[bool] = mapped_column(default=False)
    alias: Mapped[str] = mapped_column(unique=True)
    """Eight letters that stand for this petition in mail, so that no path names anybody (SAFETY.md 22)."""
    author_id: Mapped[uuid.UUID | None]
    """Whose text it is: whoever changed the draft last, so that what is published was seen by two persons."""
    submitter_id: Mapped[uuid.UUID | None]
    publisher_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    """The last change to what it says. Written with every edit, so that the version moves although texts are rows of
    their own."""
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    keys_days: Mapped[int] = mapped_column(default=30)
    """Days after closing at which the petition's keys are destroyed (SAFETY.md 7)."""
    keys_destroyed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["PetitionText"]] = relationship(
        back_populates="petition", cascade="all, delete-orphan", order_by="PetitionText.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def scope(self) -> str:
        """The key scope of everything its signers gave."""
        return petition_scope(self.id)

    def text_in(self, language: str) -> "PetitionText":
        """The text in `language`, else in English, else in whichever there is."""
        return in_language(self.texts, language)

    @property
    def is_public(self) -> bool:
        """Whether the public may see it."""
        return self.state in PUBLIC_STATES


class PetitionText(Base):
    """A petition in one language."""

    __tablename__ = "petition_text"
    __table_args__ = (
        UniqueConstraint("petition_id", "language"),
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    language: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    """Markdown."""
    addressee: Mapped[str]

    petition: Mapped[Petition] = relationship(back_populates="texts")


class PetitionPrisoner(Base):
    """Whom a petition is for; some are for several people."""

    __tablename__ = "petition_prisoner"

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prisoner.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class EventKind(StrEnum):
    """What happened to a petition."""

    STATE = "state"
    EDITED = "edited"
    PICTURE = "picture"
    UPDATE = "update"
    HAND_IN = "hand_in"
    ANSWER = "answer"
    WORDING = "wording"
    UNDONE = "undone"


class PetitionEvent(Base):
    """One thing that happened to a petition: append-only. Other than a change of state leaves both states equal."""

    __tablename__ = "petition_event"
    __table_args__ = (CheckConstraint(one_of("kind", EventKind), name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(default=EventKind.STATE, server_default=EventKind.STATE.value)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


def petition_scope(petition: uuid.UUID) -> str:
    """The key scope of one petition."""
    return f"petition:{petition}"
