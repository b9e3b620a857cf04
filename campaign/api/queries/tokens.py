"""Reads of tokens and of the webhooks they set up, for staff and for the partner."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from campaign.api.models import ApiToken, Delivery, DeliveryState, Webhook, WebhookEvent, WebhookState
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

MOST_DELIVERIES = 100
SOON = timedelta(days=14)


def list_tokens() -> Sequence[ApiToken]:
    """Every token, those that still work first, the newest of them before the others."""
    return session.scalars(
        select(ApiToken).order_by(ApiToken.revoked_on.is_not(None), ApiToken.made_on.desc(), ApiToken.label)
    ).all()


def get_token(token_id: uuid.UUID) -> ApiToken:
    """One token; raises NotFound."""
    found = session.get(ApiToken, token_id)
    if found is None:
        raise NotFound
    return found


def list_webhooks(token_id: uuid.UUID | None = None) -> Sequence[Webhook]:
    """The webhooks of one token, or all, the oldest first."""
    statement = select(Webhook).order_by(Webhook.made_at, Webhook.id)
    return session.scalars(statement if token_id is None else statement.where(Webhook.token_id == token_id)).all()


def get_webhook(webhook_id: uuid.UUID, token_id: uuid.UUID | None = None) -> Webhook:
    """One webhook, of this token where one is given; raises NotFound."""
    found = session.get(Webhook, webhook_id)
    if found is None or token_id not in {None, found.token_id}:
        raise NotFound
    return found


def list_deliveries(webhook_id: uuid.UUID) -> Sequence[tuple[Delivery, WebhookEvent]]:
    """What was told to a webhook lately, the newest first."""
    statement = (
        select(Delivery, WebhookEvent)
        .join(WebhookEvent, WebhookEvent.id == Delivery.event_id)
        .where(Delivery.webhook_id == webhook_id)
        .order_by(WebhookEvent.noted_at.desc(), Delivery.id)
        .limit(MOST_DELIVERIES)
    )
    return [(delivery, event) for delivery, event in session.execute(statement)]


def count_paused() -> int:
    """Webhooks of working tokens that are told nothing since too much failed."""
    statement = (
        select(func.count())
        .select_from(Webhook)
        .join(ApiToken, ApiToken.id == Webhook.token_id)
        .where(Webhook.state == WebhookState.PAUSED, Webhook.failures > 0, ApiToken.revoked_on.is_(None))
    )
    return session.scalar(statement) or 0


def count_ending(today: date) -> int:
    """Tokens whose last day is near."""
    statement = select(func.count()).where(
        ApiToken.revoked_on.is_(None), ApiToken.expires_on >= today, ApiToken.expires_on <= today + SOON
    )
    return session.scalar(statement) or 0


def count_by_state(webhook_id: uuid.UUID) -> dict[str, int]:
    """How many deliveries stand in which state."""
    rows = session.execute(
        select(Delivery.state, func.count()).where(Delivery.webhook_id == webhook_id).group_by(Delivery.state)
    )
    found = {state: int(count) for state, count in rows}
    return {state.value: found.get(state, 0) for state in DeliveryState}
