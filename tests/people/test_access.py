"""Whose records a role opens: everybody's, those of one's groups, or nobody's; and that it ends at once."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from campaign.penpals.models import Group, GroupMember
from campaign.people import policy
from campaign.people.models import Person, Volunteer
from campaign.people.service.access import check_seen, people_seen_by
from campaign.people.service.records import PersonDraft, add_person
from campaign.people.service.volunteers import add_volunteer
from tests.support import accounts, pens


def volunteer() -> Volunteer:
    own = accounts.person(Role.VOLUNTEER)
    with transaction():
        return add_volunteer(own.id, own.username)


def member_of(group: Group) -> tuple[Volunteer, uuid.UUID]:
    who = volunteer()
    pens.member(group, who)
    assert who.person_id is not None
    return who, who.person_id


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.COORDINATOR])
def test_organisers_and_coordinators_see_everybody(app: Flask, role: Role) -> None:
    actor = accounts.person(role).signed_in()
    assert people_seen_by(actor) is None
    assert policy.can_see_everybody(actor)
    check_seen(actor, uuid.uuid4())


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ORGANISER, Role.COORDINATOR}))
def test_no_other_role_sees_anybody(app: Flask, role: Role) -> None:
    """Not even an admin, who runs the place."""
    actor = accounts.person(role).signed_in()
    assert not policy.can_see_somebody(actor)
    with pytest.raises(Forbidden):
        people_seen_by(actor)


def test_an_organiser_of_one_petition_sees_nobody(app: Flask) -> None:
    actor = accounts.person(Role.ORGANISER, petition=uuid.uuid4()).signed_in()
    assert not policy.can_see_somebody(actor)


def test_a_coordinator_of_groups_sees_their_people_and_nobody_else(app: Flask) -> None:
    mine, other = pens.group(), pens.group()
    _who, inside = member_of(mine)
    _other, outside = member_of(other)
    with transaction():
        alone = add_person(PersonDraft(name="Invented"), actor=None).id
    actor = accounts.person(Role.COORDINATOR, group=mine.id).signed_in()
    within = people_seen_by(actor)
    assert within is not None
    assert set(session.scalars(select(Person.id).where(Person.id.in_(within)))) == {inside}
    check_seen(actor, inside)
    for each in (outside, alone, uuid.uuid4()):
        with pytest.raises(Forbidden):
            check_seen(actor, each)
    assert not policy.can_add_person(actor)


def test_leaving_the_group_ends_it(app: Flask) -> None:
    group = pens.group()
    _who, inside = member_of(group)
    actor = accounts.person(Role.COORDINATOR, group=group.id).signed_in()
    check_seen(actor, inside)
    with transaction():
        for row in session.scalars(select(GroupMember).where(GroupMember.group_id == group.id)):
            row.left_on = clock.today()
    with pytest.raises(Forbidden):
        check_seen(actor, inside)
