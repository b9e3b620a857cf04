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


@dataclass(frozen=True, slots=True)
class GoOnWithGiving:
    """Give, or take back, the next part of one task for each of many people, and ask for the part after it.

    Idempotent by the mark of each person whom the giving has come to, under the lock of its row: nobody is met twice.
    """

    kind: ClassVar[str] = "activities.go-on-with-giving"
    giving: str
