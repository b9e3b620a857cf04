"""Background work on signatures. Each job does one batch in its own transaction and asks for the next in the same."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SetAside:
    """Set the next batch of an invalidation aside.

    Idempotent by the invalidation's row: taken under lock, it says how far the work is, and a batch that finds another
    state than running does nothing. A signature changes from pending or confirmed only, together with its item.
    """

    kind: ClassVar[str] = "signatures.set-aside"
    invalidation: str


@dataclass(frozen=True, slots=True)
class UndoSetAside:
    """Put the next batch of an invalidation back as it was.

    Idempotent by its items: each is settled once, in the transaction that restores its signature.
    """

    kind: ClassVar[str] = "signatures.undo-set-aside"
    invalidation: str


@dataclass(frozen=True, slots=True)
class ReleaseQuarantined:
    """Release the next batch of a quarantined group and owe its confirmation mails.

    Idempotent by the rows' state: only what is still quarantined is released, and a mail's key is unique. `left`, how
    many the person saw, ends the work even while a flood adds to the group.
    """

    kind: ClassVar[str] = "signatures.release"
    petition: str
    day: str
    mail_domain: str
    country: str
    left: int


@dataclass(frozen=True, slots=True)
class MakePack:
    """Make a delivery pack whose names are too many for a request.

    Idempotent by the pack's state under its row's lock: a pack that is ready is not made again.
    """

    kind: ClassVar[str] = "signatures.make_pack"
    pack_id: str
