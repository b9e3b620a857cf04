"""What needs learn of higher features: where one was first heard of, and what sees to one."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from campaign.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class OriginFacts:
    """What is known where a need was first heard of."""

    prisoner_id: uuid.UUID
    category: str
    """A word of needs' NeedCategory; empty where it fits none."""
    is_urgent: bool
    is_open: bool
    """Whether it can still become a need."""


@dataclass(frozen=True, slots=True)
class NeedOrigin:
    """One kind of thing in which somebody asks for help."""

    label: str
    """Marked with N_."""
    find: Callable[[uuid.UUID], OriginFacts | None]
    words_of: Callable[[uuid.UUID], str]
    """What was written down there, opened to be sealed anew; empty for nothing."""
    take: Callable[[uuid.UUID, uuid.UUID], None]
    """In the transaction of the report, with who acts: from now on it is looked after as a need."""
    url_of: Callable[[uuid.UUID], str]
    """Where staff see it."""


need_origins: Registry[NeedOrigin] = Registry("origin of a need")
"""By the word that a need keeps: letter …"""

need_holders: Registry[Callable[[uuid.UUID], bool]] = Registry("what sees to a need")
"""Whether something of that kind sees to a need: it then moves on with that, and by nobody's hand."""
