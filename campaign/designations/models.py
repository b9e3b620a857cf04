"""Tables of organisations and designations."""

import uuid
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base

# Designations change weekly; after this long without a look, staff are told.
REGISTER_AGE = timedelta(days=30)


class DesignationKind(StrEnum):
    """What the state calls the organisation, from least to most dangerous for those who deal with it."""

    FOREIGN_AGENT = "foreign_agent"
    UNDESIRABLE = "undesirable"
    EXTREMIST = "extremist"
    TERRORIST = "terrorist"


class Precision(StrEnum):
    """How exactly a source gives a date; the parts beyond it are set to the first."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Organisation(Base):
    """One organisation that stands by prisoners. Texts are maps from language to text, English always among them."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("names ? 'en' AND descriptions ? 'en'", name="has_english"),
        CheckConstraint("url ~ '^https://'", name="url_https"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, Any]]
    descriptions: Mapped[dict[str, Any]]
    url: Mapped[str]

    designations: Mapped[list["Designation"]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="Designation.since_on"
    )

    def name_in(self, language: str) -> str:
        """The name in `language`, else in English."""
        return str(self.names.get(language) or self.names["en"])

    def description_in(self, language: str) -> str:
        """The description in `language`, else in English."""
        return str(self.descriptions.get(language) or self.descriptions["en"])


class Designation(Base):
    """One label, with the act that put it there and the source that says so."""

    __tablename__ = "designation"
    __table_args__ = (
        CheckConstraint("kind IN ('foreign_agent', 'undesirable', 'extremist', 'terrorist')", name="kind_known"),
        CheckConstraint("since_precision IN ('day', 'month', 'year')", name="precision_known"),
        CheckConstraint("act ? 'en'", name="has_english"),
        CheckConstraint("source_url ~ '^https://' AND source_name <> ''", name="has_source"),
        CheckConstraint("ended_on IS NULL OR ended_on >= since_on", name="ends_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    since_on: Mapped[date]
    since_precision: Mapped[str] = mapped_column(default=Precision.DAY)
    ended_on: Mapped[date | None]
    act: Mapped[dict[str, Any]]
    source_url: Mapped[str]
    source_name: Mapped[str]
    checked_on: Mapped[date]
    """The day up to which the source is known to hold."""

    organisation: Mapped[Organisation] = relationship(back_populates="designations")

    def act_in(self, language: str) -> str:
        """What was decided, in `language`, else in English."""
        return str(self.act.get(language) or self.act["en"])
