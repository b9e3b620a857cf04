"""Background work on activities."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FillCallList:
    """Put the next people onto a call list, and ask for those after them.

    Idempotent by the row of the filling, taken under its lock: it holds the last person who was looked at, and a person
    is on a list once.
    """

    kind: ClassVar[str] = "activities.fill-call-list"
    fill_id: str
