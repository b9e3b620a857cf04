"""What each of the three places is shown (SAFETY.md 17)."""

import pytest
from icalendar import Calendar

from campaign.activities.models import Event
from campaign.designations.service import load_register
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, Petition
from campaign.petitions.queries import get_petition
from campaign.petitions.service.pictures import PictureDraft, set_picture
from tests.activities.test_waiting_list import event as public_event
from tests.petitions.pages import picture
from tests.support import make

DESIGNATED = (
    "Memorial",
    "OVD-Info",
    "Russia Behind Bars",
    "memopzk.org",
    "ovdinfo.org",
    "zvns.eu",
    "khpg.org",
    "Meduza",
)
LINKS = ("https://memopzk.org/", "https://en.ovdinfo.org/", "https://zvns.eu/", "https://ovdinfo.legal/")
WHY_THERE = "You said that you are in Russia"
LANGUAGES = ("", "/ru", "/de")


@pytest.fixture
def sanctions(app):
    """A petition for visitors outside Russia only, beside one for everybody, and the register."""
    with transaction():
        load_register()
    make.petition(slug="for-everybody")
    return make.petition(slug="only-outside", audience=Audience.OUTSIDE_RUSSIA)


@pytest.fixture
def read(client, sanctions):
    """Read a page as a visitor who said they are in `place`."""

    def read(path: str, place: str) -> str:
        client.delete_cookie("place")
        if place:
            client.post("/place", data={"place": place})
        return client.get(path).get_data(as_text=True)

    return read


@pytest.mark.parametrize("path", ["/", "/petitions"])
def test_lists_leave_out_sanctions_in_russia_and_say_why(read, path):
    there = read(path, "ru")
    assert "only-outside" not in there
    assert "for-everybody" in there
    assert WHY_THERE in there
    for place in ("", "out"):
        assert "only-outside" in read(path, place)


@pytest.mark.parametrize("part", ["picture/wide", "by-day.svg", "by-day-dark.svg", "count.json"])
def test_nor_is_any_part_of_it_while_everybody_else_is_shown_it(client, sanctions, part):
    with transaction():
        found = get_petition(sanctions.id)
        set_picture(
            found, PictureDraft("A photographer", "CC BY 4.0", {"en": "A window"}, picture().read()), actor=None
        )
    address = f"/petitions/{sanctions.slug}/{part}"
    for place, status in (("out", 200), ("ru", 404), ("", 200), ("ru", 404)):
        client.post("/place", data={"place": place})
        answer = client.get(address)
        assert (answer.status_code, "immutable" in answer.headers["Cache-Control"]) == (status, False), place
        assert status == 404 or "Cookie" in answer.headers["Vary"], place


@pytest.mark.parametrize("page", ["signed", "my-signature", "my-signature/sent", "changes"])
def test_the_pages_behind_it_say_nothing_of_it_in_russia(read, page):
    there = read(f"/petitions/only-outside/{page}", "ru")
    for words in ("Open the windows", "A made-up summary", "made-up council"):
        assert words not in there


def test_a_sanctions_petition_is_not_shown_in_russia_at_all(read):
    there = read("/petitions/only-outside", "ru")
    assert "Open the windows" not in there
    assert "/sign" not in there
    assert WHY_THERE in there


def test_who_has_not_said_may_read_but_gets_no_form(read):
    page = read("/petitions/only-outside", "")
    assert "Open the windows" in page
    assert "/petitions/only-outside/sign" not in page
    assert "I am outside Russia" in page


def test_who_is_elsewhere_may_sign(read):
    page = read("/petitions/only-outside", "out")
    assert "/petitions/only-outside/sign" in page
    assert "I am outside Russia" not in page


def test_share_buttons_are_not_for_russia(read):
    there = read("/petitions/for-everybody", "ru")
    assert "mailto:" not in there
    assert "data-copy" not in there
    assert WHY_THERE in there
    assert "mailto:" in read("/petitions/for-everybody", "")


def test_organisations_names_and_links(read):
    there, unknown, elsewhere = (read("/organisations", place) for place in ("ru", "", "out"))
    assert [name for name in DESIGNATED if name in there] == []
    assert WHY_THERE in there
    assert "OVD-Info" in unknown
    assert [link for link in LINKS if link in unknown] == []
    assert "I am outside Russia" in unknown
    assert [link for link in LINKS if link not in elsewhere] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["/", "/why", "/organisations", "/about", "/privacy", "/petitions", "/petitions/for-everybody"]
)
def test_no_page_names_a_designated_organisation_to_a_visitor_in_russia(read, language, path):
    page = read(language + path, "ru")
    named = (*DESIGNATED, "Мемориал", "ОВД-Инфо", "Русь сидящая", "Медуза", "Настоящее время")
    assert [name for name in named if name in page] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/why", "/organisations", "/about", "/privacy", "/petitions"])
def test_who_has_not_said_gets_no_link_to_a_designated_organisation(read, language, path):
    page = read(language + path, "")
    assert [link for link in LINKS if link in page] == []


def test_a_form_that_is_shown_again_names_nobody_either_and_keeps_what_was_typed(client, sanctions, read):
    petition = make.petition(slug="with-a-name")
    with transaction():
        for text in session.get_one(Petition, petition.id).texts:
            text.title = "Give the Memorial its rooms back"
    read("/", "ru")
    typed = {"email": "no address", "display_name": "Memorial", "visibility": "name"}
    again = client.post("/petitions/with-a-name/sign", data=typed)
    assert again.status_code == 422
    assert again.get_data(as_text=True).count("Memorial") == 1, "in the field alone"
    assert 'value="Memorial"' in again.get_data(as_text=True)


def test_a_name_that_a_calendar_cuts_in_two_is_found(client, read):
    event = public_event().id
    with transaction():
        session.get_one(Event, event).title = "Talk " * 12 + "in Memorial rooms"
    calendar = client.get("/events/calendar.ics").get_data()
    assert b"Memorial" not in calendar.replace(b"\r\n ", b"")
    assert max(map(len, calendar.split(b"\r\n"))) <= 75
    [entry] = Calendar.from_ical(calendar).walk("VEVENT")
    assert str(entry["summary"]).startswith("Talk " * 12 + "in [name")
