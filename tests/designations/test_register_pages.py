"""The register on staff screens: proposed by one, approved by another, looked up again, and what visitors see of it."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.designations.models import Designation, Organisation, Proposal
from campaign.designations.service import load_register
from campaign.designations.service.gate import find_designated, forget_gate
from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from tests.petitions.pages import send, text_of, values_of

LIST = "/staff/designations"
ENTRY = {
    "what": "media", "name_en": "The Lantern", "name_ru": "«Светоч»", "url": "https://lantern.example/",
    "aliases": "Svetoch\nLantern Daily", "domains": "lantern.example\nt.me/lantern", "kind": "undesirable",
    "since_on": "2026-03-09", "since_precision": "day", "act_en": "The prosecutor bans it.",
    "source_name": "A made-up gazette, 9 March 2026", "source_url": "https://gazette.example/1",
    "reason": "Banned this week.",
}  # fmt: skip


@pytest.fixture
def first(sign_in):
    return sign_in(Role.DATA_EDITOR)


@pytest.fixture
def second(sign_in):
    return sign_in(Role.ORGANISER)


@pytest.fixture
def entry(first, second):
    """An entry that two persons put into the register."""
    proposal = propose(first, f"{LIST}/new", **ENTRY)
    assert decide(second, proposal, "approve").status_code == 303
    return session.scalar(select(Organisation).where(Organisation.slug == "the-lantern"))


def propose(client, page, **changes):
    answer = send(client, page, "", **changes)
    assert answer.status_code == 303, text_of(answer.get_data(as_text=True))
    return answer.location.rpartition("/")[2]


def decide(client, proposal, name, **changes):
    page = f"{LIST}/proposals/{proposal}"
    token = values_of(client.get(page).get_data(as_text=True), f"{page}/refuse")["csrf_token"]
    answer = client.post(f"{page}/{name}", data={"csrf_token": token, **changes})
    session.rollback()
    session.expire_all()
    return answer


def read(client, url, **query):
    return text_of(client.get(url, query_string=query).get_data(as_text=True))


def test_an_entry_is_proposed_by_one_and_made_by_another(first, second):
    assert "The register is empty." in read(first, LIST)
    proposal = propose(first, f"{LIST}/new", **ENTRY)
    assert "Waiting for a second person The Lantern" in read(second, LIST)
    assert find_designated("Svetoch wrote") == []
    assert decide(first, proposal, "approve").status_code == 403
    assert session.scalar(select(Organisation.id)) is None
    shown = read(second, f"{LIST}/proposals/{proposal}")
    assert "You are the second person." in shown
    assert "Put in: Svetoch" in shown
    assert decide(second, proposal, "approve").status_code == 303
    made = session.scalar(select(Organisation))
    assert (made.slug, made.kind, made.is_listed) == ("the-lantern", "media", False)
    assert [(each.kind, each.since_on) for each in made.designations] == [("undesirable", date(2026, 3, 9))]
    assert [each.slug for each in find_designated("Светоча читал, lantern.example")] == ["the-lantern"] * 2
    assert "The Lantern" not in read(first, "/organisations")


def test_a_change_shows_what_it_changes_and_keeps_what_stood_there(first, second, entry):
    page = f"{LIST}/{entry.id}/edit"
    proposal = propose(second, page, aliases="Svetoch\nLantern Weekly", reason="They renamed it.")
    shown = read(first, f"{LIST}/proposals/{proposal}")
    assert "Further names and spellings" in shown
    assert "Taken out: Lantern Daily Svetoch Put in: Lantern Weekly" in shown
    assert "Domains" not in shown
    assert "A change of this entry waits for a second person." in read(first, f"{LIST}/{entry.id}")
    refused = send(first, page, "", aliases="Other", reason="Mine.")
    assert refused.status_code == 409
    assert decide(first, proposal, "approve").status_code == 303
    assert session.get(Organisation, entry.id).aliases == ["Svetoch", "Lantern Weekly"]
    assert "They renamed it." in read(first, f"{LIST}/{entry.id}")
    assert "This change was made by" in read(first, f"{LIST}/proposals/{proposal}")


def test_a_label_that_is_lifted_shows_the_name_again(first, second, entry):
    assert find_designated("Svetoch") != []
    label = entry.designations[0].id
    proposal = propose(second, f"{LIST}/{entry.id}/labels/{label}", ended_on="2026-05-01", reason="A court lifted it.")
    assert "Lifted on Put in: 2026-05-01" in read(first, f"{LIST}/proposals/{proposal}")
    decide(first, proposal, "approve")
    forget_gate()
    assert find_designated("Svetoch") == []


def test_a_refusal_needs_a_reason_and_ones_own_is_taken_back_without(first, second, entry):
    more = {**ENTRY, "kind": "extremist", "act_en": "A court bans it."}
    labels = {name: more[name] for name in ("kind", "since_on", "act_en", "source_name", "source_url", "reason")}
    proposal = propose(first, f"{LIST}/{entry.id}/labels/new", **labels)
    assert decide(second, proposal, "refuse").status_code == 422
    assert decide(second, proposal, "refuse", remark="The source does not say so.").status_code == 303
    again = propose(first, f"{LIST}/{entry.id}/labels/new", **labels)
    assert decide(first, again, "refuse").status_code == 303
    states = session.scalars(select(Proposal.state).order_by(Proposal.asked_at)).all()
    assert states == ["approved", "refused", "withdrawn"]
    assert len(session.get(Organisation, entry.id).designations) == 1


def test_a_proposal_that_compares_with_what_is_gone_is_not_made(first, second, entry):
    proposal = propose(first, f"{LIST}/{entry.id}/edit", aliases="Other", reason="Renamed.")
    with transaction():
        session.get(Organisation, entry.id).url = "https://moved.example/"
    assert decide(second, proposal, "approve").status_code == 409
    assert session.get(Organisation, entry.id).aliases == ["Svetoch", "Lantern Daily"]


def test_the_database_itself_wants_two_persons(first, entry):
    with pytest.raises(IntegrityError, match="two_persons"), transaction():
        made = session.scalar(select(Proposal))
        made.decided_by = made.asked_by
        session.flush()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name_en": ""}, "Enter the name in English."),
        ({"url": "http://lantern.example"}, "An address begins with https://."),
        ({"domains": "lantern"}, "One domain a line"),
        ({"aliases": "ab"}, "A spelling has three letters at least."),
        ({"since_on": "2999-01-01"}, "This day lies in the future."),
        ({"since_on": "soon"}, "Enter a date, as in 2026-11-23."),
        ({"since_on": ""}, "Enter a date, as in 2026-11-23."),
        ({"kind": ""}, "Say what the state calls it, or that it has no label."),
        ({"kind": "none"}, "Choose the one you tell of, or empty what is below."),
        ({"ended_on": "2026-03-01"}, "It cannot end before it began."),
        ({"act_en": " "}, "Say in English what was decided, and by whom."),
        ({"source_url": "javascript:alert(1)"}, "An address begins with https://."),
        ({"source_name": ""}, "Name the source and its day."),
        ({"reason": ""}, "Say why, so that the second person knows."),
        ({"is_listed": "y"}, "What the public page presents needs a description in English."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(first, changes, message):
    answer = send(first, f"{LIST}/new", "", **{**ENTRY, **changes})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in text_of(html)
    assert "Lantern Daily" in html or "aliases" in changes
    assert session.scalar(select(Proposal.id)) is None


def test_an_organisation_without_a_label_is_written_down_too(first, second):
    """As most partners are; it is told of everywhere."""
    empty = dict.fromkeys(("since_on", "act_en", "source_name", "source_url"), "")
    shown = {
        "is_listed": "y", "description_en": "A paper of a made-up town.", "works": ["lists"],
        "described_on": "2026-05-02", "sources": "The Gazette, 1 May 2026 | https://gazette.example/lamp",
    }  # fmt: skip
    proposal = propose(first, f"{LIST}/new", **{**ENTRY, **empty, **shown, "kind": "none", "reason": "A new partner."})
    assert decide(second, proposal, "approve").status_code == 303
    made = session.scalar(select(Organisation).where(Organisation.slug == "the-lantern"))
    assert (made.is_listed, made.designations) == (True, [])
    assert "The Lantern" in read(first, "/organisations")


def test_the_same_again_is_no_proposal(first, entry):
    answer = send(first, f"{LIST}/{entry.id}/edit", "", reason="Just so.")
    assert answer.status_code == 409
    assert "The register says this already." in text_of(answer.get_data(as_text=True))


def test_labels_are_looked_up_again_one_by_one_and_in_bulk(first, entry):
    with transaction():
        load_register()
        session.execute(Designation.__table__.update().values(checked_on=clock.today() - timedelta(days=31)))
    listed = read(first, LIST, age="old")
    assert "The Lantern" in listed
    assert "Memorial" in listed
    before = audit.count_entries()
    label = session.scalar(select(Designation.id).where(Designation.organisation_id == entry.id))
    token = values_of(first.get(LIST).get_data(as_text=True), "/checked")["csrf_token"]
    first.post(f"{LIST}/checked", data={"csrf_token": token, "label": str(label), "entry": str(entry.id)})
    session.expire_all()
    assert session.get(Designation, label).checked_on == clock.today()
    assert audit.count_entries() == before + 1
    assert "The Lantern" not in read(first, LIST, age="old")
    every = [str(each) for each in session.scalars(select(Designation.id))]
    first.post(f"{LIST}/checked", data={"csrf_token": token, "label": every})
    session.expire_all()
    assert "No entry fits." in read(first, LIST, age="old")
    first.post(f"{LIST}/checked", data={"csrf_token": token, "label": ["x", str(uuid.uuid4())]})
    assert "Tick the labels that you have looked up." in read(first, LIST)


def test_staff_are_led_to_what_waits_and_what_is_old(first, second, entry):
    proposal = propose(first, f"{LIST}/{entry.id}/edit", aliases="Other", reason="Renamed.")
    with transaction():
        session.get(Designation, entry.designations[0].id).checked_on = clock.today() - timedelta(days=31)
    html = second.get("/staff").get_data(as_text=True)
    assert f'href="{LIST}?age=old"' in html
    assert "Changes of designations wait for a second person" in html
    assert "Changes of designations wait" not in first.get("/staff").get_data(as_text=True)
    assert proposal


def test_entries_are_searched_and_filtered(first, entry):
    with transaction():
        load_register()
    for query, there in (({"q": "t.me/lan"}, True), ({"q": "светоч"}, True), ({"q": "memorial"}, False),
                         ({"kind": "undesirable", "what": "media"}, True), ({"kind": "terrorist"}, False),
                         ({"kind": "none"}, False)):  # fmt: skip
        assert ("The Lantern" in read(first, LIST, **query)) is there, query


def test_the_file_that_comes_with_the_program_leaves_alone_what_staff_changed(first, second, app):
    with transaction():
        load_register()
    memorial = session.scalar(select(Organisation).where(Organisation.slug == "memorial"))
    proposal = propose(first, f"{LIST}/{memorial.id}/edit", aliases="Another name", reason="A new spelling.")
    decide(second, proposal, "approve")
    with transaction():
        load_register()
    assert session.get(Organisation, memorial.id).aliases == ["Another name"]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COORDINATOR])
def test_who_checks_texts_reads_the_register_and_changes_nothing(sign_in, entry, role):
    reader = sign_in(role)
    shown = read(reader, f"{LIST}/{entry.id}")
    assert "Svetoch" in shown
    assert "Propose" not in shown.partition("History")[0]
    for page in ("new", f"{entry.id}/edit", f"{entry.id}/labels/new"):
        assert reader.get(f"{LIST}/{page}").status_code == 403


def test_other_staff_have_no_business_there(sign_in, app):
    assert sign_in(Role.TREASURER).get(LIST).status_code == 403
