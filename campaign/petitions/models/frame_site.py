"""Which other sites may show a petition in a frame."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base


class FrameSite(Base):
    """One site that may show a petition with its form in a frame: its origin, as browsers write it."""

    __tablename__ = "petition_frame_site"
    __table_args__ = (
        # It goes into a header as it stands: a space or a semicolon there would be another rule.
        CheckConstraint(
            "origin ~ '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$' AND length(origin) <= 200", name="origin_shape"
        ),
    )

    petition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("petition.id", ondelete="CASCADE"), primary_key=True)
    origin: Mapped[str] = mapped_column(primary_key=True)
    added_by: Mapped[uuid.UUID | None]
    added_on: Mapped[date]
