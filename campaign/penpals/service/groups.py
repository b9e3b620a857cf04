"""Groups: making, changing, closing and opening them again."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.slugs import slug_from
from campaign.kernel.versions import check_version
from campaign.penpals.models import Group, GroupInvitation, GroupKind, GroupState
from campaign.penpals.queries.groups import count_prisoners
from campaign.penpals.service import assignments, rota
from campaign.penpals.service.leads import watch_leads

LONGEST_SLUG = 80


class GroupClosed(DomainError):
    """A closed group takes nobody and holds nobody."""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A group as the form gives it; the names of the fields are those of the columns."""

    kind: GroupKind
    names: Mapping[str, str]
    about: Mapping[str, str] = field(default_factory=dict)
    languages: Sequence[str] = ()
    channels: Sequence[str] = ()
    capacity: int = 10
    turn_days: int = 30
    is_public: bool = False

    def values(self) -> dict[str, object]:
        """By column, without what was left empty."""
        return {
            "kind": self.kind,
            "names": {code: text for code, text in self.names.items() if text},
            "about": {code: text for code, text in self.about.items() if text},
            "languages": list(self.languages),
            "channels": list(self.channels),
            "capacity": self.capacity,
            "turn_days": self.turn_days,
            "is_public": self.is_public,
        }


def lock_group(group_id: uuid.UUID, *, is_open: bool = False) -> Group:
    """The group, locked: every change of who belongs to it and of its turns goes through this one row.

    Raises NotFound, and with `is_open` GroupClosed.
    """
    group = session.get(Group, group_id, with_for_update=True, populate_existing=True)
    if group is None:
        raise NotFound
    if is_open and group.state != GroupState.OPEN:
        raise GroupClosed(N_("This group is closed. Open it again first."))
    return group


def create_group(draft: GroupDraft, *, actor: uuid.UUID) -> Group:
    """Make an open group without members. The alarm about its leads is up until two have joined."""
    values = draft.values()
    group = Group(id=uuid.uuid4(), slug=_free_slug(draft), created_on=clock.today(), **values)
    session.add(group)
    session.flush()
    audit.record("group.created", actor=actor, about=f"group:{group.id}")
    watch_leads()
    return group


def edit_group(group_id: uuid.UUID, draft: GroupDraft, *, seen_version: int, actor: uuid.UUID) -> Group:
    """Change what a group is. What it holds above a lowered capacity stays with it. Raises Conflict, NotFound."""
    group = lock_group(group_id)
    check_version(group.version, seen_version)
    for name, value in draft.values().items():
        setattr(group, name, value)
    session.flush()
    audit.record("group.edited", actor=actor, about=f"group:{group.id}")
    return group


def close_group(group_id: uuid.UUID, *, seen_version: int, seen_prisoners: int, actor: uuid.UUID) -> int:
    """Close a group: its prisoners go back to where the next run finds them, its open invitations end.

    Gives how many were handed back. Raises Conflict when the group or the number of its prisoners has changed since
    whoever closes it was told, GroupClosed, NotFound.
    """
    group = lock_group(group_id, is_open=True)
    check_version(group.version, seen_version)
    if count_prisoners(group_id) != seen_prisoners:
        raise Conflict(N_("The group writes to another number of people by now. Look at it again before you close it."))
    group.state = GroupState.CLOSED
    session.flush()
    assignments.relieve_group(group_id, actor=actor)
    rota.settle_group(group)
    waiting = update(GroupInvitation).where(GroupInvitation.group_id == group_id, GroupInvitation.used_on.is_(None))
    session.execute(waiting.where(GroupInvitation.revoked_on.is_(None)).values(revoked_on=clock.today()))
    audit.record("group.closed", actor=actor, about=f"group:{group_id}", amount=seen_prisoners)
    watch_leads()
    return seen_prisoners


def reopen_group(group_id: uuid.UUID, *, seen_version: int, actor: uuid.UUID) -> None:
    """Open a closed group again, with the members it has and nobody to write to yet. Raises Conflict, NotFound."""
    group = lock_group(group_id)
    check_version(group.version, seen_version)
    if group.state == GroupState.OPEN:
        raise Conflict(N_("The group is open already."))
    group.state = GroupState.OPEN
    session.flush()
    audit.record("group.reopened", actor=actor, about=f"group:{group_id}")
    watch_leads()


def _free_slug(draft: GroupDraft) -> str:
    wanted = slug_from(draft.names.get("en") or draft.names.get("ru") or "", LONGEST_SLUG - 8) or "group"
    taken = session.scalar(select(func.count()).select_from(Group).where(Group.slug == wanted))
    return f"{wanted}-{secrets.token_hex(3)}" if taken else wanted
