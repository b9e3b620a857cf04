"""What the reports of the demo lack: what volunteers did since they began, who carries too much, a group with one lead.

Those who began in summer stay less long than those of winter, so that the picture of who stays has something to say.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.months import first_day, month_of, months_between, shifted
from campaign.penpals.models import Assignment, Group, GroupMember, MemberRole, WriterProfile
from campaign.penpals.queries.groups import IS_MEMBER
from campaign.people.models import (
    AT_WORK,
    Interaction,
    InteractionKind,
    PeopleGone,
    Person,
    Volunteer,
    VolunteerState,
)
from campaign.people.queries.segments import EVERYBODY
from campaign.people.service.reports.count import ask_for_figures

SUMMER = frozenset({6, 7, 8})
STAY, STAY_OF_SUMMER = 0.93, 0.80
"""How many of those who still do something go on in the next month."""
DID = (InteractionKind.WROTE, InteractionKind.WROTE, InteractionKind.CAME, InteractionKind.GAVE_TIME)
SINGLE_LEAD, SILENT = "made-up-slow-post", "made-up-second-stamp"
SILENT_DAYS = 75
HOURS = 13 * (240,)
"""Minutes of one volunteer in the last month: four hours every other day, more than anybody should give."""


def load_reports() -> None:
    """Add it, in the open transaction, and let the figures be counted by the first worker."""
    chance = random.Random(30_10_1974)  # noqa: S311 - the same demo every time is the point
    volunteers = session.execute(
        select(Volunteer.person_id, Volunteer.applied_on)
        .where(Volunteer.is_demo, Volunteer.person_id.is_not(None), Volunteer.state != VolunteerState.APPLIED)
        .order_by(Volunteer.applied_on, Volunteer.pseudonym)
    ).all()
    lines = [line for person, began in volunteers for line in _history(chance, person, began)]
    if lines:
        session.execute(insert(Interaction), lines)
    for number, (person, _began) in enumerate(volunteers):
        if number % 3:
            session.execute(update(Person).where(Person.id == person).values(tasks_a_week=1 + number % 2))
    _let_some_go(chance)
    _burden_two()
    _leave_one_lead()
    _fall_silent()
    session.flush()
    ask_for_figures(EVERYBODY)


def _history(chance: random.Random, person: Any, began: date) -> Iterator[dict[str, Any]]:
    """What one volunteer did, month by month, until they stopped."""
    stays = STAY_OF_SUMMER if began.month in SUMMER else STAY
    today, month = clock.today(), month_of(began)
    for after in range(months_between(month, month_of(today)) + 1):
        if after and chance.random() > stays:
            return
        if chance.random() > 0.8:
            continue
        begin = max(began, first_day(shifted(month, after)))
        end = min(today, first_day(shifted(month, after + 1)) - timedelta(days=1))
        for kind in chance.sample(DID, chance.choice((1, 1, 2))):
            yield _line(person, kind, begin + timedelta(days=chance.randint(0, (end - begin).days)), chance)


def _line(person: Any, kind: InteractionKind, day: date, chance: random.Random) -> dict[str, Any]:
    minutes = chance.choice((30, 60, 60, 90, 120)) if kind is InteractionKind.GAVE_TIME else 0
    return {
        "person_id": person, "kind": kind, "happened_on": day, "word": "", "amount": minutes, "subject_id": None,
        "actor_id": None,
    }  # fmt: skip


def _let_some_go(chance: random.Random) -> None:
    """Some went in each month, of those who came before."""
    this = month_of(clock.today())
    for ago in range(1, 20):
        gone = shifted(this, -ago)
        came = shifted(gone, -chance.randint(1, 6))
        session.add(PeopleGone(came_in=first_day(came), gone_in=first_day(gone), amount=chance.randint(4, 19)))
    session.flush()


def _burden_two() -> None:
    """One who writes to more people than they can now, for weeks; another who gives half of every day."""
    today = clock.today()
    busy = session.execute(
        select(Assignment.volunteer_id, func.count())
        .join(Volunteer, Volunteer.id == Assignment.volunteer_id)
        .where(Assignment.state == "active", Volunteer.state.in_(AT_WORK), Volunteer.account_id.is_not(None))
        .group_by(Assignment.volunteer_id, Volunteer.pseudonym)
        .order_by(func.count().desc(), Volunteer.pseudonym)
        .limit(2)
    ).all()
    if len(busy) < 2:
        return
    first, second = busy[0][0], busy[1][0]
    less = max(busy[0][1] - 1, 0)
    session.execute(update(WriterProfile).where(WriterProfile.volunteer_id == first).values(capacity=less))
    person = session.scalar(select(Volunteer.person_id).where(Volunteer.id == second))
    if person is not None:
        days = [today - timedelta(days=2 * number + 1) for number in range(len(HOURS))]
        session.execute(
            insert(Interaction),
            [
                {
                    "person_id": person, "kind": InteractionKind.GAVE_TIME, "happened_on": day, "word": "",
                    "amount": minutes, "subject_id": None, "actor_id": None,
                }
                for day, minutes in zip(days, HOURS, strict=True)
            ],
        )  # fmt: skip


def _leave_one_lead() -> None:
    """Of the two who led one of the groups, one writes with the others now."""
    leads = session.scalars(
        select(GroupMember.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.slug == SINGLE_LEAD, IS_MEMBER, GroupMember.role == MemberRole.LEAD)
        .order_by(GroupMember.id)
    ).all()
    session.execute(update(GroupMember).where(GroupMember.id.in_(leads[1:])).values(role=MemberRole.WRITER))


def _fall_silent() -> None:
    """In another most were not here for weeks."""
    members = select(GroupMember.volunteer_id).join(Group, Group.id == GroupMember.group_id)
    ours = members.where(Group.slug == SILENT, IS_MEMBER, GroupMember.role != MemberRole.LEAD)
    today = clock.today()
    away = update(Volunteer).where(Volunteer.id.in_(ours), Volunteer.state_since_on < today - timedelta(days=100))
    away = away.where(Volunteer.state == VolunteerState.ACTIVE)
    session.execute(
        away.values(seen_on=today - timedelta(days=SILENT_DAYS)), execution_options={"synchronize_session": False}
    )
