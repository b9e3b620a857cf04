"""What a run asks of whoever solves it, and what it gets: plain values, so that a run can be tried with another."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaign.kernel.errors import DomainError
from campaign.penpals.matching.problem import Outcome


class Stopped(DomainError):
    """Somebody cancelled the run while it was at work."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A pair that is kept whatever else is proposed."""

    prisoner_id: uuid.UUID
    volunteer_id: uuid.UUID | None
    """None on the level of groups."""
    group_id: uuid.UUID | None
    is_added: bool

    @property
    def pair(self) -> tuple[uuid.UUID, uuid.UUID]:
        """Helper and recipient, as the solver names them."""
        helper = self.volunteer_id or self.group_id
        assert helper is not None, "a line is given to somebody"  # noqa: S101
        return helper, self.prisoner_id


@dataclass(frozen=True, slots=True)
class Task:
    """What one run is about."""

    level: str
    seed: int
    settings: Mapping[str, Any]
    pins: Sequence[Pin] = ()


@dataclass(frozen=True, slots=True)
class Solved:
    """What came of it, and the SHA-256 of what was read."""

    outcome: Outcome
    digest: str


@dataclass(frozen=True, slots=True)
class Promised:
    """Places that other open lines of the same proposal take."""

    of_helper: int = 0
    of_recipient: int = 0


@dataclass(frozen=True, slots=True)
class PairLook:
    """What speaks for and against bringing two together."""

    volunteer_id: uuid.UUID | None
    group_id: uuid.UUID | None
    problems: Sequence[str]
    """Words of Condition that forbid it; none: it is possible."""
    reasons: Mapping[str, Any]


Tell = Callable[[str, int, int], None]
"""Gets the stage, how much of it is done, and of how much; raises Stopped when the work is wanted no more."""

Engine = Callable[[Task, Tell], Solved]
