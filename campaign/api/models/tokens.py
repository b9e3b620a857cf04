"""What lets a partner's program in, and the answers it was given under a key of its own."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base


class Scope(StrEnum):
    """What a token may be used for."""

    SIGN = "signatures:write"
    WEBHOOKS = "webhooks:manage"


class ApiToken(Base):
    """One token of a partner. It was shown once; here stands its digest (SAFETY.md 24)."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("label <> ''", name="has_label"),
        CheckConstraint("length(digest) = 32", name="digest_length"),
        CheckConstraint("jsonb_array_length(scopes) > 0", name="has_scope"),
        CheckConstraint('scopes <@ \'["signatures:write", "webhooks:manage"]\'::jsonb', name="scopes_known"),
        CheckConstraint("expires_on > made_on", name="ends_after_start"),
        CheckConstraint("(revoked_on IS NULL) = (revoked_by IS NULL)", name="revoked_by_somebody"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    label: Mapped[str]
    scopes: Mapped[list[str]]
    digest: Mapped[bytes] = mapped_column(unique=True)
    made_by: Mapped[uuid.UUID]
    made_on: Mapped[date]
    expires_on: Mapped[date]
    last_used_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[uuid.UUID | None]

    def is_good(self, today: date) -> bool:
        """Whether it opens anything today."""
        return self.revoked_on is None and today <= self.expires_on


class KeptAnswer(Base):
    """What a token was answered under an `Idempotency-Key`, for a day: asked again, it is told the same.

    Both digests are keyed, so that neither key nor body can be guessed from the row. An answer holds nothing of a
    signer: it is the same for every address.
    """

    __tablename__ = "api_answer"
    __table_args__ = (
        CheckConstraint("length(key_digest) = 32 AND length(body_digest) = 32", name="digest_length"),
        CheckConstraint("(status IS NULL) = (answer IS NULL)", name="answered_whole"),
        {"info": SUPPORTER},
    )

    token_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    body_digest: Mapped[bytes]
    status: Mapped[int | None]
    """None while the first one is still being answered."""
    answer: Mapped[dict[str, Any] | None]
    begun_at: Mapped[datetime]
