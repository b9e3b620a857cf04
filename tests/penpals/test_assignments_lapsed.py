"""No letter for long: the place is free for others, and whoever wrote before can have it back while nobody has it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.penpals.matching.problem import Level
from campaign.penpals.matching.standing import take_stock
from campaign.penpals.matching.weights import Settings
from campaign.penpals.models import Assignment, AssignmentState, EndReason, Health, MemberRole, PrisonerCare
from campaign.penpals.queries.addressees import find_addressee
from campaign.penpals.queries.matching_input import read_problem
from campaign.penpals.queries.succession import needs_successor
from campaign.penpals.service import assignments
from campaign.penpals.service.assignments import AlreadyTheirs, NoPlaceLeft, clock_turn
from campaign.web.session_cookie import TOKEN
from tests.support import pens
from tests.support.accounts import submit
from workers.run_jobs import run_due_jobs


def ask(person, writer, **more) -> Assignment:
    with transaction():
        return assignments.offer(person.id, writer.id, actor=None, **more)


def agree(assignment):
    with transaction():
        return assignments.accept(assignment.id, actor=None)


def wrote(assignment, ago=0):
    with transaction():
        return assignments.note_letter(assignment.id, clock.today() - timedelta(days=ago))


def again(assignment) -> Assignment:
    session.expire_all()
    return session.get_one(Assignment, assignment.id)


def waiting() -> set:
    return set(session.scalars(select(Assignment.id).where(needs_successor())))


def with_room_for(person, most):
    with transaction():
        session.add(PrisonerCare(prisoner_id=person.id, most_writers=most, changed_on=clock.today()))


def lapsed(person, writer, **more) -> Assignment:
    """One whose last letter is long ago."""
    made = ask(person, writer, **more)
    agree(made)
    with transaction():
        again(made).next_letter_on = clock.today() - timedelta(days=60)
        session.flush()
        clock_turn.turn(clock.today())
    assert again(made).health == Health.LAPSED
    return made


@pytest.fixture
def person(app):
    made = pens.addressee()
    with_room_for(made, 1)
    return made


@pytest.fixture
def read(app, mailserver):
    """Call it for what has arrived since the last call, as (to, subject, text)."""

    def arrived():
        session.remove()
        run_due_jobs()
        for lane in Lane:
            deliver_lane(lane, in_context=app.app_context, threads=1)
        session.remove()
        found = [(mail.message["To"], str(mail.message["Subject"]), mail.text) for mail in mailserver.mails]
        mailserver.clear()
        return found

    return arrived


def reachable(name, language="en"):
    writer = pens.writer()
    pens.with_address(writer, f"{name}@example.org", language)
    return writer


def test_the_place_is_free_and_somebody_is_looked_for(person):
    first, second = pens.writer(), pens.writer()
    made = ask(person, first)
    agree(made)
    with pytest.raises(NoPlaceLeft):
        ask(person, second)
    assert find_addressee(person.id, clock.today()).writers == 1
    with transaction():
        again(made).next_letter_on = clock.today() - timedelta(days=60)
        session.flush()
        clock_turn.turn(clock.today())
    assert find_addressee(person.id, clock.today()).writers == 0
    assert waiting() == {made.id}
    with pytest.raises(AlreadyTheirs):
        ask(person, first)
    asked = ask(person, second)
    assert again(asked).successor_of_id == made.id
    assert waiting() == set(), "somebody is asked"
    with transaction():
        assignments.decline(asked.id, actor=None)
    assert waiting() == {made.id}


def test_matching_expects_nothing_of_it_and_has_the_place(person):
    writer = pens.writer()
    made = ask(person, writer)
    agree(made)

    def standing():
        problem = read_problem(Level.WRITERS, clock.today())
        stock = take_stock(problem, Settings())
        number = stock.recipients[person.id]
        return stock.levels[number], stock.room[number], stock.closed[number]

    assert standing() == (4, 0, {0})
    with transaction():
        again(made).health = Health.LAPSED
    assert standing() == (0, 1, {0}), "no letter is expected, somebody may be given, but not the same writer"


def test_whoever_agrees_takes_over_and_the_first_is_thanked(person, read):
    first = lapsed(person, reachable("first"))
    read()
    second = ask(person, reachable("second"))
    read()
    agree(second)
    assert (again(first).state, again(first).end_reason) == (AssignmentState.ENDED, EndReason.LOST_CONTACT)
    assert again(second).successor_of_id == first.id
    assert waiting() == set()
    ((to, subject, text),) = read()
    assert to == "first@example.org"
    assert subject == "Somebody else goes on from here. Thank you"
    assert "/account/prisoners" in text
    for word in (person.slug, str(person.id), str(first.id), person.full_name_ru):
        assert word not in subject + text


def test_where_there_is_room_for_both_nobody_has_to_go(app):
    person = pens.addressee()
    first = lapsed(person, pens.writer())
    second = ask(person, pens.writer())
    agree(second)
    assert again(first).is_live
    assert wrote(first)
    assert again(first).health == Health.FINE
    assert find_addressee(person.id, clock.today()).writers == 2


def test_a_letter_takes_the_place_up_again_and_the_question_back(person, read):
    first = lapsed(person, reachable("first", "ru"))
    ((_to, subject, text),) = read()
    assert subject == "Мы можем попросить и кого-то ещё"
    assert "/ru/account/prisoners" in text
    second = ask(person, reachable("second", "de"))
    read()
    assert wrote(first)
    assert (again(first).health, again(first).state) == (Health.FINE, AssignmentState.ACTIVE)
    assert again(second).state == AssignmentState.WITHDRAWN
    assert waiting() == set()
    ((to, subject, text),) = read()
    assert (to, subject) == ("second@example.org", "Keine Antwort mehr nötig")
    assert "/de/account/prisoners" in text
    with pytest.raises(assignments.NotThatStep):
        agree(second)


def test_an_offer_made_in_the_same_moment_is_refused_with_a_clear_line(person):
    first, second = lapsed(person, pens.writer()), None
    second = ask(person, pens.writer())
    with transaction():
        again(first).health = Health.FINE
    with pytest.raises(NoPlaceLeft):
        agree(second)
    assert again(second).state == AssignmentState.OFFERED


def test_a_pause_or_the_way_elsewhere_do_not_take_the_place_back(person):
    first = lapsed(person, pens.writer())
    with transaction():
        assignments.pause(first.id, clock.today() + timedelta(days=9), actor=None)
    assert again(first).health == Health.LAPSED
    with transaction():
        assignments.hold(first.id)
        assignments.release(first.id)
    assert again(first).health == Health.LAPSED
    with transaction():
        assignments.resume(first.id, actor=None)
    assert again(first).health == Health.LAPSED
    assert wrote(first)
    assert again(first).health == Health.FINE


def test_two_who_lapsed_make_room_for_one(person):
    one = lapsed(person, pens.writer())
    two = lapsed(person, pens.writer())
    asked = ask(person, pens.writer())
    agree(asked)
    assert {again(one).state, again(two).state} == {AssignmentState.ENDED}
    assert waiting() == set(), "the only place is filled"


def test_a_group_that_lapsed_gives_way_to_another_and_not_to_itself(person, read):
    group, other, lead = pens.group(), pens.group(), reachable("lead")
    pens.member(group, lead, MemberRole.LEAD)
    with transaction():
        first = assignments.give_to_group(person.id, group.id, actor=None)
    read()
    with pytest.raises(AlreadyTheirs), transaction():
        assignments.give_to_group(person.id, other.id, actor=None)
    with time_machine.travel(clock.now() + timedelta(days=200)):
        with transaction():
            clock_turn.turn(clock.today())
        assert [subject for _to, subject, _text in read()] == ["We may ask somebody else, too"]
    assert find_addressee(person.id, clock.today()).group_id is None
    with pytest.raises(AlreadyTheirs), transaction():
        assignments.give_to_group(person.id, group.id, actor=None)
    with transaction():
        second = assignments.give_to_group(person.id, other.id, actor=None)
    assert (again(first).end_reason, again(second).successor_of_id) == (EndReason.LOST_CONTACT, first.id)
    assert [(to, subject) for to, subject, _text in read()] == [
        ("lead@example.org", "Somebody else goes on from here. Thank you")
    ]


def test_the_writer_reads_it_on_their_page(app, person):
    writer = pens.writer()
    first = lapsed(person, writer)
    client = app.test_client()
    with transaction():
        token = open_session(get_account(writer.account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    page = f"/account/prisoners/{first.id}"
    assert "the place is yours again as long as nobody else has it" in client.get(page).text
    assert submit(client, page, "/letter").status_code == 303
    assert "the place is yours again" not in client.get(page).text
    with transaction():
        again(first).health = Health.LAPSED
    agree(ask(person, pens.writer()))
    html = client.get(page).text
    assert "Thank you for the time that you gave." in html
    assert client.get("/account/prisoners").status_code == 200


def test_coordinators_see_who_is_late_and_who_lapsed(app, person, sign_in):
    first = lapsed(person, pens.writer())
    late = ask(pens.addressee(), pens.writer())
    agree(late)
    with transaction():
        again(late).health = Health.AT_RISK
    staff = sign_in(Role.COORDINATOR)
    board = staff.get("/staff").text
    assert "Letters of writers are overdue" in board
    assert "From writers no letter has come for long" in board
    assert "People wait for somebody who takes over" in board
    assert str(late.id) in staff.get("/staff/assignments?health=at_risk").text
    assert str(first.id) in staff.get("/staff/assignments?only=successor").text
    assert "the place is free" in staff.get(f"/staff/assignments/{first.id}").text
    ask(person, pens.writer())
    assert "somebody else was asked" in staff.get(f"/staff/assignments/{first.id}").text
