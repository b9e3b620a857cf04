"""Whether somebody may be written to now, asked under the lock on their row."""

import uuid

from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.penpals.models import WriterPlace, WriterProfile
from campaign.penpals.queries.addressees import Addressee, find_addressee
from campaign.penpals.service.assignments.errors import NoPlaceLeft, NotReachable, OnTheWay, Unfit
from campaign.people.models import Volunteer
from campaign.prisoners.queries.reach import Reach

MOVING = frozenset({Reach.IN_TRANSIT, Reach.UNKNOWN})
OVER = frozenset(
    {Reach.DIED, Reach.FREE, Reach.NO_LETTERS, Reach.FAMILY_ONLY, Reach.NOT_ASKED, Reach.AT_HOME}
)  # fmt: skip
UNFIT = {
    "trust": N_("Careless letters could harm this person: only writers of higher trust write to them."),
    "risk": N_("Writing to this person could harm a writer who lives in Russia."),
    "language": N_("The two share no language."),
}


def get_open(prisoner_id: uuid.UUID) -> Addressee:
    """Somebody to whom a letter can go. Raises OnTheWay and NotReachable."""
    found = find_addressee(prisoner_id, clock.today())
    if found is not None and found.reach in MOVING:
        raise OnTheWay(N_("This person is being moved, or nobody knows where they are. Offers wait until they arrive."))
    if found is None or not found.can_be_written_to:
        raise NotReachable(N_("No letter reaches this person now, so nobody can be asked to write to them."))
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


def check_room(addressee: Addressee) -> None:
    """Raises NoPlaceLeft for somebody who has as many writers as they can take."""
    if addressee.writers >= addressee.most_writers:
        raise NoPlaceLeft(N_("This person has as many writers as they can take."))


def find_unfit(addressee: Addressee, writer: Volunteer, profile: WriterProfile) -> list[str]:
    """Conditions that do not hold between the two: keys of UNFIT."""
    found = {
        "trust": writer.trust < addressee.trust_needed,
        "risk": addressee.is_risky_in_russia and profile.lives == WriterPlace.RUSSIA,
        "language": bool(addressee.languages_read) and not set(addressee.languages_read) & set(profile.languages),
    }
    return [code for code, is_so in found.items() if is_so]


def check_fit(addressee: Addressee, writer: Volunteer, profile: WriterProfile) -> None:
    """Raises Unfit for the first condition that does not hold."""
    for code in find_unfit(addressee, writer, profile):
        raise Unfit(code, UNFIT[code])
