"""Offers by hand: who could write to somebody, to whom a writer could, one question, and who may ask it."""

import uuid
from datetime import timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.penpals.models import Assignment, AssignmentState
from campaign.penpals.service import assignments
from campaign.people.models import VolunteerState
from campaign.prisoners.models import Attention, PrisonerState
from tests.penpals.test_assignments import move_person
from tests.support import accounts, make, pens

OFFER = "/staff/assignments/offer"


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def of_person(person) -> str:
    return f"{OFFER}/people/{person.id}"


def of_writer(writer) -> str:
    return f"{OFFER}/writers/{writer.id}"


def of_both(person, writer) -> str:
    return f"{OFFER}/people/{person.id}/{writer.id}"


def give(person, group) -> None:
    with transaction():
        assignments.give_to_group(person.id, group.id, actor=None)


def ask(person, writer) -> Assignment:
    with transaction():
        return assignments.offer(person.id, writer.id, actor=None)


def offered() -> list[Assignment]:
    session.remove()
    return session.query(Assignment).filter_by(state=AssignmentState.OFFERED).all()


def press(client, person, writer):
    return accounts.submit(client, of_both(person, writer), of_both(person, writer))


def wait(person, days) -> None:
    with transaction():
        since = clock.today() - timedelta(days=days)
        session.add(Attention(prisoner_id=person.id, quarters=0, waiting_since_on=since))


def test_from_a_person_to_a_question_asked(coordinator):
    person = pens.addressee(languages_read=["ru"])
    often, seldom = pens.writer(promise_days=14), pens.writer(promise_days=60)
    assert of_person(person) in coordinator.get(OFFER).text
    page = coordinator.get(of_person(person)).text
    assert "2 may" in page
    assert page.index(of_both(person, often)) < page.index(of_both(person, seldom))
    assert "language: Russian" in page
    assert "a letter every 14 days" in page
    assert "waits on their page for 30 days" in coordinator.get(of_both(person, often)).text
    answer = press(coordinator, person, often)
    assert answer.status_code == 303
    told = coordinator.get(answer.location).text
    assert "The writer is asked" in told
    assert "asked, no answer yet" in told
    (made,) = offered()
    assert (made.prisoner_id, made.volunteer_id, made.group_id) == (person.id, often.id, None)
    assert made.created_by == coordinator.person.id
    after = coordinator.get(of_person(person)).text
    assert of_both(person, often) not in after
    assert of_both(person, seldom) in after


def test_from_a_writer_who_waits_longest_comes_first(coordinator):
    writer = pens.writer()
    fresh, long_ago, other = pens.addressee(), pens.addressee(), pens.addressee(languages_read=["de"])
    wait(fresh, 5)
    wait(long_ago, 500)
    assert of_writer(writer) in coordinator.get(f"{OFFER}/writers").text
    page = coordinator.get(of_writer(writer)).text
    assert page.index(of_both(long_ago, writer)) < page.index(of_both(fresh, writer))
    assert of_both(other, writer) not in page
    assert "gets no letters" in page
    assert "waiting for 500 days" in page
    apart = coordinator.get(f"{of_writer(writer)}?show=not").text
    assert "no language in common" in apart
    assert of_person(other) in apart


def test_who_may_not_is_listed_with_every_reason_and_can_be_narrowed_to_one(coordinator):
    person = pens.addressee()
    far, full = pens.writer(languages=["de"], channels=["e_letter_card"]), pens.writer(capacity=0)
    away = pens.writer(VolunteerState.PAUSED)
    page = coordinator.get(f"{of_person(person)}?show=not").text
    assert "3 may not" in page
    assert page.index(full.pseudonym) < page.index(far.pseudonym), "whom one condition keeps apart before two"
    assert "no way of sending that the writer can use" in page
    only = coordinator.get(f"{of_person(person)}?show=not&reason=full").text
    assert full.pseudonym in only
    assert far.pseudonym not in only
    assert away.pseudonym not in only
    named = coordinator.get(f"{of_person(person)}?show=not&q={far.pseudonym}").text
    assert full.pseudonym not in named


def test_a_list_has_pages_and_keeps_its_filters(coordinator):
    person = pens.addressee()
    for _each in range(26):
        pens.writer(VolunteerState.PAUSED)
    page = coordinator.get(f"{of_person(person)}?show=not&reason=not_ready").text
    assert "1 to 25 of 26" in page
    assert "page=2" in page
    second = coordinator.get(f"{of_person(person)}?show=not&reason=not_ready&page=2").text
    assert "26 to 26 of 26" in second


@pytest.mark.parametrize(
    "query",
    ["?show=nonsense", "?show=not&reason=nonsense", "?group=nonsense", "?language=xx", "?q=%25%00", "?page=99&q=a"],
)
def test_whatever_narrows_a_list_gives_a_page(coordinator, query):
    person, writer = pens.addressee(), pens.writer()
    for path in (OFFER, f"{OFFER}/writers", of_person(person), of_writer(writer)):
        assert coordinator.get(path + query).status_code == 200, path


def test_what_there_is_not_is_not_found(coordinator):
    person, writer, nobody = pens.addressee(), pens.writer(), uuid.uuid4()
    for path in (
        f"people/{nobody}",
        f"writers/{nobody}",
        f"people/{person.id}/{nobody}",
        f"people/{nobody}/{writer.id}",
    ):
        assert coordinator.get(f"{OFFER}/{path}").status_code == 404, path


def test_empty_pages_say_so(coordinator):
    assert "A letter can go to nobody now." in coordinator.get(OFFER).text
    assert "Nobody writes at present." in coordinator.get(f"{OFFER}/writers").text
    helper = pens.volunteer()
    assert "has not said that they want to write" in coordinator.get(of_writer(helper)).text
    assert "nobody to whom they may write now" in coordinator.get(of_writer(pens.writer())).text
    person = pens.addressee()
    assert "1 may" in coordinator.get(of_person(person)).text
    move_person(person, "in_transit")
    page = coordinator.get(of_person(person)).text
    assert "No letter reaches this person now" in page
    assert of_both(person, helper) not in page


def test_two_coordinators_at_once_make_one_offer_and_the_second_is_told(coordinator, sign_in):
    other, person, writer = sign_in(Role.COORDINATOR), pens.addressee(), pens.writer()
    values = accounts.field_values(other.get(of_both(person, writer)).text, of_both(person, writer))
    assert press(coordinator, person, writer).status_code == 303
    late = other.post(of_both(person, writer), data=values)
    assert late.status_code == 409
    assert "Perhaps somebody was quicker than you." in late.text
    assert "See how it stands" in late.text
    assert len(offered()) == 1


def test_what_changed_meanwhile_is_told_and_nothing_is_made(coordinator):
    person, writer = pens.addressee(), pens.writer()
    page = coordinator.get(of_both(person, writer)).text
    values = accounts.field_values(page, of_both(person, writer))
    move_person(person, "in_transit")
    answer = coordinator.post(of_both(person, writer), data=values)
    assert answer.status_code == 409
    assert "Offers wait until they arrive." in answer.text
    move_person(person, "serving_colony")
    with transaction():
        assignments.block_pair(person.id, volunteer_id=writer.id, reason="they know each other", actor=None)
    answer = coordinator.post(of_both(person, writer), data=values)
    assert answer.status_code == 409
    assert "must not be brought together" in answer.text
    assert "refused or parted before" in coordinator.get(of_both(person, writer)).text
    assert offered() == []


def test_somebody_of_a_group_is_offered_to_its_members_for_the_group(coordinator):
    group, person, member, stranger = pens.group(), pens.addressee(), pens.writer(), pens.writer()
    pens.member(group, member)
    give(person, group)
    page = coordinator.get(of_person(person)).text
    assert of_both(person, member) in page
    assert of_both(person, stranger) not in page
    assert "the writer is not in the group of this person" in coordinator.get(of_both(person, stranger)).text
    assert "made for the group" in coordinator.get(of_both(person, member)).text
    assert press(coordinator, person, member).status_code == 303
    (made,) = offered()
    assert made.group_id == group.id


def test_a_coordinator_of_one_group_offers_within_it_alone(sign_in):
    mine, other = pens.group(), pens.group()
    person, elsewhere, free = pens.addressee(), pens.addressee(), pens.addressee()
    member, stranger = pens.writer(), pens.writer()
    pens.member(mine, member)
    pens.member(other, stranger)
    give(person, mine)
    give(elsewhere, other)
    client = sign_in(Role.COORDINATOR, group=mine.id)
    start, writers = client.get(OFFER).text, client.get(f"{OFFER}/writers").text
    assert of_person(person) in start
    assert of_person(elsewhere) not in start
    assert of_person(free) not in start
    assert of_writer(member) in writers
    assert of_writer(stranger) not in writers
    page = client.get(f"{of_person(person)}?show=not").text
    assert stranger.pseudonym not in page, "writers of other groups are not theirs to see"
    assert of_person(free) not in client.get(f"{of_writer(member)}?show=not").text
    refused = [
        of_person(elsewhere), of_person(free), of_writer(stranger), of_both(elsewhere, member), of_both(free, member),
        of_both(person, stranger), f"{OFFER}/people/{uuid.uuid4()}", f"{OFFER}/writers/{uuid.uuid4()}",
    ]  # fmt: skip
    values = accounts.field_values(client.get(of_both(person, member)).text, of_both(person, member))
    for path in refused:
        assert client.get(path).status_code == 403, path
    for both in (of_both(elsewhere, member), of_both(free, member), of_both(person, stranger)):
        assert client.post(both, data=values).status_code == 403, both
    assert offered() == []
    answer = client.post(of_both(person, member), data=values)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.COORDINATOR])
def test_nobody_else_offers(sign_in, role):
    client, person, writer = sign_in(role), pens.addressee(), pens.writer()
    for path in (OFFER, f"{OFFER}/writers", of_person(person), of_writer(writer), of_both(person, writer)):
        assert client.get(path).status_code == 403, path
    token = accounts.field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]
    assert client.post(of_both(person, writer), data={"csrf_token": token}).status_code == 403
    assert offered() == []


def test_the_pages_lead_to_each_other(coordinator):
    person, writer = pens.addressee(), pens.writer()
    assert OFFER in coordinator.get("/staff/assignments").text
    assert of_person(person) in coordinator.get("/staff/attention").text
    assert of_person(person) in coordinator.get(f"/staff/prisoners/{person.id}").text
    assert of_writer(writer) in coordinator.get(f"/staff/volunteers/{writer.id}").text
    assert of_writer(pens.writer(VolunteerState.PAUSED)) not in coordinator.get("/staff/volunteers").text


def test_a_persons_page_tells_who_writes(coordinator, statements):
    person, group, member = pens.addressee(), pens.group(), pens.writer()
    page = f"/staff/prisoners/{person.id}"
    assert "Nobody writes to this person through us, and nobody is asked." in coordinator.get(page).text
    pens.member(group, member)
    give(person, group)
    made = ask(person, member)
    apart = pens.writer()
    with transaction():
        assignments.block_pair(person.id, volunteer_id=apart.id, reason="once refused", actor=None)
    shown = coordinator.get(page).text
    assert member.pseudonym in shown
    assert "1 writer is asked and has not answered yet." in shown
    assert "Kept apart from 1 writer or group" in shown
    assert f"/staff/assignments/{made.id}" in shown
    session.remove()
    with statements() as few:
        coordinator.get(page)
    for _each in range(3):
        more = pens.writer()
        pens.member(group, more)
        ask(person, more)
    session.remove()
    with statements() as many:
        coordinator.get(page)
    assert len(many) <= len(few)
    assert sum("pair_block" in each or "outer join volunteer" in each.lower() for each in many) == 2


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DATA_EDITOR, Role.ORGANISER])
def test_others_do_not_see_who_writes(sign_in, role):
    person, writer = pens.addressee(), pens.writer()
    ask(person, writer)
    shown = sign_in(role).get(f"/staff/prisoners/{person.id}").text
    assert "Who writes</h2>" not in shown
    assert writer.pseudonym not in shown
    assert OFFER not in shown


def test_a_page_that_is_not_public_offers_nothing(coordinator):
    person = pens.addressee()
    with transaction():
        session.merge(person).state = PrisonerState.HIDDEN
    assert of_person(person) not in coordinator.get(f"/staff/prisoners/{person.id}").text
    assert "No letter reaches this person now" in coordinator.get(of_person(person)).text


def test_an_admin_sees_attention_without_a_way_to_offer(sign_in):
    person = pens.addressee()
    page = sign_in(Role.ADMIN).get("/staff/attention").text
    assert str(person.id) in page
    assert OFFER not in page


def test_a_draft_has_no_list(coordinator):
    assert "No letter reaches this person now" in coordinator.get(of_person(make.prisoner())).text
