"""Alarms: what the platform noticed by itself and a person has to look into. They stand on the staff dashboard.

One row for each kind and object however often it is raised, so that a fault that repeats does not bury the others.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import audit, clock
from campaign.kernel.db import Base, session


class AlarmKind(StrEnum):
    """What was noticed."""

    COUNTS_DIFFER = "counts-differ"
    """A petition's count does not agree with its signatures; ends by itself once they agree."""
    BUDGET_SPENT = "budget-spent"
    """An account asked for more records with contact data than one person may see."""
    CANARY_MAILED = "canary-mailed"
    """Somebody wrote to an address that stood in one exported list only: that list has leaked."""
    GROUP_LEADS = "group-leads"
    """An open pen-pal group has fewer than two leads; ends by itself once it has two."""
    MAIL_BLOCKED = "mail-blocked"
    """A mailbox host refuses a kind of our mail as a matter of policy, with a code."""
    MAIL_RETURNS = "mail-returns"
    """Of one kind of mail too much comes back, or is called spam; ends by itself once it does not."""
    MAILING_PAUSED = "mailing-paused"
    """A mailing stopped by itself since too much of it came back; ends when somebody lets it go on or ends it."""


class Alarm(Base):
    """One thing to look into. `about` names an object by kind and id, never a person."""

    __tablename__ = "alarm"
    __table_args__ = (CheckConstraint("times > 0", name="times_positive"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)
    since_on: Mapped[date]
    last_on: Mapped[date]
    times: Mapped[int]


def raise_alarm(kind: AlarmKind, *, about: str) -> None:
    """Put an alarm up, in the open transaction, or note that it was raised again."""
    today = clock.today()
    statement = insert(Alarm).values(kind=kind.value, about=about, since_on=today, last_on=today, times=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "about"], set_={"last_on": today, "times": Alarm.times + 1}
        )
    )


def end_alarms(kind: AlarmKind, *, besides: Collection[str] = ()) -> int:
    """Take down the alarms of a kind but those about `besides`: what they were about has been put right."""
    statement = delete(Alarm).where(Alarm.kind == kind.value, Alarm.about.not_in(besides)).returning(Alarm.about)
    return len(session.execute(statement).all())


def end_alarm(kind: AlarmKind, *, about: str) -> None:
    """Take down one alarm, if it is up: what it was about has been decided."""
    session.execute(delete(Alarm).where(Alarm.kind == kind.value, Alarm.about == about))


def settle_alarm(kind: AlarmKind, *, about: str, actor: uuid.UUID, reason: str) -> bool:
    """Take one alarm down because a person has looked into it; audited. False when it was down already."""
    statement = delete(Alarm).where(Alarm.kind == kind.value, Alarm.about == about).returning(Alarm.times)
    times = session.scalar(statement)
    if times is not None:
        audit.record(f"alarm.settled.{kind.value}", actor=actor, about=about, amount=times, reason=reason)
    return times is not None


def list_alarms() -> Sequence[Alarm]:
    """Every alarm that is up, the newest first."""
    return session.scalars(select(Alarm).order_by(Alarm.last_on.desc(), Alarm.kind, Alarm.about)).all()
