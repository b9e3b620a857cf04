"""What every change of somebody's situation shares: the lock, what may contradict, and the database's word on it."""

import uuid
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.prisoners.models import Precision, Prisoner


class BadSituation(DomainError):
    """What was given contradicts what is known, or itself; `field` names the place."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class AlreadyReleased(BadSituation):
    """The imprisonment has ended, so nobody is moved and nothing ends again."""


class AlreadyDead(BadSituation):
    """The person has died."""


class AlreadyHeld(BadSituation):
    """An imprisonment is open; it ends before another begins."""


class AlreadySo(BadSituation):
    """That is what is known already."""


class BeforeArrest(BadSituation):
    """The day lies before the arrest."""


class BeforeStay(BadSituation):
    """The day lies before the stay that it would end."""


class BeforeStatus(BadSituation):
    """The day lies before the status that it would end."""


class OverlapsStay(BadSituation):
    """Nobody is confirmed in two places on one day."""


class InFuture(BadSituation):
    """The day has not come yet."""


class EndsBeforeStart(BadSituation):
    """The end lies before the beginning."""


class Incomplete(BadSituation):
    """A value is missing that the others ask for."""


def lock_prisoner(prisoner_id: uuid.UUID) -> Prisoner:
    """Take a person's row, so that of two changes of one situation the second sees what the first did.

    Raises NotFound.
    """
    # FOR NO KEY UPDATE lets rows that point at the person be inserted meanwhile (a signature, a letter).
    statement = select(Prisoner).where(Prisoner.id == prisoner_id).with_for_update(key_share=True)
    prisoner = session.scalar(statement.execution_options(populate_existing=True))
    if prisoner is None:
        raise NotFound
    return prisoner


def check_not_future(day: date, field: str) -> None:
    """Raise InFuture for a day after today."""
    if day > clock.today():
        raise InFuture(field, N_("This day lies in the future."))


def settle(day: date, precision: Precision, not_before: date) -> date:
    """The day as it is stored: the first of its month or year, unless a known day of that very month or year is later.

    "March" after a stay that began on 10 March means 10 March at the earliest, and contradicts nothing.
    """
    first, last = period_of(day, precision)
    return not_before if first < not_before <= last else first


def period_of(day: date, precision: Precision | str) -> tuple[date, date]:
    """The first and the last day that a date of that precision may mean."""
    if precision == Precision.DAY:
        return day, day
    if precision == Precision.MONTH:
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return date(day.year, 1, 1), date(day.year, 12, 31)


# What a constraint of the database says in the words of a form. The services look first; this is for what they miss.
_REFUSALS: dict[str, BadSituation] = {
    "ex_custody_confirmed_overlap": OverlapsStay(
        "from_on", N_("On these days the person is confirmed in another place already. Correct that stay first.")
    ),
    "uq_custody_current": OverlapsStay("from_on", N_("Another stay without an end is recorded already.")),
    "ck_custody_ends_after_start": EndsBeforeStart("until_on", N_("The end lies before the beginning.")),
    "uq_episode_open": AlreadyHeld("arrested_on", N_("An imprisonment without an end is recorded already.")),
    "ck_episode_ends_after_arrest": BeforeArrest("ended_on", N_("This day lies before the arrest.")),
    "uq_liberty_status_current": AlreadySo("status", N_("Another status without an end is recorded already.")),
    "ck_liberty_status_ends_after_start": BeforeStatus("since_on", N_("The status before it began later.")),
}


@contextmanager
def flushed() -> Iterator[None]:
    """Flush what the body changed; what the database refuses becomes a domain error that names its field."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as problem:
        name = getattr(getattr(problem.orig, "diag", None), "constraint_name", None)
        refusal = _REFUSALS.get(name or "")
        if refusal is None:
            raise
        raise type(refusal)(refusal.field, refusal.message) from problem
