"""Background work of the API."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Deliver:
    """Tell one webhook of one event, and ask for the next attempt where it failed.

    Idempotent by the state of the delivery: only a pending one that is due and that no other worker holds is sent. A
    crash between sending and noting sends again under the same `webhook-id`, by which receivers tell.
    """

    kind: ClassVar[str] = "api.deliver"
    delivery_id: str
    turn: str
    """When it is due: an attempt that was asked for anew is another job than the one that waits for its hour."""
