"""Dossiers, every step of each, what was released of them, and by which day something is due."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.dossiers.models.words import (
    SANCTIONS,
    TOLD,
    Body,
    DossierState,
    DueKind,
    Outcome,
    SentBy,
    Step,
)
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

SNAPSHOT, PDF = Field("dossier_release", "content_sealed"), Field("dossier_release", "pdf_sealed")


def _among(column: str, values: frozenset[Body]) -> str:
    return f"{column} IN (" + ", ".join(sorted(repr(each.value) for each in values)) + ")"


class Dossier(Base):
    """One submission to one body for one prisoner; of sanctions: about one official."""

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint(one_of("body", Body), name="body_known"),
        CheckConstraint(one_of("state", DossierState), name="state_known"),
        CheckConstraint(one_of("outcome", Outcome), name="outcome_known"),
        CheckConstraint(one_of("sent_by", SentBy), name="sent_by_known"),
        CheckConstraint(f"({_among('body', SANCTIONS)}) = (official_id IS NOT NULL)", name="sanctions_name_official"),
        CheckConstraint("state <> 'proposed' OR asked_by IS NOT NULL", name="proposed_by_somebody"),
        CheckConstraint(
            "state NOT IN ('released', 'sent', 'answered') OR (asked_by IS NOT NULL AND released_by IS NOT NULL)",
            name="released_by_two",
        ),
        CheckConstraint("released_by NOT IN (asked_by, written_by)", name="releaser_is_another"),
        CheckConstraint("state NOT IN ('sent', 'answered') OR sent_on IS NOT NULL", name="sent_on_a_day"),
        CheckConstraint("(sent_on IS NULL) = (sent_by IS NULL)", name="sent_some_way"),
        CheckConstraint("state <> 'answered' OR outcome IS NOT NULL", name="answered_with_outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_on IS NULL)", name="outcome_on_a_day"),
        CheckConstraint("(state = 'closed') = (ended_on IS NOT NULL)", name="closed_on_a_day"),
        # Nothing of sanctions is ever public, whatever a service forgets.
        CheckConstraint(
            f"filing_shown_on IS NULL OR (sent_on IS NOT NULL AND {_among('body', TOLD)})", name="filing_is_told"
        ),
        CheckConstraint("outcome_shown_on IS NULL OR (outcome IS NOT NULL AND filing_shown_on IS NOT NULL)",
                        name="outcome_is_told"),
        CheckConstraint("(look_change_id IS NULL) = (look_kind IS NULL)", name="look_whole"),
        Index("ix_dossier_state", "state", "number"),
        Index("ix_dossier_prisoner_id", "prisoner_id"),
        Index("ix_dossier_official_id", "official_id"),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default=DossierState.DRAFT)
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"))
    official_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("official.id", ondelete="CASCADE"))
    has_picture: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """Whether the person's picture is wanted in it; it is put in while its rights allow."""
    written_by: Mapped[uuid.UUID]
    """Who changed it last: neither they nor the asker release it."""
    asked_by: Mapped[uuid.UUID | None]
    released_by: Mapped[uuid.UUID | None]
    sent_on: Mapped[date | None]
    sent_by: Mapped[str | None]
    answered_on: Mapped[date | None]
    outcome: Mapped[str | None]
    ended_on: Mapped[date | None]
    filing_shown_on: Mapped[date | None]
    """Since when the person's page tells that it was filed; None: it does not."""
    outcome_shown_on: Mapped[date | None]
    look_change_id: Mapped[uuid.UUID | None]
    """The change of the person's situation since which nobody has looked at it again."""
    look_kind: Mapped[str | None]
    created_on: Mapped[date]
    changed_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def code(self) -> str:
        """What it is called where nobody is named."""
        return f"D-{self.number}"

    @property
    def is_about_sanctions(self) -> bool:
        """Whether it is shown outside Russia alone."""
        return self.body in SANCTIONS


class DossierEvent(Base):
    """One step of a dossier. Append-only."""

    __tablename__ = "dossier_event"
    __table_args__ = (
        CheckConstraint(one_of("step", Step), name="step_known"),
        CheckConstraint(one_of("now", DossierState), name="now_known"),
        Index("ix_dossier_event_dossier_id", "dossier_id", "number"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    step: Mapped[str]
    now: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    happened_at: Mapped[datetime]


class DossierRelease(Base):
    """A version that two persons let go: what it said and the file itself, sealed. A trigger refuses any change but
    that retention erases both; number and digest stay."""

    __tablename__ = "dossier_release"
    __table_args__ = (
        UniqueConstraint("dossier_id", "version"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_shape"),
        CheckConstraint("asked_by <> released_by", name="two_persons"),
        CheckConstraint("(content_sealed IS NULL) = (pdf_sealed IS NULL)", name="erased_whole"),
        CheckConstraint("pages > 0", name="pages_positive"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(SmallInteger)
    digest: Mapped[str]
    """SHA-256 of the PDF."""
    pages: Mapped[int] = mapped_column(SmallInteger)
    content_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    pdf_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    asked_by: Mapped[uuid.UUID]
    released_by: Mapped[uuid.UUID]
    released_on: Mapped[date]


class DossierDue(Base):
    """Something awaited, or to be done, by a day."""

    __tablename__ = "dossier_due"
    __table_args__ = (
        CheckConstraint(one_of("kind", DueKind), name="kind_known"),
        Index("ix_dossier_due_dossier_id", "dossier_id"),
        Index("ix_dossier_due_open", "due_on", postgresql_where=text("done_on IS NULL")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id", ondelete="CASCADE"))
    kind: Mapped[str]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    set_by: Mapped[uuid.UUID | None]
    """None: it follows from the sending."""
