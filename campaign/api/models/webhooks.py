"""Whom to tell, what happened, and what became of telling it."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel.db import SUPPORTER, Base, one_of


class EventKind(StrEnum):
    """What a webhook can tell of: public facts alone."""

    PETITION_OPENED = "petition.opened"
    PETITION_CLOSED = "petition.closed"
    PERSON_CHANGED = "person.changed"
    PERSON_GONE = "person.gone"
    REPORT_PUBLISHED = "report.published"
    TEST = "test"
    """Sent to one webhook when somebody asks for it."""


class WebhookState(StrEnum):
    """active <> paused, by a person or after too many failures; then it is told nothing."""

    ACTIVE = "active"
    PAUSED = "paused"


class Webhook(Base):
    """One address of a partner. What signs is derived (service/webhooks.secret_of) and stands nowhere."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint(one_of("state", WebhookState), name="state_known"),
        CheckConstraint("url ~ '^https?://' AND length(url) <= 500", name="url_shape"),
        CheckConstraint("jsonb_array_length(events) > 0", name="has_event"),
        UniqueConstraint("token_id", "url"),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    token_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"))
    url: Mapped[str]
    events: Mapped[list[str]]
    outside_russia: Mapped[bool]
    """Whether its readers are, so that it is told of petitions for readers outside alone (SAFETY.md 17)."""
    state: Mapped[str] = mapped_column(default=WebhookState.ACTIVE)
    failures: Mapped[int] = mapped_column(default=0)
    """Deliveries given up since the last one that arrived."""
    made_at: Mapped[datetime]


class WebhookEvent(Base):
    """Something that happened, noted once whoever looks and however often: `source` is unique."""

    __tablename__ = "webhook_event"
    __table_args__ = (
        CheckConstraint(one_of("kind", EventKind), name="kind_known"),
        UniqueConstraint("source"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    """The row it was read from, by kind and id."""
    subject_id: Mapped[uuid.UUID | None]
    """The petition, person or report: looked up again when it is told, so that nobody is told of who withdrew."""
    happened_on: Mapped[date]
    details: Mapped[dict[str, Any]]
    outside_russia_only: Mapped[bool] = mapped_column(default=False)
    noted_at: Mapped[datetime]


class DeliveryState(StrEnum):
    """pending > delivered | given_up | void (there is nothing to tell any more)."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    VOID = "void"


class Delivery(Base):
    """One event for one webhook. What was sent and answered is not kept."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(one_of("state", DeliveryState), name="state_known"),
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_event_id", "event_id"),
        Index("ix_webhook_delivery_waiting", "next_at", postgresql_where=text("state = 'pending'")),
        {"info": SUPPORTER},
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_event.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    """While one worker is at it, no other takes it up."""
    outcome: Mapped[str] = mapped_column(default="")
    """What the last attempt came to: an HTTP status, or a word of service/outgoing.py."""
    tried_at: Mapped[datetime | None]
