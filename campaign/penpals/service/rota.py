"""Whose turn it is: each prisoner to whom an open group writes has one turn as long as anybody in it writes.

All of it happens under the lock of the group's row. `settle_group` is the one place where turns are made: whatever
changes who belongs to a group or whom it has calls it, and the timetable calls it for what others changed.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.penpals.models import Assignment, Group, GroupState, GroupTurn, TurnState
from campaign.penpals.queries.members import Member, list_members
from campaign.penpals.queries.rota import (
    can_be_taken_back,
    has_come_back,
    list_active,
    list_ended,
    list_own_writers,
    list_scheduled,
    list_unfit,
)
from campaign.penpals.service import neighbours
from campaign.penpals.service.assignments.mails import tell_leads

GRACE_DAYS = 7
"""Whoever gets a turn has at least so many days, however late it was before."""
OLDEST_REPORT = timedelta(days=60)


class TurnOver(Conflict):
    """The turn was done, passed on or taken meanwhile."""


class NotForThem(DomainError):
    """The two must not be brought together."""


class BadDay(DomainError):
    """Not a day on which the letter can have gone out."""


@dataclass(slots=True)
class _Round:
    """What the next turn is decided by, of one group."""

    given: Counter[uuid.UUID]
    """Turns that each has now."""
    wrote_on: dict[uuid.UUID, date]
    """When each wrote last in this group."""
    wrote: Counter[uuid.UUID]
    """How often each wrote in this group: decides between two who wrote on the same day."""


def settle_group(group: Group, *, passed_by: uuid.UUID | None = None) -> int:
    """Make the turns as they should be: one for each prisoner for whom letters are due, none for anybody else's.

    Changes nothing where all is well. Gives how many turns were made.
    """
    is_open = group.state == GroupState.OPEN
    active = list_active(group.id) if is_open else []
    writers = [each for each in list_members(group.id) if each.takes_turns] if is_open else []
    unfit = list_unfit(group.id)
    able = {
        each.id: [one for one in writers if (each.prisoner_id, one.volunteer_id) not in unfit] for each in active
    }  # fmt: skip
    kept = _end_misplaced(list_scheduled(group.id), able)
    missing = [each for each in active if each.id not in kept and able[each.id]]
    if not missing:
        return 0
    over = list_ended(group.id)
    written = [turn for turn in over if turn.state == TurnState.WRITTEN and turn.done_on is not None]
    state = _Round(
        Counter(turn.volunteer_id for turn in kept.values()),
        {turn.volunteer_id: turn.done_on for turn in written if turn.done_on is not None},
        Counter(turn.volunteer_id for turn in written),
    )  # fmt: skip
    own = list_own_writers(group.id)
    for assignment in missing:
        past = [turn for turn in over if turn.assignment_id == assignment.id]
        given = own.get(assignment.prisoner_id, frozenset())
        passes = _passes_since_letter(past)
        # Whoever was given the person comes first, but not again before the next letter once they passed it on.
        theirs = [each for each in able[assignment.id] if each.volunteer_id in given and not passes[each.volunteer_id]]
        chosen = _choose(state, passes, theirs or able[assignment.id], passed_by)
        _schedule(assignment.id, chosen, _due_on(past, group.turn_days))
        state.given[chosen] += 1
    session.flush()
    return len(missing)


def report_written(group_id: uuid.UUID, turn_id: uuid.UUID, volunteer_id: uuid.UUID, on: date) -> None:
    """Say that the letter of one's turn went out on that day: it counts, and the next one's turn begins.

    Raises TurnOver, Forbidden for another's turn, BadDay, NotFound.
    """
    today = clock.today()
    if not today - OLDEST_REPORT <= on <= today:
        raise BadDay(N_("Enter a day within the last two months."))
    group, turn, assignment = _lock(group_id, turn_id)
    if turn.volunteer_id != volunteer_id:
        raise Forbidden
    turn.state, turn.done_on = TurnState.WRITTEN, on
    session.flush()
    neighbours.note_written(turn, assignment, on, actor=None)
    settle_group(group)


def take_back_written(group_id: uuid.UUID, turn_id: uuid.UUID, volunteer_id: uuid.UUID) -> None:
    """Say on the same day that the letter of one's turn did not go out: it counts no more, and the turn is one's again.

    Whoever had the next turn has it no longer. Raises TurnOver when another day has begun, somebody wrote after it or
    the group writes to the person no longer; Forbidden for another's turn, NotFound.
    """
    group, turn, assignment = _lock(group_id, turn_id, TurnState.WRITTEN)
    if turn.volunteer_id != volunteer_id:
        raise Forbidden
    on, is_fresh = turn.done_on, can_be_taken_back(turn)
    # One turn at a time: the next goes before this one begins again. Nobody did anything in it.
    session.execute(
        delete(GroupTurn).where(GroupTurn.assignment_id == assignment.id, GroupTurn.state == TurnState.SCHEDULED)
    )
    turn.state, turn.done_on = TurnState.SCHEDULED, None
    session.flush()
    if on is None or not is_fresh or not neighbours.take_back_written(turn, assignment, on, actor=None):
        raise TurnOver(
            N_("A letter can be taken back on the day on which it was noted, as long as nobody wrote since.")
        )
    settle_group(group)


def skip_turn(group_id: uuid.UUID, turn_id: uuid.UUID, volunteer_id: uuid.UUID) -> bool:
    """Pass one's turn on without a reason; False when it came back, since nobody else writes to them.

    The leads are told when nobody is left who has not passed it on since the last letter. Raises TurnOver, Forbidden
    for another's turn, NotFound.
    """
    group, turn, assignment = _lock(group_id, turn_id)
    if turn.volunteer_id != volunteer_id:
        raise Forbidden
    turn.state, turn.done_on = TurnState.SKIPPED, clock.today()
    session.flush()
    settle_group(group, passed_by=volunteer_id)
    if has_come_back(assignment.id):
        # Once a day, however often it is passed on.
        tell_leads(assignment, turn=f"came back {clock.today()}")
    return _holder(assignment.id) != volunteer_id


def give_turn(group_id: uuid.UUID, turn_id: uuid.UUID, volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Take a turn over, or (a lead, a coordinator) give it to another member who writes.

    Raises TurnOver, NotForThem, NotFound for somebody to whom turns do not come.
    """
    group, turn, assignment = _lock(group_id, turn_id)
    if all(each.volunteer_id != volunteer_id for each in list_members(group.id) if each.takes_turns):
        raise NotFound
    if (assignment.prisoner_id, volunteer_id) in list_unfit(group.id):
        raise NotForThem(N_("Writing to this person could harm one of the two, so this turn goes to somebody else."))
    if turn.volunteer_id == volunteer_id:
        return
    turn.state, turn.done_on = TurnState.REASSIGNED, clock.today()
    session.flush()
    soonest = clock.today() + timedelta(days=GRACE_DAYS)
    _schedule(assignment.id, volunteer_id, turn.due_on if turn.due_on >= clock.today() else soonest)
    session.flush()
    audit.record("group.turn_given", actor=actor, about=f"group:{group_id}")


def settle_all() -> int:
    """Settle every group, for what was changed elsewhere: gives how many turns were made."""
    made = 0
    for group_id in session.scalars(select(Group.id).order_by(Group.id)).all():
        group = session.get(Group, group_id, with_for_update=True, populate_existing=True)
        made += settle_group(group) if group is not None else 0
    return made


def _end_misplaced(
    scheduled: Sequence[GroupTurn], able: Mapping[uuid.UUID, Sequence[Member]]
) -> dict[uuid.UUID, GroupTurn]:
    """End turns of those who left or rest, and for people to whom no letter is due; gives the others by assignment."""
    kept = {}
    for turn in scheduled:
        if any(each.volunteer_id == turn.volunteer_id for each in able.get(turn.assignment_id, ())):
            kept[turn.assignment_id] = turn
        else:
            turn.state, turn.done_on = TurnState.REASSIGNED, clock.today()
    session.flush()
    return kept


def _passes_since_letter(past: Sequence[GroupTurn]) -> Counter[uuid.UUID]:
    """How often each has passed on the turns of one prisoner since the last letter."""
    last = max((turn.done_on for turn in past if turn.state == TurnState.WRITTEN and turn.done_on), default=date.min)
    return Counter(
        turn.volunteer_id for turn in past if turn.state == TurnState.SKIPPED and (turn.done_on or date.min) >= last
    )


def _choose(
    state: _Round, passes: Counter[uuid.UUID], writers: Sequence[Member], passed_by: uuid.UUID | None
) -> uuid.UUID:
    """Who writes next: whoever has fewest turns now, then whoever wrote longest ago, then who has been here longest.

    Whoever passed since the last letter comes after the others, and after those who did so too whoever passes now.
    """
    best = min(
        writers,
        key=lambda each: (
            passes[each.volunteer_id],
            each.volunteer_id == passed_by,
            state.given[each.volunteer_id],
            state.wrote_on.get(each.volunteer_id, date.min),
            state.wrote[each.volunteer_id],
            each.joined_on,
            each.id,
        ),
    )
    return best.volunteer_id


def _due_on(past: Sequence[GroupTurn], turn_days: int) -> date:
    """A letter in `turn_days` since the last, and time enough for whoever's turn it is now."""
    today = clock.today()
    written = [turn.done_on for turn in past if turn.state == TurnState.WRITTEN and turn.done_on]
    if written:
        wanted = max(written) + timedelta(days=turn_days)
    elif past:
        wanted = max(turn.due_on for turn in past)
    else:
        wanted = today + timedelta(days=turn_days)
    return max(wanted, today + timedelta(days=GRACE_DAYS))


def _schedule(assignment_id: uuid.UUID, volunteer_id: uuid.UUID, due_on: date) -> None:
    session.add(GroupTurn(id=uuid.uuid4(), assignment_id=assignment_id, volunteer_id=volunteer_id, due_on=due_on))


def _lock(
    group_id: uuid.UUID, turn_id: uuid.UUID, state: TurnState = TurnState.SCHEDULED
) -> tuple[Group, GroupTurn, Assignment]:
    group = session.get(Group, group_id, with_for_update=True, populate_existing=True)
    turn = session.get(GroupTurn, turn_id, with_for_update=True, populate_existing=True)
    assignment = session.get(Assignment, turn.assignment_id) if turn is not None else None
    if group is None or turn is None or assignment is None or assignment.group_id != group_id:
        raise NotFound
    if turn.state != state:
        raise TurnOver(N_("This turn was written, passed on or taken over meanwhile."))
    return group, turn, assignment


def _holder(assignment_id: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(
        select(GroupTurn.volunteer_id).where(
            GroupTurn.assignment_id == assignment_id, GroupTurn.state == TurnState.SCHEDULED
        )
    )
