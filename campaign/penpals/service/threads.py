"""What a group tells each other about one of its prisoners: sealed, read by its members from when they joined."""

import uuid
from datetime import date, timedelta

from sqlalchemy import delete, exists, func, select

from campaign.kernel import audit, clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError, Forbidden, NotFound
from campaign.penpals.models import Assignment, GroupMember, GroupMessage, MemberRole
from campaign.penpals.models.groups import MESSAGE, SCOPE
from campaign.penpals.queries.groups import find_group_assignment
from campaign.penpals.service.groups import lock_group

LONGEST_MESSAGE = 4000
KEPT_DAYS = 90
KEEPERS = frozenset({MemberRole.LEAD, MemberRole.MODERATOR})
"""Members who may take away what others wrote."""


class NotHeld(DomainError):
    """The group does not write to this person, or no longer."""


class BadMessage(DomainError):
    """Nothing, or more than fits."""


def post_message(group_id: uuid.UUID, prisoner_id: uuid.UUID, member: GroupMember, body: str) -> GroupMessage:
    """Say something to the others. Raises BadMessage, NotHeld, Forbidden for whoever has left meanwhile.

    Under the group's lock, so that whoever joins at the same moment either reads it or does not, by one order.
    """
    text = body.replace("\x00", "\ufffd").strip()
    if not text or len(text) > LONGEST_MESSAGE:
        raise BadMessage(N_("Write something, of at most 4000 characters."))
    group = lock_group(group_id, is_open=True)
    if not _belongs(group_id, member.id):
        raise Forbidden
    if find_group_assignment(group_id, prisoner_id) is None:
        raise NotHeld(N_("The group does not write to this person any more."))
    keyring.ensure(SCOPE)
    identity = uuid.uuid4()
    message = GroupMessage(
        public_id=identity, group_id=group.id, prisoner_id=prisoner_id, author_id=member.volunteer_id,
        body_sealed=MESSAGE.seal(SCOPE, identity, text), written_on=clock.today(),
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def body_of(message: GroupMessage) -> str:
    """What it says."""
    return MESSAGE.unseal(SCOPE, message.public_id, message.body_sealed)


def remove_message(
    group_id: uuid.UUID, public_id: uuid.UUID, *, member: GroupMember | None, actor: uuid.UUID
) -> uuid.UUID:
    """Delete a message: its author, a lead or a moderator may, and (`member` None) staff. Gives the prisoner's id.

    Raises Forbidden, and NotFound also for what was said before the member joined.
    """
    message = session.scalar(
        select(GroupMessage).where(GroupMessage.public_id == public_id, GroupMessage.group_id == group_id)
    )
    if message is None or (member is not None and message.id <= member.reads_after):
        raise NotFound
    if member is not None and member.role not in KEEPERS and message.author_id != member.volunteer_id:
        raise Forbidden
    prisoner_id = message.prisoner_id
    session.delete(message)
    session.flush()
    audit.record("group.message_removed", actor=actor, about=f"group:{group_id}")
    return prisoner_id


def forget_old(today: date) -> int:
    """Delete what was said about people to whom the group has not written for 90 days; gives how many messages."""
    before = today - timedelta(days=KEPT_DAYS)
    theirs = (
        Assignment.group_id == GroupMessage.group_id,
        Assignment.prisoner_id == GroupMessage.prisoner_id,
        func.coalesce(Assignment.ended_on, today) >= before,
    )
    gone = delete(GroupMessage).where(GroupMessage.written_on < before, ~exists().where(*theirs))
    return len(session.execute(gone.returning(GroupMessage.id)).all())


def _belongs(group_id: uuid.UUID, member_id: uuid.UUID) -> bool:
    found = select(GroupMember.id).where(
        GroupMember.id == member_id, GroupMember.group_id == group_id, GroupMember.left_on.is_(None)
    )
    return session.scalar(found) is not None
