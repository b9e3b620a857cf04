"""Who belongs to a group, and in which role. Who leaves has no access from that request on, and nobody is dropped."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.penpals.models import EndReason, Group, GroupMember, GroupMessage, GroupState, MemberRole
from campaign.penpals.queries.groups import count_leads
from campaign.penpals.service import assignments, rota
from campaign.penpals.service.groups import lock_group
from campaign.penpals.service.leads import watch_leads
from campaign.people.models import Volunteer, VolunteerState

MAY_JOIN = frozenset({VolunteerState.PROBATION, VolunteerState.ACTIVE, VolunteerState.PAUSED})


class AlreadyMember(Conflict):
    """They belong to the group."""


class CannotJoin(DomainError):
    """Only volunteers whose application was accepted read what a group says."""


class LastLead(Conflict):
    """A group is not left without anybody who leads it."""


def add_member(group_id: uuid.UUID, volunteer_id: uuid.UUID, role: MemberRole, *, actor: uuid.UUID) -> GroupMember:
    """Let a volunteer in; they read what is said from now on.

    Raises AlreadyMember, CannotJoin, GroupClosed, NotFound.
    """
    group = lock_group(group_id, is_open=True)
    volunteer = session.get(Volunteer, volunteer_id, with_for_update={"read": True}, populate_existing=True)
    if volunteer is None:
        raise NotFound
    if volunteer.state not in MAY_JOIN:
        raise CannotJoin(N_("Their application as a volunteer has to be accepted first."))
    newest = session.scalar(select(func.max(GroupMessage.id)).where(GroupMessage.group_id == group_id)) or 0
    member = GroupMember(
        id=uuid.uuid4(), group_id=group_id, volunteer_id=volunteer_id, role=role, joined_on=clock.today(),
        reads_after=newest,
    )  # fmt: skip
    session.add(member)
    try:
        session.flush()
    except IntegrityError as problem:
        if "uq_group_member_current" not in str(problem.orig):
            raise
        raise AlreadyMember(N_("They belong to this group already.")) from problem
    audit.record("group.joined", actor=actor, about=f"group:{group_id}", reason=role)
    _settle(group)
    return member


def change_role(
    group_id: uuid.UUID, member_id: uuid.UUID, role: MemberRole, *, actor: uuid.UUID, may_strand: bool = False
) -> None:
    """Give a member another role. Raises LastLead unless `may_strand` (staff, who see the alarm), NotFound."""
    group = lock_group(group_id)
    member = get_current(group_id, member_id)
    if member.role == role:
        return
    if not may_strand:
        _refuse_last_lead(group, member)
    member.role = role
    session.flush()
    audit.record("group.role_changed", actor=actor, about=f"group:{group_id}", reason=role)
    _settle(group)


def remove_member(
    group_id: uuid.UUID, member_id: uuid.UUID, *, actor: uuid.UUID, may_strand: bool = False
) -> None:  # fmt: skip
    """End somebody's time in a group: others take over their turns and the people they wrote to in it.

    Raises LastLead unless `may_strand`, NotFound.
    """
    group = lock_group(group_id)
    member = get_current(group_id, member_id)
    if not may_strand:
        _refuse_last_lead(group, member)
    _end(group, member, actor)


def leave_group(group_id: uuid.UUID, volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Leave a group oneself. Raises LastLead: hand over first. NotFound where one does not belong to it."""
    group = lock_group(group_id)
    found = session.scalar(
        select(GroupMember).where(
            GroupMember.group_id == group_id, GroupMember.volunteer_id == volunteer_id, GroupMember.left_on.is_(None)
        )
    )
    if found is None:
        raise NotFound
    _refuse_last_lead(group, found)
    _end(group, found, actor)


def leave_every_group(volunteer_id: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    """End all memberships of somebody who stops helping; never refused, an alarm tells where a lead is missing now."""
    current = select(GroupMember.group_id, GroupMember.id).where(
        GroupMember.volunteer_id == volunteer_id, GroupMember.left_on.is_(None)
    )
    rows = session.execute(current.order_by(GroupMember.group_id)).all()
    for group_id, member_id in rows:
        group = lock_group(group_id)
        _end(group, get_current(group_id, member_id), actor)
    return len(rows)


def get_current(group_id: uuid.UUID, member_id: uuid.UUID) -> GroupMember:
    """A member who belongs to the group now. Raises NotFound."""
    member = session.get(GroupMember, member_id, populate_existing=True)
    if member is None or member.group_id != group_id or member.left_on is not None:
        raise NotFound
    return member


def _end(group: Group, member: GroupMember, actor: uuid.UUID | None) -> None:
    member.left_on = clock.today()
    session.flush()
    assignments.relieve_writer(member.volunteer_id, EndReason.WRITER_LEFT, group_id=group.id, actor=actor)
    audit.record("group.left", actor=actor, about=f"group:{group.id}")
    _settle(group)


def _refuse_last_lead(group: Group, member: GroupMember) -> None:
    if group.state == GroupState.OPEN and member.role == MemberRole.LEAD and count_leads(group.id) < 2:
        raise LastLead(N_("This is the group's only lead. Make somebody else a lead first."))


def _settle(group: Group) -> None:
    rota.settle_group(group)
    watch_leads()
