"""Who is below the floor, as staff look through them: narrowed, sorted, with names."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.penpals.models import Group
from campaign.penpals.queries.addressees import Addressee
from campaign.penpals.queries.attention import Setting
from campaign.prisoners.models import Prisoner
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.queries.reach import Reach

SORTS = ("quarters", "-quarters", "waiting", "-waiting", "writers", "-writers", "name", "-name")
ONLY = ("none", "alone", "careful")
"""Who gets nothing at all; who has neither a writer nor a group; whom not everybody may write to."""


@dataclass(frozen=True, slots=True)
class Needy:
    """Somebody who gets less than the floor."""

    person: Addressee
    prisoner: Prisoner

    def short_of(self, floor: int) -> int:
        """Quarters of a letter below the floor."""
        return floor - self.person.quarters


def by_need(person: Addressee) -> tuple[Any, ...]:
    """In this order those come first who get least, and of them who has waited longest."""
    return person.quarters, person.waiting_since or date.max, person.slug


def fits(person: Addressee, only: str) -> bool:
    """Whether somebody is one of those that a word of ONLY asks for; any other word asks for everybody."""
    if only == "none":
        return person.quarters == 0
    if only == "alone":
        return not person.writers and person.group_id is None
    if only == "careful":
        return person.trust_needed > 0 or person.is_risky_in_russia
    return True


def list_below(
    everybody: Sequence[Addressee], setting: Setting, *, only: str = "", region: str = "", sort: str = ""
) -> list[Addressee]:
    """Those of `everybody` below the floor, who get least first and of them who has waited longest.

    `only`, `region` and `sort` narrow and order; what they do not know counts as empty. By name: `in_name_order`.
    """
    found = [
        each for each in everybody
        if each.quarters < setting.floor and fits(each, only) and (not region or each.region == region)
    ]  # fmt: skip
    found.sort(key=by_need)
    keys = {"quarters": by_need, "waiting": _by_waiting, "writers": _by_writers}
    name = sort.removeprefix("-")
    if sort in SORTS and name in keys:
        found.sort(key=keys[name], reverse=sort.startswith("-"))
    return found


def in_name_order(found: Sequence[Addressee], sort: str) -> list[Addressee]:
    """The same people by last name in Latin letters, backwards for "-name"."""
    names = select(Prisoner.id, func.lower(Prisoner.last_latin + " " + Prisoner.first_latin).label("name"))
    known = {row.id: row.name for row in session.execute(names.where(Prisoner.id.in_([each.id for each in found])))}
    return sorted(found, key=lambda each: known.get(each.id, ""), reverse=sort.startswith("-"))


def with_names(found: Sequence[Addressee]) -> list[Needy]:
    """Each with the row that knows their name; who is gone meanwhile is left out."""
    rows = session.scalars(select(Prisoner).where(Prisoner.id.in_([each.id for each in found])))
    known = {each.id: each for each in rows}
    return [Needy(each, known[each.id]) for each in found if each.id in known]


def count_below(setting: Setting) -> int:
    """How many are below the floor, from what the public list keeps in memory: at most a minute old, and quick."""
    return sum(each.reach is Reach.OPEN and each.quarters < setting.floor for each in directory().entries)


def group_names(ids: set[uuid.UUID], language: str) -> dict[uuid.UUID, str]:
    """What these groups are called."""
    return {each.id: each.name_in(language) for each in session.scalars(select(Group).where(Group.id.in_(ids)))}


def _by_waiting(person: Addressee) -> tuple[Any, ...]:
    return person.waiting_since or date.max, person.slug


def _by_writers(person: Addressee) -> tuple[Any, ...]:
    return person.writers, person.quarters, person.slug
