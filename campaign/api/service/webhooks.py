"""Webhooks: set up by a partner's token, tested, paused and taken up again."""

import base64
import uuid
from collections.abc import Iterable

from sqlalchemy import select

from campaign.api import policy
from campaign.api.jobs import Deliver
from campaign.api.models import (
    ApiToken,
    Delivery,
    DeliveryState,
    EventKind,
    Webhook,
    WebhookEvent,
    WebhookState,
)
from campaign.api.queries.tokens import get_webhook
from campaign.api.service.outgoing import check_url
from campaign.kernel import audit, clock, jobs
from campaign.kernel.actors import Actor
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden

SCOPE = "api"
"""Of the key from which secrets are derived."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins (Standard Webhooks)
MOST = 10
"""Webhooks of one token."""
CHOICES = frozenset(EventKind) - {EventKind.TEST}


def ensure_key() -> None:
    """Make the key before the first row that needs it; outside of the transaction that writes one."""
    keyring.ensure(SCOPE)


def secret_of(webhook_id: uuid.UUID) -> bytes:
    """The 32 bytes that sign what is told to a webhook; derived, so that the database holds none."""
    return keyring.digest(SCOPE, "webhook", webhook_id.bytes)


def spell_secret(webhook_id: uuid.UUID) -> str:
    """The secret as partners write it down."""
    return SECRET_PREFIX + base64.b64encode(secret_of(webhook_id)).decode()


def add_webhook(token: ApiToken, url: str, events: Iterable[str], *, outside_russia: bool) -> tuple[Webhook, bool]:
    """Set one up; gives it and whether it is new. The same address again is the same webhook, with these events.

    Raises BadAddress, ValueError for an unknown event, Conflict at the eleventh.
    """
    wanted = sorted(EventKind(each) for each in events)
    if not wanted or not CHOICES.issuperset(wanted):
        raise ValueError("unknown event")
    check_url(url)
    # The token's row is the lock: two at once would both be the tenth, or both be new.
    session.get_one(ApiToken, token.id, with_for_update=True)
    own = session.scalars(select(Webhook).where(Webhook.token_id == token.id)).all()
    known = next((each for each in own if each.url == url), None)
    if known is not None:
        known.events, known.outside_russia, known.state, known.failures = (
            list(wanted), outside_russia, WebhookState.ACTIVE, 0,
        )  # fmt: skip
        session.flush()
        return known, False
    if len(own) >= MOST:
        raise Conflict(N_("A token has ten webhooks at most. Delete one first."))
    made = Webhook(
        id=uuid.uuid4(), token_id=token.id, url=url, events=list(wanted), outside_russia=outside_russia,
        state=WebhookState.ACTIVE, failures=0, made_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("api.webhook_made", about=f"webhook:{made.id}", reason=f"api_token:{token.id}")
    return made, True


def delete_webhook(webhook_id: uuid.UUID, token: ApiToken) -> None:
    """Take one away with its log; raises NotFound for another token's."""
    webhook = get_webhook(webhook_id, token.id)
    session.delete(webhook)
    session.flush()
    audit.record("api.webhook_deleted", about=f"webhook:{webhook_id}", reason=f"api_token:{token.id}")


def send_test(webhook_id: uuid.UUID, *, token: ApiToken | None = None, actor: Actor | None = None) -> Delivery:
    """Tell a webhook of nothing, to see whether it listens; by its own token or by staff."""
    _check(actor, token)
    webhook = get_webhook(webhook_id, token.id if token else None)
    event = WebhookEvent(
        id=uuid.uuid4(), kind=EventKind.TEST, source=f"test:{uuid.uuid4()}", subject_id=None,
        happened_on=clock.today(), details={}, outside_russia_only=False, noted_at=clock.now(),
    )  # fmt: skip
    session.add(event)
    session.flush()
    if actor is not None:
        audit.record("api.webhook_tested", actor=actor.id, about=f"webhook:{webhook.id}")
    return owe(webhook.id, event.id)


def owe(webhook_id: uuid.UUID, event_id: uuid.UUID) -> Delivery:
    """Write down that a webhook is to be told of an event, and ask for it to be done."""
    delivery = Delivery(
        id=uuid.uuid4(), webhook_id=webhook_id, event_id=event_id, state=DeliveryState.PENDING, attempts=0,
        next_at=clock.now(),
    )  # fmt: skip
    session.add(delivery)
    session.flush()
    jobs.enqueue(Deliver(str(delivery.id), delivery.next_at.isoformat()))
    return delivery


def send_again(actor: Actor, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> None:
    """Begin anew with one that was delivered or given up, under the same id. Raises Forbidden, NotFound."""
    _check(actor, None)
    webhook = get_webhook(webhook_id)
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.webhook_id != webhook.id:
        raise Conflict(N_("This is not in the log any more."))
    delivery.state, delivery.attempts, delivery.next_at = DeliveryState.PENDING, 0, clock.now()
    delivery.held_until = None
    session.flush()
    jobs.enqueue(Deliver(str(delivery.id), delivery.next_at.isoformat()))
    audit.record("api.webhook_sent_again", actor=actor.id, about=f"webhook:{webhook.id}")


def pause(actor: Actor, webhook_id: uuid.UUID) -> None:
    """Tell it nothing any more until it is taken up again."""
    _check(actor, None)
    get_webhook(webhook_id).state = WebhookState.PAUSED
    session.flush()
    audit.record("api.webhook_paused", actor=actor.id, about=f"webhook:{webhook_id}")


def take_up(actor: Actor, webhook_id: uuid.UUID) -> None:
    """Tell it again of what happens from now on. Raises Conflict where its token opens nothing any more."""
    _check(actor, None)
    webhook = get_webhook(webhook_id)
    if not session.get_one(ApiToken, webhook.token_id).is_good(clock.today()):
        raise Conflict(N_("Its token was revoked or is over. Make a new one."))
    webhook.state, webhook.failures = WebhookState.ACTIVE, 0
    session.flush()
    audit.record("api.webhook_taken_up", actor=actor.id, about=f"webhook:{webhook_id}")


def _check(actor: Actor | None, token: ApiToken | None) -> None:
    if token is None and (actor is None or not policy.can_manage(actor)):
        raise Forbidden
