"""Work that what came in leaves for later."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SettleReturn:
    """Read one message that came in, and do what follows. Idempotent: its row waits, or it was done."""

    kind: ClassVar[str] = "mail.settle_return"
    row: str
