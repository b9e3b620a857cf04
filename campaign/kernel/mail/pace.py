"""How fast mails of batches may leave: a cap for each large host and hour, and a total a day while we are new.

Mailbox hosts put off or refuse a sender whom they do not know and who sends much at once. Confirmations, resets and
letters are single mails and never wait for any of it. What is counted are numbers: no address, no domain.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import audit, clock
from campaign.kernel.db import Base, execute_alone, session
from campaign.kernel.doorbell import press_after_commit
from campaign.kernel.mail.providers import OTHER, PROVIDERS
from campaign.kernel.mail.rows import Claim, Lane

HIGHEST = 1_000_000
CAPS: Mapping[str, int | None] = {
    "gmail": 5_000, "outlook": 3_000, "yahoo": 2_000, "icloud": 2_000, "proton": 1_000, "tuta": 500, "gmx": 2_000,
    "tonline": 1_000, "mailru": 1_500, "yandex": 1_500, "rambler": 500, "ukrnet": 500, "seznam": 1_000, OTHER: None,
}  # fmt: skip
"""Mails an hour until somebody says otherwise. `other` is many hosts, so that no number fits it: none."""
LADDER = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
"""Mails a day of a new sender, from its first day on; the last one holds until the plan is switched off."""
MOST_DAYS = 60
REST = timedelta(minutes=10)


class MailPace(Base):
    """What one host may get, and what it got this hour and today, of mails that belong to batches."""

    __tablename__ = "mail_pace"
    __table_args__ = (
        CheckConstraint(f"provider IN ({', '.join(map(repr, PROVIDERS))})", name="provider_known"),
        CheckConstraint(f"cap BETWEEN 0 AND {HIGHEST}", name="cap_in_range"),
        CheckConstraint("in_hour >= 0 AND in_day >= 0", name="counts_positive"),
    )

    provider: Mapped[str] = mapped_column(primary_key=True)
    cap: Mapped[int | None]
    """Mails an hour; None is no cap, 0 nothing."""
    hour: Mapped[datetime]
    in_hour: Mapped[int] = mapped_column(default=0)
    day: Mapped[date]
    in_day: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None]
    """Until when it gets nothing, since it said that we send too much."""


class MailWarmUp(Base):
    """The plan by which a new sender grows; there is one row at most."""

    __tablename__ = "mail_warm_up"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint(f"cardinality(totals) BETWEEN 1 AND {MOST_DAYS}", name="some_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_on: Mapped[bool]
    starts_on: Mapped[date]
    totals: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


@dataclass(frozen=True, slots=True)
class Pace:
    """Where one host stands now."""

    provider: str
    cap: int | None
    in_hour: int
    in_day: int
    rests_until: datetime | None

    @property
    def is_spent(self) -> bool:
        """Whether it gets nothing more within this hour."""
        return self.cap is not None and self.in_hour >= self.cap


@dataclass(frozen=True, slots=True)
class WarmUp:
    """The plan, and what it allows today; None where it says nothing."""

    is_on: bool
    starts_on: date
    totals: Sequence[int]

    def total_on(self, day: date) -> int | None:
        """How many mails of batches may leave on a day."""
        passed = (day - self.starts_on).days
        return self.totals[min(passed, len(self.totals) - 1)] if self.is_on and passed >= 0 else None


def hour_of(moment: datetime) -> datetime:
    """The beginning of the hour in which a mail is counted."""
    return moment.replace(minute=0, second=0, microsecond=0)


def ensure_paces() -> None:
    """Have a row for each host, in the open transaction: a claim counts only what it can lock."""
    moment = clock.now()
    rows = [
        {"provider": name, "cap": cap, "hour": hour_of(moment), "in_hour": 0, "day": moment.date(), "in_day": 0}
        for name, cap in CAPS.items()
    ]
    session.execute(insert(MailPace).values(rows).on_conflict_do_nothing(index_elements=["provider"]))


def list_paces() -> list[Pace]:
    """Every host, in the order of PROVIDERS."""
    moment = clock.now()
    stored = {row.provider: row for row in session.scalars(select(MailPace).execution_options(populate_existing=True))}
    return [_pace_of(name, stored.get(name), moment) for name in PROVIDERS]


def _pace_of(name: str, row: MailPace | None, moment: datetime) -> Pace:
    if row is None:
        return Pace(name, CAPS[name], 0, 0, None)
    resting = row.rests_until if row.rests_until is not None and row.rests_until > moment else None
    in_hour = row.in_hour if row.hour == hour_of(moment) else 0
    return Pace(name, row.cap, in_hour, row.in_day if row.day == moment.date() else 0, resting)


def find_warm_up() -> WarmUp | None:
    """The plan, if there ever was one."""
    row = session.get(MailWarmUp, 1, populate_existing=True)
    return WarmUp(row.is_on, row.starts_on, tuple(row.totals)) if row else None


def set_caps(caps: Mapping[str, int | None], *, actor: uuid.UUID) -> int:
    """Change the caps of some hosts, audited; gives how many changed. What is counted already stays counted."""
    ensure_paces()
    changed = 0
    # In the order in which claims lock the rows, or the two could wait for each other.
    for name in sorted(caps):
        differs = MailPace.cap.is_distinct_from(caps[name])
        done = update(MailPace).where(MailPace.provider == name, differs).values(cap=caps[name])
        if session.execute(done.returning(MailPace.provider)).first() is None:
            continue
        changed += 1
        cap = caps[name]
        audit.record(
            "mail.cap_lifted" if cap is None else "mail.cap_set",
            actor=actor,
            about=f"mail-host:{name}",
            amount=cap or 0,
        )
    if changed:
        press_after_commit(Lane.BULK.queue)
    return changed


def set_warm_up(plan: WarmUp, *, actor: uuid.UUID) -> None:
    """Replace the plan, audited."""
    values = {"is_on": plan.is_on, "starts_on": plan.starts_on, "totals": list(plan.totals)}
    statement = insert(MailWarmUp).values(id=1, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
    audit.record(
        "mail.warm_up_on" if plan.is_on else "mail.warm_up_off", actor=actor, about="mail-warm-up",
        amount=plan.totals[-1],
    )  # fmt: skip
    press_after_commit(Lane.BULK.queue)


def end_rest(provider: str, *, actor: uuid.UUID) -> bool:
    """Write to a resting host again at once, audited; False when it rests no longer."""
    resting = update(MailPace).where(MailPace.provider == provider, MailPace.rests_until > clock.now())
    if session.execute(resting.values(rests_until=None).returning(MailPace.provider)).first() is None:
        return False
    audit.record("mail.rest_ended", actor=actor, about=f"mail-host:{provider}")
    press_after_commit(Lane.BULK.queue)
    return True


_REST = "UPDATE mail_pace SET rests_until = greatest(rests_until, %(until)s) WHERE provider = %(provider)s"


def rest(provider: str) -> datetime | None:
    """Let a host be for a while, since it said that we send too much; gives until when, and commits by itself.

    None for `other`: one small host that has enough says nothing about the rest of them.
    """
    if provider == OTHER:
        return None
    until = clock.now() + REST
    execute_alone(_REST, {"provider": provider, "until": until})
    return until


_GIVE_BACK = """
    UPDATE mail_pace SET in_hour = CASE WHEN hour = %(hour)s THEN greatest(in_hour - %(mails)s, 0) ELSE in_hour END,
        in_day = CASE WHEN day = %(day)s THEN greatest(in_day - %(mails)s, 0) ELSE in_day END
    WHERE provider = %(provider)s
"""


def give_back(claims: Sequence[Claim]) -> None:
    """Count no longer what was claimed and never went to a relay; one statement a host, each committed."""
    mails = Counter((claim.provider, claim.claimed_at) for claim in claims if claim.provider and claim.claimed_at)
    for (provider, moment), count in mails.items():
        if moment is not None:
            values = {"provider": provider, "hour": hour_of(moment), "day": moment.date(), "mails": count}
            execute_alone(_GIVE_BACK, values)


def count_waiting() -> dict[str, int]:
    """How many mails of batches that are not held wait for each host, whenever they are due."""
    return {row.provider: row.mails for row in session.execute(text(_WAITING))}


_WAITING = """
    SELECT provider, count(*) AS mails FROM mail JOIN mail_batch ON mail_batch.id = mail.batch
    WHERE NOT held AND batch IS NOT NULL AND state IN ('pending', 'retry') GROUP BY provider
"""
