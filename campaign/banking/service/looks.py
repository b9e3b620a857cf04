"""The second look: money that went out, and of which one person alone said where to.

A payment has its persons, and a gift that goes back has its line here. What is called a fee, a transfer whose other end
has not come, or is left out of the books, has nobody but whoever said so, until another one looks.
"""

import uuid

from campaign.banking.models import BankLine
from campaign.banking.service.lines import lock_line, note
from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden
from campaign.kernel.money import exponent

SMALL_FEE = 20
"""In whole units of a currency: up to that a fee is what banks take."""


def ask(line: BankLine, *, is_fee: bool = False) -> None:
    """Let a second person look at a settled line whose lock the caller holds, if money went out by it."""
    small = is_fee and -line.amount <= SMALL_FEE * 10 ** exponent(line.currency)
    line.awaits_look = line.amount < 0 and not small
    session.flush()


def look(line_id: uuid.UUID, actor: uuid.UUID, *, version: int | None = None) -> BankLine:
    """Say that it is so. Raises NotFound, Conflict, Forbidden for whoever said it first."""
    line = lock_line(line_id, version)
    if not line.awaits_look:
        raise Conflict(N_("Nobody has to look at this line, or somebody has looked already."))
    if line.settled_by == actor:
        raise Forbidden(N_("You said what this line is. Somebody else looks at it."))
    line.awaits_look, line.looked_by, line.version = False, actor, line.version + 1
    note(line, "looked", line.state, actor=actor)
    audit.record("bank.look", actor=actor, about=f"bank-line:{line_id}")
    return line
