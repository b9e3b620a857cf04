"""Tables of petitions."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base


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


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Petition(Base):
    """One petition; what it says stands in its texts."""

    __tablename__ = "petition"
    __table_args__ = (
        CheckConstraint(_one_of("state", PetitionState), name="state_known"),
        CheckConstraint(_one_of("audience", Audience), name="audience_known"),
        CheckConstraint("goal BETWEEN 1 AND 100000000", name="goal_in_range"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("keys_days BETWEEN 1 AND 365", name="keys_days_in_range"),
        CheckConstraint("author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id", name="two_persons"),
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
    publisher_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    keys_days: Mapped[int] = mapped_column(default=30)
    """Days after closing at which the petition's keys are destroyed (SAFETY.md 7)."""
    keys_destroyed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["PetitionText"]] = relationship(back_populates="petition", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def scope(self) -> str:
        """The key scope of everything its signers gave."""
        return petition_scope(self.id)

    def text_in(self, language: str) -> "PetitionText":
        """The text in `language`, else in English, else in whichever there is."""
        by_language = {text.language: text for text in self.texts}
        return by_language.get(language) or by_language.get("en") or self.texts[0]


class PetitionText(Base):
    """A petition in one language."""

    __tablename__ = "petition_text"
    __table_args__ = (
        UniqueConstraint("petition_id", "language"),
        CheckConstraint("language IN ('en', 'ru', 'de')", name="language_known"),
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


class PetitionEvent(Base):
    """One change of state: append-only."""

    __tablename__ = "petition_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


def petition_scope(petition: uuid.UUID) -> str:
    """The key scope of one petition."""
    return f"petition:{petition}"
