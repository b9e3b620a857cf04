"""Whom a group writes to: given, handed back, and given to one of its members; the turns follow at once."""

import uuid

from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.penpals.models import EndReason
from campaign.penpals.queries.groups import find_group_assignment
from campaign.penpals.queries.members import list_members
from campaign.penpals.queries.rota import list_writers
from campaign.penpals.service import assignments, rota
from campaign.penpals.service.groups import lock_group


def give_prisoner(group_id: uuid.UUID, prisoner_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Give somebody to a group and begin the turns. Raises what assignments refuse with, and NotFound."""
    assignments.give_to_group(prisoner_id, group_id, actor=actor)
    rota.settle_group(lock_group(group_id))


def hand_back(
    group_id: uuid.UUID, prisoner_id: uuid.UUID, *, seen_writers: int, reason: EndReason = EndReason.OTHER,
    note: str = "handed back", actor: uuid.UUID,
) -> None:  # fmt: skip
    """Let the group write to somebody no longer, nor its members whom it asked to: they wait for others.

    `seen_writers`: of how many of these members whoever does it was told. Raises Conflict when there are more or fewer
    by now, NotFound.
    """
    group = lock_group(group_id)
    if find_group_assignment(group_id, prisoner_id) is None:
        raise NotFound
    if len(list_writers(group_id, prisoner_id)) != seen_writers:
        raise Conflict(N_("Other members write to them by now, or are asked to. Look again before you go on."))
    assignments.take_from_group(group_id, prisoner_id, reason, actor=actor, note=note)
    rota.settle_group(group)


def ask_member(group_id: uuid.UUID, prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Ask a member whether they will write to one of the group's people; from their yes on the turns are theirs.

    Raises what assignments refuse with, and NotFound for whoever does not write in this group.
    """
    if find_group_assignment(group_id, prisoner_id) is None:
        raise NotFound
    if all(each.volunteer_id != volunteer_id for each in list_members(group_id) if each.takes_turns):
        raise NotFound(N_("They do not write in this group."))
    assignments.offer(prisoner_id, volunteer_id, group_id=group_id, actor=actor)
