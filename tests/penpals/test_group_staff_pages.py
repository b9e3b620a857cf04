"""What coordinators do with groups on their pages."""

import re

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.penpals.models import Group, GroupMember, GroupState, MemberRole
from campaign.penpals.queries.members import list_members
from campaign.penpals.service import assignments, groups, members, rota
from tests.petitions.pages import send
from tests.support import make, pens
from tests.support.accounts import submit

VALUES = {
    "kind": "penpal", "name_en": "Sparrows", "languages": "ru", "capacity": "8", "turn_days": "21", "is_public": "y",
    "about_en": "We meet on Thursdays.",
}  # fmt: skip


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def home(group) -> str:
    return f"/staff/groups/{group.id}"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def shown(client, path: str) -> str:
    return text_of(client.get(path).get_data(as_text=True))


def with_prisoner(group: Group):
    person = pens.addressee(make.facility())
    with transaction():
        assignments.give_to_group(person.id, group.id, actor=group.id)
        rota.settle_group(groups.lock_group(group.id))
    return person


def join(group: Group, role: MemberRole = MemberRole.WRITER, *, name: str = "") -> GroupMember:
    volunteer = pens.writer()
    with transaction():
        if name:
            volunteer.pseudonym = name
        return members.add_member(group.id, volunteer.id, role, actor=group.id)


def test_a_group_is_made_and_asks_for_two_leads(coordinator):
    answer = send(coordinator, "/staff/groups/new", "", **VALUES)
    assert answer.status_code == 303
    group = session.query(Group).one()
    assert (group.slug, group.capacity, group.turn_days, group.is_public) == ("sparrows", 8, 21, True)
    assert answer.location.endswith(f"/staff/groups/{group.id}/members")
    assert "This group needs two leads" in shown(coordinator, home(group))
    assert "Groups have fewer than two leads" in shown(coordinator, "/staff")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name_en", "", "Enter a name in English or in Russian"),
        ("capacity", "201", "A number from 0 to 200"),
        ("turn_days", "six", "Not a valid integer value"),
        ("turn_days", "6", "A number from 7 to 180"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(coordinator, field, value, words):
    answer = send(coordinator, "/staff/groups/new", "", **{**VALUES, field: value})
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert "We meet on Thursdays." in answer.text


def test_the_list_is_narrowed_sorted_and_paged(coordinator):
    for number in range(27):
        pens.group(names={"en": f"Group {number:02d}"})
    closed = pens.group(names={"en": "Closed one"}, state=GroupState.CLOSED, kind="regional", languages=["de"])
    first = shown(coordinator, "/staff/groups?sort=-name")
    assert first.index("Group 26") < first.index("Group 25")
    assert "Group 00" not in first
    assert "Group 00" in shown(coordinator, "/staff/groups?sort=-name&page=2")
    for query in ("state=closed", "kind=regional", "language=de", "q=closed", "only=nonsense&q=closed"):
        assert "Closed one" in shown(coordinator, f"/staff/groups?{query}")
        assert "Group 01" not in shown(coordinator, f"/staff/groups?{query}")
    assert "Closed one" not in shown(coordinator, "/staff/groups?only=short")
    assert "No group fits" in shown(coordinator, "/staff/groups?only=overdue")
    assert str(closed.id) in coordinator.get("/staff/groups?state=closed").text


def test_two_who_change_a_group_at_once(coordinator):
    group = pens.group()
    path = f"{home(group)}/edit"
    values = {**VALUES, "version": "1"}
    assert send(coordinator, path, "", **values).status_code == 303
    late = send(coordinator, path, "", **{**values, "name_en": "Swifts"})
    assert late.status_code == 409
    assert "Someone else changed this meanwhile" in late.text
    assert 'value="Swifts"' in late.text
    assert send(coordinator, path, "", **{**VALUES, "name_en": "Swifts"}).status_code == 303


def test_a_link_is_shown_once_listed_and_taken_back(coordinator):
    group = pens.group()
    page = f"{home(group)}/members"
    answer = submit(coordinator, page, "/invitations", role="lead")
    assert answer.status_code == 200
    assert re.search(r"http://localhost/groups/join/[\w-]{22}", answer.text)
    assert coordinator.person.username in shown(coordinator, page)
    assert submit(coordinator, page, "/revoke").status_code == 303
    assert "No link waits to be used" in shown(coordinator, page)


def test_a_volunteer_is_found_added_given_a_role_and_removed(coordinator):
    group, volunteer = pens.group(), pens.writer()
    page = f"{home(group)}/members"
    found = f"{page}?q={volunteer.pseudonym}"
    assert submit(coordinator, found, "/members", role="observer").status_code == 303
    assert "No volunteer at work is called that" in shown(coordinator, found)
    (member,) = list_members(group.id)
    assert member.role == "observer"
    assert submit(coordinator, page, "/role", role="lead").status_code == 303
    assert list_members(group.id)[0].role == "lead"
    assert submit(coordinator, page, "/role", role="emperor").status_code == 422
    assert submit(coordinator, page, "/remove").status_code == 303
    assert list_members(group.id) == []


def test_closing_says_how_many_are_handed_back_and_refuses_when_that_changed(coordinator):
    group = pens.group()
    join(group)
    with_prisoner(group)
    page = home(group)
    assert "1 person is handed back" in shown(coordinator, page)
    html = coordinator.get(page).text
    with_prisoner(group)
    late = submit(coordinator, page, "/close", prisoners="1")
    assert late.status_code == 409
    assert "another number of people by now" in late.text
    assert 'name="prisoners" value="1"' in html
    assert submit(coordinator, page, "/close").status_code == 303
    closed = shown(coordinator, page)
    assert "This group is closed" in closed
    assert "The group writes to nobody yet" in closed
    assert submit(coordinator, page, "/reopen").status_code == 303
    assert session.get(Group, group.id).state == GroupState.OPEN


def test_an_admin_sees_figures_and_no_group(sign_in):
    group = pens.group()
    admin = sign_in(Role.ADMIN)
    html = admin.get("/staff/groups").text
    assert group.names["en"] in html
    assert str(group.id) not in html
    assert admin.get(home(group)).status_code == 403


def test_a_coordinator_of_one_group_knows_of_that_one(sign_in):
    mine, other = pens.group(), pens.group()
    client = sign_in(Role.COORDINATOR, group=mine.id)
    html = client.get("/staff/groups").text
    assert str(mine.id) in html
    assert str(other.id) not in html
    assert other.names["en"] not in html
    assert "1 Groups have fewer than two leads" in shown(client, "/staff")


def test_a_role_of_a_coordinator_is_narrowed_to_a_group_on_the_form(sign_in):
    group = pens.group()
    volunteer = pens.volunteer()
    page = sign_in(Role.ADMIN).get(f"/staff/accounts/{volunteer.account_id}").text
    assert f"group:{group.id}" in page
