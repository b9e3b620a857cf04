"""What coordinators see and do about volunteers and about who writes to whom."""

import re
import uuid

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.penpals.models import Assignment, AssignmentState, EndReason, PairBlock
from campaign.penpals.service import assignments
from campaign.people.models import Volunteer, VolunteerState
from tests.support import pens

COORDINATOR = Role.COORDINATOR


def send(client, page, action, **values):
    """Send the form of `page` whose address ends in `action`, with what its page carries."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token is not None
    return client.post(f"{page}{action}", data={"csrf_token": token[1], **values})


@pytest.fixture
def coordinator(sign_in):
    return sign_in(COORDINATOR)


def stored(kind, identity):
    session.expire_all()
    return session.get_one(kind, identity)


def test_an_applicant_is_taken_on_step_by_step(coordinator):
    volunteer = pens.writer(VolunteerState.APPLIED)
    listed = coordinator.get("/staff/volunteers?state=applied").text
    assert volunteer.pseudonym in listed
    page = f"/staff/volunteers/{volunteer.id}"
    assert send(coordinator, page, "/step", to="screening").status_code == 303
    assert send(coordinator, page, "/step", to="probation").status_code == 303
    assert send(coordinator, page, "/step", to="active").status_code == 303
    assert stored(Volunteer, volunteer.id).state == VolunteerState.ACTIVE
    assert "Active" in coordinator.get(page).text


def test_a_step_that_somebody_else_took_changes_nothing(coordinator):
    volunteer = pens.writer(VolunteerState.APPLIED)
    page = f"/staff/volunteers/{volunteer.id}"
    assert send(coordinator, page, "/step", to="screening", version="99").status_code == 409
    assert stored(Volunteer, volunteer.id).state == VolunteerState.APPLIED
    assert send(coordinator, page, "/step", to="active").status_code == 409
    assert send(coordinator, page, "/step", to="left").status_code == 404
    assert stored(Volunteer, volunteer.id).state == VolunteerState.APPLIED


def test_several_are_taken_on_together_and_who_is_elsewhere_is_told(coordinator):
    first, second = pens.writer(VolunteerState.APPLIED), pens.writer(VolunteerState.APPLIED)
    elsewhere = pens.writer(VolunteerState.ACTIVE)
    ids = [str(each.id) for each in (first, second, elsewhere)]
    answer = send(coordinator, "/staff/volunteers", "/together", to="screening", volunteer=ids)
    assert answer.status_code == 303
    told = coordinator.get("/staff/volunteers").text
    assert "2 volunteers are a step on." in told
    assert "1 stayed where they are" in told
    assert stored(Volunteer, elsewhere.id).state == VolunteerState.ACTIVE
    assert send(coordinator, "/staff/volunteers", "/together", to="screening").status_code == 422


def test_whoever_writes_no_more_drops_nobody(coordinator):
    writer, person = pens.writer(), pens.addressee()
    with transaction():
        given = assignments.offer(person.id, writer.id, actor=uuid.uuid4())
    answer = send(coordinator, f"/staff/volunteers/{writer.id}", "/step", to="inactive", reason="no answer")
    assert answer.status_code == 303
    assert stored(Assignment, given.id).state == AssignmentState.WITHDRAWN
    assert stored(Volunteer, writer.id).state == VolunteerState.INACTIVE


def test_trust_is_set_and_nonsense_is_not(coordinator):
    volunteer = pens.writer()
    page = f"/staff/volunteers/{volunteer.id}"
    assert send(coordinator, page, "/trust", trust="2").status_code == 303
    assert send(coordinator, page, "/trust", trust="9").status_code == 422
    assert stored(Volunteer, volunteer.id).trust == 2


@pytest.mark.parametrize("query", ["?state=paused", "?q=%25", "?trust=2&sort=-trust", "?group=nonsense", "?page=99"])
def test_whatever_narrows_the_list_of_volunteers_gives_a_page(coordinator, query):
    pens.writer()
    assert coordinator.get(f"/staff/volunteers{query}").status_code == 200


def offered():
    person, writer = pens.addressee(), pens.writer()
    with transaction():
        return assignments.offer(person.id, writer.id, actor=uuid.uuid4())


def test_a_question_is_taken_back(coordinator):
    given = offered()
    page = f"/staff/assignments/{given.id}"
    assert "asked, no answer yet" in coordinator.get("/staff/assignments?only=live").text
    assert send(coordinator, page, "/withdraw").status_code == 303
    assert stored(Assignment, given.id).state == AssignmentState.WITHDRAWN
    assert send(coordinator, page, "/end", reason="mutual").status_code == 409


def test_one_that_runs_is_ended_with_a_reason_and_waits_for_a_successor(coordinator):
    given = offered()
    with transaction():
        assignments.accept(given.id, actor=None)
    page = f"/staff/assignments/{given.id}"
    assert send(coordinator, page, "/end", reason="released").status_code == 422
    assert send(coordinator, page, "/end", reason="lost_contact", note="no word").status_code == 303
    assert stored(Assignment, given.id).end_reason == EndReason.LOST_CONTACT
    assert "/staff/assignments?only=successor" in coordinator.get("/staff").text
    assert send(coordinator, page, "/settle", note="free soon").status_code == 303
    assert "/staff/assignments?only=successor" not in coordinator.get("/staff").text


def test_two_are_kept_apart_and_brought_together_again(coordinator):
    given = offered()
    page = f"/staff/assignments/{given.id}"
    assert send(coordinator, page, "/keep-apart").status_code == 422
    assert send(coordinator, page, "/keep-apart", note="they know each other").status_code == 303
    (block,) = session.query(PairBlock).all()
    assert "they know each other" in coordinator.get("/staff/assignments/apart").text
    assert send(coordinator, "/staff/assignments/apart", f"/{block.id}/lift").status_code == 303
    session.expire_all()
    assert session.query(PairBlock).count() == 0


@pytest.mark.parametrize("query", ["?state=active", "?health=lapsed", "?only=held", "?q=x&sort=-name", "?group=none"])
def test_whatever_narrows_the_list_of_assignments_gives_a_page(coordinator, query):
    offered()
    assert coordinator.get(f"/staff/assignments{query}").status_code == 200


@pytest.mark.parametrize("role", [each for each in Role if each is not COORDINATOR])
def test_nobody_else_gets_in(sign_in, role):
    client, given, volunteer = sign_in(role), offered(), pens.writer()
    for path in (
        "/staff/volunteers", f"/staff/volunteers/{volunteer.id}", "/staff/assignments",
        f"/staff/assignments/{given.id}", "/staff/assignments/apart",
    ):  # fmt: skip
        assert client.get(path).status_code in {302, 303, 403}, path
