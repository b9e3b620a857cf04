"""Tables of partners, of what two persons agreed on about each, of opt-ins sealed to them, and of their exports."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.designations.models import Organisation
from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of
from campaign.kernel.exports import ByTwoPersons

SEALED = Field("partner_optin", "sealed")
"""The age file, sealed once more under the petition's key: so that destroying that key ends what older backups hold."""
LAST_POSITION = 99
MOST_PARTNERS = 8
"""Of one petition."""


class Partner(Base):
    """An organisation that stands beside a petition; what it is offered with stands in its terms."""

    __tablename__ = "partner"
    __table_args__ = (
        CheckConstraint(f"position BETWEEN 1 AND {LAST_POSITION}", name="position_in_range"),
        # One that was ended may come back with another key, as another partner.
        Index(
            "uq_partner_standing",
            "petition_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_partner_petition_id", "petition_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    """Its place in the sign form; the smallest comes first."""
    ended_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()
    terms: Mapped[list["PartnerTerms"]] = relationship(
        back_populates="partner", cascade="all, delete-orphan", order_by="PartnerTerms.number"
    )

    @property
    def current(self) -> "PartnerTerms | None":
        """The terms it is offered with, None before a second person has approved any."""
        return next((each for each in self.terms if each.state == TermsState.CURRENT), None)

    @property
    def waiting(self) -> "PartnerTerms | None":
        """The terms that wait for a second person."""
        return next((each for each in self.terms if each.state == TermsState.WAITING), None)


class TermsState(StrEnum):
    """waiting > current > past | refused | withdrawn."""

    WAITING = "waiting"
    CURRENT = "current"
    PAST = "past"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PartnerTerms(Base):
    """One wording of the consent with one key, proposed by one person and approved by another; kept for good.

    Its number is the version of the text that a signer read: it travels in the sign form and is kept with the opt-in.
    """

    __tablename__ = "partner_terms"
    __table_args__ = (
        CheckConstraint(one_of("state", TermsState), name="state_known"),
        CheckConstraint("number BETWEEN 1 AND 999", name="number_in_range"),
        CheckConstraint("sentences ? 'en'", name="has_english"),
        CheckConstraint("recipient ~ '^age1[02-9ac-hj-np-z]{58}$'", name="recipient_shape"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_with_time"),
        CheckConstraint(
            "state NOT IN ('current', 'past') OR (decided_by IS NOT NULL AND decided_by <> asked_by)",
            name="two_persons",
        ),
        Index("uq_partner_terms_current", "partner_id", unique=True, postgresql_where=text("state = 'current'")),
        Index("uq_partner_terms_waiting", "partner_id", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    sentences: Mapped[dict[str, Any]]
    """What is consented to: language > sentence, English always among them."""
    recipient: Mapped[str]
    """The organisation's public key for age (age-encryption.org/v1, X25519)."""
    state: Mapped[str]
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(back_populates="terms")

    @property
    def is_or_was_current(self) -> bool:
        """Whether a signer can have read its sentence."""
        return self.state in {TermsState.CURRENT, TermsState.PAST}

    def sentence_in(self, language: str) -> str:
        """The consent in `language`, else in English."""
        return str(self.sentences.get(language) or self.sentences["en"])


class PartnerExport(ByTwoPersons, Base):
    """One export to one organisation: its sealed opt-ins since the last, and which earlier ones were taken back."""

    __tablename__ = "partner_export"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason_given"),
        CheckConstraint("asked_by <> decided_by", name="two_persons"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        CheckConstraint("NOT is_approved OR decided_by IS NOT NULL", name="approved_by_somebody"),
        CheckConstraint("downloaded_at IS NULL OR is_approved", name="downloaded_when_approved"),
        {"info": SUPPORTER},
    )

    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    records: Mapped[int]
    """How many opt-ins it held when it was approved, canaries not counted."""
    withdrawn: Mapped[int]
    """How many were taken back since the export before."""
    downloaded_at: Mapped[datetime | None]
    """The first download: from then on its records have left, and a withdrawal is told with the next export."""
    cleared_on: Mapped[date | None]
    """When its sealed records were erased here, or, never downloaded, given back to wait for another export."""


class PartnerOptin(Base):
    """One signer's consent for one organisation. Names nobody: `sealed` opens with the partner's key alone."""

    __tablename__ = "partner_optin"
    __table_args__ = (
        CheckConstraint("length(mark) = 32", name="mark_length"),
        CheckConstraint("sealed IS NOT NULL OR export_id IS NOT NULL", name="sealed_until_exported"),
        CheckConstraint("withdrawn_on IS NULL OR sealed IS NULL", name="withdrawn_is_erased"),
        CheckConstraint("told_in IS NULL OR withdrawn_on IS NOT NULL", name="told_what_was_withdrawn"),
        Index("ix_partner_optin_waiting", "partner_id", "id",
              postgresql_where=text("export_id IS NULL AND sealed IS NOT NULL")),
        Index("ix_partner_optin_untold", "partner_id",
              postgresql_where=text("withdrawn_on IS NOT NULL AND told_in IS NULL")),
        {"info": SUPPORTER},
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """Random; the number under which the partner knows it."""
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """Keyed hash of signature and partner under the petition's key: found again to take it back, and by nobody else."""
    sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    text_number: Mapped[int] = mapped_column(SmallInteger)
    """The terms whose sentence was read."""
    key_number: Mapped[int] = mapped_column(SmallInteger)
    """The terms to whose key it is sealed."""
    on_day: Mapped[date]
    from_outside: Mapped[bool]
    """Whether the signer had said that they are outside Russia: to a designated organisation nothing else goes."""
    export_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partner_export.id"), index=True)
    withdrawn_on: Mapped[date | None]
    told_in: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partner_export.id"), index=True)
    """The export that carried the withdrawal."""
