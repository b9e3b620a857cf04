"""Officials to whom one writes, and files of them that are looked through before they are taken."""

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of

CHECK_AFTER = timedelta(days=180)
"""Offices change hands; after so long somebody looks whether this still holds."""


class TargetKind(StrEnum):
    """What kind of office it is."""

    MP = "mp"
    MEP = "mep"
    GOVERNMENT = "government"
    EMBASSY = "embassy"
    PRISON = "prison"
    OMBUDSMAN = "ombudsman"
    UN = "un"
    OTHER = "other"


class Target(Base):
    """One official or office. All of it is published by the office itself; who wrote to it stands nowhere."""

    __tablename__ = "appeal_target"
    __table_args__ = (
        CheckConstraint(one_of("kind", TargetKind), name="kind_known"),
        CheckConstraint("name <> '' OR office <> ''", name="has_name"),
        CheckConstraint("email <> '' OR postal <> ''", name="has_address"),
        CheckConstraint("country ~ '^([A-Z]{2})?$'", name="country_shape"),
        CheckConstraint("source_url = '' OR source_url ~ '^https?://'", name="source_shape"),
        CheckConstraint("source_title <> '' OR source_url <> ''", name="has_source"),
        Index("ix_appeal_target_country", "country", "constituency"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """By which a file finds it again: the id that the file gives, else country, body, office and name in one form."""
    kind: Mapped[str]
    name: Mapped[str]
    office: Mapped[str]
    body: Mapped[str]
    """The parliament, ministry or institution."""
    country: Mapped[str]
    """ISO 3166 alpha-2: whom it represents, or where the office stands; empty for an international body."""
    constituency: Mapped[str]
    languages: Mapped[list[str]]
    """Of en, ru, de those that are read there."""
    email: Mapped[str]
    postal: Mapped[str]
    """Lines of an envelope, without the name."""
    salutations: Mapped[dict[str, Any]]
    """How a letter begins, by language."""
    source_title: Mapped[str]
    source_url: Mapped[str]
    checked_on: Mapped[date]
    retired_on: Mapped[date | None]
    """Since when nobody is asked to write there any more; what was counted stays."""
    edited_at: Mapped[datetime]
    edited_by: Mapped[uuid.UUID | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def title(self) -> str:
        """Name and office in one line."""
        return ", ".join(part for part in (self.name, self.office) if part)

    def needs_check(self, today: date) -> bool:
        """Whether nobody has looked for too long whether it still holds."""
        return today - self.checked_on > CHECK_AFTER

    def salutation_in(self, language: str) -> str:
        """How a letter in `language` begins; empty where it was not written down."""
        found = self.salutations.get(language, "")
        return found if isinstance(found, str) else ""


class ImportState(StrEnum):
    """staged > taken | discarded."""

    STAGED = "staged"
    TAKEN = "taken"
    DISCARDED = "discarded"


class TargetImport(Base):
    """A file of officials as it was read; the rows go with the decision, or after a week."""

    __tablename__ = "appeal_target_import"
    __table_args__ = (CheckConstraint(one_of("state", ImportState), name="state_known"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=ImportState.STAGED)
    file_name: Mapped[str]
    rows: Mapped[list[dict[str, Any]]]
    """What can be taken, each with its number in the file."""
    problems: Mapped[list[dict[str, Any]]]
    figures: Mapped[dict[str, Any]]
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
