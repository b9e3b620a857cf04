"""Who could write to whom: pairs judged as a matching judges them, ranked for offers by hand."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.penpals.matching.between import Between, judge_pairs
from campaign.penpals.matching.problem import Condition
from campaign.penpals.matching.weights import Settings
from campaign.penpals.models import LIVE, Assignment, GroupMember
from campaign.penpals.queries.addressees import Addressee, list_addressees
from campaign.penpals.queries.attention import setting
from campaign.penpals.queries.attention_list import by_need
from campaign.penpals.queries.groups import IS_MEMBER, IS_OF_GROUP, Within
from campaign.penpals.queries.matching_input import GONE, read_some
from campaign.people.models import Volunteer
from campaign.prisoners.models import Prisoner


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs that are not together: those that may be, the best first, and those kept apart, by the fewest conditions
    first."""

    may: Sequence[Between]
    may_not: Sequence[Between]


def settings_now() -> Settings:
    """The weights of a run that nobody changed, with the floor as staff set it."""
    return Settings(floor=setting().floor)


def judge_writers(person: Addressee, today: date, *, within: Within = None) -> Judged:
    """Every writer for one person, by fit and then by free places; `within`: writers of these groups alone."""
    only = None if within is None else members_of(within)
    found = list(judge_pairs(read_some([person], today, writers=only), settings_now()))
    return _sorted(sorted(found, key=lambda each: (-each.fit, each.helper.live - each.helper.capacity, each.helper.id)))


def judge_people(volunteer_id: uuid.UUID, today: date, *, within: Within = None) -> Judged:
    """Everybody who could be written to for one writer, who gets least first and of them who has waited longest.

    `within`: people of these groups alone.
    """
    people = [
        each
        for each in list_addressees(today)
        if each.reach not in GONE and (within is None or each.group_id in within)
    ]
    rank = {each.id: number for number, each in enumerate(sorted(people, key=by_need))}
    found = judge_pairs(read_some(people, today, writers=[volunteer_id]), settings_now())
    return _sorted(sorted(found, key=lambda each: rank[each.recipient.id]))


def judge_pair(person: Addressee, volunteer_id: uuid.UUID, today: date) -> Between | None:
    """The one pair; None where the two are together or asked already, or where somebody never offered to write."""
    return next(judge_pairs(read_some([person], today, writers=[volunteer_id]), settings_now()), None)


def members_of(groups: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Whoever belongs to one of these groups."""
    statement = select(GroupMember.volunteer_id).where(GroupMember.group_id.in_(groups), IS_MEMBER)
    return frozenset(session.scalars(statement))


def group_that_has(prisoner_id: uuid.UUID) -> uuid.UUID | None:
    """The group that writes to somebody."""
    return session.scalar(select(Assignment.group_id).where(Assignment.prisoner_id == prisoner_id, IS_OF_GROUP))


def find_together(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID) -> Assignment | None:
    """What the two have with each other already, or are asked."""
    return session.scalar(
        select(Assignment).where(
            Assignment.prisoner_id == prisoner_id, Assignment.volunteer_id == volunteer_id, Assignment.state.in_(LIVE)
        )
    )  # fmt: skip


def name_writers(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Volunteer]:
    """Volunteers by id."""
    return {each.id: each for each in session.scalars(select(Volunteer).where(Volunteer.id.in_(ids)))}


def name_people(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Prisoner]:
    """Prisoners by id."""
    return {each.id: each for each in session.scalars(select(Prisoner).where(Prisoner.id.in_(ids)))}


def find_writers(text: str) -> frozenset[uuid.UUID]:
    """Volunteers whose pseudonym holds the words."""
    statement = select(Volunteer.id).where(Volunteer.pseudonym.icontains(text, autoescape=True))
    return frozenset(session.scalars(statement))


def list_reasons(pairs: Sequence[Between]) -> list[Condition]:
    """The conditions that keep any of them apart, in their order."""
    found = {condition for each in pairs for condition in each.failing}
    return [condition for condition in Condition if condition in found]


def _sorted(found: Sequence[Between]) -> Judged:
    order = {condition: number for number, condition in enumerate(Condition)}
    apart = [each for each in found if each.failing]
    return Judged(
        [each for each in found if not each.failing],
        sorted(apart, key=lambda each: (len(each.failing), [order[condition] for condition in each.failing])),
    )
