"""Tokens of partners: made by staff behind a step-up, shown once, stored as a digest (SAFETY.md 24)."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update

from campaign.api import policy
from campaign.api.models import ApiToken, Scope, Webhook, WebhookState
from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, Forbidden, NotFound
from campaign.kernel.text import one_line
from campaign.kernel.tokens import digest_secret, new_secret

PREFIX = "unf_"
"""So that programs which look for leaked secrets recognise one."""
LONGEST_LABEL = 80
DAYS = (30, 90, 180, 365)
MOST_DAYS = max(DAYS)


class BadToken(DomainError):
    """There is no such token, or it was revoked, or its last day is over: the answer is the same."""


def make_token(actor: Actor, label: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """Make a token; gives it with its text, which is stored nowhere. Raises Forbidden, ValueError for a bad choice."""
    if not policy.can_manage(actor):
        raise Forbidden
    return put_token(label, scopes, days, made_by=actor.id)


def put_token(label: str, scopes: Iterable[str], days: int, *, made_by: uuid.UUID) -> tuple[ApiToken, str]:
    """The same without asking whether somebody may. Raises ValueError for a bad choice."""
    wanted = sorted(Scope(scope) for scope in scopes)
    label = one_line(label, LONGEST_LABEL)
    if not wanted or not label or not 1 <= days <= MOST_DAYS:
        raise ValueError("a token has a label, a scope and a last day")
    text, today = PREFIX + new_secret()[0], clock.today()
    token = ApiToken(
        id=uuid.uuid4(), label=label, scopes=list(wanted), digest=digest_secret(text), made_by=made_by, made_on=today,
        expires_on=today + timedelta(days=days),
    )  # fmt: skip
    session.add(token)
    session.flush()
    audit.record("api.token_made", actor=made_by, about=f"api_token:{token.id}", reason=" ".join(wanted))
    return token, text


def revoke_token(actor: Actor, token_id: uuid.UUID) -> None:
    """End a token at once, and pause what it set up. Raises Forbidden, NotFound. Safe to repeat."""
    if not policy.can_manage(actor):
        raise Forbidden
    token = session.get(ApiToken, token_id, with_for_update=True)
    if token is None:
        raise NotFound
    if token.revoked_on is None:
        token.revoked_on, token.revoked_by = clock.today(), actor.id
        session.execute(update(Webhook).where(Webhook.token_id == token.id).values(state=WebhookState.PAUSED))
        session.flush()
        audit.record("api.token_revoked", actor=actor.id, about=f"api_token:{token.id}")


def find_good_token(text: str) -> ApiToken:
    """The token of this text. Raises BadToken.

    Looked up by its SHA-256: 128 random bits cannot be found by how long a comparison takes.
    """
    token = session.scalar(select(ApiToken).where(ApiToken.digest == digest_secret(text)))
    if token is None or not token.is_good(clock.today()):
        raise BadToken(N_("This token is not valid, or not any more. Ask whoever gave it to you for another."))
    return token


def note_use(token_id: uuid.UUID) -> None:
    """Remember the day on which a token was used, and nothing finer: one write a day."""
    today = clock.today()
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.last_used_on.is_distinct_from(today))
        .values(last_used_on=today)
    )
