"""The list of people: found by any part of a name and by exact address, narrowed by what stands in the address."""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
import time_machine
from flask import Flask
from flask import session as cookie
from sqlalchemy import select, text

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.alarms import list_alarms
from campaign.kernel.allowance import DECRYPTING, left, take
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import Base, session, transaction
from campaign.kernel.registry_people import active_days
from campaign.people.models import (
    SCOPE,
    Consent,
    FieldKind,
    IdentityKind,
    InteractionKind,
    KeptFor,
    Person,
    PersonField,
    Purpose,
    Skill,
)
from campaign.people.queries.name_index import name_index
from campaign.people.service import details
from campaign.people.service.activity import follow_activity
from campaign.people.service.identities import read_identity
from campaign.people.service.records import PersonDraft, add_person, edit_person
from campaign.people.service.volunteers import add_volunteer
from campaign.web.session_cookie import SEARCH_KEY, TOKEN, carry, carry_on
from tests.people.pages import sealed
from tests.support import accounts, pens
from tests.support.pages import PageClient, field_values, parse

SignIn = Callable[..., PageClient]
ACTOR = uuid.UUID(int=7)
LIST = "/staff/people"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is found in the same moment."""
    monkeypatch.setattr(name_index, "pause", 0)


def written(name: str = "", email: str = "", **more: object) -> Person:
    draft = PersonDraft(name=name, **{"language": "ru", **more})  # type: ignore[arg-type]
    with transaction():
        return add_person(
            draft, identities=[read_identity(IdentityKind.EMAIL, email)] if email else (), actor=ACTOR
        )  # fmt: skip


def field(kind: FieldKind, slug: str, options: list[str] | None = None) -> PersonField:
    with transaction():
        made = PersonField(
            id=uuid.uuid4(), slug=slug, kind=kind, labels={"en": slug.title()}, options=options or [],
            created_on=date(2026, 1, 1),
        )  # fmt: skip
        session.add(made)
    return made


def loaded() -> None:
    name_index.keep_up()


def shown(client: PageClient, **asked: object) -> list[str]:
    """Who stands on the page, in its order; `q` is searched for."""
    if "q" in asked:
        asked["find"] = sealed(client, str(asked.pop("q")))
    response = client.get(f"{LIST}?{urlencode(asked)}")
    assert response.status_code == 200
    rows = parse(response.text).iterfind(".//tbody/tr/th")
    return [" ".join("".join(row.itertext()).split()) for row in rows]


def links(page: str) -> set[str]:
    return {link.get("href").partition("?")[0] for link in parse(page).iterfind(".//a[@href]")}


def test_somebody_is_found_by_any_part_of_the_name_in_either_alphabet(sign_in: SignIn) -> None:
    for name in ("Анна Выдуманная", "Petr Nebylitsyn", "Ольга Иная"):
        written(name)
    loaded()
    client = sign_in(Role.ORGANISER)
    assert shown(client) == ["Petr Nebylitsyn", "Анна Выдуманная", "Ольга Иная"]
    assert shown(client, q="vydum") == ["Анна Выдуманная"]
    assert shown(client, q="небылицын петр") == ["Petr Nebylitsyn"]
    assert shown(client, q="Нибылицын") == ["Petr Nebylitsyn"]
    assert "come near" in client.get(f"{LIST}?find={sealed(client, 'Нибылицын')}").text
    assert shown(client, q="никого такого") == []
    assert shown(client, sort="-name") == ["Ольга Иная", "Анна Выдуманная", "Petr Nebylitsyn"]


def test_somebody_is_found_by_the_exact_address_even_while_names_load(sign_in: SignIn) -> None:
    anna = written("Анна Выдуманная", email="anna.invented@example.org")
    written("Пётр Иной", email="petr@example.org")
    with transaction():
        from campaign.people.service.identities import add_identity

        add_identity(anna.id, read_identity(IdentityKind.PHONE, "+7 912 345-67-89"), actor=None)
        add_identity(anna.id, read_identity(IdentityKind.MESSENGER, "@invented_anna"), actor=None)
    client = sign_in(Role.COORDINATOR)
    for asked in ("anna.invented@example.org", "8 (912) 345 67 89", "https://t.me/Invented_Anna", "@invented_anna"):
        assert shown(client, q=asked) == ["Анна Выдуманная"]
    assert "still loading" in client.get(LIST).text
    assert client.get(f"{LIST}/names").json == {"done": 0, "is_at_work": True}
    assert shown(client, q="anna.invented@example") == []
    loaded()
    assert shown(client, q="ANNA.Invented+list@example.org") == ["Анна Выдуманная"]
    assert client.get(f"{LIST}/names").json["is_at_work"] is False


def test_each_filter_narrows_the_list_and_stands_as_words_above_it(sign_in: SignIn) -> None:
    anna = written("Анна", email="anna@example.org", country="DE", spoken=("de", "ru"), skills=(Skill.LAW,))
    peter = written("Пётр", language="en", availability=("evenings",))
    with transaction():
        tag = details.ensure_tag("brings cake")
        details.put_tag([anna.id], tag.id)
        session.add(Consent(
            id=uuid.uuid4(), person_id=anna.id, purpose=Purpose.NEWS, text_version="1", given_on=clock.today(),
        ))  # fmt: skip
        session.get_one(Person, peter.id).kept_for = KeptFor.VOLUNTEER
        session.get_one(Person, anna.id).since_on = date(2025, 3, 1)
    loaded()
    client = sign_in(Role.ORGANISER)
    for asked in (
        {"country": "DE"}, {"spoken": "de"}, {"skill": "law"}, {"tag": tag.id}, {"consent": "news"}, {"kept": "staff"},
        {"has": "email"}, {"to": "2025-12-31"}, {"language": "ru"}, {"tag": tag.id, "country": "DE", "q": "an"},
    ):  # fmt: skip
        assert shown(client, **asked) == ["Анна"], asked
    for asked in (
        {"country": "-"}, {"time": "evenings"}, {"no-tag": tag.id}, {"no-consent": "news"}, {"consent": "-"},
        {"kept": "volunteer"}, {"has": "-"}, {"has-not": "email"}, {"from": "2026-01-01"}, {"language": "en"},
    ):  # fmt: skip
        assert shown(client, **asked) == ["Пётр"], asked
    page = client.get(f"{LIST}?country=DE&tag={tag.id}").text
    assert "Germany" in page
    assert "with “brings cake”" in page


def test_fields_of_our_own_filter_and_stand_as_columns(sign_in: SignIn) -> None:
    size, day = field(FieldKind.NUMBER, "size"), field(FieldKind.DATE, "trained")
    shift, bike, remark = (
        field(FieldKind.CHOICE, "shift", ["early", "late"]), field(FieldKind.YES_NO, "bike"),
        field(FieldKind.TEXT, "remark"),
    )  # fmt: skip
    anna, peter = written("Анна"), written("Пётр")
    with transaction():
        details.set_value(anna.id, size, details.Value(number=Decimal(38)))
        details.set_value(anna.id, day, details.Value(day=date(2026, 2, 1)))
        details.set_value(anna.id, shift, details.Value(word="late"))
        details.set_value(anna.id, bike, details.Value(flag=False))
        details.set_value(anna.id, remark, details.Value(text="Bakes well"))
        details.set_value(peter.id, shift, details.Value(word="early"))
    loaded()
    client = sign_in(Role.ORGANISER)
    for asked in (
        {"f.size.from": "38", "f.size.to": "38,5"}, {"f.trained.from": "2026-01-31"}, {"f.shift": "late"},
        {"f.bike": "no"}, {"f.bike": "any"}, {"f.size": "any"},
    ):  # fmt: skip
        assert shown(client, **asked) == ["Анна"], asked
    assert shown(client, **{"f.bike": "-"}) == ["Пётр"]
    assert shown(client, **{"f.size.from": "39"}) == []
    before = left(DECRYPTING, client.person.id)
    page = client.get(f"{LIST}?columns=f.remark,f.size,f.bike,f.shift,reached&f.size=any").text
    for words in ("Bakes well", "38", ">no<", "late"):
        assert words in page
    # One person: the name and the sealed text.
    assert before - left(DECRYPTING, client.person.id) == 2


def test_the_form_leads_to_an_address_without_what_says_nothing(sign_in: SignIn) -> None:
    client = sign_in(Role.ORGANISER)
    with transaction():
        one, two = details.ensure_tag("one"), details.ensure_tag("two")
    answer = client.get(
        f"{LIST}?apply=1&find=&country=DE&skill=juggling&tag={one.id}&tag={two.id}&no-tag=&from=2026-13-99&sort=name"
        "&columns=country&columns=f.none&f.none=3"
    )
    assert answer.status_code == 302
    assert answer.location == f"{LIST}?country=DE&" + urlencode({"tag": f"{one.id},{two.id}"}) + "&columns=country"


def test_what_is_searched_for_stands_in_no_address(sign_in: SignIn) -> None:
    for name in ("Анна Выдуманная", "Пётр Иной"):
        written(name, country="DE")
    loaded()
    client = sign_in(Role.ORGANISER)
    form = field_values(client.get(f"{LIST}?sort=-since&view=all").text, "/find")
    answer = client.post(f"{LIST}/find", data={**form, "q": "анна\x00", "country": "DE"})
    assert answer.status_code == 303
    asked = parse_qs(urlsplit(answer.location).query)
    assert {name: asked[name] for name in ("sort", "country", "view")} == {
        "sort": ["-since"], "country": ["DE"], "view": ["all"],
    }  # fmt: skip
    assert "q" not in asked
    assert "анна" not in unquote(answer.location)
    page = client.get(answer.location).text
    assert ("Выдуманная" in page, "Иной" in page) == (True, False)
    for link in parse(page).iterfind(".//a[@href]"):
        assert "анна" not in unquote(link.get("href")).casefold()
    # Taken off, and an empty form, lead back to the list as it was.
    cleared = client.post(f"{LIST}/find", data={**field_values(page, "/find"), "q": ""})
    assert "find=" not in cleared.location
    assert "country=DE" in cleared.location


def test_a_search_opens_for_its_sign_in_alone_and_for_half_a_day(sign_in: SignIn) -> None:
    written("Анна Выдуманная")
    loaded()
    client, other = sign_in(Role.ORGANISER), sign_in(Role.ORGANISER)
    address = f"{LIST}?find={sealed(client, 'никого')}"
    assert "is forgotten" not in client.get(address).text
    sealed(other, "her own")
    assert "is forgotten" in other.get(address).text
    for path in (address.replace(LIST, f"{LIST}/acts/new") + "&all=1", address.replace(LIST, f"{LIST}/exports")):
        assert other.get(path).status_code == 409
    with time_machine.travel(clock.now() + timedelta(hours=13)):
        assert "is forgotten" in client.get(address).text


def test_a_sign_in_that_is_proved_again_keeps_its_searches_and_a_new_one_does_not(app: Flask) -> None:
    with app.test_request_context():
        cookie[SEARCH_KEY] = "key"
        carry_on("another")
        assert dict(cookie) == {TOKEN: "another", SEARCH_KEY: "key"}
        carry("new")
        assert dict(cookie) == {TOKEN: "new"}


@pytest.mark.parametrize(
    "query",
    [
        "page=99999999999", "page=-1", "sort=evil", "sort=-", "columns=,,,", "tag=x,y", "group=1", "from=1", "q=anna",
        "find=%00%0A", "find=" + "x" * 5000, "find=%F0%9F%98%80", "country=%F0%9F%98%80", "spoken=../..", "consent=%27",
        "kept=", "view=1",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_breaks_nothing(sign_in: SignIn, query: str) -> None:
    written("Анна")
    loaded()
    assert sign_in(Role.ORGANISER).get(f"{LIST}?{query}").status_code == 200


def test_pages_hold_fifty_in_every_order(sign_in: SignIn) -> None:
    for number in range(53):
        written(f"Имя {number:03}", country="DE" if number % 2 else None)
    loaded()
    client = sign_in(Role.ORGANISER)
    for sort in ("name", "-name", "since", "-since", "country", "-country", "active", "-active"):
        first, second = shown(client, sort=sort), shown(client, sort=sort, page=2)
        assert (len(first), len(second)) == (50, 3)
        assert len({*first, *second}) == 53
    assert "53 people" in client.get(LIST).text
    assert shown(client, page=9) == shown(client, page=2)


def test_last_activity_follows_the_timeline(sign_in: SignIn) -> None:
    anna, peter, _nobody = written("Анна"), written("Пётр"), written("Яна")
    with transaction():
        details.record_interaction(peter.id, InteractionKind.CALLED, on=date(2026, 1, 5))
        details.record_interactions(
            [
                {"person_id": each, "kind": "came", "happened_on": day, "word": "", "amount": 0}
                for each, day in (
                    (anna.id, date(2026, 3, 1)),
                    (anna.id, date(2026, 2, 1)),
                    (peter.id, date(2025, 1, 1)),
                )
            ]
        )
    loaded()
    client = sign_in(Role.ORGANISER)
    assert shown(client, sort="-active") == ["Анна", "Пётр", "Яна"]
    assert shown(client, sort="active") == ["Пётр", "Анна", "Яна"]
    assert session.get_one(Person, anna.id, populate_existing=True).active_on == date(2026, 3, 1)


def test_last_activity_knows_what_features_know_and_narrows_the_list(sign_in: SignIn) -> None:
    quiet = written("Яна")
    own = accounts.person(Role.VOLUNTEER)
    with transaction():
        who = add_volunteer(own.id, own.username)
    pens.member(pens.group(), who)
    today = clock.today()
    assert who.person_id is not None
    assert session.get_one(Person, who.person_id, populate_existing=True).active_on != today
    before = session.get_one(Person, who.person_id).version
    with transaction():
        assert follow_activity(today) == 1
    with transaction():
        assert follow_activity(today) == 0
    moved = session.get_one(Person, who.person_id, populate_existing=True)
    assert (moved.active_on, moved.version) == (today, before)
    loaded()
    client = sign_in(Role.ORGANISER)
    assert shown(client, **{"active.from": today.isoformat()}) == [own.username]
    assert shown(client, **{"active.to": (today - timedelta(days=1)).isoformat()}) == ["Яна"]
    assert session.get_one(Person, quiet.id).active_on is None
    assert {name for name, _select in active_days.items()} >= {"signatures", "letters", "penpals", "events", "tasks"}


def test_a_changed_name_is_found_under_the_new_one(sign_in: SignIn) -> None:
    anna = written("Анна Выдуманная")
    loaded()
    client = sign_in(Role.ORGANISER)
    assert shown(client, q="выдум") == ["Анна Выдуманная"]
    with transaction():
        edit_person(anna.id, PersonDraft(name="Жанна Иная", language="ru"), seen_version=anna.version, actor=ACTOR)
    assert shown(client, q="выдум") == []
    assert shown(client, q="zhanna") == ["Жанна Иная"]


def test_who_has_seen_enough_sees_a_list_without_names_and_an_alarm_is_up(sign_in: SignIn) -> None:
    written("Анна Выдуманная", country="DE")
    loaded()
    client = sign_in(Role.ORGANISER)
    with transaction():
        take(DECRYPTING, client.person.id, DECRYPTING.most)
    page = client.get(LIST).text
    assert "Выдуманная" not in page
    assert "Germany" in page
    assert [alarm.about for alarm in list_alarms()] == [f"account:{client.person.id}"]


def test_without_the_key_the_list_shows_what_is_not_sealed(sign_in: SignIn) -> None:
    written("Анна Выдуманная", country="DE")
    loaded()
    client = sign_in(Role.ORGANISER)
    keyring.destroy(SCOPE)
    try:
        page = client.get(LIST).text
        assert "Names cannot be read" in page
        assert "Germany" in page
        assert "cannot be read" in page
        assert shown(client, q="anna@example.org") == []
    finally:
        with transaction():
            session.execute(text("DELETE FROM person"))
        keyring.begin_anew(SCOPE)


def test_a_coordinator_of_a_group_finds_its_people_alone(sign_in: SignIn) -> None:
    mine, other = pens.group(), pens.group()
    for group, name in ((mine, "Своя Выдуманная"), (other, "Чужая Выдуманная")):
        own = accounts.person(Role.VOLUNTEER)
        with transaction():
            who = add_volunteer(own.id, own.username)
        pens.member(group, who)
        with transaction():
            assert who.person_id is not None
            person = session.get_one(Person, who.person_id)
            edit_person(
                person.id, PersonDraft(name=name, language="en"), seen_version=person.version, actor=ACTOR
            )  # fmt: skip
    loaded()
    client = sign_in(Role.COORDINATOR, group=mine.id)
    assert shown(client) == ["Своя Выдуманная"]
    assert shown(client, sort="-since") == ["Своя Выдуманная"]
    assert shown(client, q="выдуманная") == ["Своя Выдуманная"]
    assert shown(client, group=other.id) == []
    everybody = sign_in(Role.COORDINATOR)
    assert shown(everybody, group=other.id) == ["Чужая Выдуманная"]
    # What would refuse is not offered.
    kept = {f"{LIST}/{part}" for part in ("new", "imports", "exports")}
    assert kept & links(client.get(LIST).text) == set()
    assert kept <= links(everybody.get(LIST).text)
    own_record = next(each for each in links(client.get(LIST).text) if re.fullmatch(f"{LIST}/[0-9a-f-]{{36}}", each))
    assert not any("/staff/volunteers/" in each for each in links(client.get(own_record).text))
    assert any("/staff/volunteers/" in each for each in links(everybody.get(own_record).text))


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MODERATOR, Role.TREASURER, Role.DATA_EDITOR])
def test_no_other_role_opens_the_list(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).get(LIST).status_code == 403


def test_nothing_plain_lies_in_the_database(sign_in: SignIn) -> None:
    written("Анна Выдуманная", email="anna.invented@example.org")
    loaded()
    client = sign_in(Role.ORGANISER)
    shown(client, q="выдуманная")
    shown(client, q="anna.invented@example.org")
    for table in Base.metadata.sorted_tables:
        rows = session.execute(select(text("x::text")).select_from(text(f'"{table.name}" AS x'))).scalars()
        for row in rows:
            assert "ыдуманная" not in row, table.name
            assert "anna.invented" not in row, table.name


def test_a_list_asks_a_few_questions_however_many_it_shows(sign_in: SignIn, statements: Callable[..., object]) -> None:
    for number in range(30):
        written(f"Имя {number}", country="DE")
    loaded()
    client = sign_in(Role.ORGANISER)
    client.get(LIST)
    with statements() as seen:  # type: ignore[attr-defined]
        client.get(f"{LIST}?country=DE&columns=tags,consents,reached,country")
    assert len(seen) < 24
