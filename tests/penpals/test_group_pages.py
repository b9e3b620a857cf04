"""Groups as the public and as their members see them."""

import re
from datetime import timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.models import Group, GroupState, MemberRole, PrisonerCare
from campaign.penpals.queries.members import list_members
from campaign.penpals.service import invitations, threads
from campaign.people.models import VolunteerState
from tests.penpals.test_groups import ACTOR, give, holder, turns
from tests.petitions.pages import send
from tests.support import pens
from tests.support.accounts import submit


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def shown(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return text_of(answer.get_data(as_text=True))


def page(group: Group) -> str:
    return f"/account/groups/{group.slug}"


def test_the_public_list_names_nobody_and_counts_in_words(client, enter):
    group = pens.group(names={"en": "Sparrows", "ru": "Воробьи"}, languages=["ru", "de"])
    pens.group(names={"en": "Hidden"}, is_public=False)
    pens.group(names={"en": "Closed"}, state=GroupState.CLOSED)
    who = enter(group)
    give(group)
    words = shown(client, "/groups")
    assert "Sparrows" in words
    assert "Hidden" not in words
    assert "Closed" not in words
    assert "one to four people" in words
    assert "Воробьи" in shown(client, "/ru/groups")
    assert "Russisch" in shown(client, "/de/groups")
    for path in ("/groups", f"/groups/{group.slug}"):
        assert who.volunteer.pseudonym not in client.get(path).text
        assert client.get(path).headers["Cache-Control"].startswith("public")


def test_the_public_list_is_narrowed_and_senseless_addresses_lead_to_the_list(client):
    pens.group(names={"en": "Sparrows"}, kind="regional", languages=["ru"])
    pens.group(names={"en": "Swifts"}, kind="event", languages=["de"])
    assert "Swifts" not in shown(client, "/groups?kind=regional")
    assert "Sparrows" not in shown(client, "/groups?language=de")
    assert "No group fits" in shown(client, "/groups?kind=regional&language=de")
    for query in ("kind=nonsense", "language=xx", "page=7", "kind=", "page=1"):
        answer = client.get(f"/groups?{query}")
        assert (answer.status_code, answer.location) == (302, "/groups"), query


def test_the_public_list_has_pages(client):
    for number in range(13):
        pens.group(slug=f"group-{number:02d}", names={"en": f"Flock {number:02d}"})
    assert "Flock 12" not in shown(client, "/groups")
    assert "Flock 12" in shown(client, "/groups?page=2")


@pytest.mark.parametrize("changes", [{"is_public": False}, {"state": GroupState.CLOSED}])
def test_a_group_that_is_not_to_be_seen_has_no_public_page(client, changes):
    assert client.get(f"/groups/{pens.group(**changes).slug}").status_code == 404
    assert client.get("/groups/never-there").status_code == 404


def test_without_any_group_the_public_is_told_so(client):
    assert "No group is open to newcomers" in shown(client, "/groups")


def test_about_is_told_in_another_language_where_there_is_none_in_the_readers(client):
    group = pens.group(about={"ru": "Мы пишем *по вечерам*."})
    html = client.get(f"/groups/{group.slug}").text
    assert 'lang="ru"' in html
    assert "<em>по вечерам</em>" in html


def test_a_link_opens_a_page_with_a_button_and_lets_one_in(client, enter):
    group = pens.group()
    with transaction():
        token = invitations.invite(group.id, MemberRole.WRITER, actor=ACTOR)
    path = f"/groups/join/{token}"
    assert "Sign in" in shown(client, path)
    assert client.get(path).headers["Referrer-Policy"] == "no-referrer"
    assert client.get(path).headers["Cache-Control"] == "no-store"
    first, second = enter(None), enter(None)
    for _each in range(2):
        assert "Join the group" in shown(first, path)
    assert list_members(group.id) == []
    answer = submit(first, path, path)
    assert (answer.status_code, answer.location) == (303, page(group))
    assert "Welcome" in shown(first, page(group))
    assert second.get(path).status_code == 410
    assert second.get("/groups/join/never-a-token").status_code == 410


def test_a_link_waits_for_whoever_is_not_taken_in_yet(enter):
    group = pens.group()
    with transaction():
        token = invitations.invite(group.id, MemberRole.WRITER, actor=ACTOR)
    waiting = enter(None, state=VolunteerState.APPLIED)
    answer = submit(waiting, f"/groups/join/{token}", token)
    assert answer.status_code == 409
    assert "has to be accepted first" in text_of(answer.text)
    assert invitations.find_invitation(token)


def test_my_turn_stands_first_and_a_letter_passes_it_on(enter):
    group = pens.group()
    me, other = enter(group), enter(group)
    give(group)
    mine = me if holder(group) == me.volunteer.id else other
    words = shown(mine, page(group))
    assert words.index("My turn") < words.index("To whom we write")
    assert "I wrote" in words
    (turn,) = turns(group)
    day = clock.today() - timedelta(days=2)
    assert submit(mine, page(group), "/written", on=day.isoformat()).status_code == 303
    assert "Thank you. It counts" in shown(mine, page(group))
    again = mine.post(f"{page(group)}/turns/{turn.id}/written", data=_token(mine, on=day.isoformat()))
    assert again.status_code == 409
    assert "written, passed on or taken over meanwhile" in text_of(again.text)
    assert holder(group) != mine.volunteer.id
    assert "I wrote" not in shown(mine, page(group))
    assert "I wrote" in shown(mine, "/account/groups") or "Nothing is due" in shown(mine, "/account/groups")


@pytest.mark.parametrize("day", ["2031-01-01", "2019-01-01", "yesterday"])
def test_a_day_on_which_no_letter_can_have_gone_out(enter, day):
    group = pens.group()
    me = enter(group)
    give(group)
    answer = submit(me, page(group), "/written", on=day)
    assert answer.status_code in {409, 422}
    assert len(turns(group)) == 1


def test_passing_on_taking_over_and_the_only_writer(enter):
    group = pens.group()
    me = enter(group)
    give(group)
    assert submit(me, page(group), "/skip").status_code == 303
    assert "so the turn stays with you. The leads are told." in shown(me, page(group))
    assert "nobody else could take it" in shown(me, "/account/groups")
    other = enter(group)
    assert me.volunteer.pseudonym not in shown(other, page(group))
    assert submit(other, page(group), "/take").status_code == 303
    assert holder(group) == other.volunteer.id
    assert submit(other, page(group), "/skip").status_code == 303
    assert holder(group) == me.volunteer.id


def test_an_observer_reads_and_takes_nothing(enter):
    group = pens.group()
    enter(group)
    give(group)
    observer = enter(group, MemberRole.OBSERVER)
    assert "You read along" in shown(observer, page(group))
    (turn,) = turns(group)
    assert observer.post(f"{page(group)}/turns/{turn.id}/take", data=_token(observer)).status_code == 403


def test_a_turn_does_not_come_to_whom_it_could_harm(enter):
    group = pens.group()
    prisoner = give(group)
    with transaction():
        session.add(PrisonerCare(prisoner_id=prisoner, trust_needed=1, changed_on=clock.today()))
    new = enter(group)
    assert turns(group) == []
    known = enter(group, trust=1)
    assert holder(group) == known.volunteer.id
    answer = submit(new, page(group), "/take")
    assert answer.status_code == 409
    assert "could harm one of the two" in text_of(answer.text)


def test_members_tell_each_other_and_a_newcomer_sees_no_history(enter):
    group = pens.group()
    me = enter(group)
    prisoner = give(group)
    thread = f"{page(group)}/prisoners/{prisoner}"
    assert send(me, thread, "", body="She <b>likes</b> chess.").status_code == 303
    assert "She &lt;b&gt;likes&lt;/b&gt; chess." in me.get(thread).text
    newcomer = enter(group)
    assert "chess" not in newcomer.get(thread).text
    assert "0 messages" in shown(newcomer, page(group))
    assert send(newcomer, thread, "", body="Hello, I am new.").status_code == 303
    assert "Hello, I am new." in shown(me, thread)
    empty = send(me, thread, "", body="   ")
    assert empty.status_code == 422
    assert "Write something" in text_of(empty.text)
    assert submit(newcomer, thread, "/remove").status_code == 303
    assert "I am new" not in shown(me, thread)


def test_a_thread_has_pages(enter):
    group = pens.group()
    me = enter(group)
    prisoner = give(group)
    for number in range(26):
        with transaction():
            threads.post_message(group.id, prisoner, me.member, f"Message number {number:02d}.")
    thread = f"{page(group)}/prisoners/{prisoner}"
    assert "number 00." not in shown(me, thread)
    assert "number 00." in shown(me, f"{thread}?page=2")


def test_leaving_ends_access_within_the_same_request(enter):
    group = pens.group()
    me = enter(group)
    enter(group)
    prisoner = give(group)
    assert submit(me, page(group), "/leave").status_code == 303
    for path in (page(group), f"{page(group)}/prisoners/{prisoner}", f"{page(group)}/members"):
        assert me.get(path).status_code == 404
    assert me.post(f"{page(group)}/prisoners/{prisoner}", data=_token(me, body="Still here?")).status_code == 404
    assert "You belong to no group" in shown(me, "/account/groups")
    assert holder(group) != me.volunteer.id


def test_the_only_lead_hands_over_first(enter):
    group = pens.group()
    lead = enter(group, MemberRole.LEAD)
    answer = submit(lead, page(group), "/leave")
    assert answer.status_code == 409
    assert "Make somebody else a lead first" in text_of(answer.text)


def test_a_member_of_another_group_finds_nothing(enter):
    mine, other = pens.group(), pens.group()
    me = enter(mine, MemberRole.LEAD)
    there = enter(other, MemberRole.LEAD)
    prisoner = give(other)
    (turn,) = turns(other)
    (member,) = [each.id for each in list_members(other.id)]
    for tail in ("", f"/prisoners/{prisoner}", "/members"):
        assert me.get(page(other) + tail).status_code == 404
        assert there.get(page(other) + tail).status_code == 200
    for tail in (
        f"/turns/{turn.id}/written", f"/turns/{turn.id}/skip", f"/turns/{turn.id}/take", f"/turns/{turn.id}/give",
        f"/prisoners/{prisoner}", f"/prisoners/{prisoner}/writers", f"/members/{member}/role",
        f"/members/{member}/remove", "/invitations", "/leave",
    ):  # fmt: skip
        assert me.post(page(other) + tail, data=_token(me)).status_code == 404, tail
    # With the address of one's own group, another's rows are not found either.
    for tail in (f"/turns/{turn.id}/skip", f"/members/{member}/remove"):
        assert me.post(page(mine) + tail, data=_token(me)).status_code == 404, tail
    assert me.get(f"{page(mine)}/prisoners/{prisoner}").status_code == 404


def test_only_leads_see_members_and_change_them(enter):
    group = pens.group()
    lead, writer = enter(group, MemberRole.LEAD), enter(group, MemberRole.MODERATOR)
    assert writer.get(f"{page(group)}/members").status_code == 403
    words = shown(lead, f"{page(group)}/members")
    assert writer.volunteer.pseudonym in words
    answer = submit(lead, f"{page(group)}/members", "/invitations", role="writer")
    assert "/groups/join/" in answer.text
    assert submit(lead, f"{page(group)}/members", "/revoke").status_code == 303
    path = f"/members/{writer.member.id}/role"
    assert submit(lead, f"{page(group)}/members", path, role="lead").status_code == 303
    gone = submit(lead, f"{page(group)}/members", f"/members/{lead.member.id}/remove")
    assert (gone.status_code, gone.location) == (303, "/account/groups")
    assert shown(writer, f"{page(group)}/members")


def test_a_lead_gives_a_turn_and_asks_a_member(enter):
    group = pens.group()
    lead, writer = enter(group, MemberRole.LEAD), enter(group)
    prisoner = give(group)
    other = writer.volunteer.id if holder(group) == lead.volunteer.id else lead.volunteer.id
    assert submit(lead, page(group), "/give", volunteer=str(other)).status_code == 303
    assert holder(group) == other
    thread = f"{page(group)}/prisoners/{prisoner}"
    asked = submit(lead, thread, "/writers", volunteer=str(writer.volunteer.id))
    assert asked.status_code == 303
    assert "is being asked" in shown(lead, thread)
    again = submit(lead, thread, "/writers", volunteer=str(writer.volunteer.id))
    assert again.status_code == 409
    assert "has this person already" in text_of(again.text)


def test_who_is_signed_out_is_asked_to_sign_in(client):
    assert "/account/sign-in" in client.get("/account/groups").location


def _token(client, **values: str) -> dict[str, str]:
    html = client.get("/account").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found is not None
    return {"csrf_token": found[1], **values}
