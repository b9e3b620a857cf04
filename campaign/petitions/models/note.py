"""What a petition's page says about a change in the situation of somebody it is for."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base, one_of
from campaign.prisoners.models import Precision


class PetitionNote(Base):
    """One change, on one petition. The words are templates', in every language; this is what they are about."""

    __tablename__ = "petition_note"
    __table_args__ = (
        CheckConstraint("kind IN ('released', 'exchanged', 'died')", name="kind_known"),
        CheckConstraint(one_of("happened_precision", Precision), name="precision_known"),
        UniqueConstraint("petition_id", "change_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"))
    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), index=True)
    change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("status_change.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    happened_on: Mapped[date]
    happened_precision: Mapped[str]
    shown_on: Mapped[date]
    corrected_on: Mapped[date | None]
    """Since when it is known not to be so."""
