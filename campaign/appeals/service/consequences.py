"""What appeals do when somebody they are for is moved, released, exchanged or dies: ask for no more letters."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from campaign.appeals.models import Appeal, AppealPrisoner, AppealState, EventKind
from campaign.appeals.service.record import note_step
from campaign.appeals.service.states import change_state
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry import Applied, Change, Choice, Consequence, Forecast
from campaign.prisoners.models import ChangeKind

CONCERNS = frozenset({
    ChangeKind.RELEASED, ChangeKind.EXCHANGED, ChangeKind.DIED, ChangeKind.TRANSFERRED, ChangeKind.IN_TRANSIT,
    ChangeKind.WHEREABOUTS_UNKNOWN,
})  # fmt: skip
PAUSE, CLOSE, KEEP = "pause", "close", "keep"
OPTIONS = (
    (PAUSE, N_("Pause it: nobody is asked to write until somebody resumes it")),
    (CLOSE, N_("Close it: it is over")),
    (KEEP, N_("Keep it: what it asks for still holds")),
)
_STATES = {PAUSE: AppealState.PAUSED, CLOSE: AppealState.CLOSED}
REASON = "change in the person's situation"


def preview_stop(change: Change) -> Forecast:
    """The published appeals for this person, each with what may be done with it."""
    appeals = _appeals(change) if change.kind in CONCERNS else []
    return Forecast(len(appeals), [Choice(str(each.id), _titles(each), OPTIONS, PAUSE) for each in appeals])


def stop(change: Change) -> Applied:
    """Pause or close each, as was decided."""
    stopped: dict[str, str] = {}
    for appeal in _appeals(change, locked=True) if change.kind in CONCERNS else []:
        state = _STATES.get(change.choices.get(str(appeal.id), PAUSE))
        if state is not None:
            change_state(appeal, state, actor=change.made_by, reason=REASON)
            stopped[str(appeal.id)] = state.value
    return Applied(len(stopped), {"stopped": stopped})


def start_again(_change: Change, memory: Mapping[str, Any]) -> int:
    """Publish those again that stand as they were left and whose deadline is ahead; what others did since stays."""
    opened = 0
    for key, state in memory["stopped"].items():
        appeal = session.get(Appeal, uuid.UUID(key), with_for_update=True, populate_existing=True)
        is_late = appeal is None or (appeal.deadline_at is not None and appeal.deadline_at <= clock.now())
        if appeal is None or appeal.state != state or is_late:
            continue
        appeal.state, appeal.closed_on = AppealState.PUBLISHED, None
        session.flush()
        note_step(appeal, AppealState(state), AppealState.PUBLISHED, None, REASON, kind=EventKind.UNDONE)
        opened += 1
    return opened


STOP = Consequence(
    "appeals.stop", N_("Appeals paused or closed: %(count)s"), True, preview_stop, stop, start_again, start_again
)


def pause_of_person(prisoner_id: uuid.UUID, actor: uuid.UUID | None, reason: str) -> int:
    """Pause every published appeal for somebody whose page was taken away; gives how many."""
    found = session.scalars(_published_for(prisoner_id).with_for_update(of=Appeal)).all()
    for appeal in found:
        change_state(appeal, AppealState.PAUSED, actor=actor, reason=reason)
    return len(found)


def _titles(appeal: Appeal) -> dict[str, str]:
    return {text.language: text.title for text in appeal.texts}


def _published_for(prisoner_id: uuid.UUID) -> Select[Appeal]:
    return (
        select(Appeal)
        .join(AppealPrisoner, AppealPrisoner.appeal_id == Appeal.id)
        .where(AppealPrisoner.prisoner_id == prisoner_id, Appeal.state == AppealState.PUBLISHED)
        .order_by(Appeal.slug)
    )


def _appeals(change: Change, *, locked: bool = False) -> list[Appeal]:
    statement = _published_for(change.prisoner_id)
    if locked:
        statement = statement.with_for_update(of=Appeal).execution_options(populate_existing=True)
    return list(session.scalars(statement))
