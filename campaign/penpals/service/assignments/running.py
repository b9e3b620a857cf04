"""While it runs: letters, pauses, and the end."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.penpals.models import Assignment, AssignmentState, EndReason, Health, Mark
from campaign.penpals.queries.noted import Noted
from campaign.penpals.service.assignments.errors import NotThatStep
from campaign.penpals.service.assignments.holding import locked_with_others
from campaign.penpals.service.assignments.mails import Tidings, tell, tell_leads
from campaign.penpals.service.assignments.moves import (
    be_in_time,
    locked,
    mark,
    move,
    note_staff,
    promise_from_today,
)
from campaign.penpals.service.assignments.places import take_up_again
from campaign.penpals.service.assignments.succession import ask_for_another, ask_successor

RUNNING = frozenset({AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.PAUSED})
LONGEST_PAUSE = timedelta(days=180)
UNANSWERED = frozenset({AssignmentState.PROPOSED, AssignmentState.OFFERED})


class BadDay(DomainError):
    """A day that lies where it cannot."""


def note_letter(assignment_id: uuid.UUID, on: date, *, actor: uuid.UUID | None = None) -> bool:
    """Write down that a letter left on that day; False when that is known. The next one is promised from it on.

    What paused goes on, and what lapsed is fine again. Raises NotThatStep where nobody writes, BadDay for a day ahead.
    """
    assignment = locked_with_others(assignment_id)
    if assignment.state not in RUNNING:
        raise NotThatStep(N_("This has ended or was not accepted, so no letter can be written down here."))
    if on > clock.today():
        raise BadDay(N_("This day has not come yet."))
    if assignment.last_letter_on is not None and on <= assignment.last_letter_on:
        return False
    before = Noted(
        on, assignment.last_letter_on, assignment.next_letter_on, Health(assignment.health), assignment.paused_until
    )
    assignment.last_letter_on, assignment.health = on, Health.FINE
    if assignment.state != AssignmentState.ACTIVE:
        assignment.paused_until = None
        move(assignment, AssignmentState.ACTIVE, actor=actor, reason=f"{Mark.LETTER} {before.memory}")
    else:
        mark(assignment, Mark.LETTER, actor, memory=before.memory)
    if assignment.held_since_on is None and assignment.promise_days is not None:
        assignment.next_letter_on = on + timedelta(days=assignment.promise_days)
    session.flush()
    if before.health == Health.LAPSED:
        take_up_again(assignment)
    return True


def undo_note(assignment: Assignment, noted: Noted, *, actor: uuid.UUID | None) -> None:
    """Put a locked one back to what it was before its last letter was noted; what others changed since stays."""
    if noted.was_newest and assignment.last_letter_on == noted.on:
        assignment.last_letter_on = noted.last
    if noted.was_newest and noted.is_untouched:
        assignment.next_letter_on, assignment.health = noted.next, noted.health
        if noted.was != assignment.state:
            assignment.paused_until = noted.paused_until
            move(assignment, AssignmentState(noted.was), actor=actor, reason=Mark.LETTER_TAKEN_BACK)
            return
    mark(assignment, Mark.LETTER_TAKEN_BACK, actor)


def pause(
    assignment_id: uuid.UUID, until: date, *, actor: uuid.UUID | None, volunteer_id: uuid.UUID | None = None
) -> Assignment:
    """Let nothing be due until that day. Raises BadDay, NotThatStep, NotFound."""
    today = clock.today()
    if not today < until <= today + LONGEST_PAUSE:
        raise BadDay(N_("A pause ends after today and within half a year."))
    assignment = _of(assignment_id, volunteer_id)
    if assignment.state == AssignmentState.PAUSED:
        assignment.paused_until = until
    else:
        move(assignment, AssignmentState.PAUSED, actor=actor)
        assignment.paused_until, assignment.next_letter_on = until, None
        be_in_time(assignment)
    session.flush()
    return assignment


def resume(assignment_id: uuid.UUID, *, actor: uuid.UUID | None, volunteer_id: uuid.UUID | None = None) -> Assignment:
    """Go on; the next letter is promised a full rhythm from today. Doing it twice does it once. Raises NotThatStep."""
    assignment = _of(assignment_id, volunteer_id)
    if assignment.state in {AssignmentState.ACCEPTED, AssignmentState.ACTIVE}:
        return assignment
    has_written = assignment.last_letter_on is not None or assignment.volunteer_id is None
    assignment.paused_until = None
    move(assignment, AssignmentState.ACTIVE if has_written else AssignmentState.ACCEPTED, actor=actor)
    promise_from_today(assignment)
    session.flush()
    return assignment


def pause_writer(volunteer_id: uuid.UUID, until: date, *, actor: uuid.UUID | None) -> int:
    """Pause whatever of a writer runs; gives how many. What paused longer already stays."""
    running = _running(volunteer_id, (AssignmentState.ACCEPTED, AssignmentState.ACTIVE))
    for each in running:
        pause(each, until, actor=actor)
    return len(running)


def resume_writer(volunteer_id: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    """Go on with whatever of a writer paused; gives how many."""
    paused = _running(volunteer_id, (AssignmentState.PAUSED,))
    for each in paused:
        resume(each, actor=actor)
    return len(paused)


def end(
    assignment_id: uuid.UUID, reason: EndReason, *, actor: uuid.UUID | None, volunteer_id: uuid.UUID | None = None,
    wants_another: bool = False, needs_successor: bool = True, note: str = "", by_staff: bool = False,
) -> Assignment:  # fmt: skip
    """End it with a reason and no blame. Doing it twice does it once.

    Somebody is to take over, unless nobody is to write any more; `wants_another`: the writer would like to write to
    somebody else. Staff's end is audited and told to the writer; a writer's own is told to the leads of the group. One
    that was only asked is withdrawn. Raises NotThatStep, NotFound.
    """
    assignment = _of(assignment_id, volunteer_id)
    if assignment.state == AssignmentState.ENDED:
        return assignment
    finish(assignment, reason, actor=actor, needs_successor=needs_successor)
    if wants_another:
        ask_for_another(assignment_id, actor=actor)
    if by_staff:
        tell(Tidings.ENDED, assignment)
        note_staff("ended", assignment, actor, f"{reason}: {note}" if note else reason)
    else:
        tell_leads(assignment, turn="ended")
    return assignment


def finish(assignment: Assignment, reason: EndReason, *, actor: uuid.UUID | None, needs_successor: bool = True) -> None:
    """Bring a locked one to its end, whatever its state: what nobody has answered is withdrawn, the rest ends."""
    if assignment.state in UNANSWERED:
        move(assignment, AssignmentState.WITHDRAWN, actor=actor, reason=reason)
        return
    move(assignment, AssignmentState.ENDED, actor=actor, end_reason=reason)
    if needs_successor:
        ask_successor(assignment, actor)


def _running(volunteer_id: uuid.UUID, states: tuple[AssignmentState, ...]) -> Sequence[uuid.UUID]:
    statement = select(Assignment.id).where(Assignment.volunteer_id == volunteer_id, Assignment.state.in_(states))
    return session.scalars(statement.order_by(Assignment.id)).all()


def _of(assignment_id: uuid.UUID, volunteer_id: uuid.UUID | None) -> Assignment:
    assignment = locked(assignment_id)
    if volunteer_id is not None and assignment.volunteer_id != volunteer_id:
        raise NotFound
    return assignment
