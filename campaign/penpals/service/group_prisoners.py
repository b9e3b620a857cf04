"""Whom a group writes to: given, handed back, and given to one of its members; the turns follow at once."""

import uuid

from campaign.kernel.errors import N_, NotFound
from campaign.penpals.models import EndReason
from campaign.penpals.queries.groups import find_group_assignment
from campaign.penpals.queries.members import list_members
from campaign.penpals.service import assignments, rota
from campaign.penpals.service.groups import lock_group


def give_prisoner(group_id: uuid.UUID, prisoner_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Give somebody to a group and begin the turns. Raises what assignments refuse with, and NotFound."""
    assignments.give_to_group(prisoner_id, group_id, actor=actor)
    rota.settle_group(lock_group(group_id))


def hand_back(group_id: uuid.UUID, prisoner_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Let the group write to somebody no longer: they wait for others. Raises NotFound."""
    held = find_group_assignment(group_id, prisoner_id)
    if held is None:
        raise NotFound
    assignments.end(held.id, EndReason.OTHER, actor=actor, by_staff=True, note="handed back")
    rota.settle_group(lock_group(group_id))


def ask_member(group_id: uuid.UUID, prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Ask a member whether they will write to one of the group's people; from their yes on the turns are theirs.

    Raises what assignments refuse with, and NotFound for whoever does not write in this group.
    """
    if find_group_assignment(group_id, prisoner_id) is None:
        raise NotFound
    if all(each.volunteer_id != volunteer_id for each in list_members(group_id) if each.takes_turns):
        raise NotFound(N_("They do not write in this group."))
    assignments.offer(prisoner_id, volunteer_id, group_id=group_id, actor=actor)
