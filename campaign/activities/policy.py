"""What can be done with an event, as pure predicates. Who may do it is said by the feature whose event it is."""

from datetime import date

from campaign.activities.models import Event, EventState


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
