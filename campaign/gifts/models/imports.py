"""Files of gifts: looked through first, then taken in parts."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.crypto.sealed import Field
from campaign.kernel.db import SUPPORTER, Base, one_of

CONTENT = Field("gift_import", "content_sealed")


class ImportState(StrEnum):
    """staged > running > done; staged > discarded."""

    STAGED = "staged"
    RUNNING = "running"
    DONE = "done"
    DISCARDED = "discarded"


class GiftImport(Base):
    """One file. Its content is sealed, and gone once its gifts are taken."""

    __tablename__ = "gift_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ImportState), name="state_known"),
        CheckConstraint("(state IN ('staged', 'running')) = (content_sealed IS NOT NULL)", name="content_while_needed"),
        # The same file never twice, but for one that was thrown away.
        Index("uq_gift_import_digest", "digest", unique=True, postgresql_where=text("state <> 'discarded'")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=ImportState.STAGED)
    account: Mapped[str]
    file_name: Mapped[str]
    digest: Mapped[bytes]
    """Keyed: who has the database alone cannot try files on it."""
    content_sealed: Mapped[bytes | None]
    figures: Mapped[dict[str, Any]]
    problems: Mapped[list[str]]
    done_rows: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
