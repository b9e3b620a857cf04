"""Tells a webhook of one event: claim in a transaction, send outside of any, note the outcome in another.

Signed as Standard Webhooks 1.0.0 has it: HMAC-SHA-256 over `id.timestamp.body`, so that neither an old body under a new
time nor a made-up one passes.
"""

import base64
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select

from campaign.accounting.models import PublicReport, ReportState
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
from campaign.api.service import outgoing
from campaign.api.service.webhooks import secret_of
from campaign.kernel import clock, jobs
from campaign.kernel.db import session, transaction
from campaign.petitions.models import PUBLIC_STATES, Audience, Petition
from campaign.prisoners.models import Prisoner, PrisonerState

log = structlog.get_logger()
WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 720, 1440))
"""Between attempts; after the last one it is given up: about two days."""
HELD = timedelta(minutes=2)
MOST_FAILURES = 3
"""Deliveries given up in a row, after which a webhook is paused."""
GONE = 410
DOOR = outgoing.Door()


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent where."""

    delivery_id: uuid.UUID
    webhook_id: uuid.UUID
    url: str
    event_id: uuid.UUID
    body: bytes


def deliver(delivery_id: uuid.UUID, origin: str) -> None:
    """Try once; what fails is tried again later by a job of its own. Opens its own transactions."""
    with transaction():
        letter = _claim(delivery_id, origin)
    if letter is None:
        return
    stamp = str(int(clock.now().timestamp()))
    headers = {
        "Content-Type": "application/json", "User-Agent": "Unforgotten-Webhooks/1", "webhook-id": str(letter.event_id),
        "webhook-timestamp": stamp, "webhook-signature": sign(letter, stamp),
    }  # fmt: skip
    try:
        outcome = str(outgoing.post(letter.url, letter.body, headers, DOOR))
    except outgoing.NotSent as problem:
        outcome = problem.word
    log.info("webhook.tried", webhook=str(letter.webhook_id), outcome=outcome)
    with transaction():
        _note(letter, outcome)


def sign(letter: Letter, stamp: str) -> str:
    """The value of `webhook-signature`."""
    signed = f"{letter.event_id}.{stamp}.".encode() + letter.body
    return "v1," + base64.b64encode(hmac.digest(secret_of(letter.webhook_id), signed, "sha256")).decode()


def _claim(delivery_id: uuid.UUID, origin: str) -> Letter | None:
    """The letter, if it is due and nobody else is at it; else None."""
    now = clock.now()
    delivery = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None or delivery.state != DeliveryState.PENDING or delivery.next_at > now:
        return None
    if delivery.held_until is not None and delivery.held_until > now:
        return None
    webhook = session.get_one(Webhook, delivery.webhook_id)
    event = session.get_one(WebhookEvent, delivery.event_id)
    told = _told(event, origin, outside=webhook.outside_russia) if _may_be_told(webhook, event) else None
    if told is None:
        delivery.state, delivery.outcome = DeliveryState.VOID, "void"
        return None
    delivery.held_until, delivery.attempts, delivery.tried_at = now + HELD, delivery.attempts + 1, now
    body = {"type": event.kind, "happened_on": event.happened_on.isoformat(), "data": {**event.details, **told}}
    return Letter(
        delivery.id, webhook.id, webhook.url, event.id, json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    )  # fmt: skip


def _may_be_told(webhook: Webhook, event: WebhookEvent) -> bool:
    token = session.get_one(ApiToken, webhook.token_id)
    if not token.is_good(clock.today()):
        return False
    return event.kind == EventKind.TEST or webhook.state == WebhookState.ACTIVE


def _told(event: WebhookEvent, origin: str, *, outside: bool) -> dict[str, Any] | None:
    """What is public of its subject at this moment, to readers where these are; None where nothing is, as of somebody
    who withdrew meanwhile."""
    kind = EventKind(event.kind)
    if kind in {EventKind.PETITION_OPENED, EventKind.PETITION_CLOSED}:
        return _petition(event, origin, outside=outside)
    if kind is EventKind.PERSON_CHANGED:
        slug = session.scalar(
            select(Prisoner.slug).where(Prisoner.id == event.subject_id, Prisoner.state == PrisonerState.PUBLISHED)
        )
        return _links(slug, "prisoners", "people", origin)
    if kind is EventKind.REPORT_PUBLISHED:
        state = session.scalar(select(PublicReport.state).where(PublicReport.id == event.subject_id))
        return (
            {"document": f"{origin}/api/v1/reports/{event.details['month']}"}
            if state == ReportState.PUBLISHED
            else None
        )
    return {}


def _petition(event: WebhookEvent, origin: str, *, outside: bool) -> dict[str, Any] | None:
    """One for readers outside Russia alone is told to webhooks that say theirs are, as they say it now: whose were when
    it was owed may have said otherwise since (SAFETY.md 17)."""
    statement = select(Petition.slug, Petition.audience).where(
        Petition.id == event.subject_id, Petition.state.in_(PUBLIC_STATES)
    )
    row = session.execute(statement).one_or_none()
    is_outside_only = row is not None and row.audience == Audience.OUTSIDE_RUSSIA
    if row is None or (is_outside_only and not outside):
        return None
    return _links(row.slug, "petitions", "petitions", origin, asks="?place=out" if is_outside_only else "")


def _links(slug: str | None, page: str, document: str, origin: str, asks: str = "") -> dict[str, Any] | None:
    if slug is None:
        return None
    return {"slug": slug, "url": f"{origin}/{page}/{slug}", "document": f"{origin}/api/v1/{document}/{slug}{asks}"}


def _note(letter: Letter, outcome: str) -> None:
    delivery = session.get(Delivery, letter.delivery_id, with_for_update=True, populate_existing=True)
    webhook = session.get(Webhook, letter.webhook_id, with_for_update=True, populate_existing=True)
    if delivery is None or webhook is None or delivery.state != DeliveryState.PENDING:
        return
    delivery.outcome, delivery.held_until = outcome, None
    if outcome.startswith("2") and outcome.isdecimal():
        delivery.state, webhook.failures = DeliveryState.DELIVERED, 0
        return
    # Whoever answers "gone" wants to hear no more (Standard Webhooks).
    is_over = outcome == str(GONE) or delivery.attempts > len(WAITS)
    if not is_over:
        delivery.next_at = clock.now() + WAITS[delivery.attempts - 1]
        jobs.enqueue(Deliver(str(delivery.id), delivery.next_at.isoformat()), due_at=delivery.next_at)
        return
    delivery.state = DeliveryState.GIVEN_UP
    webhook.failures += 1
    if outcome == str(GONE) or webhook.failures >= MOST_FAILURES:
        webhook.state = WebhookState.PAUSED
