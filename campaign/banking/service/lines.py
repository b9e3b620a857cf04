"""How a line moves: each act under the lock of its row, with an event, and told apart from whoever was there first."""

import uuid

from campaign.banking.models import SETTLED, BankLine, BankLineEvent, LineState
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound

SOMEBODY_ELSE = N_("Somebody else has worked on this line a moment ago. Look at it again; nothing was done twice.")


def lock_line(line_id: uuid.UUID, version: int | None = None) -> BankLine:
    """The line under its lock. Raises NotFound, and Conflict when it is not in the version that somebody saw."""
    found = session.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if version is not None and found.version != version:
        raise Conflict(SOMEBODY_ELSE)
    return found


def move(
    line: BankLine, act: str, to: LineState, *, actor: uuid.UUID | None, amount: int | None = None
) -> None:  # fmt: skip
    """Write down one act on a locked line, and where it stands now."""
    was = line.state
    line.state, line.version = to, line.version + 1
    line.awaits_look, line.looked_by = False, None
    if to in SETTLED:
        line.settled_on, line.settled_by = clock.today(), actor
    else:
        line.settled_on = line.settled_by = None
    note(line, act, was, actor=actor, amount=amount)


def note(line: BankLine, act: str, was: str, *, actor: uuid.UUID | None, amount: int | None = None) -> None:
    """Write down one act on a locked line, which is where it stands now already."""
    session.add(
        BankLineEvent(
            line_id=line.id, act=act, was=was, now=line.state, amount=amount, actor_id=actor, at=clock.now()
        )
    )  # fmt: skip
    session.flush()
