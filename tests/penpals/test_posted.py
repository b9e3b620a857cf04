"""A letter that its writer posted: what it counts, that it counts once, and how it is taken back."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.penpals.models import Assignment, AssignmentState, AttentionEntry, Counted, GroupTurn, Health, TurnState
from campaign.penpals.service import assignments, attention, neighbours, reservations, rota
from campaign.penpals.service.assignments.letters import TooLate, report_letter, take_back_letter
from campaign.prisoners.models import Attention
from campaign.web.session_cookie import TOKEN
from tests.support import pens
from tests.support.accounts import submit


def running(person, writer, **more) -> Assignment:
    with transaction():
        made = assignments.offer(person.id, writer.id, actor=None, **more)
        assignments.accept(made.id, actor=None)
    return made


def again(row):
    session.expire_all()
    return session.get_one(type(row), row.id)


def said(assignment, writer, ago=0):
    with transaction():
        return report_letter(
            assignment.id, clock.today() - timedelta(days=ago), volunteer_id=writer.id, actor=None
        )  # fmt: skip


def took_back(assignment, writer):
    with transaction():
        return take_back_letter(assignment.id, volunteer_id=writer.id, actor=None)


def counted() -> list[str]:
    return list(session.scalars(select(AttentionEntry.counted)))


def kept(person) -> int:
    return session.get_one(Attention, person.id, populate_existing=True).quarters


def days_of(assignment):
    each = again(assignment)
    return each.last_letter_on, each.next_letter_on, each.health, each.state, each.paused_until


@pytest.fixture
def person(app):
    return pens.addressee()


@pytest.fixture
def writer(app):
    return pens.writer()


@pytest.fixture
def turn(person, writer):
    """A turn of the writer, who alone writes for a group and was given the person in it."""
    group = pens.group()
    pens.member(group, writer)
    with transaction():
        assignments.give_to_group(person.id, group.id, actor=None)
    running(person, writer, group_id=group.id)
    with transaction():
        rota.settle_all()
    return session.scalars(select(GroupTurn)).one()


def of_group(turn) -> Assignment:
    return session.get_one(Assignment, turn.assignment_id)


def test_told_in_a_turn_under_my_prisoners_and_by_a_code_it_is_one_letter(person, writer, turn):
    group = of_group(turn).group_id
    own = session.scalars(select(Assignment).where(Assignment.volunteer_id == writer.id)).one()
    with transaction():
        code = reservations.reserve(person.id, writer.id, language="en").code
    with transaction():
        rota.report_written(group, turn.id, writer.id, clock.today())
    said(own, writer)
    with transaction():
        reservations.report_written(code)
    assert counted() == [Counted.REPORTED]
    assert kept(person) == 4
    said(own, writer, ago=0)
    assert counted() == [Counted.REPORTED]


def test_another_writer_or_another_day_is_another_letter(person, writer):
    other = pens.writer()
    one, two = running(person, writer), running(person, other)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        said(one, writer)
        said(two, other)
        said(one, writer, ago=1)
        assert counted() == [Counted.REPORTED] * 3
        assert kept(person) == 12


def test_codes_of_people_unknown_are_a_letter_each(person):
    with transaction():
        codes = [reservations.take_away(person.id, language="en").code for _ in range(2)]
    for code in [*codes, codes[0]]:
        with transaction():
            reservations.report_written(code)
    assert counted() == [Counted.REPORTED] * 2
    assert kept(person) == 8


def test_rebuilding_gives_the_same(person, writer):
    made = running(person, writer)
    said(made, writer)
    with transaction():
        code = reservations.take_away(person.id, language="en").code
        reservations.report_written(code)
    took_back(made, writer)
    with transaction():
        assert attention.rebuild() == 0
        session.execute(delete(Attention))
        attention.rebuild()
    assert kept(person) == 4


def test_a_slip_is_taken_back_as_if_it_had_not_been(person, writer):
    made = running(person, writer)
    before = days_of(made)
    said(made, writer)
    assert again(made).state == AssignmentState.ACTIVE
    assert took_back(made, writer) == clock.today()
    assert days_of(made) == before
    assert (counted(), kept(person)) == ([], 0)
    with pytest.raises(TooLate):
        took_back(made, writer)
    said(made, writer)
    assert counted() == [Counted.REPORTED], "and noted again"


def test_one_after_the_other_and_only_on_the_day(person, writer):
    made = running(person, writer)
    with time_machine.travel(clock.now() + timedelta(days=10)):
        said(made, writer, ago=9)
        first = days_of(made)
        said(made, writer, ago=2)
        said(made, writer, ago=5)
        assert took_back(made, writer) == clock.today() - timedelta(days=5)
        assert took_back(made, writer) == clock.today() - timedelta(days=2)
        assert days_of(made) == first
        assert len(counted()) == 1
    with time_machine.travel(clock.now() + timedelta(days=11)), pytest.raises(TooLate):
        took_back(made, writer)


def test_what_lapsed_or_paused_is_so_again_and_what_came_meanwhile_stays(person, writer):
    made = running(person, writer)
    with transaction():
        again(made).health = Health.LAPSED
        assignments.pause(made.id, clock.today() + timedelta(days=5), actor=None)
    before = days_of(made)
    said(made, writer)
    took_back(made, writer)
    assert days_of(made) == before
    said(made, writer)
    with transaction():
        assignments.pause(made.id, clock.today() + timedelta(days=9), actor=None)
    took_back(made, writer)
    assert again(made).paused_until == clock.today() + timedelta(days=9)
    assert again(made).last_letter_on is None


def test_what_a_turn_tells_too_is_taken_back_there(person, writer, turn):
    whole = of_group(turn)
    own = session.scalars(select(Assignment).where(Assignment.volunteer_id == writer.id)).one()
    before = days_of(whole), days_of(own)
    with transaction():
        rota.report_written(whole.group_id, turn.id, writer.id, clock.today())
    with pytest.raises(TooLate):
        took_back(own, writer)
    assert counted() == [Counted.REPORTED]
    with transaction():
        row = again(turn)
        row.state = TurnState.REASSIGNED
        session.flush()
        assert neighbours.take_back_written(row, of_group(turn), clock.today(), actor=None)
    assert (days_of(whole), days_of(own)) == before
    assert counted() == []
    with transaction():
        assert not neighbours.take_back_written(again(turn), of_group(turn), clock.today(), actor=None)


def test_on_the_page_without_a_script(app, person, writer):
    made = running(person, writer)
    client = app.test_client()
    with transaction():
        token = open_session(get_account(writer.account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    page = f"/account/prisoners/{made.id}"
    assert "Was that a slip?" not in client.get(page).text
    assert submit(client, page, "/letter").status_code == 303
    for address in (page, "/account/prisoners"):
        assert "Was that a slip?" in client.get(address).text
    assert submit(client, page, "/letter/back").status_code == 303
    html = client.get(page).text
    assert "Taken back" in html
    assert "Was that a slip?" not in html
    assert "a letter was taken back: it had not left" in html
    assert counted() == []
    submit(client, page, "/letter")
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert "Was that a slip?" not in client.get(page).text


def test_nobody_takes_back_what_is_anothers(person, writer):
    made = running(person, writer)
    said(made, writer)
    with pytest.raises(NotFound):
        took_back(made, pens.writer())
    assert counted() == [Counted.REPORTED]
