"""Tables of organisations and designations, and of what is proposed to change in them."""

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of

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


class OrganisationKind(StrEnum):
    """What it is; media are cited, so their names and links come up most."""

    ORGANISATION = "organisation"
    MEDIA = "media"


class Work(StrEnum):
    """What an organisation does for prisoners, as the public page sorts by it."""

    LISTS = "lists"
    LAWYERS = "lawyers"
    LETTERS = "letters"
    FAMILIES = "families"
    PRISONS = "prisons"
    CAMPAIGNS = "campaigns"


LAST_POSITION = 1000
USUAL_POSITION = 100


class Organisation(Base):
    """One organisation or medium. Texts are maps from language to text, English always among them."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80", name="slug_shape"),
        CheckConstraint("names ? 'en' AND descriptions ? 'en'", name="has_english"),
        CheckConstraint("url ~ '^https://'", name="url_https"),
        CheckConstraint(one_of("kind", OrganisationKind), name="kind_known"),
        CheckConstraint(f"position BETWEEN 1 AND {LAST_POSITION}", name="position_in_range"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, Any]]
    descriptions: Mapped[dict[str, Any]]
    url: Mapped[str]
    kind: Mapped[str] = mapped_column(default=OrganisationKind.ORGANISATION)
    aliases: Mapped[list[str]] = mapped_column(default=list)
    """Further names and spellings under which texts speak of it."""
    domains: Mapped[list[str]] = mapped_column(default=list)
    """Where it is to be found: domains, or a domain with the beginning of a path (t.me/somebody)."""
    is_listed: Mapped[bool] = mapped_column(default=True)
    """Whether the public page of organisations presents it; media and others are only known to the gate."""
    works: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """What it does (Work), the most telling first."""
    reach: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """How to reach it: language > Markdown."""
    support: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """How to support it: language > Markdown; shown to visitors outside Russia alone."""
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'"))
    """What the presentation rests on: objects with `name` (publication and day) and `url`."""
    described_on: Mapped[date | None]
    """The day on which the presentation was last held against its sources."""
    position: Mapped[int] = mapped_column(default=USUAL_POSITION, server_default=text(str(USUAL_POSITION)))
    """Its place on the public page; the smallest comes first."""
    staff_edited_at: Mapped[datetime | None]
    """Set once staff changed it: from then on the file that comes with the program no longer does."""

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
    checked_by: Mapped[uuid.UUID | None]
    staff_edited_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(back_populates="designations")

    def act_in(self, language: str) -> str:
        """What was decided, in `language`, else in English."""
        return str(self.act.get(language) or self.act["en"])


class ProposalState(StrEnum):
    """waiting > approved | refused | withdrawn."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Proposal(Base):
    """One change of an entry: asked for by one person, made when another approves (SAFETY.md 13), kept for good."""

    __tablename__ = "designation_proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", ProposalState), name="state_known"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by)", name="two_persons"
        ),
        CheckConstraint("reason <> ''", name="has_reason"),
        Index("uq_designation_proposal_waiting", "organisation_id", unique=True,
              postgresql_where=text("state = 'waiting'")),
        Index("ix_designation_proposal_organisation_id", "organisation_id", "asked_at"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    """The organisation, or the one that is to be: no foreign key, since it is made by the approval."""
    designation_id: Mapped[uuid.UUID | None]
    """The label it is about, or the one that is to be; None where it is about the organisation itself."""
    title: Mapped[str]
    """What it is about, as the list of what waits calls it."""
    before: Mapped[dict[str, Any]]
    """What stood there: field > value. Empty for something new."""
    after: Mapped[dict[str, Any]]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=ProposalState.WAITING)
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(default="")


class RegisterState(Base):
    """A number that moves with every change of the register, so that each process sees when to read it anew."""

    __tablename__ = "register_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
