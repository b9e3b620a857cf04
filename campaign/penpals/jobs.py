"""Background work of pen-pals."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RunMatching:
    """Work out what one run proposes.

    Idempotent by the run's row: it begins anew whenever it is begun, its lines are written as a whole in the
    transaction that makes it ready, and a run in any other state than waiting or running is left alone.
    """

    kind: ClassVar[str] = "penpals.run-matching"
    run: str


@dataclass(frozen=True, slots=True)
class AcceptProposals:
    """Accept the next open lines of a run and ask for those after them.

    Idempotent by the lines' state under lock; `after`, the rank of the last one, lets the work end. A run that accepts
    nothing any more ends it.
    """

    kind: ClassVar[str] = "penpals.accept-proposals"
    run: str
    actor: str
    after: int
