"""Changes of what a petition says after it was opened: asked for by one person, published by another, kept for good."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE


class ChangeState(StrEnum):
    """waiting > approved | refused | withdrawn."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class WordingChange(Base):
    """One change of a petition's texts. While it waits, the public reads the former wording."""

    __tablename__ = "petition_wording_change"
    __table_args__ = (
        CheckConstraint(one_of("state", ChangeState), name="state_known"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_day"),
        CheckConstraint("(state = 'approved') = (published_on IS NOT NULL)", name="published_with_day"),
        CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by)", name="two_persons"
        ),
        Index(
            "uq_petition_wording_change_waiting", "petition_id", unique=True, postgresql_where=text("state = 'waiting'")
        ),
        Index("ix_petition_wording_change_petition_id", "petition_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=ChangeState.WAITING)
    reason: Mapped[str]
    """Why; for the second person and the history."""
    asked_by: Mapped[uuid.UUID]
    """Who changed the proposal last, so that what is published was read by two persons."""
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(default="")
    """What who decided had to say."""
    published_on: Mapped[date | None]
    """The day on which both wordings were to be read: the former until some moment, then the present."""
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["WordingChangeText"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="WordingChangeText.language"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def changes_what_was_signed(self) -> bool:
        """Whether it touches a wording that somebody may have signed; a translation that is added does not."""
        return any(not each.is_addition for each in self.texts)


class WordingChangeText(Base):
    """The wording in one language before and after. Without a former wording, the language is added."""

    __tablename__ = "petition_wording_change_text"
    __table_args__ = (
        UniqueConstraint("change_id", "language"),
        CheckConstraint(KNOWN_LANGUAGE, name="language_known"),
        CheckConstraint("num_nulls(old_title, old_summary, old_addressee, old_body) IN (0, 4)", name="former_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition_wording_change.id", ondelete="CASCADE"))
    language: Mapped[str]
    old_title: Mapped[str | None]
    old_summary: Mapped[str | None]
    old_addressee: Mapped[str | None]
    old_body: Mapped[str | None]
    title: Mapped[str]
    summary: Mapped[str]
    addressee: Mapped[str]
    body: Mapped[str]

    @property
    def is_addition(self) -> bool:
        """Whether the petition did not speak this language before."""
        return self.old_title is None
