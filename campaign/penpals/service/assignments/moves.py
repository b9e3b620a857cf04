"""The one way in which an assignment changes its state, and the marks it keeps on the way."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.versions import check_version
from campaign.penpals.models import LIVE, Assignment, AssignmentEvent, AssignmentState, EndReason, Health, Mark
from campaign.penpals.service.assignments.errors import NotThatStep, translated
from campaign.prisoners.service.situation import lock_prisoner

ANSWER_DAYS, PAGE_DAYS = 14, 30
"""To answer in: by mail, and where only the page tells."""

STEPS: dict[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.PROPOSED: frozenset(
        {AssignmentState.OFFERED, AssignmentState.ACTIVE, AssignmentState.WITHDRAWN}
    ),
    AssignmentState.OFFERED: frozenset(
        {
            AssignmentState.ACCEPTED, AssignmentState.DECLINED, AssignmentState.EXPIRED, AssignmentState.WITHDRAWN,
        }
    ),
    AssignmentState.ACCEPTED: frozenset({AssignmentState.ACTIVE, AssignmentState.PAUSED, AssignmentState.ENDED}),
    # Back to accepted, when the first letter is taken back.
    AssignmentState.ACTIVE: frozenset({AssignmentState.ACCEPTED, AssignmentState.PAUSED, AssignmentState.ENDED}),
    AssignmentState.PAUSED: frozenset({AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.ENDED}),
    AssignmentState.DECLINED: frozenset(),
    AssignmentState.EXPIRED: frozenset(),
    AssignmentState.WITHDRAWN: frozenset(),
    AssignmentState.ENDED: frozenset(),
}  # fmt: skip


def locked(assignment_id: uuid.UUID, *, seen_version: int | None = None) -> Assignment:
    """The assignment under its lock. Raises NotFound, and Conflict when it is not what was seen."""
    statement = select(Assignment).where(Assignment.id == assignment_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen_version is not None:
        check_version(found.version, seen_version)
    return found


def lock_prisoner_of(assignment_id: uuid.UUID) -> None:
    """Lock whom it is about, so that nothing happens to them between the look and the move. Raises NotFound."""
    prisoner_id = session.scalar(select(Assignment.prisoner_id).where(Assignment.id == assignment_id))
    if prisoner_id is None:
        raise NotFound
    lock_prisoner(prisoner_id)


def begin(assignment: Assignment, actor: uuid.UUID | None) -> None:
    """Store a new one, as proposed. Raises what the constraints say, in our words."""
    with translated():
        session.add(assignment)
    session.add(_event(assignment, "", AssignmentState.PROPOSED, actor, ""))


def move(
    assignment: Assignment, state: AssignmentState, *, actor: uuid.UUID | None, reason: str = "",
    end_reason: EndReason | None = None,
) -> None:  # fmt: skip
    """Take one step, with its event; the caller holds the row's lock. Raises NotThatStep and changes nothing then."""
    was = AssignmentState(assignment.state)
    if state not in STEPS[was]:
        raise NotThatStep(N_("This is no longer possible: it stands elsewhere by now. Look at it again."))
    assignment.state = state
    if state not in LIVE:
        assignment.ended_on, assignment.end_reason = clock.today(), end_reason
        assignment.next_letter_on = assignment.paused_until = assignment.held_since_on = None
        assignment.health = Health.FINE
    session.add(_event(assignment, was, state, actor, end_reason or reason))
    session.flush()


def revive(assignment: Assignment, state: AssignmentState, *, actor: uuid.UUID | None) -> None:
    """Put one back that ended by what turned out not to be so. Raises what the constraints say."""
    was = assignment.state
    with translated():
        assignment.state, assignment.ended_on, assignment.end_reason = state, None, None
    session.add(_event(assignment, was, state, actor, Mark.UNDONE))
    session.flush()


def mark(assignment: Assignment, what: Mark, actor: uuid.UUID | None = None, *, memory: str = "") -> None:
    """Write down what changes no state."""
    reason = f"{what} {memory}" if memory else what
    session.add(_event(assignment, assignment.state, AssignmentState(assignment.state), actor, reason))
    session.flush()


def is_marked(assignment_id: uuid.UUID, what: Mark) -> bool:
    """Whether that was written down already."""
    found = select(AssignmentEvent.id).where(
        AssignmentEvent.assignment_id == assignment_id, AssignmentEvent.reason == what
    )
    return session.scalar(found.limit(1)) is not None


def note_staff(action: str, assignment: Assignment, actor: uuid.UUID | None, reason: str = "") -> None:
    """The audit's line about what staff did; it names ids alone."""
    audit.record(f"assignment.{action}", actor=actor, about=f"assignment:{assignment.id}", reason=reason)


def promise_from_today(assignment: Assignment) -> None:
    """Promise the next letter a full rhythm from now, unless nothing is due."""
    writes = assignment.state in {AssignmentState.ACCEPTED, AssignmentState.ACTIVE}
    days = assignment.promise_days
    due = writes and assignment.held_since_on is None and days is not None
    assignment.next_letter_on = clock.today() + timedelta(days=days or 0) if due else None


def be_in_time(assignment: Assignment) -> None:
    """Let nothing be late while nothing is due. What has lapsed stays so: only a letter brings it back."""
    if assignment.health != Health.LAPSED:
        assignment.health = Health.FINE


def _event(
    assignment: Assignment, was: str, now: AssignmentState, actor: uuid.UUID | None, reason: str
) -> AssignmentEvent:
    return AssignmentEvent(
        assignment_id=assignment.id, was=was, now=now, actor_id=actor, happened_on=clock.today(), reason=str(reason)
    )
