"""Reads of groups: for staff, for the public (never who belongs to one), and the figures of both."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.penpals.models import (
    LIVE,
    Assignment,
    Group,
    GroupKind,
    GroupMember,
    GroupState,
    GroupTurn,
    MemberRole,
    TurnState,
)
from campaign.penpals.models.groups import LEAST_LEADS

Within = frozenset[uuid.UUID] | None
"""The groups to which a reader's roles are narrowed; None when they are held for all."""

IS_MEMBER = GroupMember.left_on.is_(None)
IS_OF_GROUP = and_(Assignment.volunteer_id.is_(None), Assignment.state.in_(LIVE))


@dataclass(frozen=True, slots=True)
class Figures:
    """What a list says of a group."""

    members: int = 0
    leads: int = 0
    prisoners: int = 0
    overdue: int = 0


def get_group(group_id: uuid.UUID) -> Group:
    """A group in any state. Raises NotFound."""
    group = session.get(Group, group_id)
    if group is None:
        raise NotFound
    return group


def get_public_group(slug: str) -> Group:
    """A group that the public may see: open, and meant to be seen. Raises NotFound."""
    group = session.scalar(select(Group).where(Group.slug == slug, *_is_public())) if "\x00" not in slug else None
    if group is None:
        raise NotFound
    return group


def public_groups(*, kind: str = "", language: str = "") -> Select[Group]:
    """Open groups that are to be seen, narrowed by kind and by a language they write, for one page of a list."""
    statement = select(Group).where(*_is_public())
    if kind:
        statement = statement.where(Group.kind == kind)
    if language:
        statement = statement.where(Group.languages.contains([language]))
    return statement.order_by(Group.slug)


def count_public() -> tuple[Counter[str], Counter[str]]:
    """How many public groups there are of each kind, and how many write each language."""
    rows = session.execute(select(Group.kind, Group.languages).where(*_is_public())).all()
    return Counter(kind for kind, _spoken in rows), Counter(code for _kind, spoken in rows for code in spoken)


def staff_groups(
    *, within: Within, search: str = "", kind: str = "", state: str = "", language: str = "", only: str = "",
    sort: str = "", today: date,
) -> Select[Group]:  # fmt: skip
    """Groups for the staff list. `only`: short (of leads), overdue (turns), free (places)."""
    statement = select(Group)
    if within is not None:
        statement = statement.where(Group.id.in_(within))
    if search:
        words = [Group.names[code].astext.icontains(search, autoescape=True) for code in ("en", "ru", "de")]
        statement = statement.where(or_(*words, Group.slug.icontains(search, autoescape=True)))
    if kind in set(GroupKind):
        statement = statement.where(Group.kind == kind)
    if state in set(GroupState):
        statement = statement.where(Group.state == state)
    if language:
        statement = statement.where(Group.languages.contains([language]))
    if only in ONLY:
        statement = statement.where(ONLY[only](today))
    return statement.order_by(*_order(sort), Group.slug)


def figures_of(ids: Sequence[uuid.UUID], today: date) -> Mapping[uuid.UUID, Figures]:
    """Members, leads, prisoners and overdue turns of each of these groups."""
    leads = func.count().filter(GroupMember.role == MemberRole.LEAD)
    belonging = session.execute(
        select(GroupMember.group_id, func.count(), leads)
        .where(GroupMember.group_id.in_(ids), IS_MEMBER)
        .group_by(GroupMember.group_id)
    )
    members = {group_id: (amount, of_them) for group_id, amount, of_them in belonging}
    prisoners = _count(select(Assignment.group_id).where(Assignment.group_id.in_(ids), IS_OF_GROUP))
    overdue = _count(_overdue_turns(today).where(Assignment.group_id.in_(ids)))
    return {
        each: Figures(*members.get(each, (0, 0)), prisoners.get(each, 0), overdue.get(each, 0)) for each in ids
    }  # fmt: skip


def count_prisoners(group_id: uuid.UUID) -> int:
    """To how many people the group writes."""
    return session.scalar(select(func.count()).where(Assignment.group_id == group_id, IS_OF_GROUP)) or 0


def count_leads(group_id: uuid.UUID) -> int:
    """How many lead the group now."""
    return (
        session.scalar(
            select(func.count()).where(
                GroupMember.group_id == group_id, IS_MEMBER, GroupMember.role == MemberRole.LEAD
            )
        )
        or 0
    )  # fmt: skip


def list_short_of_leads(within: Within = None) -> Sequence[uuid.UUID]:
    """Open groups with fewer than two leads."""
    statement = select(Group.id).where(_is_short())
    if within is not None:
        statement = statement.where(Group.id.in_(within))
    return session.scalars(statement.order_by(Group.id)).all()


def count_overdue_groups(today: date, within: Within = None) -> int:
    """In how many groups a turn is overdue."""
    statement = select(func.count()).select_from(Group).where(_has_overdue(today))
    if within is not None:
        statement = statement.where(Group.id.in_(within))
    return session.scalar(statement) or 0


def find_group_assignment(group_id: uuid.UUID, prisoner_id: uuid.UUID) -> Assignment | None:
    """The assignment by which the group as a whole has somebody now."""
    statement = select(Assignment).where(
        Assignment.group_id == group_id, Assignment.prisoner_id == prisoner_id, IS_OF_GROUP
    )
    return session.scalar(statement)


def list_names(language: str, ids: frozenset[uuid.UUID] | None = None) -> list[tuple[uuid.UUID, str]]:
    """Id and name of each open group, or of those of `ids` in any state, by name."""
    statement = select(Group).where(Group.state == GroupState.OPEN if ids is None else Group.id.in_(ids))
    named = [(each.id, each.name_in(language)) for each in session.scalars(statement)]
    return sorted(named, key=lambda pair: pair[1].casefold())


def list_public(language: str) -> list[tuple[uuid.UUID, str]]:
    """Id and name of each group that the public may see, by name."""
    named = [(each.id, each.name_in(language)) for each in session.scalars(public_groups())]
    return sorted(named, key=lambda pair: pair[1].casefold())


def list_slugs(language: str, within: Within) -> list[tuple[str, str]]:
    """Slug and name of each open group one works on, by name."""
    statement = select(Group).where(Group.state == GroupState.OPEN)
    if within is not None:
        statement = statement.where(Group.id.in_(within))
    named = [(each.slug, each.name_in(language)) for each in session.scalars(statement)]
    return sorted(named, key=lambda pair: pair[1].casefold())


def _is_public() -> tuple[ColumnElement[bool], ...]:
    return Group.is_public.is_(True), Group.state == GroupState.OPEN


def _is_short() -> ColumnElement[bool]:
    leads = (
        select(func.count())
        .where(GroupMember.group_id == Group.id, IS_MEMBER, GroupMember.role == MemberRole.LEAD)
        .scalar_subquery()
    )
    return and_(Group.state == GroupState.OPEN, leads < LEAST_LEADS)


def _has_overdue(today: date) -> ColumnElement[bool]:
    return exists(_overdue_turns(today).where(Assignment.group_id == Group.id))


def _has_room(_today: date) -> ColumnElement[bool]:
    held = select(func.count()).where(Assignment.group_id == Group.id, IS_OF_GROUP).scalar_subquery()
    return and_(Group.state == GroupState.OPEN, held < Group.capacity)


ONLY: dict[str, Any] = {"short": lambda _today: _is_short(), "overdue": _has_overdue, "free": _has_room}


def _overdue_turns(today: date) -> Select[Any]:
    return (
        select(Assignment.group_id)
        .join(GroupTurn, GroupTurn.assignment_id == Assignment.id)
        .where(GroupTurn.state == TurnState.SCHEDULED, GroupTurn.due_on < today)
    )


def _count(statement: Select[Any]) -> dict[uuid.UUID, int]:
    rows = statement.add_columns(func.count()).group_by(Assignment.group_id)
    return dict(session.execute(rows).all())


def _order(sort: str) -> list[ColumnElement[Any]]:
    name = func.lower(func.coalesce(Group.names["en"].astext, Group.names["ru"].astext))
    made = Group.created_on
    orders: dict[str, list[ColumnElement[Any]]] = {
        "-name": [name.desc()], "kind": [Group.kind.asc(), name], "-kind": [Group.kind.desc(), name],
        "made": [made.asc()], "-made": [made.desc()],
    }  # fmt: skip
    return orders.get(sort, [name])
