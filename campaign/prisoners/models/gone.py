"""Who is not to be seen any more: withdrawn pages and erased people, so that no older copy brings them back."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import Base


class Withdrawal(Base):
    """A page that was public and is not, or a person who was erased. It names nobody, and survives a restore.

    The row goes when the page is published again.
    """

    __tablename__ = "prisoner_withdrawal"
    __table_args__ = (CheckConstraint("length(slug_digest) = 32", name="digest_length"),)

    prisoner_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """No foreign key: an erased person has no row, and a restored database must be compared with this one."""
    slug_digest: Mapped[bytes]
    """SHA-256 of the slug: enough for a copy of the site to find what it has to take down, and no name."""
    is_erased: Mapped[bool]
    since_on: Mapped[date]


class ErasureRequest(Base):
    """One person asks that somebody be erased; another one does it. Lapses after thirty days."""

    __tablename__ = "prisoner_erasure"
    __table_args__ = (CheckConstraint("reason <> ''", name="has_reason"),)

    prisoner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prisoner.id", ondelete="CASCADE"), primary_key=True)
    asked_by: Mapped[uuid.UUID]
    asked_on: Mapped[date]
    reason: Mapped[str]
