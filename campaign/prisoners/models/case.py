"""Imprisonments and prosecutions: arrest to release, and what happened in court on the way."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.kernel.db import Base, one_of
from campaign.prisoners.models.words import (
    Code,
    DeathKind,
    Instance,
    Liberty,
    ListingSource,
    ListingStatus,
    Office,
    Openness,
    Precision,
    Punishment,
    Regime,
    ReleaseReason,
    Stage,
)


class Episode(Base):
    """One imprisonment, from arrest to its end. At most one is open."""

    __tablename__ = "episode"
    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR ended_on >= arrested_on", name="ends_after_arrest"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        CheckConstraint("end_reason IS NULL OR " + one_of("end_reason", ReleaseReason), name="reason_known"),
        CheckConstraint("(end_reason = 'death') = (death_kind IS NOT NULL)", name="death_has_kind"),
        CheckConstraint("death_kind IS NULL OR " + one_of("death_kind", DeathKind), name="death_kind_known"),
        CheckConstraint(one_of("arrested_precision", Precision), name="precision_known"),
        CheckConstraint(one_of("ended_precision", Precision), name="ended_precision_known"),
        Index("uq_episode_open", "prisoner_id", unique=True, postgresql_where=text("ended_on IS NULL")),
        Index("ix_episode_prisoner_id", "prisoner_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    arrested_on: Mapped[date]
    arrested_precision: Mapped[str] = mapped_column(default=Precision.DAY)
    ended_on: Mapped[date | None]
    ended_precision: Mapped[str] = mapped_column(default=Precision.DAY, server_default=Precision.DAY.value)
    end_reason: Mapped[str | None]
    death_kind: Mapped[str | None]


class LibertyStatus(Base):
    """Where the law has put somebody since a day. A person has exactly one that has not ended, once one is known."""

    __tablename__ = "liberty_status"
    __table_args__ = (
        CheckConstraint(one_of("status", Liberty), name="status_known"),
        CheckConstraint(one_of("since_precision", Precision), name="since_precision_known"),
        CheckConstraint("until_on IS NULL OR until_on >= since_on", name="ends_after_start"),
        Index("uq_liberty_status_current", "prisoner_id", unique=True, postgresql_where=text("until_on IS NULL")),
        Index("ix_liberty_status_prisoner_id", "prisoner_id", "since_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    episode_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"))
    status: Mapped[str]
    since_on: Mapped[date]
    since_precision: Mapped[str] = mapped_column(default=Precision.DAY, server_default=Precision.DAY.value)
    until_on: Mapped[date | None]


class Case(Base):
    """One prosecution of one person; what several people are tried for together is one case each."""

    __tablename__ = "prisoner_case"
    __table_args__ = (
        CheckConstraint(one_of("stage", Stage), name="stage_known"),
        CheckConstraint("names ? 'en' OR names ? 'ru'", name="has_name"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    episode_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("episode.id", ondelete="SET NULL"))
    names: Mapped[dict[str, Any]]
    """What the case is called, by language."""
    group_name: Mapped[str] = mapped_column(default="")
    """What ties it to the cases of others."""
    themes: Mapped[list[str]] = mapped_column(default=list)
    stage: Mapped[str]
    region: Mapped[str | None]
    """Of the investigation; ISO 3166-2."""
    court: Mapped[str] = mapped_column(default="")
    opened_on: Mapped[date | None]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    charges: Mapped[list["Charge"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="(Charge.from_on, Charge.article)"
    )
    hearings: Mapped[list["Hearing"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Hearing.held_on"
    )
    sentences: Mapped[list["Sentence"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Sentence.decided_on"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    def name_in(self, language: str) -> str:
        """The name in `language`, else in English, else in whichever there is."""
        return str(self.names.get(language) or self.names.get("en") or next(iter(self.names.values())))


class Charge(Base):
    """An article somebody is charged under; one that is replaced ends, and names what took its place."""

    __tablename__ = "charge"
    __table_args__ = (
        CheckConstraint(one_of("code", Code), name="code_known"),
        # Two dots: the administrative code counts by chapter, so its article 20.3 with a raised 3 is 20.3.3.
        CheckConstraint(r"article ~ '^[0-9]{1,3}(\.[0-9]{1,2}){0,2}$'", name="article_shape"),
        CheckConstraint("part ~ '^([0-9]{1,2}(\\.[0-9])?)?$'", name="part_shape"),
        CheckConstraint("until_on IS NULL OR from_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        Index("ix_charge_article", "article"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner_case.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(default=Code.UK)
    article: Mapped[str]
    part: Mapped[str] = mapped_column(default="")
    clause: Mapped[str] = mapped_column(default="")
    """The letter of the clause, in Cyrillic as the code has it."""
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    superseded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("charge.id", ondelete="SET NULL"))


class Hearing(Base):
    """A day in court."""

    __tablename__ = "hearing"
    __table_args__ = (
        CheckConstraint(one_of("openness", Openness), name="openness_known"),
        CheckConstraint(r"starts_at = '' OR starts_at ~ '^[0-2][0-9]:[0-5][0-9]$'", name="time_shape"),
        CheckConstraint("state IN ('set', 'held', 'moved', 'cancelled')", name="state_known"),
        Index("ix_hearing_held_on", "held_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner_case.id", ondelete="CASCADE"), index=True)
    held_on: Mapped[date]
    starts_at: Mapped[str] = mapped_column(default="")
    """Local time of the court, HH:MM, or empty."""
    court: Mapped[str]
    openness: Mapped[str] = mapped_column(default=Openness.UNKNOWN)
    instance: Mapped[str] = mapped_column(default=Instance.FIRST)
    state: Mapped[str] = mapped_column(default="set")
    outcome: Mapped[str] = mapped_column(default="")


class Sentence(Base):
    """What a court decided; an appeal that changes it is a sentence of its own."""

    __tablename__ = "sentence"
    __table_args__ = (
        CheckConstraint(one_of("instance", Instance), name="instance_known"),
        CheckConstraint(one_of("punishment", Punishment), name="punishment_known"),
        CheckConstraint(one_of("regime", Regime), name="regime_known"),
        CheckConstraint("term_months IS NULL OR term_months BETWEEN 1 AND 1200", name="term_in_range"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner_case.id", ondelete="CASCADE"), index=True)
    decided_on: Mapped[date]
    court: Mapped[str]
    instance: Mapped[str] = mapped_column(default=Instance.FIRST)
    punishment: Mapped[str]
    regime: Mapped[str] = mapped_column(default=Regime.UNKNOWN)
    term_months: Mapped[int | None] = mapped_column(SmallInteger)
    in_absentia: Mapped[bool] = mapped_column(default=False)
    expected_release_on: Mapped[date | None]
    release_basis: Mapped[str] = mapped_column(default="")
    """How the expected day was reckoned, or who named it."""
    in_force_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")


class Listing(Base):
    """Recognition of somebody by one source."""

    __tablename__ = "prisoner_listing"
    __table_args__ = (
        CheckConstraint(one_of("source", ListingSource), name="source_known"),
        CheckConstraint(one_of("status", ListingStatus), name="status_known"),
        CheckConstraint("url = '' OR url ~ '^https?://'", name="url_shape"),
        Index("uq_prisoner_listing", "prisoner_id", "source", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    source: Mapped[str]
    status: Mapped[str]
    since_on: Mapped[date | None]
    url: Mapped[str] = mapped_column(default="")


class Official(Base):
    """Somebody in office who had a part in cases. For staff only, unless a released dossier names them."""

    __tablename__ = "official"
    __table_args__ = (CheckConstraint("name <> ''", name="has_name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_latin: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    sanctioned_by: Mapped[list[str]] = mapped_column(default=list)
    """Who has them on a sanctions list already, as short names (EU, UK, US, …)."""
    folded: Mapped[str] = mapped_column(default="")
    """The names in both alphabets folded (service/names.py), to find every spelling."""
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class OfficialAct(Base):
    """What an official did in one case, on a day, according to a source."""

    __tablename__ = "official_act"
    __table_args__ = (
        CheckConstraint(one_of("office", Office), name="office_known"),
        CheckConstraint("source_url ~ '^https?://'", name="source_shape"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    official_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("official.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner_case.id", ondelete="CASCADE"), index=True)
    office: Mapped[str]
    act: Mapped[str]
    acted_on: Mapped[date | None]
    source_url: Mapped[str]
    retrieved_on: Mapped[date]
