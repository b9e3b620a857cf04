"""Tables of the API."""

from campaign.api.models.tokens import ApiToken, KeptAnswer, Scope
from campaign.api.models.webhooks import (
    Delivery,
    DeliveryState,
    EventKind,
    Webhook,
    WebhookEvent,
    WebhookState,
)

__all__ = [
    "ApiToken",
    "Delivery",
    "DeliveryState",
    "EventKind",
    "KeptAnswer",
    "Scope",
    "Webhook",
    "WebhookEvent",
    "WebhookState",
]
