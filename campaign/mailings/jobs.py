"""Background work on mailings."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CountAudience:
    """Count how many would get a mailing, and why the others would not.

    Idempotent by the row of the count: only one that waits is counted, under its lock.
    """

    kind: ClassVar[str] = "mailings.count-audience"
    mailing_id: str


@dataclass(frozen=True, slots=True)
class StartMailing:
    """Begin to send one whose moment has come.

    Idempotent by its state, under its lock: only one that is approved and due begins.
    """

    kind: ClassVar[str] = "mailings.start"
    mailing_id: str


@dataclass(frozen=True, slots=True)
class FanOut:
    """Owe the mails of the next people, and ask for those after them.

    Idempotent by the last person, who stands on the mailing's row and is written in the transaction that owes the
    mails; besides a person is unique in a mailing, and so is the dedupe key of their mail.
    """

    kind: ClassVar[str] = "mailings.fan-out"
    mailing_id: str


@dataclass(frozen=True, slots=True)
class EndStopped:
    """End the next mails of a mailing that was stopped, and ask for those after them.

    Idempotent by the state of each mail: only one that waits is ended.
    """

    kind: ClassVar[str] = "mailings.end-stopped"
    mailing_id: str


@dataclass(frozen=True, slots=True)
class WatchMailing:
    """Look at what came back of a mailing and pause it where that is too much.

    Idempotent by its state, under its lock: only one that is leaving is paused.
    """

    kind: ClassVar[str] = "mailings.watch"
    mailing_id: str
