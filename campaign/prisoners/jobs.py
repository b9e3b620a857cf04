"""Background work on people in prison."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FollowChange:
    """Let one consequence of a change happen.

    Idempotent by the consequence's state, unique by change and name, under the lock on the person's row: only what
    waits and is due is done. `turn` tells one asking from another (send now, an undo that was undone).
    """

    kind: ClassVar[str] = "prisoners.follow_change"
    change: str
    name: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Undo or correct one consequence of a change that was undone or corrected.

    Idempotent in the same way: only what is done is taken back, and it then stands as undone or corrected.
    """

    kind: ClassVar[str] = "prisoners.take_back"
    change: str
    name: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class StageImport:
    """Read the next rows of a file into staging.

    Idempotent by the import's row: taken under lock, it holds the last staged row, and rows are unique by number.
    """

    kind: ClassVar[str] = "prisoners.stage-import"
    import_id: str


@dataclass(frozen=True, slots=True)
class ApplyImport:
    """Apply the next rows of an import.

    Idempotent by the rows' outcome: only one without an outcome is applied, in the transaction that gives it one.
    """

    kind: ClassVar[str] = "prisoners.apply-import"
    import_id: str


@dataclass(frozen=True, slots=True)
class UndoImport:
    """Take back the next rows of an import.

    Idempotent by the rows' outcome, as applying them is.
    """

    kind: ClassVar[str] = "prisoners.undo-import"
    import_id: str
