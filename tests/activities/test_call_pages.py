"""Call lists on the staff pages: made, filled, worked with, followed, closed; and for whom they open."""

import csv
import io
import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from campaign.accounts.models import RoleGrant
from campaign.activities.forms.call_words import said_to, script_for
from campaign.activities.models import CallAttempt, CallEntry, CallList, EntryState, Outcome
from campaign.activities.service import calls
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.allowance import DECRYPTING, left
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.people.models import (
    Consent,
    IdentityKind,
    Interaction,
    Person,
    PersonIdentity,
    PersonNote,
    Purpose,
    Segment,
    SegmentFreeze,
)
from campaign.people.queries.segment_tree import Chosen, Step, StepKind, Tree, write_tree
from campaign.people.service.identities import add_identity, read_identity
from tests.activities.test_calls import call_list, entry_of, person
from tests.people.pages import come, send, staff, volunteer
from tests.support import accounts, pens
from tests.support.pages import PageClient, field_values

NEW = "/staff/calls/new"
DRAFT = {
    "call-title": "Who comes on Friday", "call-purpose": "Ask.\nListen.", "call-script_en": "Hello, **{name}**!",
    "call-outcomes": "", "call-most_attempts": "3", "call-hour_from": "10", "call-hour_to": "20", "call-due_on": "",
    "call-group": "", "call-not_called_days": "14",
}  # fmt: skip


def everybody() -> uuid.UUID:
    with transaction():
        steps = (Step(StepKind.ADD, conditions=(Chosen("everybody"),)),)
        made = Segment(
            id=uuid.uuid4(), title="All of them", is_shared=True, tree=write_tree(Tree(steps)),
            created_on=clock.today(), changed_on=clock.today(),
        )  # fmt: skip
        session.add(made)
    return made.id


def listed(*people: uuid.UUID, **draft: object) -> CallList:
    """A list that a test can name whatever became of the session."""
    made = call_list(*people, **draft)
    session.expunge(made)
    return made


def page_of(made: CallList) -> str:
    return f"/staff/calls/{made.id}"


def press(client: PageClient, made: CallList, action: str, **values: str) -> TestResponse:
    """Send a form to an address below that of a list."""
    token = field_values(client.get("/account").text, "/account/sign-out")["csrf_token"]
    answer = client.post(page_of(made) + action, data={"csrf_token": token, **values})
    session.expire_all()
    return answer


def in_hand(client: PageClient, made: CallList) -> uuid.UUID:
    """Press "Next person", and give whose page is shown."""
    assert press(client, made, "/next").status_code == 303
    found = re.search(r"/entries/([0-9a-f-]{36})\"", client.get(f"{page_of(made)}/next").text)
    assert found is not None
    return uuid.UUID(found[1])


def outcome(client: PageClient, made: CallList, entry: uuid.UUID, word: str, **more: str) -> TestResponse:
    values = {"seen": str(entry_of(entry).attempts), "outcome": word, **more}
    return press(client, made, f"/entries/{entry}", **values)


def test_a_list_is_made_of_a_segment_opened_and_called(app: Flask, sign_in) -> None:
    who = person(1)
    person(2, agrees=False)
    segment, client = everybody(), sign_in(Role.ORGANISER)
    assert "no call list yet" in client.get("/staff/calls").text
    assert f"/staff/calls/new?segment={segment}" in client.get(f"/staff/segments/{segment}").text
    assert "All of them" in client.get(f"{NEW}?segment={segment}").text
    wrong = {**DRAFT, "call-title": "", "call-hour_to": "9", "call-script_ru": "{email}", "call-outcomes": "a\nA"}
    refused = send(client, NEW, "", segment=str(segment), **wrong)
    assert refused.status_code == 422
    for words in ("This is needed.", "ends before it begins", "Only {name}", "a word of its own", "Hello, **{name}**!"):
        assert words in refused.text
    home = send(client, NEW, "", segment=str(segment), **DRAFT).headers["Location"]
    page = client.get(home).text
    assert "do not agree to be called" in page
    assert client.get("/staff/calls?state=draft&q=friday").text.count("Who comes on Friday") == 1
    assert "No call list fits" in client.get("/staff/calls?state=closed").text
    assert "Call list: Who comes on Friday" in client.get(f"/staff/segments/{segment}").text
    assert send(client, home, "/state", to="open").status_code == 303
    assert send(client, home, "/state", to="nonsense").status_code == 404
    [made] = session.scalars(select(CallList))
    entry = in_hand(client, made)
    assert entry_of(entry).person_id == who
    page = client.get(f"{home}/next").text
    assert "Hello, <strong>Made Up 1</strong>!" in page
    assert "no script in their language" in page
    assert outcome(client, made, entry, Outcome.YES, note="Brings a cake").status_code == 303
    page = client.get(f"{home}/next").text
    assert "Everybody on this list has been called" in page
    assert "Your last call: Reached: yes" in page
    assert "Was called: Reached: yes" in client.get(f"/staff/people/{who}").text
    assert "On these call lists" in client.get(f"/staff/people/{who}").text


def test_the_number_is_shown_by_a_button_on_record_and_within_the_allowance(app: Flask) -> None:
    account = accounts.person(Role.COORDINATOR, app=True)
    client, made = come(app, account), listed(person(1))
    entry, path = in_hand(client, made), f"{page_of(made)}/next"
    assert "tel:" not in client.get(path).text
    before = left(DECRYPTING, account.id)
    answer = press(client, made, f"/entries/{entry}/show")
    assert answer.status_code == 303
    assert left(DECRYPTING, account.id) == before - 1
    assert 'href="tel:+493023000001"' in client.get(path).text
    shown = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.shown")).all()
    assert [(each.object, each.amount) for each in shown] == [(f"person:{entry_of(entry).person_id}", 1)]
    other = staff(app, Role.ORGANISER)
    press(other, made, f"/entries/{entry}/show")
    assert "not yours" in other.get(path).text
    assert 'href="tel:' not in other.get(path).text
    outcome(client, made, entry, Outcome.NO_ANSWER)
    with time_machine.travel(clock.now() + timedelta(hours=4)):
        again = come(app, account)
        in_hand(again, made)
        assert 'href="tel:' not in again.get(path).text


def test_what_is_refused_keeps_what_was_typed(app: Flask) -> None:
    client, made = staff(app, Role.ORGANISER), listed(person(1))
    entry = in_hand(client, made)
    kept = outcome(client, made, entry, Outcome.AGAIN, note="A long story")
    assert kept.status_code == 422
    assert "A long story" in kept.text
    assert "Choose the day" in kept.text
    assert outcome(client, made, entry, "made up", note="A long story").status_code == 422
    with time_machine.travel(clock.now() + timedelta(minutes=40)):
        other = staff(app, Role.ORGANISER)
        assert in_hand(other, made) == entry
        stale = press(client, made, f"/entries/{entry}", seen="0", outcome="yes", note="Mine")
        assert stale.status_code == 409
        assert "Mine" in stale.text
        assert "not yours" in stale.text
        assert f"/staff/people/{entry_of(entry).person_id}/notes" in stale.text
    assert session.scalar(select(func.count()).select_from(PersonNote)) == 0
    assert session.scalar(select(func.count()).select_from(CallAttempt)) == 0


def test_a_closed_list_and_a_person_who_left_keep_what_was_typed(app: Flask) -> None:
    client, made = staff(app, Role.ORGANISER), listed(person(1))
    entry = in_hand(client, made)
    assert send(client, page_of(made), "/state", to="closed").status_code == 303
    assert press(client, made, "/state", to="closed").status_code == 409
    stale = press(client, made, f"/entries/{entry}", seen="0", outcome="yes", note="Mine")
    assert stale.status_code == 409
    assert "This list is closed" in stale.text
    gone = press(client, made, f"/entries/{uuid.uuid4()}", seen="0", outcome="yes", note="Mine")
    assert gone.status_code == 409
    assert "Mine" in gone.text
    assert "not open" in client.get(f"{page_of(made)}/next").text


def test_undoing_skipping_and_stopping(app: Flask) -> None:
    client, made = staff(app, Role.ORGANISER), listed(person(1), person(2))
    path = f"{page_of(made)}/next"
    first = in_hand(client, made)
    outcome(client, made, first, Outcome.NO)
    assert press(client, made, "/undo").status_code == 303
    assert entry_of(first).state == EntryState.WAITING
    second = session.scalars(select(CallEntry.id).where(CallEntry.id != first)).one()
    # The one who came next while the first was wrong is still held; nobody else is.
    press(client, made, f"/entries/{first}/skip")
    assert str(second) in client.get(path).text
    assert press(client, made, "/stop").status_code == 303
    assert entry_of(second).claimed_by is None
    press(client, made, "/undo")
    assert "no call of today" in client.get(path).text


def test_who_wants_no_calls_is_asked_for_twice_and_ends_it(app: Flask) -> None:
    who = person(1)
    client, made = staff(app, Role.ORGANISER), listed(who)
    entry = in_hand(client, made)
    assert "cannot be taken back" in client.get(f"{page_of(made)}/next").text
    assert outcome(client, made, entry, Outcome.NO_CALLS).status_code == 303
    assert session.scalars(select(Consent.ended_on)).one() == clock.today()
    assert "Take it back" not in client.get(f"{page_of(made)}/next").text


def test_a_wrong_number_is_told_on_the_persons_page_and_put_right_there(app: Flask) -> None:
    who = person(1)
    client, made = staff(app, Role.ORGANISER), listed(who)
    outcome(client, made, in_hand(client, made), Outcome.WRONG_NUMBER)
    home = f"/staff/people/{who}"
    assert "Somebody else answers there" in client.get(home).text
    number = session.scalars(select(PersonIdentity.id)).one()
    for _twice in range(2):
        assert send(client, home, f"/reach/{number}/right").status_code == 303
    assert "Somebody else answers there" not in client.get(home).text


def test_somebody_sees_the_lists_they_are_on_and_puts_their_number_right_themselves(app: Flask) -> None:
    own, who = volunteer()
    assert who.person_id is not None
    client = come(app, own)
    number = {"kind": "phone", "value": "+493023000001", "calls": "y"}
    assert send(client, "/account/data", "/reach", **number).status_code == 303
    made = listed(who.person_id)
    caller = staff(app, Role.ORGANISER)
    outcome(caller, made, in_hand(caller, made), Outcome.WRONG_NUMBER)
    for language, words in (("", "Wrong number"), ("/ru", "Чужой номер"), ("/de", "Falsche Nummer")):
        assert words in client.get(f"{language}/account/data").text
    assert session.scalars(select(PersonIdentity.wrong_on)).one() is not None
    assert send(client, "/account/data", "/reach", **number).status_code == 303
    assert session.scalars(select(PersonIdentity.wrong_on)).one() is None


def test_hours_where_they_live(app: Flask) -> None:
    made = listed(person(1))
    client = staff(app, Role.ORGANISER)
    with time_machine.travel(clock.now().replace(hour=2, minute=0)):
        early = staff(app, Role.ORGANISER)
        in_hand(early, made)
        assert "This list is called between 10:00 and 20:00" in early.get(f"{page_of(made)}/next").text
        press(early, made, "/stop")
    with transaction():
        session.get_one(Person, session.scalars(select(CallEntry.person_id)).one()).country = None
    in_hand(client, made)
    assert "not known in which country" in client.get(f"{page_of(made)}/next").text


def test_a_name_is_no_markup(app: Flask) -> None:
    assert said_to("Hi *{name}*", "<b>x</b>") == "<p>Hi <em>&lt;b&gt;x&lt;/b&gt;</em></p>\n"
    assert "href" not in said_to("{name}", "[x](https://example.org)")
    assert script_for({"ru": "Привет", "de": "Hallo"}, "en") == ("Привет", "ru")


def test_people_who_are_ticked_or_match_become_a_list(app: Flask) -> None:
    people = [person(number) for number in range(3)]
    client = staff(app, Role.ORGANISER)
    ticked = f"who={people[0]}&who={people[1]}"
    assert "Make a call list" in client.get(f"/staff/people/acts/new?{ticked}").text
    assert "2 chosen people" in client.get(f"{NEW}?{ticked}").text
    assert send(client, f"{NEW}?{ticked}", "", who=[str(each) for each in people[:2]], **DRAFT).status_code == 303
    [made] = session.scalars(select(CallList))
    assert session.scalar(select(func.count()).select_from(CallEntry)) == 2
    assert page_of(made) + "/fill" in client.get(f"{NEW}?all=1&country=DE").text
    fill = f"{page_of(made)}/fill"
    answer = send(client, f"{fill}?all=1&country=DE", "", **{"all": "1", "country": "DE", "call-not_called_days": "0"})
    assert answer.status_code == 303
    assert session.scalar(select(func.count()).select_from(CallEntry)) == 3
    assert "were on this list already" in client.get(page_of(made)).text
    nothing = send(client, fill, "", **{"call-not_called_days": "0"})
    assert nothing.status_code == 422
    assert send(client, fill, "", **{"call-not_called_days": "x", "segment": "y"}).status_code == 404
    assert session.scalar(select(func.count()).select_from(SegmentFreeze)) == 2


def test_figures_pictures_people_and_the_export(app: Flask) -> None:
    client, made = staff(app, Role.ORGANISER), listed(person(1), person(2), outcomes=["=HYPERLINK(1)"])
    first = in_hand(client, made)
    outcome(client, made, first, "=HYPERLINK(1)")
    page = client.get(page_of(made)).text
    assert "=HYPERLINK(1)" in page
    for what in ("days", "outcomes", "callers"):
        for scheme, status in (("light", 200), ("dark", 200), ("blue", 404)):
            assert client.get(f"{page_of(made)}/{what}-{scheme}.svg").status_code == status
    assert client.get(f"{page_of(made)}/people").text.count("Made Up") == 2
    assert client.get(f"{page_of(made)}/people?state=done").text.count("Made Up") == 1
    assert "Nobody is here" in client.get(f"{page_of(made)}/people?state=gone").text
    assert client.get(f"{page_of(made)}/progress").json == {"done": 0, "is_at_work": False}
    file = send(client, page_of(made), "/export")
    rows = list(csv.reader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff"))))
    assert rows[1][0] == str(entry_of(first).person_id)
    assert rows[1][5] == "'=HYPERLINK(1)"
    assert "Made Up" not in file.text
    assert "230" not in "".join(rows[1][1:])
    assert session.scalar(select(AuditEntry.amount).where(AuditEntry.action == "call_list.export")) == 2


def test_of_two_who_change_it_the_second_is_told(app: Flask) -> None:
    client, made = staff(app, Role.ORGANISER), listed(person(1))
    path = f"{page_of(made)}/edit"
    values = {**DRAFT, "call-version": str(made.version)}
    assert send(client, path, "", **values).status_code == 303
    late = send(client, path, "", **{**values, "call-title": "My title"})
    assert late.status_code == 409
    assert "My title" in late.text
    assert session.get_one(CallList, made.id, populate_existing=True).title == "Who comes on Friday"


def test_after_thirty_days_the_page_shows_figures_alone(app: Flask) -> None:
    client, made = staff(app, Role.ORGANISER), listed(person(1))
    outcome(client, made, in_hand(client, made), Outcome.YES)
    send(client, page_of(made), "/state", to="closed")
    with transaction():
        calls.erase_old(clock.today() + timedelta(days=30))
    page = client.get(page_of(made)).text
    assert "These figures are what stays" in page
    assert "Who called" not in page


def test_a_role_that_is_taken_away_ends_it_at_once(app: Flask) -> None:
    account = accounts.person(Role.COORDINATOR, app=True)
    client, made = come(app, account), listed(person(1))
    entry = in_hand(client, made)
    with transaction():
        session.execute(update(RoleGrant).where(RoleGrant.account_id == account.id).values(revoked_on=clock.today()))
    assert client.get(f"{page_of(made)}/next").status_code == 403
    for action in (f"/entries/{entry}", f"/entries/{entry}/show", "/next", "/undo", "/export"):
        assert press(client, made, action, seen="0", outcome="yes").status_code == 403
    assert session.scalar(select(func.count()).select_from(CallAttempt)) == 0


def test_the_dashboard_tells_of_lists_that_are_soon_due(app: Flask) -> None:
    client, words = staff(app, Role.ORGANISER), "Calls to make on lists that are soon due"
    listed(person(1), due_on=clock.today() + timedelta(days=9))
    assert words not in client.get("/staff").text
    listed(person(2), due_on=clock.today() + timedelta(days=2))
    assert words in client.get("/staff").text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ORGANISER, Role.COORDINATOR}))
def test_call_lists_open_for_nobody_else(app: Flask, role: Role) -> None:
    made, client = listed(person(1)), staff(app, role)
    for path in ("/staff/calls", NEW, page_of(made), f"{page_of(made)}/next", f"{page_of(made)}/people"):
        assert client.get(path).status_code == 403


def test_a_coordinator_of_a_group_sees_its_lists_and_calls_its_people(app: Flask) -> None:
    mine, other, (_own, inside) = pens.group(), pens.group(slug="other"), volunteer()
    pens.member(mine, inside)
    assert inside.person_id is not None
    number = read_identity(IdentityKind.PHONE, "+493023000001")
    with transaction():
        add_identity(inside.person_id, number, actor=None)
        session.add(
            Consent(
                id=uuid.uuid4(), person_id=inside.person_id, purpose=Purpose.CALLS, text_version="1",
                given_on=clock.today(),
            )
        )  # fmt: skip
    outside = person(2)
    made = listed(outside, inside.person_id, group_id=mine.id)
    theirs, everybodys = listed(outside, group_id=other.id), listed(outside)
    client = staff(app, Role.COORDINATOR, group=mine.id)
    shown = client.get("/staff/calls").text
    assert str(made.id) in shown
    for hidden in (theirs, everybodys):
        assert str(hidden.id) not in shown
        for path in ("", "/next", "/people", "/edit", "/fill", "/progress", "/days-light.svg"):
            assert client.get(page_of(hidden) + path).status_code == 403
    assert client.get(f"/staff/calls/{uuid.uuid4()}").status_code == 403
    assert "Made Up 2" not in client.get(f"{page_of(made)}/people").text
    assert entry_of(in_hand(client, made)).person_id == inside.person_id
    outcome(client, made, in_hand(client, made), Outcome.YES)
    assert "Nobody can be called at this moment" in client.get(f"{page_of(made)}/next").text
    # Filled by somebody who sees the group alone, nobody else comes onto it.
    segment = everybody()
    answer = send(client, NEW, "", segment=str(segment), **{**DRAFT, "call-group": str(mine.id)})
    assert answer.status_code == 303
    assert send(client, NEW, "", **{**DRAFT, "call-group": str(other.id)}).status_code == 422
    assert session.scalar(select(func.max(SegmentFreeze.total))) == 2
    assert session.scalars(select(SegmentFreeze.total).where(SegmentFreeze.segment_id == segment)).one() == 1
    assert session.scalar(select(func.count()).select_from(Interaction)) == 1
