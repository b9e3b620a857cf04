"""What a worker does with mail rows: take them, commit that one is about to leave, end them or give them back.

Every change is a compare-and-set on the state, so that a worker that lost its lease changes nothing, and each is a
transaction of its own.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from campaign.kernel import clock
from campaign.kernel.db import execute_alone, session
from campaign.kernel.mail.pace import give_back, hour_of
from campaign.kernel.mail.rows import EXPIRES_AFTER, LEASE, Claim, Lane, MailState
from campaign.kernel.prepared import ID, INTEGER, MOMENT, Prepared

# Looked for once, which `IN (SELECT … LIMIT …)` does not promise: planned as a loop, it takes more than the limit.
_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM mail
        WHERE lane = %(lane)s AND state IN ('pending', 'retry') AND batch IS NULL AND due_at <= %(now)s
        ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE mail SET state = 'claimed', lease_until = %(lease_until)s, attempts = attempts + 1
    WHERE id IN (SELECT id FROM due)
    RETURNING id, kind, language, ref, recipient_sealed, recipient_scope, attempts, queued_at, expires_at
"""

# A stream is what one batch owes to one host. Streams come in no order, so that none waits for another's end; within
# one the oldest goes first. The LIMIT ends the loop, so that hardly a row is locked which is not taken. Who counts
# holds the rows of mail_pace, so that no two workers take the same room; two batches that take the same host's are told
# apart at the end.
_CLAIM_BATCHES = """
    WITH pace AS MATERIALIZED (
        SELECT provider,
            CASE WHEN rests_until > %(now)s THEN 0
                ELSE least(cap - CASE WHEN hour = %(hour)s THEN in_hour ELSE 0 END, %(limit)s) END AS room,
            CASE WHEN day = %(today)s THEN in_day ELSE 0 END AS today
        FROM mail_pace ORDER BY provider FOR UPDATE
    ), allowed AS MATERIALIZED (
        SELECT greatest(least(%(limit)s, (
            SELECT totals[least(%(today)s - starts_on + 1, cardinality(totals))] FROM mail_warm_up
            WHERE is_on AND starts_on <= %(today)s
        ) - (SELECT sum(today) FROM pace)), 0) AS room
    ), found AS MATERIALIZED (
        SELECT mail.id, stream.provider, stream.room
        FROM (
            SELECT mail_batch.id AS batch, pace.provider, pace.room
            FROM mail_batch
            CROSS JOIN LATERAL (
                SELECT 1 FROM mail WHERE batch = mail_batch.id AND state IN ('pending', 'retry') LIMIT 1
            ) AS waits
            CROSS JOIN pace
            WHERE NOT held AND room > 0
            ORDER BY random()
        ) AS stream
        CROSS JOIN LATERAL (
            SELECT id FROM mail
            WHERE batch = stream.batch AND provider = stream.provider AND state IN ('pending', 'retry')
                AND due_at <= %(now)s
            ORDER BY due_at LIMIT stream.room FOR UPDATE SKIP LOCKED
        ) AS mail
        LIMIT (SELECT room FROM allowed)
    ), taken AS MATERIALIZED (
        SELECT id, provider
        FROM (SELECT *, row_number() OVER (PARTITION BY provider) AS place FROM found) AS numbered WHERE place <= room
    ), counted AS (
        UPDATE mail_pace SET hour = %(hour)s, in_hour = CASE WHEN hour = %(hour)s THEN in_hour ELSE 0 END + more.mails,
            day = %(today)s, in_day = CASE WHEN day = %(today)s THEN in_day ELSE 0 END + more.mails
        FROM (SELECT provider, count(*) AS mails FROM taken GROUP BY provider) AS more
        WHERE mail_pace.provider = more.provider
    )
    UPDATE mail SET state = 'claimed', lease_until = %(lease_until)s, attempts = attempts + 1
    WHERE id IN (SELECT id FROM taken)
    RETURNING id, kind, language, ref, recipient_sealed, recipient_scope, attempts, queued_at, expires_at, batch,
        provider, %(now)s::timestamptz
"""


def claim_due(lane: Lane, limit: int) -> list[Claim]:
    """Take up to `limit` due mails of a lane, oldest first, for LEASE; commits by itself.

    Of the bulk lane, batches get half of it, however many single mails wait, and these the other half. What is taken of
    batches is within the caps of hosts and today's total (pace.py), over all workers together.
    """
    if lane != Lane.BULK:
        return _claim_single(lane, limit)
    claims = _claim_single(lane, limit // 2)
    singles = len(claims)
    claims += _claim_batches(limit - singles)
    if singles == limit // 2 and len(claims) < limit:
        claims += _claim_single(lane, limit - len(claims))
    return claims


def _claim_single(lane: Lane, limit: int) -> list[Claim]:
    moment = clock.now()
    values = {"lane": lane.value, "now": moment, "lease_until": moment + LEASE, "limit": limit}
    return [Claim(*row) for row in execute_alone(_CLAIM, values)]


def _claim_batches(limit: int) -> list[Claim]:
    moment = clock.now()
    values = {
        "now": moment,
        "hour": hour_of(moment),
        "today": moment.date(),
        "lease_until": moment + LEASE,
        "limit": limit,
    }
    return [Claim(*row) for row in execute_alone(_CLAIM_BATCHES, values)]


_HANDOFF = Prepared(
    """
    WITH before AS (
        UPDATE mail SET state = 'sent', finished_at = %(now)s, lease_until = NULL, recipient_sealed = NULL, error = ''
        WHERE id = %(sent)s AND state = 'handoff' AND attempts = %(sent_attempts)s
    )
    UPDATE mail SET state = 'handoff', lease_until = %(lease_until)s
    WHERE id = %(id)s AND state = 'claimed' AND attempts = %(attempts)s
        AND NOT EXISTS (SELECT FROM mail_batch WHERE mail_batch.id = mail.batch AND held)
    """,
    {
        "now": MOMENT, "lease_until": MOMENT, "id": ID, "attempts": INTEGER, "sent": ID, "sent_attempts": INTEGER,
    },
)  # fmt: skip
"""Once a mail: here the price of a cursor counts."""


def hand_off(claim: Claim, *, sent_before: Claim | None) -> bool:
    """Commit that the body is about to leave, together with the end of the mail sent just before on this connection.

    One commit instead of two per mail. A crash in between leaves the earlier mail in `handoff`, which is resolved as
    any mail whose fate is unknown. False when the claim is no longer ours or its batch is held: the body must not leave
    then.
    """
    moment = clock.now()
    values = {
        "now": moment,
        "lease_until": moment + LEASE,
        "id": claim.id,
        "attempts": claim.attempts,
        "sent": sent_before.id if sent_before else None,
        "sent_attempts": sent_before.attempts if sent_before else 0,
    }
    return _HANDOFF.execute(values) == 1


_FINISH = """
    UPDATE mail SET state = %(state)s, finished_at = %(now)s, lease_until = NULL, error = %(error)s,
        recipient_sealed = CASE WHEN %(state)s = 'unknown' THEN recipient_sealed END
    WHERE id = %(id)s AND state IN ('claimed', 'handoff') AND attempts = %(attempts)s
"""


def finish(claim: Claim, state: MailState, error: str = "") -> None:
    """End a claim in `state`; `error` is a reply code or a word, never the server's text, which may quote addresses."""
    execute_alone(_FINISH, _ended(claim, state, error))


def finish_here(claim: Claim, state: MailState, error: str) -> bool:
    """The same in the open transaction, with whatever else that means; False when the claim is no longer ours."""
    return session.connection().exec_driver_sql(_FINISH, _ended(claim, state, error)).rowcount == 1


def _ended(claim: Claim, state: MailState, error: str) -> dict[str, object]:
    return {"id": claim.id, "attempts": claim.attempts, "state": state.value, "error": error, "now": clock.now()}


# The days that a mail of a batch may be tried begin with its first try: until then it may have waited for weeks.
_RELEASE = """
    UPDATE mail SET state = 'retry', due_at = %(due_at)s, lease_until = NULL, error = %(error)s, attempts = %(keep)s,
        expires_at = CASE WHEN batch IS NULL OR %(keep)s <> 1 THEN expires_at ELSE least(expires_at, %(last)s) END
    WHERE id = %(id)s AND state IN ('claimed', 'handoff') AND attempts = %(attempts)s
"""


def release(claim: Claim, due_at: datetime, error: str, *, counts: bool = True) -> None:
    """Give a claim back to be tried at `due_at`; `counts` False when the mail itself was never tried.

    The fencing number then goes back too, which is safe: nothing else holds the claim, or the update does not match.
    """
    values = {
        "id": claim.id,
        "attempts": claim.attempts,
        "keep": claim.attempts if counts else max(claim.attempts - 1, 0),
        "due_at": due_at,
        "last": clock.now() + EXPIRES_AFTER,
        "error": error,
    }
    execute_alone(_RELEASE, values)
    if not counts:
        give_back([claim])


_RELEASE_HELD = """
    UPDATE mail SET state = 'retry', lease_until = NULL, error = 'held', attempts = mail.attempts - 1
    FROM unnest(%(ids)s::uuid[], %(attempts)s::bigint[]) AS claim (id, attempts)
    WHERE mail.id = claim.id AND mail.attempts = claim.attempts AND state = 'claimed'
        AND EXISTS (SELECT FROM mail_batch WHERE mail_batch.id = mail.batch AND held)
    RETURNING mail.id
"""


def release_held(claims: Sequence[Claim]) -> set[uuid.UUID]:
    """Give back those of the claims whose batch is held by now, as if never claimed; gives which."""
    values = {"ids": [claim.id for claim in claims], "attempts": [claim.attempts for claim in claims]}
    held = {row[0] for row in execute_alone(_RELEASE_HELD, values)}
    give_back([claim for claim in claims if claim.id in held])
    return held
