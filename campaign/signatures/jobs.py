"""Background work that signatures ask for."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MakePack:
    """Make a delivery pack whose names are too many for a request.

    Idempotent by the pack's state under its row's lock: a pack that is ready is not made again.
    """

    kind: ClassVar[str] = "signatures.make_pack"
    pack_id: str
