"""The same request sent twice under one `Idempotency-Key` is done once, and answered the same both times."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from campaign.api.models import KeptAnswer
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError

KEPT = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=1)
"""A first request that has not ended by then was cut off, and the next one takes its place."""
AGAIN = N_("The same request is still being answered. Ask again in a minute.")


class OtherBody(DomainError):
    """The key stands for another request."""


class StillAtIt(Conflict):
    """The first request under this key is being answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under a key."""

    token_id: uuid.UUID
    key_digest: bytes
    body_digest: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What it was answered."""

    status: int
    answer: dict[str, Any]


def begin(asked: Asked) -> Told | None:
    """Take the key, or give what it was answered before; None: do it, then `remember`.

    Two at once: the row is unique, so one of them does it. Raises OtherBody, StillAtIt.
    """
    now = clock.now()
    _forget_before(now - KEPT)
    values = {
        "token_id": asked.token_id, "key_digest": asked.key_digest, "body_digest": asked.body_digest, "begun_at": now
    }  # fmt: skip
    taken = session.execute(
        insert(KeptAnswer).values(**values).on_conflict_do_nothing().returning(KeptAnswer.token_id)
    ).first()
    if taken is not None:
        return None
    held = session.get(KeptAnswer, (asked.token_id, asked.key_digest), with_for_update=True, populate_existing=True)
    if held is None:
        # The first one has given it back a moment ago: nothing was done under it.
        raise StillAtIt(AGAIN)
    if held.body_digest != asked.body_digest:
        raise OtherBody(N_("This Idempotency-Key was used for another request. Take a new key for a new request."))
    if held.status is not None and held.answer is not None:
        return Told(held.status, held.answer)
    if now - held.begun_at < GIVEN_UP_AFTER:
        raise StillAtIt(AGAIN)
    held.begun_at = now
    session.flush()
    return None


def remember(asked: Asked, told: Told) -> None:
    """Keep the answer for a day."""
    session.execute(
        update(KeptAnswer)
        .where(KeptAnswer.token_id == asked.token_id, KeptAnswer.key_digest == asked.key_digest)
        .values(status=told.status, answer=told.answer)
    )


def let_go(asked: Asked) -> None:
    """Give the key back: nothing was done, and the request may come again."""
    session.execute(
        delete(KeptAnswer).where(
            KeptAnswer.token_id == asked.token_id, KeptAnswer.key_digest == asked.key_digest,
            KeptAnswer.status.is_(None),
        )
    )  # fmt: skip


def forget_old(today: date) -> int:
    """Delete what is a day old; gives how many. A retention rule."""
    return _forget_before(datetime.combine(today, time(), UTC) - KEPT)


def _forget_before(moment: datetime) -> int:
    gone = session.execute(delete(KeptAnswer).where(KeptAnswer.begun_at < moment).returning(KeptAnswer.token_id))
    return len(gone.all())
