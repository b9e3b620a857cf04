"""What a coordinator's weekly mail counts: each feature tells what waits in their groups, in numbers alone."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from campaign.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of one thing waits."""

    words: str
    """Marked with N_: what it is, without a number and without a name."""
    amount: int


DigestPart = Callable[[frozenset[uuid.UUID] | None, date], Sequence[Waiting]]
"""Gets the groups a role is narrowed to (None: all of them) and the day."""

digest_parts: Registry[DigestPart] = Registry("part of the weekly mail")
