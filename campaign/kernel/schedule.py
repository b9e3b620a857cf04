"""When periodic work last ran, so that it runs once a period however many clocks there are.

Beat and a plain `flask jobs drain` both ask `take_turn`; the first to ask in a period does the work.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from campaign.kernel import clock
from campaign.kernel.db import Base, session


class PeriodicRun(Base):
    """The last run of one line of the schedule."""

    __tablename__ = "periodic_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_run_at: Mapped[datetime]


def take_turn(name: str, every: timedelta) -> bool:
    """Whether the caller is to run `name` now: true once per `every`, decided under the row's lock.

    A tenth of the period is forgiven, so that a clock that ticks a moment early does not skip a whole period. A last
    run that lies in the future (the system clock was set back) counts as long ago.
    """
    moment = clock.now()
    statement = insert(PeriodicRun).values(name=name, last_run_at=moment)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"last_run_at": moment},
        where=(PeriodicRun.last_run_at <= moment - every * 0.9) | (PeriodicRun.last_run_at > moment + every),
    )
    return session.execute(statement.returning(PeriodicRun.name)).first() is not None


def note_run(name: str) -> None:
    """Write down that `name` has run just now, whoever's turn it was."""
    statement = insert(PeriodicRun).values(name=name, last_run_at=clock.now())
    session.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"last_run_at": statement.excluded.last_run_at})
    )


def forget_turn(name: str) -> None:
    """Let `name` run again at once (its last run failed)."""
    session.execute(delete(PeriodicRun).where(PeriodicRun.name == name))
