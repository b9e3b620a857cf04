"""A writer's own pages: only theirs, answered, noted, paused and ended without a script."""

import uuid
from datetime import timedelta

import pytest

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.penpals.models import Assignment, AssignmentState, AttentionEntry
from campaign.penpals.service import assignments
from campaign.prisoners.models import Prisoner
from campaign.prisoners.service import publication
from campaign.web.session_cookie import TOKEN
from tests.support import pens
from tests.support.accounts import submit


@pytest.fixture
def writer(app):
    return pens.writer()


@pytest.fixture
def own(app, writer):
    """A browser in which the writer is signed in."""
    client = app.test_client()
    with transaction():
        token = open_session(get_account(writer.account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def ask(writer, person=None) -> Assignment:
    person = person or pens.addressee()
    with transaction():
        return assignments.offer(person.id, writer.id, actor=None)


def again(assignment) -> Assignment:
    session.expire_all()
    return session.get_one(Assignment, assignment.id)


def page_of(assignment) -> str:
    return f"/account/prisoners/{assignment.id}"


def test_from_the_question_to_the_end_without_a_script(own, writer):
    made = ask(writer)
    page = own.get("/account/prisoners").text
    assert "You are asked" in page
    assert submit(own, page_of(made), "/accept").status_code == 303
    assert "Your first letter can go" in own.get(page_of(made)).text
    for _ in range(2):
        assert submit(own, page_of(made), "/letter").status_code == 303
    assert session.query(AttentionEntry).count() == 1, "pressed twice, counted once"
    assert again(made).state == AssignmentState.ACTIVE
    day = (clock.today() + timedelta(days=9)).isoformat()
    assert submit(own, page_of(made), "/pause", until=day).status_code == 303
    assert "Paused until" in own.get("/account/prisoners").text
    assert submit(own, page_of(made), "/resume").status_code == 303
    wrong = submit(own, page_of(made), "/end")
    assert wrong.status_code == 422
    assert "Choose what fits best" in wrong.text
    assert submit(own, page_of(made), "/end", reason="capacity", wants_another="y").status_code == 303
    assert "There was no time left for it" in own.get("/account/prisoners").text
    assert "asked for somebody else" in own.get(page_of(made)).text


def test_a_no_and_a_no_again(own, writer):
    made = ask(writer)
    assert submit(own, page_of(made), "/decline", reason="not_a_fit").status_code == 303
    assert again(made).state == AssignmentState.DECLINED
    assert "Would you write to this person?" not in own.get(page_of(made)).text


def test_bad_days_are_said_beside_the_field(own, writer):
    made = ask(writer)
    submit(own, page_of(made), "/accept")
    for day, status in (("", 422), ("nonsense", 422), ("2020-01-01", 409), ("2999-01-01", 409)):
        assert submit(own, page_of(made), "/letter", on=day).status_code == status
    assert submit(own, page_of(made), "/pause", until="2999-01-01").status_code == 409
    assert again(made).state == AssignmentState.ACCEPTED


def test_what_ran_out_meanwhile_is_said(own, writer):
    made = ask(writer)
    page = page_of(made)
    html = own.get(page)
    assert html.status_code == 200
    with transaction():
        assignments.withdraw(made.id, actor=None)
    assert own.post(page + "/accept", headers={"Referer": f"http://localhost{page}"}).status_code in {400, 409}
    assert again(made).state == AssignmentState.WITHDRAWN


def test_nobody_sees_what_is_anothers(own, writer, sign_in):
    theirs = ask(pens.writer())
    assert own.get(page_of(theirs)).status_code == 404
    assert "You are asked" not in own.get("/account/prisoners").text
    assert own.get(page_of(theirs).replace(str(theirs.id), str(uuid.uuid4()))).status_code == 404
    staff = sign_in(Role.COORDINATOR)
    assert staff.get(page_of(theirs)).status_code == 404
    assert "not offered to write yet" in staff.get("/account/prisoners").text


def test_a_page_that_was_taken_away_names_nobody(own, writer):
    person = pens.addressee()
    made = ask(writer, person)
    submit(own, page_of(made), "/accept")
    with transaction():
        publication.withdraw(session.get_one(Prisoner, person.id), "the family asks", actor=None)
    for page in ("/account/prisoners", page_of(made)):
        html = own.get(page).text
        assert "Somebody whose page was taken away" in html
        assert person.name_in("en") not in html


def test_held_is_explained_and_nobody_can_say_yes_yet(own, writer):
    made = ask(writer)
    with transaction():
        assignments.hold(made.id)
    html = own.get(page_of(made)).text
    assert "waits until they have arrived" in html
    assert "/accept" not in html
