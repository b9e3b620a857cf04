"""Who carries too much, who has room, and since when."""

import uuid
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.registry_reports import loads
from campaign.penpals.models import Assignment, AssignmentState, WriterProfile
from campaign.people.models import InteractionKind, Person, Volunteer, VolunteerState
from campaign.people.queries import report_loads as queries
from campaign.people.service.volunteers import move_volunteer
from tests.conftest import SignIn
from tests.people.reports.made import did, helper
from tests.support import make, pens

WRITING = "writing"
_PEOPLE: list[uuid.UUID] = []


def writes(who: Volunteer, days_ago: int, state: AssignmentState = AssignmentState.ACTIVE) -> None:
    """They have somebody to write to since then."""
    since = clock.today() - timedelta(days=days_ago)
    with transaction():
        session.add(
            Assignment(
                id=uuid.uuid4(), prisoner_id=_PEOPLE.pop(), volunteer_id=who.id,
                state=state, promise_days=30, created_on=since, accepted_on=since,
                answer_by=since if state == AssignmentState.OFFERED else None, next_letter_on=since,
            )
        )  # fmt: skip


def can(who: Volunteer, amount: int) -> None:
    """They say now that they can write to so many."""
    with transaction():
        session.execute(update(WriterProfile).where(WriterProfile.volunteer_id == who.id).values(capacity=amount))


def began(days_ago: int = 100) -> Volunteer:
    return helper(clock.today() - timedelta(days=days_ago))


def prepare(amount: int) -> None:
    """So many people to write to, made before the transaction that needs them."""
    _PEOPLE[:] = [make.public_prisoner().id for _each in range(amount)]


def levels() -> dict[str, int]:
    return queries.count_levels(loads[WRITING], None)


def test_how_much_of_what_they_said_volunteers_carry(app: Flask) -> None:
    prepare(7)
    over, full, half, _nothing = began(), began(), began(), began()
    writes(over, 50), writes(over, 30)
    can(over, 1)
    writes(full, 9), writes(full, 8)
    writes(half, 9), writes(half, 8, AssignmentState.OFFERED)
    found = levels()
    assert found == {"nothing": 1, "half": 1, "nearly": 0, "full": 1, "over": 1, "unsaid": 0}
    (warned,) = queries.list_burdened(None, clock.today())
    assert (warned.volunteer_id, warned.carried) == (over.id, {WRITING: (2, 1)})
    assert warned.weeks_over(clock.today()) == 4, "since the second, who was one too many"
    room = queries.list_with_room(WRITING, None, most=5)
    assert [each.carried[WRITING] for each in room] == [(0, 2), (1, 2)]


def test_whoever_rests_carries_nothing(app: Flask) -> None:
    prepare(2)
    resting = began()
    writes(resting, 50), writes(resting, 30)
    can(resting, 0)
    assert levels()["over"] == 1
    with transaction():
        move_volunteer(resting.id, VolunteerState.PAUSED, actor=None)
    assert sum(levels().values()) == 0
    assert queries.list_burdened(None, clock.today()) == []


def test_many_hours_warn_as_well(app: Flask) -> None:
    today = clock.today()
    busy, calm = began(400), began(400)
    for days in (0, 10, 29):
        did(busy.person_id, today - timedelta(days=days), InteractionKind.GAVE_TIME, 14 * 60)
    did(calm.person_id, today - timedelta(days=30), InteractionKind.GAVE_TIME, 99 * 60)
    did(calm.person_id, today, InteractionKind.GAVE_TIME, 5 * 60)
    (warned,) = queries.list_burdened(None, today)
    assert (warned.volunteer_id, warned.hours, warned.has_no_rest(today)) == (busy.id, 42, True)
    assert queries.count_hours(None, today) == [0, 0, 1, 0, 1]


def test_a_pause_within_the_year_is_known(app: Flask) -> None:
    today = clock.today()
    rested = began(400)
    did(rested.person_id, today, InteractionKind.GAVE_TIME, 50 * 60)
    for state in (VolunteerState.PAUSED, VolunteerState.ACTIVE):
        with transaction():
            move_volunteer(rested.id, state, actor=None)
    assert not queries.list_burdened(None, today)[0].has_no_rest(today)


def test_tasks_weigh_against_what_somebody_offered_a_week(app: Flask) -> None:
    one = began()
    with transaction():
        session.execute(update(Person).where(Person.id == one.person_id).values(tasks_a_week=2))
    assert queries.count_levels(loads["tasks"], None)["nothing"] == 1
    began()
    assert queries.count_levels(loads["tasks"], None)["unsaid"] == 1


def test_the_page_names_them_within_the_allowance(app: Flask, sign_in: SignIn) -> None:
    prepare(1)
    over = began()
    writes(over, 50)
    can(over, 0)
    client = sign_in(Role.COORDINATOR)
    page = client.get("/staff/people/reports/workload").text
    assert "1 volunteer carries more than they said they could; 0 of 1 could take more." in page
    assert over.pseudonym in page
    assert f"/staff/people/{over.person_id}" in page
    assert "(for 7 weeks)" in page
    assert over.pseudonym not in client.get("/staff/people/reports").text
    assert over.pseudonym not in client.get("/staff/people/reports/workload.csv").text


def test_a_group_sees_its_own_load_alone(app: Flask, sign_in: SignIn) -> None:
    prepare(2)
    mine, inside, outside = pens.group(), began(), began()
    pens.member(mine, inside)
    for each in (inside, outside):
        writes(each, 50)
        can(each, 0)
    page = sign_in(Role.COORDINATOR, group=mine.id).get("/staff/people/reports/workload").text
    assert inside.pseudonym in page
    assert outside.pseudonym not in page


def test_the_clock_decides_how_long(app: Flask) -> None:
    burden = queries.Burden(uuid.uuid4(), None, "x", over_since={WRITING: date(2026, 2, 1)})
    assert [burden.weeks_over(date(2026, 2, day)) for day in (1, 7, 8, 28)] == [0, 0, 1, 3]
