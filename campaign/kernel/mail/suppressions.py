"""Who is never mailed, as staff may see it: how many and since when; and one address at a time (SAFETY.md 14)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select

from campaign.kernel import audit, clock
from campaign.kernel.addresses import Mailbox
from campaign.kernel.allowance import Allowance, take
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.mail.suppression import Suppression, index_of_canonical, lift

LOOK_UPS = Allowance("suppressed", 5, timedelta(days=1))
MONTH, HALF_YEAR = 30, 180
AGES = ("month", "half-year", "older")


class NoLookUpsLeft(DomainError):
    """This account has looked up five addresses today."""


@dataclass(frozen=True, slots=True)
class Found:
    """That an address is not mailed: why, since when, and until when, or for good."""

    reason: str
    since_on: date
    expires_on: date | None


def count_suppressed() -> Mapping[tuple[str, str], int]:
    """How many addresses are not mailed today, by reason and by one of AGES."""
    today = clock.today()
    age = case(
        (Suppression.since_on > today - timedelta(days=MONTH), AGES[0]),
        (Suppression.since_on > today - timedelta(days=HALF_YEAR), AGES[1]),
        else_=AGES[2],
    )
    counted = select(Suppression.reason, age, func.count()).where(
        Suppression.expires_on.is_(None) | (Suppression.expires_on > today)
    )
    rows = session.execute(counted.group_by(Suppression.reason, age))
    return {(reason, since): count for reason, since, count in rows}


def look_up(mailbox: Mailbox, *, actor: uuid.UUID, reason: str) -> Found | None:
    """Say whether one address is mailed, audited and counted; the address is compared in memory and stored nowhere.

    Raises NoLookUpsLeft after five a day, whatever the answers were.
    """
    if not take(LOOK_UPS, actor):
        raise NoLookUpsLeft(N_("You have looked up five addresses today. That is the limit for one account and day."))
    audit.record("suppression.looked_up", actor=actor, reason=reason)
    found = session.get(Suppression, index_of_canonical(mailbox.canonical))
    if found is None or (found.expires_on is not None and found.expires_on <= clock.today()):
        return None
    return Found(found.reason, found.since_on, found.expires_on)


def lift_one(mailbox: Mailbox, *, actor: uuid.UUID, reason: str) -> bool:
    """Mail an address again, at its owner's wish, audited; False when it is mailed already."""
    lifted = lift(mailbox.address)
    if lifted:
        audit.record("suppression.lifted", actor=actor, reason=reason)
    return lifted
