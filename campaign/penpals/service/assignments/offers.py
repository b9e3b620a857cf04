"""Asking a writer, giving to a group, and the answers."""

import uuid
from datetime import timedelta

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.penpals.matching.problem import Condition
from campaign.penpals.models import Assignment, AssignmentState, Group, Health, WriterProfile
from campaign.penpals.queries.addressees import Addressee
from campaign.penpals.queries.groups import find_group_assignment
from campaign.penpals.service.assignments.blocks import block_pair, is_blocked
from campaign.penpals.service.assignments.errors import GroupClosed, PairBlocked, Unfit
from campaign.penpals.service.assignments.holding import locked_with_others
from campaign.penpals.service.assignments.mails import Tidings, reader_of, tell, tell_leads
from campaign.penpals.service.assignments.moves import (
    ANSWER_DAYS,
    PAGE_DAYS,
    begin,
    lock_prisoner_of,
    locked,
    move,
    note_staff,
    promise_from_today,
)
from campaign.penpals.service.assignments.places import check_still_needed, give_way, give_way_to_group
from campaign.penpals.service.assignments.reach import BLOCKED, check_pair, check_still_there, get_open
from campaign.penpals.service.assignments.succession import find_predecessor
from campaign.prisoners.service.situation import lock_prisoner

DECLINE_REASONS = ("not_now", "too_many", "not_a_fit", "language", "safety")
"""What a writer may say when declining; nothing is as good."""
REMEMBERED = frozenset({"not_a_fit", "language", "safety"})
"""Those after which the two are not brought together again."""


def offer(
    prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, *, group_id: uuid.UUID | None = None,
    run_id: uuid.UUID | None = None, actor: uuid.UUID | None,
) -> Assignment:  # fmt: skip
    """Ask a writer whether they will write to somebody; they have 14 days, or 30 where only their page tells them.

    Somebody whom a group has is given to its members alone, for the group; `group_id`: which group is meant, else
    refused. Judged as a matching would, under the lock on the prisoner's row. Raises OnTheWay, NotReachable,
    PairBlocked, Unfit, NoPlaceLeft, AlreadyTheirs, WriterTakesNobody.
    """
    lock_prisoner(prisoner_id)
    addressee = _for_group(get_open(prisoner_id), group_id)
    check_pair(addressee, volunteer_id)
    made = _unsaved(prisoner_id, volunteer_id, addressee.group_id, run_id, actor)
    made.promise_days = session.get_one(WriterProfile, volunteer_id).promise_days
    made.successor_of_id = find_predecessor(prisoner_id, of_group=False)
    begin(made, actor)
    has_address = reader_of(volunteer_id) is not None
    made.offered_on = clock.today()
    made.answer_by = clock.today() + timedelta(days=ANSWER_DAYS if has_address else PAGE_DAYS)
    move(made, AssignmentState.OFFERED, actor=actor)
    if has_address:
        tell(Tidings.OFFER, made)
    else:
        tell_leads(made)
    if run_id is None:
        # Whoever accepts a run's proposals is audited there, once for all of them.
        note_staff("offered", made, actor)
    return made


def give_to_group(
    prisoner_id: uuid.UUID, group_id: uuid.UUID, *, run_id: uuid.UUID | None = None, actor: uuid.UUID | None
) -> Assignment:
    """Give somebody to a group, at once; its leads are told. Another group that had them and lapsed gives way.

    Raises OnTheWay, NotReachable, PairBlocked, NoPlaceLeft, AlreadyTheirs, GroupClosed.
    """
    lock_prisoner(prisoner_id)
    get_open(prisoner_id)
    if is_blocked(prisoner_id, group_id=group_id):
        raise PairBlocked(BLOCKED)
    group = session.get(Group, group_id)
    if group is None:
        raise GroupClosed(N_("There is no such group."))
    made = _unsaved(prisoner_id, None, group_id, run_id, actor)
    made.promise_days = group.turn_days
    made.successor_of_id = find_predecessor(prisoner_id, of_group=True)
    give_way_to_group(made)
    begin(made, actor)
    made.accepted_on = clock.today()
    move(made, AssignmentState.ACTIVE, actor=actor)
    promise_from_today(made)
    tell_leads(made)
    if run_id is None:
        note_staff("given_to_group", made, actor)
    return made


def accept(assignment_id: uuid.UUID, *, actor: uuid.UUID | None, volunteer_id: uuid.UUID | None = None) -> Assignment:
    """Say yes. Doing it twice does it once. `volunteer_id`: whose it must be, else NotFound.

    Those who lapsed give way where there is no room for both. Raises NotThatStep when it ran out or was withdrawn,
    OnTheWay, NotReachable, and NoPlaceLeft when whoever lapsed has written again.
    """
    lock_prisoner_of(assignment_id)
    assignment = locked_with_others(assignment_id)
    _check_owner(assignment, volunteer_id)
    if assignment.state in {AssignmentState.ACCEPTED, AssignmentState.ACTIVE, AssignmentState.PAUSED}:
        return assignment
    if assignment.state == AssignmentState.OFFERED:
        check_still_there(assignment.prisoner_id)
        check_still_needed(assignment)
    assignment.accepted_on = clock.today() if assignment.state == AssignmentState.OFFERED else assignment.accepted_on
    move(assignment, AssignmentState.ACCEPTED, actor=actor)
    promise_from_today(assignment)
    session.flush()
    give_way(assignment)
    return assignment


def decline(
    assignment_id: uuid.UUID, *, actor: uuid.UUID | None, reason: str = "", volunteer_id: uuid.UUID | None = None
) -> Assignment:
    """Say no; nobody is blamed and no reason is needed. Doing it twice does it once.

    Some reasons keep the two apart from now on. Raises NotThatStep.
    """
    assignment = locked(assignment_id)
    _check_owner(assignment, volunteer_id)
    if assignment.state == AssignmentState.DECLINED:
        return assignment
    said = reason if reason in DECLINE_REASONS else ""
    move(assignment, AssignmentState.DECLINED, actor=actor, reason=said)
    if said in REMEMBERED:
        block_pair(
            assignment.prisoner_id, volunteer_id=assignment.volunteer_id, reason=f"declined: {said}", actor=actor,
            by_staff=False,
        )  # fmt: skip
    return assignment


def withdraw(assignment_id: uuid.UUID, *, actor: uuid.UUID | None, reason: str = "") -> Assignment:
    """Take an offer back that nobody has answered. Doing it twice does it once. Raises NotThatStep."""
    assignment = locked(assignment_id)
    if assignment.state == AssignmentState.WITHDRAWN:
        return assignment
    move(assignment, AssignmentState.WITHDRAWN, actor=actor, reason="withdrawn")
    if actor is not None:
        note_staff("withdrawn", assignment, actor, reason)
    return assignment


def _check_owner(assignment: Assignment, volunteer_id: uuid.UUID | None) -> None:
    if volunteer_id is not None and assignment.volunteer_id != volunteer_id:
        raise NotFound


def _for_group(addressee: Addressee, group_id: uuid.UUID | None) -> Addressee:
    """As they are to be judged when this group asks. One that lapsed holds no place, and may still ask its members."""
    if group_id is None or group_id == addressee.group_id:
        return addressee
    if addressee.group_id is not None or find_group_assignment(group_id, addressee.id) is None:
        raise Unfit(Condition.ELSEWHERE, N_("This group does not write to this person, or not any more."))
    return addressee._replace(group_id=group_id)


def _unsaved(
    prisoner_id: uuid.UUID, volunteer_id: uuid.UUID | None, group_id: uuid.UUID | None, run_id: uuid.UUID | None,
    actor: uuid.UUID | None,
) -> Assignment:  # fmt: skip
    return Assignment(
        id=uuid.uuid4(), prisoner_id=prisoner_id, volunteer_id=volunteer_id, group_id=group_id, run_id=run_id,
        state=AssignmentState.PROPOSED, health=Health.FINE, created_by=actor, created_on=clock.today(),
        # The check of the table asks for it from the first moment on.
        promise_days=0 if volunteer_id else None,
    )  # fmt: skip
