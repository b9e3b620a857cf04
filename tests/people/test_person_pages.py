"""The page of one person: what is known, shown to whoever may see it, changed without losing anything."""

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.alarms import AlarmKind, list_alarms
from campaign.kernel.allowance import DECRYPTING, AllowanceUse, take
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.people.models import (
    NOTE,
    SCOPE,
    Consent,
    FieldKind,
    IdentityKind,
    Interaction,
    KeptFor,
    Person,
    PersonFieldValue,
    PersonIdentity,
    PersonNote,
    PersonTag,
    Purpose,
    Tag,
)
from campaign.people.queries.person_page import evidence_of
from campaign.people.service import record_consent
from campaign.people.service.consents import seal_plain_evidence
from campaign.people.service.defining import define_field
from campaign.people.service.details import ensure_tag
from campaign.people.service.identities import claim_identity, read_identity
from campaign.people.service.records import name_of
from tests.people.pages import ACTOR, come, send, staff, volunteer, written_down
from tests.support import accounts, pens
from tests.support.pages import PageClient, field_values


@pytest.fixture
def organiser(app: Flask) -> PageClient:
    return staff(app, Role.ORGANISER)


def audited(action: str) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)) or 0


def used() -> int:
    session.expire_all()
    return session.scalar(select(func.sum(AllowanceUse.used))) or 0


def test_a_page_shows_who_it_is_and_takes_one_from_the_allowance(organiser: PageClient) -> None:
    made = written_down(email="anna@example.org")
    page = organiser.get(f"/staff/people/{made.id}")
    assert page.status_code == 200
    assert "Анна Выдуманная" in page.text
    assert "Germany" in page.text
    assert "anna@example.org" not in page.text
    assert used() == 1
    assert organiser.get(f"/ru/staff/people/{made.id}").status_code == 200


def test_how_to_reach_somebody_is_shown_once_and_on_record(organiser: PageClient) -> None:
    made = written_down(email="anna@example.org")
    page = f"/staff/people/{made.id}"
    shown = send(organiser, page, "/reach/show")
    assert 'href="mailto:anna@example.org"' in shown.text
    assert audited("person.shown") == 1
    assert used() == 3  # the page, the address, the page with the address
    assert "anna@example.org" not in organiser.get(page).text


def test_who_has_seen_enough_is_told_so_and_an_alarm_goes_up(app: Flask) -> None:
    who = accounts.person(Role.ORGANISER, app=True)
    client, made = come(app, who), written_down()
    with transaction():
        take(DECRYPTING, who.id, DECRYPTING.most)
    answer = client.get(f"/staff/people/{made.id}")
    assert answer.status_code == 429
    assert "Анна" not in answer.text
    assert [each.kind for each in list_alarms()] == [AlarmKind.BUDGET_SPENT]


def test_somebody_is_written_down_on_a_ground_that_can_be_told(organiser: PageClient) -> None:
    empty = send(organiser, "/staff/people/new", "", name="Nobody", language="en")
    assert empty.status_code == 422
    assert "This is needed." in empty.text
    values = {
        "name": "Ivan Invented", "language": "en", "country": "DE", "email": "Ivan@Example.org", "phone": "030 1234567",
        "messenger": "", "source": "letter evening in Berlin", "how": "paper", "spoken": ["en", "ru"],
        "skills": ["driving"], "tasks_a_week": "2",
    }  # fmt: skip
    refused = send(organiser, "/staff/people/new", "", **values)
    assert refused.status_code == 422
    assert "agrees to be called" in refused.text
    assert session.scalar(select(func.count()).select_from(Person)) == 0
    agreed = {**values, "purposes": ["calls", "news"], "evidence": "sheet 3"}
    answer = send(organiser, "/staff/people/new", "", **agreed)
    assert answer.status_code == 303
    person = session.scalars(select(Person)).one()
    assert (name_of(person), person.kept_for, person.tasks_a_week) == ("Ivan Invented", "staff", 2)
    assert sorted(session.scalars(select(PersonIdentity.kind))) == ["email", "phone"]
    assert {(each.purpose, each.text_version, evidence_of(each)) for each in session.scalars(select(Consent))} == {
        ("calls", "paper", "sheet 3"), ("news", "paper", "sheet 3"),
    }  # fmt: skip
    assert 'href="tel:+49301234567"' in send(organiser, answer.location, "/reach/show").text


def test_an_address_that_is_somebody_elses_leads_to_them(organiser: PageClient) -> None:
    other = written_down(email="anna@example.org")
    values = {"name": "Again", "language": "en", "email": "ANNA@example.org", "source": "a list", "how": "paper"}
    answer = send(organiser, "/staff/people/new", "", **values)
    assert answer.status_code == 409
    assert f"/staff/people/{other.id}" in answer.text
    assert 'value="Again"' in answer.text
    assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_a_coordinator_of_a_group_is_not_led_to_people_of_others(app: Flask) -> None:
    group, (_own, inside) = pens.group(), volunteer()
    pens.member(group, inside)
    other = written_down(email="anna@example.org")
    client = staff(app, Role.COORDINATOR, group=group.id)
    page = f"/staff/people/{inside.person_id}"
    assert client.get(page).status_code == 200
    answer = send(client, page, "/reach", kind="email", value="anna@example.org")
    assert answer.status_code == 409
    assert str(other.id) not in answer.text
    assert client.get(f"/staff/people/{other.id}").status_code == 403
    assert client.get(f"/staff/people/{uuid.uuid4()}").status_code == 403
    assert client.get("/staff/people/new").status_code == 403


def test_of_two_who_change_a_record_the_second_sees_the_difference(app: Flask, organiser: PageClient) -> None:
    made, second = written_down(), staff(app, Role.COORDINATOR)
    page = f"/staff/people/{made.id}/edit"
    seen = {name: value for name, value in field_values(second.get(page).text, "").items() if name != "csrf_token"}
    assert send(organiser, page, "", **{**seen, "name": "Анна Первая"}).status_code == 303
    answer = send(second, page, "", **{**seen, "name": "Анна Вторая"})
    assert answer.status_code == 409
    assert "Анна Первая" in answer.text
    assert 'value="Анна Вторая"' in answer.text
    again = send(second, page, "", **field_values(answer.text, ""))
    assert again.status_code == 303
    assert name_of(session.get_one(Person, made.id)) == "Анна Вторая"


def test_a_field_changed_by_two_loses_nothing(organiser: PageClient) -> None:
    made = written_down()
    with transaction():
        own = define_field(FieldKind.TEXT, {"en": "Town"}, [], actor=ACTOR)
    page, action = f"/staff/people/{made.id}", f"/fields/{own.id}"
    assert send(organiser, page, action, value="Berlin", seen="").status_code == 303
    answer = send(organiser, page, action, value="Bonn", seen="")
    assert answer.status_code == 409
    assert "Berlin" in answer.text
    assert 'value="Bonn"' in answer.text
    assert send(organiser, page, action, value="Bonn", seen="Berlin").status_code == 303
    assert "Bonn" in organiser.get(page).text
    assert send(organiser, page, action, value="", seen="Bonn").status_code == 303
    assert session.scalar(select(PersonFieldValue)) is None


@pytest.mark.parametrize(
    ("kind", "good", "shown", "bad"),
    [
        (FieldKind.NUMBER, "1 234,5", "1,234.5", "many"),
        (FieldKind.DATE, "2026-11-23", "23 November 2026", "23.11"),
        (FieldKind.CHOICE, "Large", "Large", "Huge"),
        (FieldKind.YES_NO, "yes", "yes", "perhaps"),
        (FieldKind.TEXT, "Любое", "Любое", "x" * 1001),
    ],
)
def test_each_kind_of_field_takes_what_it_holds(
    organiser: PageClient, kind: FieldKind, good: str, shown: str, bad: str
) -> None:
    made = written_down()
    with transaction():
        own = define_field(kind, {"en": "Invented"}, ["Large", "Small"], actor=ACTOR)
    page, action = f"/staff/people/{made.id}", f"/fields/{own.id}"
    assert send(organiser, page, action, value=bad, seen="").status_code == 422
    assert send(organiser, page, action, value=good, seen="").status_code == 303
    assert shown in organiser.get(page).text


def test_a_tag_is_put_on_taken_off_and_put_back(organiser: PageClient) -> None:
    made = written_down()
    page = f"/staff/people/{made.id}"
    assert send(organiser, page, "/tags", tag="  Driver ").status_code == 303
    tag = session.scalars(select(Tag)).one()
    assert send(organiser, page, "/tags", tag="driver").status_code == 303
    assert session.scalar(select(func.count()).select_from(PersonTag)) == 1
    off = send(organiser, page, f"/tags/{tag.id}/take")
    assert "“Driver” is taken off." in organiser.get(off.location).text
    assert session.scalar(select(PersonTag)) is None
    assert send(organiser, page, "/tags", tag="Driver").status_code == 303
    assert "is taken off" not in organiser.get(off.location).text
    assert send(organiser, page, "/tags", tag=" ").status_code == 422


def test_a_coordinator_of_a_group_puts_on_tags_there_are(app: Flask) -> None:
    group, (_own, inside) = pens.group(), volunteer()
    pens.member(group, inside)
    client, page = staff(app, Role.COORDINATOR, group=group.id), f"/staff/people/{inside.person_id}"
    assert send(client, page, "/tags", tag="New").status_code == 422
    with transaction():
        ensure_tag("Known")
    assert send(client, page, "/tags", tag="known").status_code == 303


def test_notes_are_sealed_newest_first_and_deleted(organiser: PageClient) -> None:
    made = written_down()
    page = f"/staff/people/{made.id}"
    assert send(organiser, page, "/notes", body=" ").status_code == 422
    assert send(organiser, page, "/notes", body="Лучше вечером\n<b>x</b>").status_code == 303
    note = session.scalars(select(PersonNote)).one()
    assert NOTE.unseal(SCOPE, note.id, note.body_sealed) == "Лучше вечером\n<b>x</b>"
    assert "&lt;b&gt;x" in organiser.get(page).text
    assert send(organiser, page, f"/notes/{note.id}/delete").status_code == 303
    assert session.scalar(select(PersonNote)) is None
    assert audited("person.note_deleted") == 1


def test_what_was_too_long_to_be_kept_is_not_lost(organiser: PageClient) -> None:
    made = written_down()
    answer = send(organiser, f"/staff/people/{made.id}", "/notes", body="y" * 4001)
    assert answer.status_code == 422
    assert "y" * 4001 in answer.text


def test_consents_are_written_down_with_what_proves_them_and_ended(organiser: PageClient) -> None:
    made = written_down()
    page = f"/staff/people/{made.id}"
    assert send(organiser, page, "/reach", kind="phone", value="+49 30 1234567").status_code == 422
    assert send(organiser, page, "/consents", purpose="calls", how="phone", evidence="").status_code == 422
    assert send(organiser, page, "/consents", purpose="calls", how="phone", evidence="on the 3rd").status_code == 303
    assert send(organiser, page, "/reach", kind="phone", value="+49 30 1234567").status_code == 303
    consent = session.scalars(select(Consent)).one()
    assert "on the phone: on the 3rd" in organiser.get(page).text
    assert consent.text_version == "phone"
    assert "on the 3rd" not in str(session.execute(text("SELECT consent::text FROM consent")).scalar_one())
    assert send(organiser, page, f"/consents/{consent.id}/end").status_code == 303
    assert session.scalars(select(Consent.ended_on)).one() == clock.today()
    assert session.scalar(select(PersonIdentity)) is None, "no number without the consent"


def test_evidence_from_before_it_was_sealed_is_sealed(organiser: PageClient) -> None:
    made = written_down()
    with transaction():
        for purpose, version in (("news", "paper: sheet of Anna"), ("events", "2024-11")):
            session.add(Consent(
                id=uuid.uuid4(), person_id=made.id, purpose=purpose, text_version=version, given_on=clock.today()
            ))  # fmt: skip
    for sealed in (1, 0):
        with transaction():
            assert seal_plain_evidence() == sealed
    assert "Anna" not in str(session.scalars(select(Consent.text_version)).all())
    page = organiser.get(f"/staff/people/{made.id}").text
    assert "on paper: sheet of Anna" in page
    assert "text 2024-11" in page


def test_a_record_that_stood_for_consent_alone_goes_with_the_last(organiser: PageClient) -> None:
    with transaction():
        person_id = record_consent(
            "anna@example.org", purpose=Purpose.NEWS, subject=None, text_version="1", language="en", country=None
        )  # fmt: skip
    consent = session.scalars(select(Consent)).one()
    answer = send(organiser, f"/staff/people/{person_id}", f"/consents/{consent.id}/end")
    assert answer.status_code == 303
    assert session.scalar(select(Person)) is None
    assert "the record is gone" in organiser.get("/staff").text


def test_what_happened_is_written_down_with_its_day_and_narrowed_in_the_address(organiser: PageClient) -> None:
    made, today = written_down(), clock.today()
    page = f"/staff/people/{made.id}"
    before = (today - timedelta(days=40)).isoformat()
    assert send(organiser, page, "/interactions", kind="called", on=before).status_code == 303
    assert (
        send(organiser, page, "/interactions", kind="gave_time", on=today.isoformat(), minutes="90").status_code == 303
    )
    for wrong in (
        {"kind": "signed", "on": before},
        {"kind": "met", "on": (today + timedelta(days=1)).isoformat()},
        {"kind": "met", "on": "yesterday"},
        {"kind": "gave_time", "on": before, "minutes": "0"},
    ):
        assert send(organiser, page, "/interactions", **wrong).status_code == 422
    assert session.scalar(select(func.count()).select_from(Interaction)) == 2
    both = organiser.get(page).text
    assert both.index("Gave 90 minutes") < both.index("Was called")
    only = organiser.get(f"{page}?kind=called").text
    assert "Was called" in only
    assert "Gave 90 minutes" not in only
    picture = organiser.get(f"{page}/activity-dark.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.text.count("<rect") == 24
    assert organiser.get(f"{page}/activity-pink.svg").status_code == 404


def test_what_somebody_claims_and_another_has_is_seen_by_staff(organiser: PageClient) -> None:
    first, (_own, second) = written_down(email=""), volunteer()
    number = read_identity(IdentityKind.PHONE, "+49 30 1234567")
    assert second.person_id is not None
    with transaction():
        claim_identity(first.id, number)
    with transaction():
        again = claim_identity(second.person_id, number)
        assert claim_identity(second.person_id, number) == again
    shown = send(organiser, f"/staff/people/{second.person_id}", "/reach/show").text
    assert "somebody else is reached this way as well" in shown
    assert f"/staff/people/{first.id}" in shown


def test_erasing_names_what_goes_and_takes_it(app: Flask, organiser: PageClient) -> None:
    made = written_down(email="anna@example.org")
    page = f"/staff/people/{made.id}"
    send(organiser, page, "/notes", body="To be forgotten")
    shown = organiser.get(f"{page}/erase").text
    assert re.search(r"The record: .*?: \d+ entries", shown)
    assert send(organiser, f"{page}/erase", "").status_code == 422
    assert send(organiser, f"{page}/erase", "", meant="y").status_code == 303
    for table in (Person, PersonIdentity, PersonNote):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert audited("person.erased") == 1
    assert organiser.get(page).status_code == 404


def test_whoever_helps_is_not_erased_by_staff(organiser: PageClient) -> None:
    _own, who = volunteer()
    page = f"/staff/people/{who.person_id}/erase"
    assert "They help" in organiser.get(page).text
    token = field_values(organiser.get("/account").text, "/account/sign-out")["csrf_token"]
    assert organiser.post(page, data={"csrf_token": token, "meant": "y"}).status_code == 409
    assert session.get(Person, who.person_id) is not None


@pytest.mark.parametrize("name", ["x" * 10_000, "a\u202eb\x00c\r\nd", "=cmd()", "<script>alert(1)</script>"])
def test_hostile_names_break_no_page(organiser: PageClient, name: str) -> None:
    answer = send(
        organiser, "/staff/people/new", "", name=name, language="en", source="a list", how="paper"
    )  # fmt: skip
    assert answer.status_code in {303, 422}
    for person in session.scalars(select(Person)):
        assert organiser.get(f"/staff/people/{person.id}").status_code == 200


def test_a_record_kept_for_consent_alone_has_a_page_without_a_name(organiser: PageClient) -> None:
    with transaction():
        person_id = record_consent(
            "anna@example.org", purpose=Purpose.NEWS, subject=None, text_version="2026-11", language="de", country="AT"
        )  # fmt: skip
    page = organiser.get(f"/staff/people/{person_id}").text
    assert "Without a name" in page
    assert session.get_one(Person, person_id).kept_for == KeptFor.CONSENT
