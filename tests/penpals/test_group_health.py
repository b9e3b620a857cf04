"""How groups are doing, in figures that can be counted by hand."""

import uuid
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.penpals.models import (
    Assignment,
    AssignmentState,
    Group,
    GroupMember,
    GroupTurn,
    MemberRole,
    TurnState,
)
from campaign.penpals.queries.group_health import GroupHealth, Level, Trouble, list_health
from campaign.people.models import Volunteer, VolunteerState
from tests.conftest import SignIn
from tests.support import make, pens


def health(of: Group) -> GroupHealth:
    return next(each for each in list_health(None, clock.today(), "en") if each.group.id == of.id)


def troubles(of: Group) -> list[Trouble]:
    return [trouble for _level, trouble in health(of).troubles]


def belongs(of: Group, role: MemberRole = MemberRole.WRITER, *, joined: int = 90, seen: int | None = 1) -> Volunteer:
    """A member since so many days, who was here so many days ago."""
    who = pens.writer()
    made = pens.member(of, who, role)
    today = clock.today()
    with transaction():
        since = {"joined_on": today - timedelta(days=joined)}
        session.execute(update(GroupMember).where(GroupMember.id == made.id).values(since))
        day = None if seen is None else today - timedelta(days=seen)
        session.execute(update(Volunteer).where(Volunteer.id == who.id).values(seen_on=day))
    return who


def assignment(of: Group, who: Volunteer | None = None, *, last: int | None = None) -> uuid.UUID:
    """The group, or one of it, has somebody; the last letter left so many days ago."""
    today, identity, prisoner = clock.today(), uuid.uuid4(), make.public_prisoner().id
    with transaction():
        session.add(
            Assignment(
                id=identity, prisoner_id=prisoner, group_id=of.id, volunteer_id=who.id if who else None,
                state=AssignmentState.ACTIVE, promise_days=30 if who else None, created_on=today,
                last_letter_on=None if last is None else today - timedelta(days=last),
            )
        )  # fmt: skip
    return identity


def turn(of: uuid.UUID, who: Volunteer, *, written: int | None = None, due: int = 0) -> None:
    """A turn that was written, or is due, so many days ago."""
    today = clock.today()
    done = None if written is None else today - timedelta(days=written)
    with transaction():
        session.add(
            GroupTurn(
                id=uuid.uuid4(), assignment_id=of, volunteer_id=who.id, due_on=today - timedelta(days=due),
                state=TurnState.SCHEDULED if done is None else TurnState.WRITTEN, done_on=done,
            )
        )  # fmt: skip


def test_a_group_without_anybody_needs_two_who_lead_it(app: Flask) -> None:
    group = pens.group()
    assert (health(group).level, troubles(group)) == (Level.ACT, [Trouble.EMPTY])


def test_two_leads_who_are_at_work(app: Flask) -> None:
    group = pens.group()
    first, _second = belongs(group, MemberRole.LEAD), belongs(group, MemberRole.LEAD)
    turn(assignment(group), first, written=1)
    assert (health(group).level, health(group).leads) == (Level.FINE, 2)
    with transaction():
        session.execute(
            update(Volunteer).where(Volunteer.id == first.id).values(state=VolunteerState.PAUSED)
        )  # fmt: skip
    assert (health(group).level, troubles(group)) == (Level.ACT, [Trouble.LEADS])


def test_letters_are_counted_once_wherever_they_are_told(app: Flask) -> None:
    group = pens.group()
    one, other = belongs(group, MemberRole.LEAD), belongs(group, MemberRole.LEAD)
    whole = assignment(group)
    turn(whole, one, written=59)
    turn(whole, one, written=60)
    assignment(group, other, last=3)
    assignment(group, other, last=61)
    found = health(group)
    assert (found.letters, found.wrote, found.prisoners) == (2, 2, 1)


def test_no_letter_at_all_needs_somebody_now(app: Flask) -> None:
    group = pens.group()
    one = belongs(group, MemberRole.LEAD)
    belongs(group, MemberRole.LEAD)
    turn(assignment(group), one, due=1)
    assert troubles(group) == [Trouble.NO_LETTERS, Trouble.OVERDUE]
    assert health(group).overdue == 1


def test_overdue_turns_are_watched_and_many_are_not_waited_for(app: Flask) -> None:
    group = pens.group()
    one = belongs(group, MemberRole.LEAD)
    belongs(group, MemberRole.LEAD)
    turn(assignment(group), one, written=1)
    for expected in (Level.WATCH, Level.WATCH, Level.ACT):
        turn(assignment(group), one, due=1)
        assert health(group).level is expected
    turn(assignment(group), one, due=0)
    assert health(group).overdue == 3, "due today is not overdue"


def test_silent_is_who_neither_wrote_nor_was_here(app: Flask) -> None:
    group = pens.group()
    one = belongs(group, MemberRole.LEAD, seen=60)
    belongs(group, MemberRole.LEAD, seen=59)
    turn(assignment(group), one, written=5)
    belongs(group, seen=60), belongs(group, seen=None)
    belongs(group, joined=59, seen=None)
    found = health(group)
    assert (found.members, found.silent, found.level) == (5, 2, Level.FINE)
    belongs(group, seen=99)
    assert (health(group).level, troubles(group)) == (Level.WATCH, [Trouble.SILENT])


def test_the_page_says_what_to_do_and_leads_there(app: Flask, sign_in: SignIn) -> None:
    group = pens.group()
    belongs(group, MemberRole.LEAD)
    page = sign_in(Role.COORDINATOR).get("/staff/people/reports/groups").text
    assert "1 of 1 groups needs something now" in page
    assert "Act now" in page
    assert "1 active lead, it takes two." in page
    assert f"/staff/groups/{group.id}/members" in page
    # Organisers see how groups are doing, and do not run them.
    page = sign_in(Role.ORGANISER).get("/staff/people/reports/groups").text
    assert "1 active lead, it takes two." in page
    assert f"/staff/groups/{group.id}" not in page
