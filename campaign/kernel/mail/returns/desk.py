"""What staff see and decide of mail that came back: counts, what is quarantined, and what people wrote to us."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from campaign.kernel import audit, clock
from campaign.kernel.actors import Actor
from campaign.kernel.alarms import AlarmKind, raise_alarm
from campaign.kernel.allowance import DECRYPTING, take
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.mail.returns.accept import open_content
from campaign.kernel.mail.returns.models import MailReturn, ReturnState
from campaign.kernel.mail.returns.reading import Shown, show

LISTED = (
    ReturnState.REPLY, ReturnState.QUARANTINED, ReturnState.ANSWERED, ReturnState.NOT_OURS, ReturnState.SEEN,
)  # fmt: skip
DECISIONS: Mapping[str, tuple[ReturnState, ReturnState]] = {
    "answered": (ReturnState.REPLY, ReturnState.ANSWERED),
    "not-ours": (ReturnState.REPLY, ReturnState.NOT_OURS),
    "seen": (ReturnState.QUARANTINED, ReturnState.SEEN),
}
"""By name: from which state to which; the way back is the same."""


class ShownEnough(DomainError):
    """The hour's allowance does not cover one more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One message as it is shown, once."""

    recipient: str
    shown: Shown


def select_in(state: ReturnState) -> Select[MailReturn]:
    """What stands in a state, the newest first."""
    return (
        select(MailReturn).where(MailReturn.state == state).order_by(MailReturn.received_on.desc(), MailReturn.id)
    )  # fmt: skip


def get_listed(row: uuid.UUID) -> MailReturn:
    """One that a person may look at. Raises NotFound, also when it was settled or is gone."""
    found = session.get(MailReturn, row)
    if found is None or found.state not in LISTED:
        raise NotFound
    return found


def count_by_state() -> dict[str, int]:
    """How many stand in each state."""
    rows = session.execute(select(MailReturn.state, func.count()).group_by(MailReturn.state))
    return {row[0]: row[1] for row in rows}


def count_by_day() -> dict[tuple[date, str], int]:
    """How many messages came in on each day, by what they are."""
    statement = select(MailReturn.received_on, MailReturn.kind, func.count()).where(MailReturn.kind != "")
    rows = session.execute(statement.group_by(MailReturn.received_on, MailReturn.kind))
    return {(day, kind): count for day, kind, count in rows}


def count_opening(row: uuid.UUID, *, actor: Actor) -> None:
    """Take one from the hour's allowance of `actor` and put on record that they looked, before anything is opened.

    Raises NotFound, and ShownEnough, whose alarm `note_shown_enough` puts up.
    """
    found = get_listed(row)
    if not take(DECRYPTING, actor.id):
        raise ShownEnough(N_("You have been shown as many records as one person may see in an hour."))
    audit.record("mail.return_shown", actor=actor.id, about=f"mail_return:{found.id}", amount=1)


def note_shown_enough(actor: Actor) -> None:
    """Raise the alarm that goes with ShownEnough, in a transaction of its own."""
    raise_alarm(AlarmKind.BUDGET_SPENT, about=f"account:{actor.id}")


def open_return(found: MailReturn) -> Opened:
    """The message in clear, for a page that is kept nowhere."""
    recipient, content = open_content(found)
    return Opened(recipient, show(content))


def decide(row: uuid.UUID, decision: str, *, actor: uuid.UUID) -> bool:
    """Note what became of one; False when somebody else decided meanwhile. Raises NotFound."""
    before, after = DECISIONS[decision]
    return _move(row, before, after, actor)


def take_back(row: uuid.UUID, *, actor: uuid.UUID) -> bool:
    """Undo what was decided of one; False when it was undone already. Raises NotFound."""
    found = get_listed(row)
    before = {after: before for before, after in DECISIONS.values()}.get(ReturnState(found.state))
    return before is not None and _move(row, ReturnState(found.state), before, actor)


def _move(row: uuid.UUID, before: ReturnState, after: ReturnState, actor: uuid.UUID) -> bool:
    locked = select(MailReturn).where(MailReturn.id == row, MailReturn.state.in_(LISTED))
    found = session.scalar(locked.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if found.state != before:
        return False
    is_decided = after in {done for _before, done in DECISIONS.values()}
    found.state = after
    found.decided_by, found.decided_on = (actor, clock.today()) if is_decided else (None, None)
    audit.record(f"mail.return_{after.value}", actor=actor, about=f"mail_return:{row}")
    session.flush()
    return True
