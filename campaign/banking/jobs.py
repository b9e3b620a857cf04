"""Background work on statements."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ReadBankStatement:
    """Read the next lines of a statement, and ask for those after them.

    Idempotent by the statement's row: taken under lock, it holds how many lines were read, in the same transaction.
    """

    kind: ClassVar[str] = "banking.read-statement"
    statement_id: str


@dataclass(frozen=True, slots=True)
class KeepBankLines:
    """Keep the next lines of a statement, and ask for those after them.

    Idempotent by the lines themselves: each leaves those that were read in the statement that makes it one that is
    kept, and what is known by its fingerprint and occurrence is not kept again.
    """

    kind: ClassVar[str] = "banking.keep-lines"
    statement_id: str


@dataclass(frozen=True, slots=True)
class SuggestForBankLines:
    """Look what the next open lines may stand for, and ask for those after them.

    Idempotent: what was suggested before for a line is replaced.
    """

    kind: ClassVar[str] = "banking.suggest"
    statement_id: str
    """Of one statement; empty: of all."""
    after: str
    """The last line before; empty at first."""


@dataclass(frozen=True, slots=True)
class AcceptBankLines:
    """Accept what is certain for the next lines, and ask for those after them.

    Idempotent by the state of each line, under its lock: one that stands for something is not taken again.
    """

    kind: ClassVar[str] = "banking.accept"
    statement_id: str
    after: str
