"""What officials answered, and who of them stands for whom."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SCOPE = "appeals"
"""The key scope of papers that officials sent, and of stamps."""
PAPER = Field("appeal_answer", "paper_sealed")


class AnswerState(StrEnum):
    """recorded > published, and back."""

    RECORDED = "recorded"
    PUBLISHED = "published"


class AppealAnswer(Base):
    """An answer, told in our own words."""

    __tablename__ = "appeal_answer"
    __table_args__ = (
        CheckConstraint(one_of("state", AnswerState), name="state_known"),
        CheckConstraint("(state = 'published') = (published_on IS NOT NULL)", name="published_on_a_day"),
        CheckConstraint("state <> 'published' OR published_by IS DISTINCT FROM recorded_by OR is_demo",
                        name="two_persons"),
        CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name="source_shape"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal_target.id", ondelete="RESTRICT"), index=True)
    state: Mapped[str] = mapped_column(default=AnswerState.RECORDED)
    answered_on: Mapped[date]
    summaries: Mapped[dict[str, Any]]
    """Plain text by language, in our own words."""
    source_title: Mapped[str]
    source_url: Mapped[str]
    paper_sealed: Mapped[bytes | None] = mapped_column(deferred=True, info=SUPPORTER)
    """A picture of the paper, for staff alone: it may name whoever was answered."""
    has_paper: Mapped[bool] = mapped_column(default=False)
    recorded_by: Mapped[uuid.UUID | None]
    """Who changed it last; somebody else publishes it."""
    recorded_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
    published_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def summary_in(self, language: str) -> tuple[str, str]:
        """The language and the words: in `language`, else in English, else in whichever there is."""
        for code in (language, "en", *self.summaries):
            found = self.summaries.get(code)
            if isinstance(found, str) and found:
                return code, found
        return language, ""


class Godparent(Base):
    """A member of a parliament stands for a prisoner: asks about them, writes, speaks of them in the house."""

    __tablename__ = "appeal_godparent"
    __table_args__ = (
        CheckConstraint("published_on IS NULL OR published_by IS DISTINCT FROM recorded_by OR is_demo",
                        name="two_persons"),
        CheckConstraint("source_url ~ '^https?://'", name="source_shape"),
        CheckConstraint("ended_on >= since_on", name="ends_after_beginning"),
        Index("uq_appeal_godparent_standing", "target_id", "prisoner_id", unique=True,
              postgresql_where=text("ended_on IS NULL")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal_target.id", ondelete="RESTRICT"), index=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    since_on: Mapped[date]
    ended_on: Mapped[date | None]
    source_title: Mapped[str]
    source_url: Mapped[str]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
    published_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
