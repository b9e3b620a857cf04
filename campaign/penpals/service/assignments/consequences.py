"""What follows for assignments when somebody is moved, released, exchanged or dies."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.registry import Applied, Change, Consequence, Forecast
from campaign.penpals.models import LIVE, Assignment, AssignmentState, EndReason, Health, Mark
from campaign.penpals.service.assignments import holding
from campaign.penpals.service.assignments.mails import Tidings, tell
from campaign.penpals.service.assignments.moves import locked, mark, promise_from_today, revive
from campaign.penpals.service.assignments.relieve import end_for_prisoner
from campaign.penpals.service.assignments.running import RUNNING
from campaign.prisoners.models import ChangeKind, Facility, FacilityKind

ENDS = {
    ChangeKind.RELEASED: EndReason.RELEASED, ChangeKind.EXCHANGED: EndReason.RELEASED, ChangeKind.DIED: EndReason.DIED,
}  # fmt: skip
LOST_SIGHT = frozenset({ChangeKind.IN_TRANSIT, ChangeKind.WHEREABOUTS_UNKNOWN})
TOLD_WITHIN = timedelta(days=2)


def preview_hold(change: Change) -> Forecast:
    """What lives and is not held yet, where somebody is on the way or out of sight."""
    return Forecast(_count(change, Assignment.held_since_on.is_(None)) if _is_away(change) else 0)


def apply_hold(change: Change) -> Applied:
    """Hold it: nothing is due, and offers do not run out."""
    kept = holding.hold_prisoner(change.prisoner_id, actor=change.made_by)
    return Applied(len(kept), {"held": kept})


def undo_hold(change: Change, memory: Mapping[str, Any]) -> int:
    """Let go on what was held, as if it had not been."""
    return holding.unhold(memory["held"], change.made_by)


def preview_free(change: Change) -> Forecast:
    """What is held, where somebody has arrived."""
    return Forecast(_count(change, Assignment.held_since_on.is_not(None)) if _has_arrived(change) else 0)


def apply_free(change: Change) -> Applied:
    """Let it go on."""
    kept = holding.release_prisoner(change.prisoner_id, actor=change.made_by)
    return Applied(len(kept), {"freed": kept})


def undo_free(change: Change, memory: Mapping[str, Any]) -> int:
    """Hold again what was let go."""
    return holding.hold_again(memory["freed"], change.made_by)


def preview_end(change: Change) -> Forecast:
    """All that lives, where nobody is to write any more."""
    return Forecast(_count(change) if change.kind in ENDS else 0)


def apply_end(change: Change) -> Applied:
    """End it, and withdraw offers that nobody has answered."""
    kept = [_as_it_was(each) for each in holding.list_live(change.prisoner_id)]
    end_for_prisoner(change.prisoner_id, ENDS[ChangeKind(change.kind)], actor=change.made_by)
    return Applied(len(kept), {"ended": kept})


def undo_end(change: Change, memory: Mapping[str, Any]) -> int:
    """Put everything back. Where the writer's place is taken by now, it stays ended and asks for a successor."""
    return sum(_put_back(kept, change.made_by) for kept in memory["ended"])


def preview_news(change: Change) -> Forecast:
    """Those who write, or a group's leads for it."""
    concerns = change.kind in ENDS or change.kind in LOST_SIGHT or change.kind == ChangeKind.TRANSFERRED
    return Forecast(_count(change, Assignment.state.in_(RUNNING)) if concerns else 0)


def apply_news(change: Change) -> Applied:
    """Lead each to their page; the mail says neither who nor what."""
    what = Tidings.HELD if _is_away(change) else Tidings.NEWS
    concerned = session.scalars(_concerned(change)).all()
    told = [each for each in concerned if tell(what, each, turn=str(change.id))]
    return Applied(len(told), {"told": [str(each.id) for each in told]})


def keep_news(_change: Change, _memory: Mapping[str, Any]) -> int:
    """What has left is not called back; it never is, since it waits for as long as undoing is possible."""
    return 0


def correct_news(change: Change, memory: Mapping[str, Any]) -> int:
    """Tell the same people that it was not so."""
    found = [session.get(Assignment, uuid.UUID(key)) for key in memory["told"]]
    return sum(bool(tell(Tidings.NOT_SO, each, turn=str(change.id))) for each in found if each is not None)


HOLD = Consequence(
    "penpals.hold", N_("Assignments to writers and groups held until the person arrives: %(count)s"), True,
    preview_hold, apply_hold, undo_hold, undo_hold,
)  # fmt: skip
FREE = Consequence(
    "penpals.free", N_("Held assignments that go on: %(count)s"), True, preview_free, apply_free, undo_free, undo_free
)
END = Consequence(
    "penpals.end", N_("Assignments to writers and groups that end: %(count)s"), True, preview_end, apply_end, undo_end,
    undo_end,
)  # fmt: skip
NEWS = Consequence(
    "penpals.news", N_("Writers and groups that are led to the news by mail: %(count)s"), False, preview_news,
    apply_news, keep_news, correct_news,
)  # fmt: skip


def _is_away(change: Change) -> bool:
    return change.kind in LOST_SIGHT or (change.kind == ChangeKind.TRANSFERRED and _on_a_stopover(change))


def _has_arrived(change: Change) -> bool:
    return change.kind == ChangeKind.TRANSFERRED and not _on_a_stopover(change)


def _on_a_stopover(change: Change) -> bool:
    key = change.details.get("facility_id")
    facility = session.get(Facility, uuid.UUID(str(key))) if key else None
    return facility is not None and facility.kind == FacilityKind.TRANSIT_POINT


def _count(change: Change, *which: ColumnElement[bool]) -> int:
    live = (Assignment.prisoner_id == change.prisoner_id, Assignment.state.in_(LIVE))
    return session.scalar(select(func.count()).select_from(Assignment).where(*live, *which)) or 0


def _concerned(change: Change) -> Any:
    mine = select(Assignment).where(Assignment.prisoner_id == change.prisoner_id).order_by(Assignment.id)
    if change.kind not in ENDS:
        return mine.where(Assignment.state.in_(RUNNING))
    since = clock.today() - TOLD_WITHIN
    return mine.where(Assignment.end_reason == ENDS[ChangeKind(change.kind)], Assignment.ended_on >= since)


def _as_it_was(each: Assignment) -> dict[str, Any]:
    days = ("next_letter_on", "held_since_on", "paused_until")
    kept = {name: day.isoformat() if (day := getattr(each, name)) else None for name in days}
    return {"id": str(each.id), "state": each.state, "health": each.health, **kept}


def _put_back(kept: Mapping[str, Any], actor: uuid.UUID | None) -> bool:
    found = session.get(Assignment, uuid.UUID(kept["id"]))
    each = locked(found.id) if found is not None else None
    if each is None or each.state not in {AssignmentState.ENDED, AssignmentState.WITHDRAWN}:
        return False
    try:
        revive(each, AssignmentState(kept["state"]), actor=actor)
    except Conflict:
        session.refresh(each)
        if each.state == AssignmentState.ENDED:
            mark(each, Mark.SUCCESSOR_ASKED, actor)
        return False
    for name in ("next_letter_on", "held_since_on", "paused_until"):
        setattr(each, name, date.fromisoformat(kept[name]) if kept[name] else None)
    each.health = Health(kept["health"])
    if each.next_letter_on is None:
        promise_from_today(each)
    session.flush()
    return True
