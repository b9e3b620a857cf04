"""What came of a petition: updates, hand-ins and answers."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base
from campaign.kernel.languages import KNOWN_LANGUAGE, in_language


class PetitionUpdate(Base):
    """News of a petition, shown on its page once published."""

    __tablename__ = "petition_update"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    published_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["PetitionUpdateText"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PetitionUpdateText.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def text_in(self, language: str) -> "PetitionUpdateText":
        """The text in `language`, else in English, else in whichever there is."""
        return in_language(self.texts, language)


class PetitionUpdateText(Base):
    """An update in one language."""

    __tablename__ = "petition_update_text"
    __table_args__ = (UniqueConstraint("update_id", "language"), CheckConstraint(KNOWN_LANGUAGE, name="language_known"))

    id: Mapped[int] = mapped_column(primary_key=True)
    update_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition_update.id", ondelete="CASCADE"))
    language: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    """Markdown."""


class HandIn(Base):
    """One handing over of the petition to an addressee."""

    __tablename__ = "petition_hand_in"
    __table_args__ = (
        CheckConstraint("signatures >= 0", name="signatures_not_negative"),
        CheckConstraint("receipt_picture IS NULL OR length(receipt_picture) <= 307200", name="receipt_small"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    handed_on: Mapped[date]
    handed_by: Mapped[str]
    """Who carried it there; for staff only."""
    received_by: Mapped[str]
    receipt_number: Mapped[str]
    receipt_picture: Mapped[bytes | None] = mapped_column(deferred=True)
    """WebP, for staff only: a receipt may carry names and addresses."""
    has_receipt_picture: Mapped[bool]
    signatures: Mapped[int]
    """How many confirmed signatures there were when this was recorded."""
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[datetime]


class AddresseeAnswer(Base):
    """What an addressee answered."""

    __tablename__ = "petition_answer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), index=True)
    answered_on: Mapped[date]
    answered_by: Mapped[str]
    is_public: Mapped[bool]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    texts: Mapped[list["AddresseeAnswerText"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AddresseeAnswerText.id"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def text_in(self, language: str) -> "AddresseeAnswerText":
        """The text in `language`, else in English, else in whichever there is."""
        return in_language(self.texts, language)


class AddresseeAnswerText(Base):
    """An answer in one language: the original or a translation of it."""

    __tablename__ = "petition_answer_text"
    __table_args__ = (UniqueConstraint("answer_id", "language"), CheckConstraint(KNOWN_LANGUAGE, name="language_known"))

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition_answer.id", ondelete="CASCADE"))
    language: Mapped[str]
    body: Mapped[str]
    """Markdown."""
