"""Invitations into a group: a link from hand to hand, good once and for 72 hours (SAFETY.md 16)."""

import uuid
from datetime import date, timedelta

from sqlalchemy import delete, or_, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, NotFound
from campaign.kernel.tokens import digest_secret, new_secret
from campaign.penpals.models import Group, GroupInvitation, GroupState, MemberRole
from campaign.penpals.service.groups import lock_group
from campaign.penpals.service.members import add_member

LIFETIME = timedelta(hours=72)
KEPT_DAYS = 30


class InvitationOver(DomainError):
    """The link was used, revoked, is too old, or was never ours: the answer is the same."""


def invite(group_id: uuid.UUID, role: MemberRole, *, actor: uuid.UUID) -> str:
    """Make an invitation and return its token, which is stored nowhere. Raises GroupClosed, NotFound."""
    group = lock_group(group_id, is_open=True)
    token, digest = new_secret()
    session.add(
        GroupInvitation(
            id=uuid.uuid4(), group_id=group.id, role=role, token_digest=digest, invited_by=actor,
            invited_on=clock.today(), expires_at=clock.now() + LIFETIME,
        )
    )  # fmt: skip
    session.flush()
    audit.record("group.invited", actor=actor, about=f"group:{group.id}", reason=role)
    return token


def revoke_invitation(group_id: uuid.UUID, invitation_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """End an invitation that was not used. Safe to repeat. Raises NotFound."""
    invitation = session.get(GroupInvitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation is None or invitation.group_id != group_id:
        raise NotFound
    if invitation.used_on is None and invitation.revoked_on is None:
        invitation.revoked_on = clock.today()
        session.flush()
        audit.record("group.invitation_revoked", actor=actor, about=f"group:{group_id}")


def find_invitation(token: str, *, lock: bool = False) -> tuple[GroupInvitation, Group]:
    """What a link leads into, if it can still be used. Raises InvitationOver."""
    statement = select(GroupInvitation).where(GroupInvitation.token_digest == digest_secret(token))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    group = session.get(Group, found.group_id) if found is not None else None
    is_over = found is None or found.used_on or found.revoked_on or found.expires_at <= clock.now()
    if found is None or group is None or is_over or group.state != GroupState.OPEN:
        raise InvitationOver(N_("This link was used, taken back, or is older than three days. Ask for a new one."))
    return found, group


def accept_invitation(token: str, volunteer_id: uuid.UUID, *, actor: uuid.UUID) -> Group:
    """Join by a link; of two who press the button at once, one comes in.

    Raises InvitationOver, AlreadyMember (the link stays good for somebody else), CannotJoin.
    """
    group_id = find_invitation(token)[0].group_id
    lock_group(group_id)
    invitation, group = find_invitation(token, lock=True)
    add_member(group.id, volunteer_id, MemberRole(invitation.role), actor=actor)
    invitation.used_by, invitation.used_on = volunteer_id, clock.today()
    session.flush()
    return group


def forget_old(today: date) -> int:
    """Delete invitations that ended 30 days ago; gives how many."""
    before = today - timedelta(days=KEPT_DAYS)
    ended = or_(
        GroupInvitation.used_on < before,
        GroupInvitation.revoked_on < before,
        GroupInvitation.invited_on < before - LIFETIME,
    )
    return len(session.execute(delete(GroupInvitation).where(ended).returning(GroupInvitation.id)).all())
