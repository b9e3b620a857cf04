"""A prisoner's picture, kept as petitions keep theirs: decoded and written anew, with its licence."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE, in_language


class PortraitSize(StrEnum):
    """The sizes in which a portrait is kept."""

    SMALL = "small"
    LARGE = "large"


class PrisonerPicture(Base):
    """The portrait of a person, with what its author's licence asks for."""

    __tablename__ = "prisoner_picture"
    __table_args__ = (CheckConstraint("licence <> '' AND credit <> ''", name="licence_and_credit"),)

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    licence: Mapped[str]
    credit: Mapped[str]
    source_url: Mapped[str] = mapped_column(default="")
    added_by: Mapped[uuid.UUID | None]
    added_at: Mapped[datetime]

    renditions: Mapped[list["PortraitRendition"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PortraitRendition.width"
    )
    descriptions: Mapped[list["PortraitDescription"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    def description_in(self, language: str) -> str:
        """The alternative text in `language`, else in English, else whichever there is."""
        return in_language(self.descriptions, language).alt


class PortraitRendition(Base):
    """The portrait in one size; its bytes are loaded only for its own address."""

    __tablename__ = "prisoner_picture_rendition"
    __table_args__ = (
        CheckConstraint(one_of("name", PortraitSize), name="name_known"),
        CheckConstraint("length(content) <= 307200", name="content_small"),
        CheckConstraint("length(digest) = 16", name="digest_length"),
    )

    prisoner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prisoner_picture.prisoner_id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    """WebP."""


class PortraitDescription(Base):
    """What the portrait shows, for who does not see it."""

    __tablename__ = "prisoner_picture_description"
    __table_args__ = (CheckConstraint(KNOWN_LANGUAGE, name="language_known"),)

    prisoner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prisoner_picture.prisoner_id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    alt: Mapped[str]
