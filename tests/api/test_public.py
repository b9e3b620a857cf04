"""What everybody may read by program: what the pages tell, the same for everybody, and nothing more."""

import hashlib
import re
import uuid
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from campaign.accounting.models import PublicReport, ReportState
from campaign.api.queries import changes, people, petitions
from campaign.api.service import dump
from campaign.designations.service import load_register
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.pictures import PictureDraft
from campaign.petitions.models import Audience
from campaign.petitions.queries import get_petition
from campaign.petitions.service.people import add_person
from campaign.prisoners.models import (
    Certainty,
    Evidence,
    Facility,
    LettersPolicy,
    Liberty,
    ListingSource,
    ListingStatus,
    Prisoner,
    Publicity,
)
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import publication
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.liberty import open_episode
from campaign.prisoners.service.listings import ListingDraft, add_listing
from campaign.prisoners.service.people import StoryDraft
from campaign.prisoners.service.portraits import set_portrait
from campaign.web.settings import settings
from tests.api.shapes import of_answer
from tests.petitions.pages import picture
from tests.support import make
from tests.support.pages import parse

BANNED = ("Memorial", "memopzk.org")
STORY = "Told by Memorial, see https://memopzk.org/somebody for more."
CURSORS = ("/people?cursor=", "/petitions?cursor=", "/changes?since=")
CONTENT = {
    "currency": "EUR", "received": 120_000, "gifts": 10, "lines": [["expenses:lawyer", 24_000]], "spent": 64_000,
    "helped": 0, "left": 56_000, "is_about": False, "is_short": False, "corrects": False,
}  # fmt: skip
HELD_SINCE = date(2025, 3, 5)


@pytest.fixture
def person(app):
    """Somebody with all that a page tells, and a story that names a banned organisation."""
    with transaction():
        load_register()
    made = make.public_prisoner(
        letters_policy=LettersPolicy.OPEN, stories=[StoryDraft("en", "beekeeper", "Keeps bees.", STORY)]
    )
    make.case(made)
    place = make.facility()
    with transaction():
        open_episode(made.id, HELD_SINCE, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        stay = StayDraft(Certainty.CONFIRMED, HELD_SINCE, place.id, Evidence.LAWYER, verified_on=clock.today())
        record_stay(made.id, stay, make.SOURCE, actor=None)
        listing = ListingDraft(ListingSource.MEMORIAL, ListingStatus.RECOGNISED, HELD_SINCE, "https://memopzk.org/x")
        add_listing(get_prisoner(made.id), listing, make.SOURCE, actor=None)
        set_portrait(
            get_prisoner(made.id), PictureDraft("CC0", "Somebody", {"en": "A face"}, picture().read()), actor=None
        )
    return made


@pytest.fixture
def petition(person):
    made = make.petition(slug="open-the-windows")
    with transaction():
        add_person(get_petition(made.id), get_prisoner(person.id), actor=uuid.uuid4())
    return made


def read(client, path, **wish):
    answer = client.get(f"/api/v1{path}", query_string=wish)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_every_document_is_as_the_description_says(client, person, petition):
    with transaction():
        session.add(
            PublicReport(
                id=uuid.uuid4(), starts_on=date(2024, 1, 1), ends_on=date(2024, 1, 31), state=ReportState.PUBLISHED,
                content=CONTENT, asked_by=uuid.uuid4(), asked_at=clock.now(), decided_by=uuid.uuid4(),
                decided_at=clock.now(), published_on=clock.today(),
            )
        )  # fmt: skip
    dump.build(settings().data_dir, "http://localhost")
    description = read(client, "/openapi.json")
    filled = {"slug": {"people": person.slug, "petitions": petition.slug}, "month": "2024-01"}
    seen = set()
    for path in description["paths"]:
        asked = description["paths"][path].get("get")
        if asked is None or "security" in asked or path.endswith(".zip"):
            continue
        kind = path.split("/")[3]
        at = path.replace("{month}", filled["month"]).replace("{slug}", filled["slug"].get(kind, ""))
        for wish in ({}, {"place": "out", "lang": "ru"}):
            document = read(client, at.removeprefix("/api/v1"), **wish)
            of_answer(description, path).validate(document)
            assert document.get("items") != [] or kind in {"facilities", "organisations"}, path
        seen.add(kind)
    assert seen >= {"people", "petitions", "changes", "reports", "organisations", "facilities"}


def test_a_person_is_told_of_as_on_their_page(client, person):
    told = read(client, f"/people/{person.slug}", place="out")
    assert (told["name"], told["birth_year"], told["occupation"]) == ("Petr Vymyshlennyi", 1980, "beekeeper")
    assert told["letters"]["reach"] == "open"
    assert told["letters"]["address"][-1] == "610000"
    assert told["attention"] == "none"
    assert told["story"] == STORY
    assert [each["source"] for each in told["listings"]] == ["memorial"]
    assert client.get(told["portrait"]["url"].removeprefix("http://localhost")).status_code == 200


def test_readers_in_russia_are_led_to_nobody_who_is_banned_there(client, person, petition):
    make.petition(slug="only-outside", audience=Audience.OUTSIDE_RUSSIA)
    with transaction():
        session.get_one(Prisoner, person.id).texts[0].summary = "Known from Memorial."
    everything = "".join(
        client.get(f"/api/v1{path}").get_data(as_text=True)
        for path in ("/people", f"/people/{person.slug}", "/petitions", "/changes", "/organisations")
    )
    for word in (*BANNED, "only-outside", '"source":"memorial"'):
        assert word not in everything
    assert "Told by […], see […] for more." in everything
    for part in ("", "/count"):
        assert client.get(f"/api/v1/petitions/only-outside{part}").status_code == 404
        assert read(client, f"/petitions/only-outside{part}", place="out")
    outside = "".join(client.get(f"/api/v1{path}?place=out").get_data(as_text=True) for path in ("/people", "/changes"))
    assert "Memorial" in outside
    assert "only-outside" in outside


def test_not_even_a_place_of_detention_leads_there(client, person, monkeypatch):
    place = session.scalars(select(Facility)).first()
    monkeypatch.setattr("campaign.api.queries.others.weeks_by_way", lambda: {(place.id, "post"): 3})
    with transaction():
        session.get_one(Facility, place.id).name_latin = "A colony, says Memorial"
    assert [each["name"] for each in read(client, "/facilities")["items"]] == ["A colony, says […]"]


def test_everybody_gets_the_same_and_caches_know_for_how_long(client, sign_in, person, petition):
    at = f"/api/v1/people/{person.slug}"
    first = client.get(at)
    client.post("/place", data={"place": "out"})
    inside = sign_in(Role.ADMIN)
    for somebody in (client, inside):
        again = somebody.get(at, headers={"Accept-Language": "ru", "X-Whoever": "me"})
        assert (again.data, again.headers["ETag"], again.headers["Cache-Control"]) == (
            first.data, first.headers["ETag"], "public, max-age=10, stale-while-revalidate=30",
        )  # fmt: skip
    held = client.get(at, headers={"If-None-Match": first.headers["ETag"]})
    assert (held.status_code, held.data) == (304, b"")
    lasting = client.get(f"/api/v1/petitions/{petition.slug}").headers["Cache-Control"]
    assert lasting.endswith("stale-if-error=3600")
    assert "stale-if-error" not in client.get("/api/v1/changes").headers["Cache-Control"]
    assert client.get(f"{at}?made-up=1").data == first.data


def test_whoever_is_not_public_is_nobody_and_whoever_wants_no_figures_has_none(client, person):
    draft = make.prisoner(last_ru="Невидимый")
    assert client.get(f"/api/v1/people/{draft.slug}").json == client.get("/api/v1/people/never-was").json
    assert draft.slug not in {each["slug"] for each in read(client, "/people")["items"]}
    with transaction():
        session.get_one(Prisoner, person.id).publicity = Publicity.LIMITED
    client.application.extensions["page_cache"].clear()
    told = read(client, f"/people/{person.slug}")
    assert (told["attention"], told["birth_year"]) == (None, None)
    assert read(client, "/people")["items"][0]["attention"] is None


def test_pages_of_lists_leave_nobody_out_and_tell_nobody_twice(client, person, monkeypatch):
    monkeypatch.setattr(people, "PER_PAGE", 2)
    monkeypatch.setattr(petitions, "PER_PAGE", 2)
    for _each in range(4):
        make.public_prisoner()
        make.petition()
    for path in ("/people", "/petitions"):
        slugs, page = [], read(client, path)
        while True:
            slugs += [each["slug"] for each in page["items"]]
            if page["next"] is None:
                break
            page = read(client, path, cursor=page["next"])
        assert len(slugs) == len(set(slugs)) == (5 if path == "/people" else 4)


@pytest.mark.parametrize("made_up", ["x", "AAAA", "%00", "a" * 299, "Ж", "=="])
def test_a_made_up_cursor_is_refused(client, made_up):
    for at in (f"{path}{quote(made_up)}" for path in CURSORS):
        answer = client.get(f"/api/v1{at}")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), at
        assert "Leave it out" in answer.json["detail"]


def test_a_cursor_that_was_changed_or_belongs_to_another_list_is_refused(client, person):
    ours = read(client, "/changes")["next"]
    assert client.get(f"/api/v1/people?cursor={ours}").status_code == 400
    for at in range(0, len(ours), 7):
        changed = ours[:at] + ("A" if ours[at] != "A" else "B") + ours[at + 1 :]
        assert client.get(f"/api/v1/changes?since={changed}").status_code == 400


def test_a_copy_learns_what_is_new_what_changed_and_what_is_gone(client, person, petition, monkeypatch):
    monkeypatch.setattr(changes, "PER_PAGE", 1)

    def all_since(cursor):
        found = []
        while True:
            page = read(client, "/changes", **({"since": cursor} if cursor else {}))
            found, cursor = found + page["items"], page["next"]
            if page["is_last"]:
                return found, cursor

    found, cursor = all_since("")
    assert {(each["kind"], each["what"], each["slug"]) for each in found} == {
        ("person", "published", person.slug), ("petition", "published", petition.slug),
    }  # fmt: skip
    with transaction():
        publication.withdraw(get_prisoner(person.id), reason="asked for it", actor=uuid.uuid4())
    client.application.extensions["page_cache"].clear()
    [gone] = [each for each in all_since(cursor)[0] if each["kind"] == "person"]
    assert gone == {
        "kind": "person", "what": "gone", "on": clock.today().isoformat(), "slug": None, "url": None,
        "slug_sha256": hashlib.sha256(person.slug.encode()).hexdigest(), "document": None,
    }  # fmt: skip


def test_where_a_petition_for_readers_outside_is_read_says_for_whom_it_asks(client, app):
    make.petition(slug="only-outside", audience=Audience.OUTSIDE_RUSSIA)
    assert read(client, "/changes")["items"] == []
    [one] = read(client, "/changes", place="out")["items"]
    assert client.get(one["document"].removeprefix("http://localhost")).json["slug"] == "only-outside"


def test_what_changes_later_on_a_day_is_told_although_that_day_was_read(client, person):
    cursor = read(client, "/changes")["next"]
    with transaction():
        session.get_one(Prisoner, person.id).changed_on = clock.today() + timedelta(days=1)
    client.application.extensions["page_cache"].clear()
    assert [each["slug"] for each in read(client, "/changes", since=cursor)["items"]] == [person.slug]


def test_errors_say_what_to_do_in_the_language_of_the_address(client):
    for method, path, status in (
        ("get", "/api/v1/nothing", 404), ("get", "/api/nothing", 404), ("post", "/api/v1/people", 405),
        ("get", "/api/v1/people?lang=fr", 422), ("get", "/api/v1/people?lang=en&lang=en", 422),
    ):  # fmt: skip
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer.mimetype, answer.json["status"]) == (
            status, "application/problem+json", status,
        )  # fmt: skip
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json["detail"]
    assert "GET" in client.post("/api/v1/people").headers["Allow"]
    assert re.search("[А-я]", client.get("/ru/api/v1/nothing").json["detail"])


@pytest.mark.parametrize(
    ("path", "most"),
    [("/people", 1), ("/people/SLUG", 2), ("/petitions", 4), ("/petitions/open-the-windows", 5),
     ("/petitions/open-the-windows/count", 2), ("/changes", 1), ("/organisations", 2), ("/reports", 1)],
)  # fmt: skip
def test_an_answer_costs_few_statements(client, person, petition, statements, path, most):
    at = f"/api/v1{path.replace('SLUG', person.slug)}"
    client.get(at)
    with statements() as seen:
        assert client.get(at).status_code == 200
    assert len(seen) <= most, seen


def test_the_page_for_people_is_made_of_the_description(client):
    for prefix, words in (("", "For programs"), ("/ru", "Для программ"), ("/de", "Für Programme")):
        page = client.get(f"{prefix}/api").get_data(as_text=True)
        assert words in page
        assert "GET /api/v1/people/{slug}" in page
        assert 'id="ChangesSince"' in page
        # Two landmarks with one name cannot be told apart by whoever goes from one to the next.
        named = [each.get("aria-labelledby") for each in parse(page).xpath("//section | //*[@role='region']")]
        titles = [parse(page).get_element_by_id(each).text_content() for each in named]
        assert len(titles) == len(set(titles))
    assert "Authorization: Bearer" in page
