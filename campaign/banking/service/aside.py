"""Lines that wait, and lines that are left out of the books: with their reason, and back again."""

import uuid

from campaign.banking.models import NOTE, SCOPE, BankLine, IgnoreReason, LineState
from campaign.banking.service import looks
from campaign.banking.service.lines import lock_line, move
from campaign.banking.service.matching import check_open
from campaign.kernel import audit
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.kernel.text import one_line

LONGEST_NOTE = 500


class NeedsReason(DomainError):
    """A line is not left out without a word."""


def hold(line_id: uuid.UUID, note: str, actor: uuid.UUID, *, version: int | None = None) -> BankLine:
    """Let a line wait, with a word why. Raises NeedsReason, Conflict."""
    line = lock_line(line_id, version)
    check_open(line)
    plain = one_line(note, LONGEST_NOTE)
    if not plain:
        raise NeedsReason(N_("Say in a few words what it waits for."))
    _note(line, plain)
    move(line, "held", LineState.ON_HOLD, actor=actor)
    audit.record("bank.hold", actor=actor, about=f"bank-line:{line_id}")
    return line


def ignore(
    line_id: uuid.UUID, reason: str, note: str, actor: uuid.UUID, *, version: int | None = None
) -> BankLine:  # fmt: skip
    """Leave a line out of the books. Raises NeedsReason, and Conflict for one that stands for something in part."""
    line = lock_line(line_id, version)
    check_open(line)
    if reason not in set(IgnoreReason):
        raise NeedsReason(N_("Choose why this line is left out."))
    plain = one_line(note, LONGEST_NOTE)
    if reason == IgnoreReason.OTHER and not plain:
        raise NeedsReason(N_("Say in a few words why this line is left out."))
    if line.open_amount != line.amount:
        raise Conflict(N_("A part of this line stands for something already. Undo that first."))
    _note(line, plain)
    line.reason = reason
    move(line, "ignored", LineState.IGNORED, actor=actor)
    looks.ask(line)
    audit.record("bank.ignore", actor=actor, about=f"bank-line:{line_id}", reason=reason)
    return line


def take_up(line_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankLine:
    """A line that waited, or was left out, is to be dealt with again. Raises Conflict."""
    line = lock_line(line_id, version)
    if line.state not in {LineState.ON_HOLD, LineState.IGNORED}:
        raise Conflict(N_("This line neither waits nor is it left out."))
    line.reason, line.note_sealed = "", None
    move(line, "taken_up", LineState.OPEN, actor=actor)
    audit.record("bank.take_up", actor=actor, about=f"bank-line:{line_id}")
    return line


def _note(line: BankLine, plain: str) -> None:
    keyring.ensure(SCOPE)
    line.note_sealed = NOTE.seal(SCOPE, line.id, plain) if plain else None
