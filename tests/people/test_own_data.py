"""What somebody sees, corrects, takes along and erases of their own, by themselves."""

import json
import uuid

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.accounts.models import Account, AccountState
from campaign.activities.models import Task, TaskKind, TaskState
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter
from campaign.letters.service.drafts import begin_draft
from campaign.penpals.models import GroupMessage, MemberRole
from campaign.penpals.models.groups import MESSAGE, SCOPE
from campaign.people.models import (
    Consent,
    FieldKind,
    IdentityKind,
    InteractionKind,
    Person,
    PersonIdentity,
    PersonNote,
    Volunteer,
)
from campaign.people.service import details
from campaign.people.service.defining import define_field
from campaign.people.service.identities import add_identity, read_identity
from campaign.people.service.records import name_of
from tests.people.pages import ACTOR, come, send, volunteer, written_down
from tests.support import accounts, pens
from tests.support.pages import PageClient, field_values

DATA = "/account/data"


@pytest.fixture
def helper(app: Flask) -> tuple[PageClient, Volunteer]:
    own, who = volunteer()
    return come(app, own), who


def record_of(who: Volunteer) -> uuid.UUID:
    assert who.person_id is not None
    return who.person_id


def filled(who: Volunteer) -> None:
    """With something of everything that staff may add."""
    with transaction():
        person_id = record_of(who)
        field = define_field(FieldKind.TEXT, {"en": "Town"}, [], actor=ACTOR)
        details.set_value(person_id, field, details.Value(text="Invented Town"))
        details.put_tag([person_id], details.ensure_tag("Choir").id)
        details.add_note(person_id, "Sings well", actor=ACTOR)
        details.record_interaction(person_id, InteractionKind.GAVE_TIME, amount=45, actor=ACTOR)


def test_everything_held_stands_on_one_page(helper: tuple[PageClient, Volunteer]) -> None:
    client, who = helper
    filled(who)
    shown = client.get(DATA).text
    for words in (who.pseudonym, "Invented Town", "Choir", "Sings well", "Gave 45 minutes", "Offered, not answered"):
        assert words in shown
    assert "/staff/" not in shown.split("<main")[1].split("</main")[0]
    for language in ("ru", "de"):
        assert client.get(f"/{language}{DATA}").status_code == 200


def test_who_has_no_record_sees_the_account_alone(app: Flask) -> None:
    client = come(app, accounts.person(Role.TREASURER, app=True))
    assert "You have no record beside your account" in client.get(DATA).text
    assert client.get(f"{DATA}/edit").status_code == 404
    assert json.loads(client.get(f"{DATA}/export").text)["account"]["roles"][0]["role"] == "treasurer"


def test_nobody_comes_in_who_is_not_signed_in(client: PageClient) -> None:
    assert client.get(DATA).status_code == 302
    assert client.get(f"{DATA}/export").status_code == 302


def test_it_is_corrected_and_two_tabs_lose_nothing(helper: tuple[PageClient, Volunteer]) -> None:
    client, who = helper
    page = f"{DATA}/edit"
    seen = field_values(client.get(page).text, "")
    assert send(client, page, "", **{**seen, "name": "Pavel", "skills": ["driving"]}).status_code == 303
    person = session.get_one(Person, record_of(who))
    assert (name_of(person), person.skills, person.source) == ("Pavel", ["driving"], "volunteer")
    answer = send(client, page, "", **{**seen, "name": "Peter"})
    assert answer.status_code == 409
    assert "Pavel" in answer.text
    assert 'value="Peter"' in answer.text
    assert send(client, page, "", **{**seen, "tasks_a_week": "900"}).status_code == 422


def test_a_number_takes_the_consent_to_be_called_and_goes_with_it(helper: tuple[PageClient, Volunteer]) -> None:
    client, _who = helper
    assert send(client, DATA, "/reach", kind="phone", value="+49 30 1234567").status_code == 422
    assert send(client, DATA, "/reach", kind="phone", value="+49 30 1234567", calls="y").status_code == 303
    consent = session.scalars(select(Consent)).one()
    assert (consent.purpose, consent.text_version) == ("calls", "2026-11 own page")
    assert "+49 30 1234567" in client.get(DATA).text
    assert send(client, DATA, f"/consents/{consent.id}/end").status_code == 303
    assert session.scalar(select(PersonIdentity)) is None
    assert send(client, DATA, "/reach", kind="email", value="a@example.org").status_code == 422


def test_the_answer_does_not_tell_whether_another_is_reached_so(helper: tuple[PageClient, Volunteer]) -> None:
    """Else a stranger with an account could ask number by number who stands in our records."""
    client, _who = helper
    other = written_down()
    with transaction():
        add_identity(other.id, read_identity(IdentityKind.MESSENGER, "@known_name"), actor=None)
    known = send(client, DATA, "/reach", kind="messenger", value="@known_name")
    fresh = send(client, DATA, "/reach", kind="messenger", value="@fresh_name")
    assert (known.status_code, known.location) == (fresh.status_code, fresh.location)
    shown = client.get(DATA).text
    assert "@known_name" in shown
    assert "@fresh_name" in shown
    own = session.scalars(select(PersonIdentity).where(PersonIdentity.person_id != other.id)).all()
    for each in own:
        assert send(client, DATA, f"/reach/{each.id}/remove").status_code == 303
    assert session.scalar(select(func.count()).select_from(PersonIdentity)) == 1, "the other's stays"


def test_nobody_touches_what_is_anothers(helper: tuple[PageClient, Volunteer]) -> None:
    client, _who = helper
    other = written_down(email="anna@example.org")
    theirs = session.scalars(select(PersonIdentity.id)).one()
    send(client, DATA, f"/reach/{theirs}/remove")
    assert session.scalars(select(PersonIdentity.person_id)).one() == other.id


def test_it_is_taken_along_as_json(helper: tuple[PageClient, Volunteer]) -> None:
    client, who = helper
    filled(who)
    answer = client.get(f"{DATA}/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    content = json.loads(answer.text)
    people = content["people"]
    assert content["account"]["username"] == who.pseudonym
    assert people["tags"] == ["Choir"]
    assert people["fields"] == [{"field": "Town", "value": "Invented Town"}]
    assert people["notes"][0]["text"] == "Sings well"
    assert people["interactions"][0]["minutes"] == 45
    assert content["penpals"]["way"][0]["now"] == "applied"


def test_erasing_takes_all_that_leads_to_them(app: Flask) -> None:
    who, addressee, group = pens.writer(), pens.addressee(), pens.group()
    person = written_down("Invented Writer")
    pens.member(group, who, MemberRole.LEAD)
    with transaction():
        session.get_one(Volunteer, who.id).person_id = person.id
    with transaction():
        draft = begin_draft(
            addressee.id, who.id, channel="post", actor=who.account_id, assignment_id=None, group_id=None
        )
        task = Task(
            id=uuid.uuid4(), kind=TaskKind.TRANSLATE_LETTER, subject_id=uuid.uuid4(), state=TaskState.CLAIMED,
            claimed_by=who.id, claimed_until=clock.today(), created_on=clock.today(),
        )  # fmt: skip
        session.add(task)
    owner = session.get_one(Account, who.account_id)
    client = come(app, accounts.Person(owner.id, owner.username))
    assert "Invented Writer" in client.get(DATA).text
    assert "Letters you wrote: 1 entry" in client.get(f"{DATA}/erase").text
    assert send(client, f"{DATA}/erase", "").status_code == 422
    answer = send(client, f"{DATA}/erase", "", meant="y")
    assert answer.status_code == 200
    assert client.get(DATA).status_code == 302, "access ends within the request"
    assert session.get(Person, person.id) is None
    assert session.get(Letter, draft.id) is None
    assert session.get_one(Task, task.id).state == TaskState.OPEN
    assert session.get_one(Account, owner.id).state == AccountState.LEFT
    assert session.get_one(Volunteer, who.id).person_id is None
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "person.erased")) == 1


def test_a_record_that_staff_keep_goes_too_when_its_owner_says_so(app: Flask) -> None:
    own, who = volunteer()
    with transaction():
        session.get_one(Person, who.person_id).kept_for = "staff"
        details.add_note(record_of(who), "To be forgotten", actor=ACTOR)
    person_id = record_of(who)
    assert send(come(app, own), f"{DATA}/erase", "", meant="y").status_code == 200
    assert session.get(Person, person_id) is None
    assert session.scalar(select(PersonNote)) is None


def test_the_last_admin_is_told_and_nothing_is_erased(app: Flask) -> None:
    own = accounts.person(Role.ADMIN, app=True)
    client = come(app, own)
    assert send(client, f"{DATA}/erase", "", meant="y").status_code == 409
    assert client.get(DATA).status_code == 200


def test_words_in_groups_go_with_their_author(app: Flask) -> None:
    who, addressee, group = pens.writer(), pens.addressee(), pens.group()
    person = written_down()
    keyring.ensure(SCOPE)
    with transaction():
        session.get_one(Volunteer, who.id).person_id = person.id
        public = uuid.uuid4()
        session.add(
            GroupMessage(
                public_id=public, group_id=group.id, prisoner_id=addressee.id, author_id=who.id,
                body_sealed=MESSAGE.seal(SCOPE, public, "My own words"), written_on=clock.today(),
            )
        )  # fmt: skip
    owner = session.get_one(Account, who.account_id)
    client = come(app, accounts.Person(owner.id, owner.username))
    assert "My own words" in client.get(DATA).text
    assert send(client, f"{DATA}/erase", "", meant="y").status_code == 200
    assert session.scalar(select(GroupMessage)) is None


def test_long_words_stand_one_under_another_and_states_in_the_readers_language(app: Flask) -> None:
    who, addressee = pens.writer(), pens.addressee()
    person = written_down()
    with transaction():
        session.get_one(Volunteer, who.id).person_id = person.id
    with transaction():
        begin_draft(addressee.id, who.id, channel="post", actor=who.account_id, assignment_id=None, group_id=None)
    owner = session.get_one(Account, who.account_id)
    shown = come(app, accounts.Person(owner.id, owner.username)).get(DATA).text
    assert "print_and_post" not in shown
    assert "Print it and post it" in shown
    assert ">draft<" not in shown
