"""Background work on people."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CheckPeopleImport:
    """Read and judge the next rows of a list.

    Idempotent by the import's row: taken under lock, it holds the last row that was read, and rows are unique.
    """

    kind: ClassVar[str] = "people.check-import"
    import_id: str


@dataclass(frozen=True, slots=True)
class ApplyPeopleImport:
    """Write the next rows of a list into people's records.

    Idempotent by the rows' outcome: only one without an outcome is applied, in the transaction that gives it one.
    """

    kind: ClassVar[str] = "people.apply-import"
    import_id: str


@dataclass(frozen=True, slots=True)
class UndoPeopleImport:
    """Take back the next rows of a list.

    Idempotent by the rows' outcome, as applying them is.
    """

    kind: ClassVar[str] = "people.undo-import"
    import_id: str


@dataclass(frozen=True, slots=True)
class CountSegment:
    """Count the people of a segment.

    Idempotent by the row of the count: only one that waits is counted, under its lock.
    """

    kind: ClassVar[str] = "people.count-segment"
    count_id: str


@dataclass(frozen=True, slots=True)
class CountReport:
    """Count the figures of the reports for one audience.

    Idempotent by the row of the figures: only one that waits is counted, under its lock.
    """

    kind: ClassVar[str] = "people.count-report"
    report_id: str


@dataclass(frozen=True, slots=True)
class GoOnWithAct:
    """Do, or undo, the next part of an act on many people, and ask for the part after it.

    Idempotent by the mark of each person whom the act has come to, under the lock of the act: nobody is met twice.
    """

    kind: ClassVar[str] = "people.go-on-with-act"
    act: str


@dataclass(frozen=True, slots=True)
class FindDoubles:
    """Compare the next people with everybody, and ask for those after them.

    Idempotent by the row of the search, which holds the last person that was compared, and by the pair: it is unique.
    """

    kind: ClassVar[str] = "people.find-doubles"
    run_id: str
    after: str
    """The last person before; tells one batch from the next."""


@dataclass(frozen=True, slots=True)
class CountLadder:
    """Count who stands on which rung of the ladder.

    Idempotent by the row of the count: only one that waits is counted, under its lock.
    """

    kind: ClassVar[str] = "people.count-ladder"
    count_id: str


@dataclass(frozen=True, slots=True)
class TryAutomation:
    """Compute what a rule would do, without doing it.

    Idempotent by the row of the dry run: only one that waits is computed, under its lock.
    """

    kind: ClassVar[str] = "people.try-automation"
    dry_run_id: str


@dataclass(frozen=True, slots=True)
class RunAutomation:
    """Let a rule meet the next people whose turn it is, and ask for those after them.

    Idempotent by the line of the log: rule, person and day of the occasion are unique, and the line is written in the
    transaction of what is done.
    """

    kind: ClassVar[str] = "people.run-automation"
    automation_id: str
    round: int
    after: str
    """The last one that was looked at: day and person; empty at first."""


@dataclass(frozen=True, slots=True)
class GoOnWithAsks:
    """Ask the next of many for a step, and ask for the part after it.

    Idempotent by the mark of each person whom the act has come to, under the lock of the act; asking itself refuses
    whoever was asked already.
    """

    kind: ClassVar[str] = "people.go-on-with-asks"
    round_id: str
