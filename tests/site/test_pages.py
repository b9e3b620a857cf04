"""The pages of text, errors, and what an installation without other features links to."""

import re
from datetime import date

import pytest
from sqlalchemy.exc import OperationalError

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.registry import retention_rules
from campaign.petitions.models import PetitionState
from campaign.prisoners.models import Certainty, Evidence, LettersPolicy, Liberty
from campaign.prisoners.queries.public_directory import directory, forget_directory
from campaign.prisoners.service.custody import StayDraft, record_stay
from campaign.prisoners.service.liberty import open_episode
from tests.petitions.pages import text_of
from tests.support import make
from tests.support.pages import parse

PAGES = (
    "/", "/petitions", "/petitions?state=past", "/why", "/organisations", "/about", "/privacy", "/prisoners",
    "/prisoners/dates", "/no-such-page",
)  # fmt: skip


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound_in_every_language(client, language, path):
    answer = client.get(language + path)
    assert answer.status_code == (404 if path == "/no-such-page" else 200)
    page = parse(answer.get_data(as_text=True))
    assert page.get("lang") == (language.strip("/") or "en")


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_every_link_to_ourselves_leads_somewhere(client, language):
    make.petition()
    seen, waiting = set(), [f"{language}/"]
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        # The copy of everything public is made at night: before the first one it is not there.
        there = {200, 302, 503} if path.endswith("/dump/latest.zip") else {200, 302}
        assert answer.status_code in there, path
        seen.add(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for link in parse(answer.get_data(as_text=True)).iter("a"):
            target = (link.get("href") or "").partition("#")[0]
            if target.startswith(f"{language}/") and target not in seen:
                waiting.append(target)
    assert len(seen) > 6


def test_a_page_in_another_language_keeps_its_links_there(client):
    page = parse(client.get("/ru/why").get_data(as_text=True))
    links = [link.get("href") for link in page.iter("a") if not link.get("hreflang")]
    assert [link for link in links if link.startswith("/") and not link.startswith("/ru")] == []


def test_the_privacy_page_names_every_rule_that_deletes(client):
    page = client.get("/privacy").get_data(as_text=True)
    assert page.count('<th scope="row">') == len(list(retention_rules))


def test_an_ended_petition_is_in_the_other_tab(client):
    make.petition(slug="running")
    make.petition(slug="over", state=PetitionState.CLOSED)
    now = client.get("/petitions").get_data(as_text=True)
    past = client.get("/petitions?state=past").get_data(as_text=True)
    assert ("/petitions/running" in now, "/petitions/over" in now) == (True, False)
    assert ("/petitions/running" in past, "/petitions/over" in past) == (False, True)


def test_a_petition_without_this_language_says_so_and_marks_the_words(client):
    made = make.petition()
    page = parse(client.get(f"/de/petitions/{made.slug}").get_data(as_text=True))
    assert page.find(".//h1").get("lang") == "en"


def test_the_page_says_nothing_of_the_database_when_it_is_gone(app, client, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from campaign.petitions import views

    def gone(**_arguments):
        raise OperationalError("SELECT secret", {}, Exception("password"))

    monkeypatch.setattr(views, "public_petitions", gone)
    answer = client.get("/ru/petitions")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"
    assert "SELECT" not in page
    assert "База данных" in page or "база данных" in page


def test_when_even_the_error_page_breaks_the_plain_one_stands_in(app, client, monkeypatch):
    def broken(*_arguments, **_values):
        raise RuntimeError("templates are gone")

    monkeypatch.setattr("campaign.web.errors.render_template", broken)
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Gleich wieder da" in answer.get_data(as_text=True)


def test_components_are_shown_to_developers_only(app, client):
    shown = client.get("/dev/components?sort=-day")
    assert shown.status_code == 200
    assert "10,240 confirmed signatures, more than the 10,000 hoped for" in text_of(shown.text)
    assert client.get("/dev/components", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_no_page_shows_three_stripes(client):
    """White, blue and white under one another is somebody's flag; blue never fills a band of the page."""
    sheets = parse(client.get("/").get_data(as_text=True)).iter("link")
    layout = next(sheet.get("href") for sheet in sheets if "layout.css" in (sheet.get("href") or ""))
    assert not re.search(r"background[^;]*--blue(?!-wash)", client.get(layout).get_data(as_text=True))


def reachable(name, place):
    person = make.public_prisoner(last_ru=name, letters_policy=LettersPolicy.OPEN)
    with transaction():
        day = date(2025, 1, 10)
        open_episode(person.id, day, Liberty.PRETRIAL_CUSTODY, make.SOURCE, actor=None)
        stay = StayDraft(Certainty.CONFIRMED, day, place.id, Evidence.LAWYER, verified_on=clock.today())
        record_stay(person.id, stay, make.SOURCE, actor=None)
    forget_directory()
    return person


def test_home_shows_three_who_need_a_letter_the_same_for_everybody_and_others_ten_minutes_later(client, app):
    place = make.facility()
    for number in range(8):
        reachable(f"Безписемный{'а' * number}", place)
    make.public_prisoner(last_ru="Недоступный")

    def shown():
        app.extensions["page_cache"].clear()
        page = parse(client.get("/").get_data(as_text=True))
        return [link.text for link in page.findall(".//article//h3/a") if link.text.startswith("Petr")]

    assert len(shown()) == 3
    assert shown() == shown()
    assert "Petr Nedostupnyi" not in shown()
    draws = {tuple(entry.id for entry in directory().least_known(3, moment=600 * turn)) for turn in range(12)}
    assert len(draws) > 6
    assert "9 people are in our register, 8 of them locked up now." in client.get("/").get_data(as_text=True)


def test_home_answers_without_people_while_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("campaign.site.views._full_home", away)
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "Our database is not answering" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/about/", "/about"), ("/ru/prisoners/?q=a%20b", "/ru/prisoners?q=a%20b"), ("/about//", "/about"),
        ("/no-such-page/", None), ("/%0d%0aabout/", None),
    ],
)  # fmt: skip
def test_a_slash_too_many_leads_to_the_page_and_never_elsewhere(client, asked, leads_to):
    answer = client.get(asked, base_url="http://localhost")
    assert (answer.status_code, answer.location) == ((301, leads_to) if leads_to else (404, None))


@pytest.mark.parametrize(("path", "leads_to"), [("//about/", "/about"), ("//example.com/", None)])
def test_two_slashes_in_front_lead_to_no_other_host(client, path, leads_to):
    assert client.get("/", environ_overrides={"PATH_INFO": path}).location == leads_to
