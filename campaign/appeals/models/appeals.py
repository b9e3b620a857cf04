"""The appeal itself: its state, its texts, for whom it is and to whom."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE, in_language
from campaign.petitions.models import Audience

__all__ = ["Audience"]


class AppealKind(StrEnum):
    """What kind of letter is asked for."""

    URGENT = "urgent"
    MP_LETTER = "mp_letter"
    MEP_LETTER = "mep_letter"
    GODPARENT = "godparent"
    EMBASSY = "embassy"
    PRISON = "prison"
    OMBUDSMAN = "ombudsman"
    UN = "un"


class AppealState(StrEnum):
    """draft > review > published <> paused > closed."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    PAUSED = "paused"
    CLOSED = "closed"


PUBLIC_STATES = frozenset({AppealState.PUBLISHED, AppealState.PAUSED, AppealState.CLOSED})


class Appeal(Base):
    """One appeal; what it says stands in its texts."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(one_of("kind", AppealKind), name="kind_known"),
        CheckConstraint(one_of("state", AppealState), name="state_known"),
        CheckConstraint(one_of("audience", Audience), name="audience_known"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("kind <> 'urgent' OR deadline_at IS NOT NULL", name="urgent_has_deadline"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on_a_day"),
        CheckConstraint("author_id IS NULL OR publisher_id IS NULL OR author_id <> publisher_id", name="two_persons"),
        CheckConstraint(
            "submitter_id IS NULL OR publisher_id IS NULL OR submitter_id <> publisher_id", name="submitter_waits"
        ),
        Index("ix_appeal_deadline", "deadline_at", postgresql_where=text("state IN ('published', 'paused')")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default=AppealState.DRAFT)
    audience: Mapped[str] = mapped_column(default=Audience.ANYWHERE)
    is_demo: Mapped[bool] = mapped_column(default=False)
    deadline_at: Mapped[datetime | None]
    """From this moment on it takes no more, whether or not anybody has closed it."""
    author_id: Mapped[uuid.UUID | None]
    """Who changed the draft last, so that what is published was seen by two persons."""
    submitter_id: Mapped[uuid.UUID | None]
    publisher_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    """Written with every edit, so that the version moves although texts are rows of their own."""
    published_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["AppealText"]] = relationship(
        back_populates="appeal", cascade="all, delete-orphan", lazy="selectin", order_by="AppealText.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def text_in(self, language: str) -> "AppealText":
        """The text in `language`, else in English, else in whichever there is."""
        return in_language(self.texts, language)

    def is_over(self, moment: datetime) -> bool:
        """Whether it takes no more letters for good: closed, or past its deadline."""
        return self.state == AppealState.CLOSED or (self.deadline_at is not None and self.deadline_at <= moment)

    def takes_letters(self, moment: datetime) -> bool:
        """Whether one can write at this moment."""
        return self.state == AppealState.PUBLISHED and not self.is_over(moment)


class AppealText(Base):
    """An appeal in one language: what the page tells, and what a letter starts from."""

    __tablename__ = "appeal_text"
    __table_args__ = (UniqueConstraint("appeal_id", "language"), CheckConstraint(KNOWN_LANGUAGE, name="language_known"))

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    language: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    """Markdown: what happened, and why a letter helps."""
    subject: Mapped[str]
    """Of the mail."""
    opening: Mapped[str]
    """Plain text, after the salutation."""
    points: Mapped[list[str]]
    """Plain text: demands and facts of which the writer chooses."""
    closing: Mapped[str]
    """Plain text, before the name."""
    outcome: Mapped[str] = mapped_column(default="")
    """Markdown: what became of it, shown once it is over."""

    appeal: Mapped[Appeal] = relationship(back_populates="texts")


class AppealPrisoner(Base):
    """For whom an appeal is. While the public may not see one of them, it sees nothing of the appeal."""

    __tablename__ = "appeal_prisoner"

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prisoner.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class AppealAddressee(Base):
    """To whom one may write for it."""

    __tablename__ = "appeal_addressee"

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appeal_target.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class EventKind(StrEnum):
    """What happened to an appeal."""

    STATE = "state"
    EDITED = "edited"
    ANSWER = "answer"
    OUTCOME = "outcome"
    UNDONE = "undone"


class AppealEvent(Base):
    """One thing that happened to an appeal: append-only."""

    __tablename__ = "appeal_event"
    __table_args__ = (CheckConstraint(one_of("kind", EventKind), name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
