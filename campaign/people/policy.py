"""Who may do what with people's records. Pure.

Admins run the place and see nobody's name here, nor do moderators, treasurers and data editors (SAFETY.md 11).
Guard a staff view with `requires_some(SCOPE, *READERS)`, and read through service/access.py.
"""

import uuid

from campaign.kernel.actors import Actor, Role
from campaign.kernel.errors import N_
from campaign.people.models import Segment

SCOPE = "group"
"""The kind of subject to which the role of a coordinator can be narrowed."""
READERS = (Role.ORGANISER, Role.COORDINATOR)
"""See and edit people: everybody, or those of their groups."""

AUTOMATES_EVERYBODY = N_(
    "Automations act on everybody's records. They are for organisers and coordinators whose role is not narrowed to"
    " groups."
)


def can_see_everybody(actor: Actor) -> bool:
    """See and edit every record, and whatever concerns all of them: lists as a whole, imports, segments, reports."""
    return actor.has_role(*READERS)


def can_see_somebody(actor: Actor) -> bool:
    """See and edit at least the people of some groups."""
    return actor.subjects_of(SCOPE, *READERS) != frozenset()


def groups_of(actor: Actor) -> frozenset[uuid.UUID] | None:
    """The groups whose people somebody sees; None for everybody, an empty set for nobody."""
    return actor.subjects_of(SCOPE, *READERS)


def can_add_person(actor: Actor) -> bool:
    """Write somebody down: a new record belongs to no group, so that a role for groups could not even open it."""
    return can_see_everybody(actor)


def can_define(actor: Actor) -> bool:
    """Define fields and tags, which stand on every record."""
    return can_see_everybody(actor)


def can_merge(actor: Actor) -> bool:
    """Merge two records and take them apart, with step-up: either may belong to any group or to none."""
    return can_see_everybody(actor)


def can_erase_person(actor: Actor) -> bool:
    """Erase a record, with step-up."""
    return can_see_everybody(actor)


def can_automate(actor: Actor) -> bool:
    """Make rules, try them, turn them on and off, and take back what they did: they act on everybody's records."""
    return can_see_everybody(actor)


def can_see_segment(actor: Actor, segment: Segment) -> bool:
    """See the steps of a segment: one's own, or one that is shared. Whom it counts and shows is another question."""
    return can_see_somebody(actor) and (segment.is_open_to_all or segment.owner_id == actor.id)


def can_edit_segment(actor: Actor, segment: Segment) -> bool:
    """Change the steps: of one's own, or, with a role for everybody, of a shared one."""
    if segment.owner_id == actor.id:
        return can_see_somebody(actor)
    return segment.is_open_to_all and can_see_everybody(actor)
