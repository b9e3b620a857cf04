"""What follows from a designation. Pure predicates."""

from datetime import date

from campaign.designations.models import REGISTER_AGE, Designation, Organisation, Proposal
from campaign.kernel.actors import Actor, Role
from campaign.kernel.places import Place

EDITORS = (Role.ADMIN, Role.ORGANISER, Role.DATA_EDITOR)
"""Who keeps the register."""
READERS = (*EDITORS, Role.COORDINATOR, Role.MODERATOR)
"""Who reads it: those whose letters and texts are checked against it."""


def can_edit(actor: Actor) -> bool:
    """Propose changes, and note that an entry was looked up."""
    return actor.has_role(*EDITORS)


def can_approve(actor: Actor, proposal: Proposal) -> bool:
    """Be the second person for a change."""
    return can_edit(actor) and proposal.asked_by != actor.id


def is_designated(organisation: Organisation) -> bool:
    """Whether the organisation carries a label now; one that was lifted no longer counts."""
    return any(designation.ended_on is None for designation in organisation.designations)


def may_show_name(organisation: Organisation, place: Place) -> bool:
    """Whether this visitor may be shown the name: one who is in Russia must not be led to a designated organisation."""
    return place is not Place.RUSSIA or not is_designated(organisation)


def may_show_link(organisation: Organisation, place: Place) -> bool:
    """Whether this visitor may be shown a link: to a designated organisation only where they say they are elsewhere."""
    return place is Place.ELSEWHERE or not is_designated(organisation)


def is_outdated(designation: Designation, today: date) -> bool:
    """Whether nobody has confirmed this entry for thirty days. Designations change weekly."""
    return today - designation.checked_on > REGISTER_AGE
