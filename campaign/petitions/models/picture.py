"""A petition's picture."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.kernel.languages import KNOWN_LANGUAGE, in_language


class Rendition(StrEnum):
    """The sizes in which a picture is kept."""

    SMALL = "small"
    WIDE = "wide"


class PetitionPicture(Base):
    """The picture of a petition, decoded and written anew by us, with what its author's licence asks for."""

    __tablename__ = "petition_picture"
    __table_args__ = (CheckConstraint("licence <> '' AND credit <> ''", name="licence_and_credit"),)

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    licence: Mapped[str]
    credit: Mapped[str]
    added_by: Mapped[uuid.UUID | None]
    added_at: Mapped[datetime]

    renditions: Mapped[list["PictureRendition"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PictureRendition.width"
    )
    descriptions: Mapped[list["PictureDescription"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    def description_in(self, language: str) -> str:
        """The alternative text in `language`, else in English, else whichever there is."""
        return in_language(self.descriptions, language).alt


class PictureRendition(Base):
    """The picture in one size. The bytes are deferred: a page needs the sizes, only the picture's own address them."""

    __tablename__ = "petition_picture_rendition"
    __table_args__ = (
        CheckConstraint(one_of("name", Rendition), name="name_known"),
        CheckConstraint("length(content) <= 307200", name="content_small"),
        CheckConstraint("length(digest) = 16", name="digest_length"),
    )

    petition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("petition_picture.petition_id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[str]
    """The first 16 hexadecimal digits of the content's SHA-256: the address changes with the content."""
    content: Mapped[bytes] = mapped_column(deferred=True)
    """WebP."""


class PictureDescription(Base):
    """What the picture shows, for who does not see it."""

    __tablename__ = "petition_picture_description"
    __table_args__ = (CheckConstraint(KNOWN_LANGUAGE, name="language_known"),)

    petition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("petition_picture.petition_id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(primary_key=True)
    alt: Mapped[str]
