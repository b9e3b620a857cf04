"""Opening the vault by two persons, and reading from it: each read is on record before it happens (SAFETY.md 9)."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from campaign.kernel import audit
from campaign.kernel.actors import Actor, Role
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.crypto.vault_door import Box, DoorState, VaultClosed, WrongVaultKey, vault_door
from campaign.kernel.errors import N_, DomainError, Forbidden

OPENERS = (Role.ADMIN, Role.COORDINATOR, Role.TREASURER)


class ReadEnough(DomainError):
    """This person has been shown as many records as one person may see in an hour."""


@dataclass(frozen=True, slots=True)
class ReadingOnRecord:
    """Shows that a read was recorded and allowed; what opens boxes asks for it."""

    actor: uuid.UUID
    amount: int


def can_open(actor: Actor) -> bool:
    """Who may be one of the two."""
    return actor.has_role(*OPENERS)


def read_key(text: str) -> bytes:
    """The private key from a file's text: 64 hexadecimal digits on its first line. Raises WrongVaultKey."""
    first = (text.strip().splitlines() or [""])[0].strip()
    if not re.fullmatch(r"[0-9a-fA-F]{64}", first):
        raise WrongVaultKey(N_("A vault key is 64 hexadecimal digits on the first line of its file."))
    return bytes.fromhex(first)


def load_key(actor: Actor, key: bytes) -> DoorState:
    """Load the key as one of two persons; the act is audited, the key never stored.

    Raises Forbidden, WrongVaultKey (see `note_wrong_key`), SamePerson and NoVault.
    """
    if not can_open(actor):
        raise Forbidden
    state = vault_door.load(actor.id, key)
    audit.record("vault.opened" if state.is_open else "vault.key_loaded", actor=actor.id, about="vault")
    return state


def note_wrong_key(actor: Actor) -> None:
    """Put on record that somebody tried another key; in a transaction of its own, since the try itself failed."""
    audit.record("vault.wrong_key", actor=actor.id, about="vault")


def close_vault(actor: uuid.UUID | None) -> bool:
    """Close the vault now; False when it was closed."""
    closed = vault_door.close()
    if closed:
        audit.record("vault.closed", actor=actor, about="vault")
    return closed


def record_reading(actor: Actor, amount: int, *, about: str, reason: str) -> ReadingOnRecord:
    """Put a read on record, in a transaction that is committed before `open_boxes`; nothing is read unseen.

    Raises Forbidden, VaultClosed, and ReadEnough when the hour's allowance is used up (see `note_read_enough`).
    """
    if not can_open(actor):
        raise Forbidden
    if not vault_door.state().is_open:
        raise VaultClosed(N_("The vault is closed. Two persons open it for fifteen minutes."))
    if not take(DECRYPTING, actor.id, amount):
        raise ReadEnough(N_("You have been shown as many records as one person may see in an hour."))
    audit.record("vault.read", actor=actor.id, about=about, amount=amount, reason=reason)
    return ReadingOnRecord(actor.id, amount)


def note_read_enough(actor: Actor) -> None:
    """Raise the alarm that goes with ReadEnough, in a transaction of its own."""
    raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor.id}")


def open_boxes(on_record: ReadingOnRecord, boxes: Sequence[Box]) -> list[str]:
    """The texts of the boxes, at most as many as were recorded. Raises VaultClosed and SealBroken."""
    if len(boxes) > on_record.amount:
        raise Forbidden
    return vault_door.open_boxes(boxes)
