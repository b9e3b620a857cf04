"""A group that writes to somebody no longer: its members' own assignments end too, and everybody concerned is told."""

import re

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.penpals.models import Assignment, MemberRole
from campaign.penpals.queries.assignments import waits_for_successor
from campaign.penpals.service import assignments, group_prisoners
from tests.penpals.test_groups import ACTOR, give, join, turns
from tests.petitions.pages import send
from tests.support import make, pens


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


@pytest.fixture
def read(app, mailserver):
    """Call it for whom the mails went to that have left since the last call, with their subjects."""

    def arrived():
        session.remove()
        for lane in Lane:
            deliver_lane(lane, in_context=app.app_context, threads=1)
        session.remove()
        found = {str(each.message["To"]): str(each.message["Subject"]) for each in mailserver.mails}
        mailserver.clear()
        return found

    return arrived


@pytest.fixture
def held(app):
    """A group that writes to somebody, with a lead, one who was given the person and one who is being asked."""
    group = pens.group()
    people = {}
    for name, role in (("lead", MemberRole.LEAD), ("writes", MemberRole.WRITER), ("asked", MemberRole.WRITER)):
        people[name] = pens.writer()
        pens.with_address(people[name], f"{name}@example.org")
        join(group, role, people[name])
    prisoner = give(group)
    for name in ("writes", "asked"):
        with transaction():
            group_prisoners.ask_member(group.id, prisoner, people[name].id, actor=ACTOR)
    made = session.query(Assignment).filter_by(volunteer_id=people["writes"].id).one()
    with transaction():
        assignments.accept(made.id, actor=None)
    return group, prisoner, people


def states(prisoner) -> dict[str, str]:
    session.expire_all()
    rows = session.query(Assignment).filter_by(prisoner_id=prisoner).all()
    return {str(each.volunteer_id): each.state for each in rows}


def test_the_members_who_write_or_are_asked_are_let_go_and_told(held, read):
    group, prisoner, people = held
    elsewhere = give(group, make.facility())
    read()
    with transaction():
        group_prisoners.hand_back(group.id, prisoner, seen_writers=2, actor=ACTOR)
    assert states(prisoner) == {
        "None": "ended", str(people["writes"].id): "ended", str(people["asked"].id): "withdrawn",
    }  # fmt: skip
    for each in session.query(Assignment).filter_by(prisoner_id=prisoner, state="ended"):
        assert waits_for_successor(each.id)
    assert states(elsewhere) == {"None": "active"}
    assert [each.assignment_id for each in turns(group)] == [
        session.query(Assignment.id).filter_by(prisoner_id=elsewhere).scalar()
    ]
    assert read() == {
        "lead@example.org": "Something has come to an end", "writes@example.org": "Something has come to an end",
        "asked@example.org": "No answer needed any more",
    }  # fmt: skip


def test_it_is_refused_when_others_write_than_was_seen(held):
    group, prisoner, _people = held
    with pytest.raises(Conflict), transaction():
        group_prisoners.hand_back(group.id, prisoner, seen_writers=1, actor=ACTOR)
    assert "ended" not in states(prisoner).values()


def test_the_page_says_whom_it_concerns_before_it_is_done(coordinator, held):
    group, prisoner, people = held
    page = f"/staff/groups/{group.id}/prisoners/{prisoner}"
    section = coordinator.get(page).text.partition('id="back-title"')[2]
    words = " ".join(re.sub(r"<[^>]+>", " ", section).split())
    assert "For 2 members it ends too:" in words
    assert f"{people['writes'].pseudonym} · has said yes" in words
    assert f"{people['asked'].pseudonym} · is being asked" in words
    answer = send(coordinator, page, "/end", writers="1")
    assert answer.status_code == 409
    assert "Other members write to them" in answer.text
    assert send(coordinator, page, "/end", writers="2").status_code == 303
    assert set(states(prisoner).values()) == {"ended", "withdrawn"}


def test_doing_it_twice_says_that_it_is_done(coordinator, held):
    group, prisoner, _people = held
    page = f"/staff/groups/{group.id}/prisoners/{prisoner}"
    form = {"writers": "2"}
    other = {**form, **_token(coordinator, page)}
    assert send(coordinator, page, "/end", **form).status_code == 303
    answer = coordinator.post(f"{page}/end", data=other, follow_redirects=True)
    assert "The group does not write to them any more." in answer.text


def test_ending_the_groups_assignment_on_its_own_page_does_the_same(coordinator, held):
    group, prisoner, people = held
    own = session.query(Assignment).filter_by(group_id=group.id, volunteer_id=None, prisoner_id=prisoner).one()
    page = f"/staff/assignments/{own.id}"
    assert people["asked"].pseudonym in coordinator.get(page).text
    assert send(coordinator, page, "/end", reason="safety", writers="0").status_code == 409
    assert send(coordinator, page, "/end", reason="safety", note="a hint", writers="2").status_code == 303
    assert set(states(prisoner).values()) == {"ended", "withdrawn"}
    session.expire_all()
    assert session.get_one(Assignment, own.id).end_reason == "safety"


def _token(client, page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return {"csrf_token": found[1]}
