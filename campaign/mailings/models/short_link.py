"""Opaque addresses of public pages, for what has none of its own."""

import uuid

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base


class ShortLink(Base):
    """Eight letters that stand for a page in mails, the same for everybody; no path names anybody (SAFETY.md 22)."""

    __tablename__ = "short_link"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        CheckConstraint("alias ~ '^[a-z]{8}$'", name="alias_shape"),
        {"info": SUPPORTER},
    )

    alias: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """A name in kernel/registry_mail.mail_blocks."""
    subject_id: Mapped[uuid.UUID]
