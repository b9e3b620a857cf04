"""Whether somebody may be written to now, and by whom; asked under the lock on their row."""

import uuid

from campaign.kernel import clock
from campaign.kernel.errors import N_, DomainError
from campaign.penpals.matching.between import judge_pairs
from campaign.penpals.matching.problem import Condition
from campaign.penpals.matching.weights import Settings
from campaign.penpals.queries.addressees import Addressee, find_addressee
from campaign.penpals.queries.matching_input import read_some
from campaign.penpals.service.assignments.errors import (
    AlreadyTheirs,
    NoPlaceLeft,
    NotReachable,
    OnTheWay,
    PairBlocked,
    Unfit,
    WriterTakesNobody,
)
from campaign.prisoners.queries.reach import Reach

MOVING = frozenset({Reach.IN_TRANSIT, Reach.UNKNOWN})
OVER = frozenset(
    {Reach.DIED, Reach.FREE, Reach.NO_LETTERS, Reach.FAMILY_ONLY, Reach.NOT_ASKED, Reach.AT_HOME}
)  # fmt: skip
UNREACHED = N_("No letter reaches this person now, so nobody can be asked to write to them.")
UNFIT = {
    Condition.STRANGERS: N_("The place where this person is held refuses letters from strangers."),
    Condition.LANGUAGE: N_("The two share no language in which a letter gets through."),
    Condition.CHANNEL: N_("The writer cannot use any way by which letters reach this person."),
    Condition.TRUST: N_("Careless letters could harm this person: only writers of higher trust write to them."),
    Condition.RISK: N_("Writing to this person could harm a writer who lives in Russia."),
    Condition.AVOIDED: N_("The writer has said that they would rather not write to people in such a case."),
    Condition.ELSEWHERE: N_("This person has a group, and the writer is not one of those who write in it."),
}
ALONE = N_("This person has no group, and the writer writes in groups only.")
BLOCKED = N_("These two must not be brought together: it was refused once, or is a matter of safety.")
TOGETHER = N_("This writer has this person already, or is being asked. Perhaps somebody was quicker than you.")
NO_WISH = N_("This person has not said that they want to write.")
NOT_READY = N_(
    "This writer takes nobody now: paused, gone, not taken in yet, or willing to write one letter only. "
    "Choose somebody else."
)
FULL = N_("This writer has no place left. Choose somebody else.")
ENOUGH = N_("This person has as many writers as they can take.")


def get_open(prisoner_id: uuid.UUID) -> Addressee:
    """Somebody to whom a letter can go. Raises OnTheWay and NotReachable."""
    found = find_addressee(prisoner_id, clock.today())
    if found is not None and found.reach in MOVING:
        raise OnTheWay(N_("This person is being moved, or nobody knows where they are. Offers wait until they arrive."))
    if found is None or not found.can_be_written_to:
        raise NotReachable(UNREACHED)
    return found


def check_still_there(prisoner_id: uuid.UUID) -> None:
    """For an answer to an offer: a stay that was not looked up lately stops nobody. Raises OnTheWay, NotReachable."""
    found = find_addressee(prisoner_id, clock.today())
    if found is not None and found.reach in MOVING:
        raise OnTheWay(N_("This person is being moved just now. The offer waits for you until they have arrived."))
    if found is None or found.reach in OVER:
        raise NotReachable(
            N_("Something has changed since you were asked: nobody can write to this person now. Thank you.")
        )


def check_pair(addressee: Addressee, volunteer_id: uuid.UUID) -> None:
    """Judge the two by the conditions of a matching, places and blocks included.

    Raises AlreadyTheirs, WriterTakesNobody, PairBlocked, NoPlaceLeft, Unfit, NotReachable: the first that applies.
    """
    problem = read_some([addressee], clock.today(), writers=[volunteer_id])
    if not problem.helpers:
        raise WriterTakesNobody(NO_WISH)
    if problem.running:
        raise AlreadyTheirs(TOGETHER)
    (between,) = judge_pairs(problem, Settings())
    if between.failing:
        raise _refusal(between.failing[0], has_group=addressee.group_id is not None)


def _refusal(condition: Condition, *, has_group: bool) -> DomainError:
    others: dict[Condition, DomainError] = {
        Condition.BLOCKED: PairBlocked(BLOCKED), Condition.NOT_READY: WriterTakesNobody(NOT_READY),
        Condition.FULL: NoPlaceLeft(FULL), Condition.ENOUGH: NoPlaceLeft(ENOUGH),
    }  # fmt: skip
    if condition in others:
        return others[condition]
    if condition is Condition.ELSEWHERE and not has_group:
        return Unfit(condition, ALONE)
    return Unfit(condition, UNFIT[condition]) if condition in UNFIT else NotReachable(UNREACHED)
