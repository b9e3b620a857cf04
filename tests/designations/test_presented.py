"""The public page of organisations: who is presented where, how it is edited, what staff see of it."""

import uuid
from datetime import date

import pytest

from campaign.designations.models import Organisation
from campaign.designations.service import load_register
from campaign.designations.service.published import count_left_out, list_published, text_in
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.places import Place
from tests.designations.test_register_pages import LIST, decide, propose, read
from tests.petitions.pages import send, text_of
from tests.support.pages import parse

LANTERN = {
    "what": "organisation", "name_en": "The Lantern", "name_ru": "«Светоч»", "url": "https://lantern.example/",
    "domains": "lantern.example", "is_listed": "y", "description_en": "Lends reading lamps to cells.",
    "works": ["letters", "prisons"], "reach_en": "By [its form](https://lantern.example/form).",
    "support_en": "Send a lamp.", "sources": "The Gazette, 1 May 2026 | https://gazette.example/lamp",
    "described_on": "2026-05-02", "position": "5", "reason": "They asked to be named.",
}  # fmt: skip
LABEL = {
    "kind": "undesirable", "since_on": "2026-03-09", "since_precision": "day", "act_en": "The prosecutor bans it.",
    "source_name": "A made-up gazette, 9 March 2026", "source_url": "https://gazette.example/1",
}  # fmt: skip


@pytest.fixture
def known(app):
    """The register as it comes, and a made-up organisation that carries no label."""
    with transaction():
        load_register()
        session.add(Organisation(
            id=uuid.uuid4(), slug="the-lamp", names={"en": "The Lamp"}, descriptions={"en": "Made up."}, url="https://lamp.example/",
            works=["letters"], support={"en": "Give a lamp."}, reach={"en": "Ring."}, position=900,
            sources=[{"name": "The Gazette", "url": "https://gazette.example/2"}], described_on=date(2026, 5, 1),
        ))  # fmt: skip


@pytest.fixture
def first(sign_in):
    return sign_in(Role.DATA_EDITOR)


@pytest.fixture
def second(sign_in):
    return sign_in(Role.ORGANISER)


def seen(place: Place) -> dict[str, tuple[bool, bool, bool]]:
    """slug > (linked, says how to reach it, says how to support it)."""
    return {each.slug: (bool(each.url), bool(each.reach), bool(each.support)) for each in list_published(place)}


def test_each_place_is_shown_what_is_safe_there(known):
    everyone = ["memorial", "ovd-info", "russia-behind-bars", "the-lamp"]
    assert list(seen(Place.ELSEWHERE)) == everyone
    assert set(seen(Place.ELSEWHERE).values()) == {(True, True, True)}
    bare = dict.fromkeys(everyone[:3], (False, False, False))
    assert seen(Place.NOT_SAID) == {**bare, "the-lamp": (True, True, False)}
    assert seen(Place.RUSSIA) == {"the-lamp": (True, True, False)}
    assert (count_left_out(Place.RUSSIA), count_left_out(Place.NOT_SAID)) == (3, 0)
    assert all(source.url is None for each in list_published(Place.NOT_SAID)[:3] for source in each.sources)


def test_the_page_is_narrowed_by_what_they_do_and_anything_else_leads_to_all(client, known):
    client.set_cookie("place", "out")
    page = read(client, "/organisations")
    assert "All (4) Lists and records (2) Lawyers and advice (2) Letters (2)" in page
    narrowed = client.get("/de/organisations?work=letters").get_data(as_text=True)
    assert [each.get("id") for each in parse(narrowed).iter("article")] == ["memorial", "the-lamp"]
    assert "Dieser Text ist auf Englisch." in text_of(narrowed)
    assert "Give a lamp." in text_of(narrowed)
    wrong = client.get("/ru/organisations?work=campaigns")
    assert (wrong.status_code, wrong.location) == (302, "/ru/organisations")


def test_a_page_without_anybody_says_so_and_leads_on(client, app):
    assert "No organisation is presented here yet." in read(client, "/organisations")
    with transaction():
        load_register()
    client.set_cookie("place", "ru")
    there = read(client, "/organisations")
    assert "No organisation can be shown here." in there
    assert "3 organisations are not shown." in there


def test_a_presentation_is_previewed_and_made_by_two(first, second, client):
    proposal = propose(first, f"{LIST}/new", **LANTERN, **LABEL)
    shown = read(second, f"{LIST}/proposals/{proposal}")
    assert "How it will look" in shown
    assert "The Lantern Letters · Watch over prisons Lends reading lamps to cells." in shown
    assert "Send a lamp." in shown
    assert "The Lantern" not in read(client, "/organisations")
    assert decide(second, proposal, "approve").status_code == 303
    made = list_published(Place.ELSEWHERE)[0]
    assert (made.works, made.described_on) == (["letters", "prisons"], date(2026, 5, 2))
    source = made.sources[0]
    assert (source.name, source.url) == ("The Gazette, 1 May 2026", "https://gazette.example/lamp")
    entry = session.query(Organisation).one()
    page = f"{LIST}/{entry.id}/edit"
    change = propose(second, page, works=["letters"], position="", support_en="", reason="It changed.")
    assert "Taken out: Watch over prisons" in read(first, f"{LIST}/proposals/{change}")
    assert decide(first, change, "approve").status_code == 303
    assert (entry.works, entry.position, entry.support) == (["letters"], 100, {})
    again = send(first, page, "", works=["letters"], reason="Nothing.")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"works": []}, "Say what it does"),
        ({"sources": ""}, "Name one source at least"),
        ({"sources": "The Gazette"}, "One source a line"),
        ({"described_on": ""}, "Say on which day"),
        ({"position": "0"}, "from 1 to 1000"),
    ],
)
def test_a_presentation_that_lacks_something_is_told_where_and_kept(first, changes, message):
    answer = send(first, f"{LIST}/new", "", **{**LANTERN, **LABEL, **changes})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert message in text_of(page)
    assert "Lends reading lamps to cells." in page
    assert session.query(Organisation).count() == 0


def test_staff_see_the_page_as_each_place_does_and_what_is_missing(first, known):
    page = f"{LIST}/organisations"
    outside, inside = read(first, page), read(first, page, seen="ru")
    assert "How to support it" in outside
    assert "Keeps the best-known list" in outside
    assert "Keeps the best-known list" not in inside
    assert "Made up." in inside
    assert "description in ru, de" in outside


def test_a_text_is_given_in_the_language_asked_for_or_the_nearest():
    assert text_in({"en": "A", "ru": "Б"}, "ru") == ("Б", "ru")
    assert text_in({"en": "A", "ru": ""}, "ru") == ("A", "en")
    assert text_in({"de": "C"}, "ru") == ("C", "de")
    assert text_in({}, "ru") == ("", "")
