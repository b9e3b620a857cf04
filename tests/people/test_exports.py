"""Lists that leave: fixed when asked for, approved by another, open for a day; formulas are tamed, canaries sing."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.kernel import alarms, allowance, canaries, clock, exports
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.people.models import IdentityKind, Person, PersonIdentity, Tag
from campaign.people.models.exports import PeopleExport, PeopleExportItem
from campaign.people.service import details, records
from campaign.people.service import exports as leaving
from campaign.people.service.identities import read_identity
from tests.people.imports.support import checked as checked_list
from tests.people.imports.support import counted
from tests.support import accounts
from tests.support.pages import field_values

EXPORTS = "/staff/people/exports"
ACTOR = uuid.UUID(int=7)


@pytest.fixture
def two(app):
    """Two organisers' browsers."""
    return enter(app, Role.ORGANISER), enter(app, Role.COORDINATOR)


def enter(app, *roles: Role):
    client = app.test_client()
    assert accounts.sign_in(client, accounts.person(*roles, app=True)).status_code == 303
    return client


def add(*addresses: str, name: str = "=Анна", tag: str = "") -> None:
    with transaction():
        for address in addresses:
            ways = [read_identity(IdentityKind.EMAIL, address)]
            draft = records.PersonDraft(name=name, country="DE", language="ru")
            made = records.add_person(draft, identities=ways, actor=ACTOR)
            if tag:
                details.put_tag([made.id], details.ensure_tag(tag).id)
    session.remove()


def ask(client, path=EXPORTS, columns=("name", "email", "country"), reason="A print shop addresses envelopes"):
    values = field_values(client.get(path).text, path.rpartition("/")[2]) | {"reason": reason, "columns": list(columns)}
    return client.post(path, data=values)


def newest() -> PeopleExport:
    session.remove()
    return session.scalars(select(PeopleExport).order_by(PeopleExport.asked_at.desc())).first()


def decide(client, decision="approve"):
    html = client.get(EXPORTS).text
    values = field_values(html, "/decide") if "/decide" in html else field_values(html, "/exports")
    return client.post(f"{EXPORTS}/{newest().id}/decide", data={**values, "decision": decision})


def download(client, part="0"):
    values = field_values(client.get(EXPORTS).text, "/exports")
    return client.post(f"{EXPORTS}/{newest().id}/download", data={"csrf_token": values["csrf_token"], "part": part})


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))


def test_one_asks_another_approves_and_the_asker_downloads(two):
    mine, theirs = two
    people = {f"p{number}@example.org" for number in range(5)}
    add(*people)
    assert ask(mine).status_code == 303
    assert decide(mine).status_code == 403
    assert download(mine).status_code == 409
    assert decide(theirs).status_code == 303
    assert download(theirs).status_code == 403
    answer = download(mine)
    head, *rows = rows_of(answer)
    assert head == ["Name", "E-mail", "Country"]
    assert {row[1] for row in rows} > people
    assert all(row[0] == "'=Анна" for row in rows if row[1] in people), "no spreadsheet runs it"
    planted = [row for row in rows if row[1] not in people]
    assert len(planted) == canaries.CANARIES_A_PART
    assert all(row[0] and row[2] == "DE" for row in planted), "they look like those beside them"
    assert rows_of(download(mine))[1:] == rows, "the same at each download"
    session.remove()
    with transaction():
        assert canaries.report_mail_to(planted[0][1])
    assert [each.about for each in alarms.list_alarms()] == [f"export:{newest().id}"]
    ours = select(AuditEntry.action).where(AuditEntry.action.startswith("export."))
    deeds = session.scalars(ours.order_by(AuditEntry.id)).all()
    assert deeds[:4] == [f"export.{what}.people" for what in ("asked", "approved", "downloaded", "downloaded")]


def test_who_came_after_it_was_asked_for_is_not_in_it_and_who_went_is_left_out(two):
    mine, theirs = two
    add("anna@example.org", "boris@example.org")
    ask(mine)
    add("vera@example.org")
    decide(theirs)
    with transaction():
        session.delete(session.scalars(select(Person).order_by(Person.id)).first())
    told = {row[1] for row in rows_of(download(mine))[1:]}
    assert "vera@example.org" not in told
    assert session.scalar(select(func.count()).select_from(PersonIdentity)) == 2
    assert len(told) in {1 + 2, 2 + 2}


def test_it_is_narrowed_by_the_address_of_the_list(two):
    mine, _theirs = two
    add("anna@example.org", tag="Чай")
    add("boris@example.org")
    tag = session.scalars(select(Tag.id)).one()
    session.remove()
    assert "2 people" in mine.get(EXPORTS).text
    assert ask(mine, f"{EXPORTS}?tag={tag}").status_code == 303
    assert (newest().count, "Чай" in newest().about) == (1, True)


def test_a_day_later_it_is_closed_and_after_thirty_it_is_forgotten(two, monkeypatch):
    mine, theirs = two
    add("anna@example.org")
    ask(mine)
    decide(theirs)
    now = clock.now()
    monkeypatch.setattr(exports.clock, "now", lambda: now + timedelta(hours=25))
    assert not exports.is_open(newest())
    monkeypatch.undo()
    with transaction():
        assert leaving.forget_old(clock.today() + timedelta(days=31)) == 1
    assert session.scalar(select(func.count()).select_from(PeopleExportItem)) == 0


def test_more_than_one_may_see_an_hour_is_refused_with_an_alarm(two, monkeypatch):
    mine, theirs = two
    add(*(f"p{number}@example.org" for number in range(4)))
    monkeypatch.setattr(leaving, "DECRYPTING", allowance.Allowance("decrypting", 5, timedelta(hours=1)))
    ask(mine)
    decide(theirs)
    assert download(mine).status_code == 200
    assert download(mine).status_code == 429
    assert [each.kind for each in alarms.list_alarms()] == ["budget-spent"]


def test_a_long_list_is_cut_into_parts_that_hold_everybody_once(two, monkeypatch):
    mine, theirs = two
    people = {f"p{number}@example.org" for number in range(25)}
    add(*people)
    monkeypatch.setattr(exports, "RECORDS_A_PART", 10)
    monkeypatch.setattr(leaving, "RECORDS_A_PART", 10)
    monkeypatch.setattr(leaving, "PAGE", 4)
    ask(mine)
    decide(theirs)
    given = [row[1] for part in range(3) for row in rows_of(download(mine, str(part)))[1:]]
    assert len(given) == len(set(given)) == 25 + 3 * canaries.CANARIES_A_PART
    assert people < set(given)
    assert download(mine, "3").status_code == 409


def test_nobody_and_nothing_are_no_list(two):
    mine, _theirs = two
    assert "Nobody is in this list" in ask(mine).text
    add("anna@example.org")
    assert ask(mine, columns=()).status_code == 422
    assert ask(mine, columns=("__class__",)).status_code == 422
    assert ask(mine, reason="").status_code == 422


def test_what_left_comes_in_again_and_says_nothing_new(two):
    mine, theirs = two
    add("anna@example.org", tag="Чай")
    ask(mine, columns=leaving.SINGLE)
    decide(theirs)
    content = download(mine).get_data()
    assert counted(checked_list(content=content))["unchanged"] == 1
