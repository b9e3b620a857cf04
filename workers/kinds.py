"""Retry policy by kind of failure: how long to wait, and when to give up and leave the work to a person."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import InterfaceError, OperationalError


@dataclass(frozen=True, slots=True)
class RetryKind:
    """Waits between tries; after the last one the job is left as failed."""

    name: str
    waits: tuple[timedelta, ...]

    def next_wait(self, attempts: int) -> timedelta | None:
        """How long to wait after the `attempts`-th try, or None to give up."""
        return self.waits[attempts - 1] if attempts <= len(self.waits) else None


QUICK = RetryKind("quick", tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900)))
PATIENT = RetryKind("patient", tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)))

# Nothing is wrong with the job when the database is away: waiting costs it none of its tries.
INFRASTRUCTURE = (OperationalError, InterfaceError)
INFRASTRUCTURE_WAIT = timedelta(seconds=10)
