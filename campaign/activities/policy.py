"""What can be done with an event or a call list, as pure predicates. Who may do it with an event is said by the feature
whose event it is."""

from datetime import date

from campaign.activities.models import CallList, Event, EventState
from campaign.kernel.actors import Actor
from campaign.people import policy as people


def can_edit(event: Event) -> bool:
    """Change when and where it is, while it lies ahead for all we know."""
    return event.state == EventState.PLANNED


def can_cancel(event: Event) -> bool:
    """Call it off."""
    return event.state == EventState.PLANNED


def can_be_held(event: Event, today: date) -> bool:
    """Say that it took place: on its day or later, and not when it was called off."""
    return event.state != EventState.CANCELLED and event.held_on <= today


def is_over(event: Event, today: date) -> bool:
    """Whether its day has passed."""
    return event.held_on < today


def can_see_call_list(actor: Actor, found: CallList) -> bool:
    """See a call list, change it and call from it: with a role for everybody, or for the group whose list it is."""
    mine = found.group_id is not None and actor.has_role_in(people.SCOPE, found.group_id, *people.READERS)
    return mine or actor.has_role(*people.READERS)
