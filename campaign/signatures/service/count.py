"""Counting without counting: deltas are appended where something happens and moved into totals later."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import func, select, text

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.signatures.models import Signature, SignatureDelta, SignatureState, SignatureTotal


@dataclass(frozen=True, slots=True)
class Drift:
    """A total that does not agree with the rows it sums up."""

    petition_id: uuid.UUID
    total: int
    counted: int


def append_delta(signature: Signature, amount: int) -> None:
    """Note that a signature began (+1) or ceased (-1) to count, in the transaction that made it so.

    It falls on the day of the confirmation, also when it ceases later, so that no day ever counts below zero and the
    table by day is that of the signatures that stand.
    """
    moment = clock.now()
    if signature.confirmed_on is not None and signature.confirmed_on != moment.date():
        moment = datetime.combine(signature.confirmed_on, time(), UTC)
    session.add(
        SignatureDelta(
            petition_id=signature.petition_id, amount=amount, country=signature.country,
            hour=moment.replace(minute=0, second=0, microsecond=0),
        )
    )  # fmt: skip


_ROLL_UP = text("""
WITH moved AS (
    DELETE FROM signature_delta RETURNING petition_id, amount, country, hour
), days AS (
    INSERT INTO signature_day (petition_id, day, country, count)
    SELECT petition_id, (hour AT TIME ZONE 'UTC')::date, coalesce(country, ''), sum(amount) FROM moved GROUP BY 1, 2, 3
    ON CONFLICT (petition_id, day, country) DO UPDATE SET count = signature_day.count + excluded.count
), sums AS (
    SELECT petition_id, sum(amount) AS amount FROM moved GROUP BY 1
), updated AS (
    UPDATE signature_total SET count = signature_total.count + sums.amount
    FROM sums WHERE signature_total.petition_id = sums.petition_id
    RETURNING signature_total.petition_id
), inserted AS (
    -- Not INSERT ON CONFLICT: a sum below zero breaks the rule of the table before the conflict is even looked at.
    INSERT INTO signature_total (petition_id, count)
    SELECT petition_id, amount FROM sums WHERE petition_id NOT IN (SELECT petition_id FROM updated)
)
SELECT count(*) FROM moved
""")
# Two roll-ups at once would wait for each other's totals in no fixed order; one at a time cannot deadlock.
ROLL_UP_LOCK = 0x_52_4F_4C_4C


def roll_up() -> int:
    """Move every waiting delta into the totals, in the open transaction; gives how many. Any number may run at once."""
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": ROLL_UP_LOCK}):
        return 0
    return session.scalar(_ROLL_UP) or 0


def count_confirmed(petition_id: uuid.UUID) -> int:
    """How many signatures count, to this moment: the total and the deltas not yet moved, read as one snapshot."""
    total = select(func.coalesce(func.sum(SignatureTotal.count), 0)).where(SignatureTotal.petition_id == petition_id)
    waiting = select(func.coalesce(func.sum(SignatureDelta.amount), 0)).where(SignatureDelta.petition_id == petition_id)
    return int(session.scalar(select(total.scalar_subquery() + waiting.scalar_subquery())) or 0)


def find_drift() -> list[Drift]:
    """Petitions whose count differs from their confirmed rows; empty when all is well. Reads every signature."""
    counted = (
        select(Signature.petition_id, func.count().label("counted"))
        .where(Signature.state == SignatureState.CONFIRMED)
        .group_by(Signature.petition_id)
        .subquery()
    )
    known = (
        select(SignatureTotal.petition_id.label("petition_id"), SignatureTotal.count.label("amount"))
        .union_all(select(SignatureDelta.petition_id, SignatureDelta.amount))
        .subquery()
    )
    sums = select(known.c.petition_id, func.sum(known.c.amount).label("total")).group_by(known.c.petition_id).subquery()
    statement = (
        select(
            func.coalesce(sums.c.petition_id, counted.c.petition_id),
            func.coalesce(sums.c.total, 0),
            func.coalesce(counted.c.counted, 0),
        )
        .select_from(sums)
        .join(counted, counted.c.petition_id == sums.c.petition_id, full=True)
        .where(func.coalesce(sums.c.total, 0) != func.coalesce(counted.c.counted, 0))
    )
    return [Drift(row[0], int(row[1]), int(row[2])) for row in session.execute(statement)]


def as_of() -> datetime:
    """The moment a count is true for, to the second."""
    return clock.now().replace(microsecond=0)
