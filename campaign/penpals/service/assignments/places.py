"""Places of a prisoner: what has lapsed gives its place to others, and gets it back while nobody has it.

Whoever counts them holds the locks of all that lives of the prisoner, in the order of the ids (holding.list_live).
"""

from collections.abc import Sequence
from datetime import date

from campaign.kernel.errors import N_
from campaign.penpals.models import Assignment, AssignmentState, EndReason, Health, Mark
from campaign.penpals.queries.addressees import find_most_writers
from campaign.penpals.service.assignments.errors import NoPlaceLeft
from campaign.penpals.service.assignments.holding import list_live
from campaign.penpals.service.assignments.mails import Tidings, tell
from campaign.penpals.service.assignments.moves import mark, move
from campaign.penpals.service.assignments.succession import ask_successor

ASKED = frozenset({AssignmentState.PROPOSED, AssignmentState.OFFERED})


def check_still_needed(offered: Assignment) -> None:
    """Raises NoPlaceLeft for the successor of somebody who has written again meanwhile, where both have no room.

    Such an offer is taken back with the letter; this is for one that was made at the same moment.
    """
    writers = _writers(offered)
    before = next((each for each in writers if each.id == offered.successor_of_id), None)
    if before is not None and before.holds_place and _taken(writers) > find_most_writers(offered.prisoner_id):
        raise NoPlaceLeft(
            N_("Whoever wrote to this person before has written again, so nobody else is needed now. Thank you.")
        )


def give_way(taken: Assignment) -> None:
    """End those who lapsed and for whom there is no room beside one that was just accepted; each is thanked.

    First the one that it succeeds, then whoever has been silent longest.
    """
    running = [each for each in _writers(taken) if each.state not in ASKED]
    lapsed = [each for each in running if each.health == Health.LAPSED]
    lapsed.sort(key=lambda each: (each.id != taken.successor_of_id, _silent_since(each), each.id))
    too_many = max(0, len(running) - find_most_writers(taken.prisoner_id))
    for each in lapsed[:too_many]:
        _end_for(each, taken)


def give_way_to_group(given: Assignment) -> None:
    """End the lapsed assignment of another group, so that this one can have the prisoner."""
    for each in list_live(given.prisoner_id):
        is_others = each.volunteer_id is None and each.group_id != given.group_id
        if is_others and each.health == Health.LAPSED:
            _end_for(each, given)


def take_up_again(assignment: Assignment) -> None:
    """After a letter of one that had lapsed: take back questions that nobody has answered, where there is no room."""
    writers = _writers(assignment)
    asked = [each for each in writers if each.state in ASKED]
    asked.sort(key=lambda each: (each.successor_of_id == assignment.id, each.created_on, each.id), reverse=True)
    too_many = max(0, _taken(writers) - find_most_writers(assignment.prisoner_id))
    for each in asked[:too_many] if assignment.volunteer_id is not None else ():
        move(each, AssignmentState.WITHDRAWN, actor=None, reason=Mark.TAKEN_UP)
        tell(Tidings.NOT_NEEDED, each)


def _end_for(lapsed: Assignment, taken: Assignment) -> None:
    """Nobody's act: whoever says yes does not end what others have."""
    move(lapsed, AssignmentState.ENDED, actor=None, end_reason=EndReason.LOST_CONTACT)
    ask_successor(lapsed, None)
    if taken.successor_of_id is None:
        taken.successor_of_id = lapsed.id
    elif taken.successor_of_id != lapsed.id:
        # The place is filled, though by somebody who follows another.
        mark(lapsed, Mark.SUCCESSOR_SETTLED)
    tell(Tidings.THANKS, lapsed)


def _writers(of: Assignment) -> Sequence[Assignment]:
    return [each for each in list_live(of.prisoner_id) if each.volunteer_id is not None]


def _taken(writers: Sequence[Assignment]) -> int:
    return sum(each.holds_place for each in writers)


def _silent_since(assignment: Assignment) -> date:
    return assignment.last_letter_on or assignment.accepted_on or assignment.created_on
