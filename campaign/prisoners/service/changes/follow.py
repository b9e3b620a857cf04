"""What follows from a change, done by jobs: each consequence once, in the order in which things became known.

Every function locks the person's row before a consequence's, as the acts themselves do, so that they never wait for
one another in a circle.
"""

import uuid

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.registry import Change, consequences
from campaign.prisoners.models import ConsequenceState, StatusChange, StatusConsequence
from campaign.prisoners.queries.changes import find_correction
from campaign.prisoners.service.situation import lock_prisoner


def follow(change_id: uuid.UUID, name: str) -> bool:
    """Let one consequence happen if it waits and is due; gives whether it did.

    What the same consequence did for an act that is no longer so is taken back before, so that a correction never
    meets what it corrects.
    """
    change, row = _locked(change_id, name)
    if row.state != ConsequenceState.WAITING or row.due_at > clock.now():
        return False
    if change.undone_at is not None:
        row.state = ConsequenceState.UNDONE
        return False
    for stale in _not_so_any_more(change, name):
        take_back(stale, name)
    applied = consequences[name].apply(seen(change, name))
    row.state, row.done_at = ConsequenceState.DONE, clock.now()
    row.amount, row.memory = applied.amount, dict(applied.memory)
    session.flush()
    _note("status_change.followed", change, name, applied.amount)
    return True


def take_back(change_id: uuid.UUID, name: str) -> bool:
    """Undo or correct one consequence of a change that was undone or corrected; gives whether there was any.

    Mails of a correction wait as long as the correcting act may still be undone.
    """
    change, row = _locked(change_id, name)
    if row.state != ConsequenceState.DONE or change.undone_at is None:
        return False
    correcting = find_correction(change_id)
    if correcting is not None and not row.is_immediate and correcting.released_at > clock.now():
        return False
    if correcting is None:
        amount = consequences[name].undo(seen(change, name), row.memory)
        row.state = ConsequenceState.UNDONE
    else:
        amount = consequences[name].correct(seen(correcting, name), row.memory)
        row.state = ConsequenceState.CORRECTED
    session.flush()
    _note(f"status_change.{row.state}", change, name, amount)
    return True


def seen(change: StatusChange, name: str) -> Change:
    """An act as the consequence of that name sees it."""
    choices = change.details.get("choices", {}).get(name, {})
    return Change(
        change.id, change.prisoner_id, change.kind, change.happened_on, change.happened_precision, change.details,
        change.made_by, change.corrects_id, choices,
    )  # fmt: skip


def _locked(change_id: uuid.UUID, name: str) -> tuple[StatusChange, StatusConsequence]:
    change = session.get(StatusChange, change_id)
    if change is None:
        raise NotFound
    lock_prisoner(change.prisoner_id)
    session.refresh(change)
    statement = select(StatusConsequence).where(
        StatusConsequence.change_id == change_id, StatusConsequence.name == name
    )
    row = session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return change, row


def _not_so_any_more(change: StatusChange, name: str) -> list[uuid.UUID]:
    """Undone or corrected acts of the same person whose consequence of that name still stands."""
    statement = (
        select(StatusChange.id)
        .join(StatusConsequence, StatusConsequence.change_id == StatusChange.id)
        .where(
            StatusChange.prisoner_id == change.prisoner_id, StatusChange.undone_at.is_not(None),
            StatusConsequence.name == name, StatusConsequence.state == ConsequenceState.DONE,
            StatusConsequence.is_immediate,
        )
        .order_by(StatusChange.made_at.desc())
    )  # fmt: skip
    return list(session.scalars(statement))


def _note(action: str, change: StatusChange, name: str, amount: int) -> None:
    audit.record(action, actor=change.made_by, about=f"status_change:{change.id}:{name}", amount=amount)
