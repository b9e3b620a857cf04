"""What visitors are shown of petitions that name designated organisations: by place, everywhere, soon after."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from flask import url_for

from campaign.designations.models import Designation, Organisation
from campaign.designations.service import load_register
from campaign.designations.service.gate import current, find_designated, forget_gate, touch_register
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.petitions.queries import get_petition
from campaign.prisoners.models import ListingSource
from campaign.prisoners.queries.cases import get_case
from campaign.prisoners.service.cases import HearingDraft, set_hearing
from campaign.prisoners.service.listings import ListingDraft, add_listing
from campaign.prisoners.service.people import StoryDraft
from tests.petitions.pages import text_of
from tests.prisoners.test_officials import publish
from tests.support import make

SLUG = "lantern-and-lamp"
BODY = "Read [the report](https://lamp.example/report) of **The Lamp**, and lamp.example/more, and [this](https://good.example/)."


@pytest.fixture
def lamp(app):
    """A medium that is banned."""
    with transaction():
        made = Organisation(
            id=make.uuid.uuid4(), slug="lamp", names={"en": "The Lamp", "ru": "Лампа"}, descriptions={"en": "Made up."},
            url="https://lamp.example/", kind="media", aliases=["Svetilnik"],
        )  # fmt: skip
        made.designations.append(
            Designation(
                id=make.uuid.uuid4(), slug="lamp-2026", kind="undesirable", since_on=date(2026, 1, 2),
                act={"en": "Banned."}, source_url="https://source.example/", source_name="Made up",
                checked_on=date(2026, 11, 1),
            )
        )  # fmt: skip
        session.add(made)
        touch_register()
    return made


@pytest.fixture
def petition(app):
    made = make.petition(slug=SLUG)
    with transaction():
        text = get_petition(made.id).texts[0]
        text.body, text.title = BODY, "What Svetilnik saw"
    return made


def shown(client, path, place=""):
    client.set_cookie("place", place) if place else client.delete_cookie("place")
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_elsewhere_everything_is_shown(client, lamp, petition, language):
    html = shown(client, f"{language}/petitions/{SLUG}", "out")
    assert 'href="https://lamp.example/report"' in html
    assert "What Svetilnik saw" in html


def test_who_has_not_said_reads_the_names_and_follows_no_link(client, lamp, petition):
    html = shown(client, f"/petitions/{SLUG}")
    assert "lamp.example" not in html
    assert "Read the report of The Lamp , and [address left out], and this ." in text_of(html)
    assert 'href="https://good.example/"' in html
    assert "What Svetilnik saw" in html


def test_in_russia_the_names_go_too_and_the_page_says_so(client, lamp, petition):
    html = shown(client, f"/petitions/{SLUG}", "ru")
    for secret in ("lamp.example", "The Lamp", "Svetilnik"):
        assert secret not in html
    assert "What [name left out] saw" in html
    assert "Names and links of organisations that are banned there are left out of this page." in text_of(html)
    assert "<!--left-out-->" not in html
    assert "имя не показано" in shown(client, f"/ru/petitions/{SLUG}", "ru").lower()


@pytest.mark.parametrize("path", ["/", "/petitions"])
def test_lists_leave_it_out_too(client, lamp, petition, path):
    assert "Svetilnik" in shown(client, path)
    assert "Svetilnik" not in shown(client, path, "ru")


def test_the_page_of_a_person_leaves_out_who_recognises_them_where_that_is_banned(client, app):
    person = make.prisoner(
        stories=[StoryDraft("en", summary="Wrote for OVD-Info.", story="See [it](https://ovd.info/).")]
    )
    with transaction():
        load_register()
        add_listing(person, ListingDraft(ListingSource.OVD_INFO), make.SOURCE, actor=None)
    slug = publish(person.id)
    for path in (f"/prisoners/{slug}", "/prisoners"):
        assert "OVD-Info" in shown(client, path)
        assert "OVD-Info" not in shown(client, path, "ru")
    assert "https://ovd.info/" not in shown(client, f"/prisoners/{slug}")
    assert "https://ovd.info/" in shown(client, f"/prisoners/{slug}", "out")


def test_a_feed_leaves_the_names_out_unless_its_reader_is_elsewhere(client, app):
    person = make.prisoner()
    day = clock.today() + timedelta(days=9)
    made = make.case(person)
    with transaction():
        load_register()
        case = get_case(person.id, made.id)
        set_hearing(case, HearingDraft(day, "Court of Memorial town"), make.SOURCE, actor=None)
    publish(person.id)
    assert "[name left out] town" in shown(client, "/feeds/dates.ics")
    assert "Court of Memorial town" in shown(client, "/feeds/dates.ics", "out")


def test_a_page_without_such_names_has_no_word_about_it(client, lamp):
    make.petition()
    assert "left out" not in text_of(shown(client, "/petitions", "ru"))


def test_a_form_that_is_shown_again_leaves_it_out_too(client, lamp, petition):
    answer = client.post(f"/petitions/{SLUG}/sign", data={"email": "no address"})
    assert answer.status_code == 422
    assert "lamp.example" not in answer.get_data(as_text=True)


def test_staff_read_what_was_written(sign_in, lamp, petition):
    html = sign_in(Role.ORGANISER).get(f"/staff/petitions/{petition.id}").get_data(as_text=True)
    assert 'href="https://lamp.example/report"' in html


def test_a_label_that_ends_is_seen_within_seconds(client, app, lamp, petition, monkeypatch):
    assert "Svetilnik" not in shown(client, "/petitions", "ru")
    with transaction():
        session.get(Designation, lamp.designations[0].id).ended_on = date(2026, 11, 2)
        touch_register()
    app.extensions["page_cache"].clear()
    assert "Svetilnik" not in shown(client, "/petitions", "ru")
    later = current.time.monotonic() + current.REREAD_AFTER + 1
    monkeypatch.setattr(current, "time", SimpleNamespace(monotonic=lambda: later))
    app.extensions["page_cache"].clear()
    assert "Svetilnik" in shown(client, "/petitions", "ru")


def test_a_change_of_nothing_compiles_nothing(app, lamp):
    first = current.current_gate()
    current._seen.read_at = float("-inf")
    assert current.current_gate() is first
    forget_gate()
    assert current.current_gate() is not first


def test_the_letter_checker_is_told_where(app, lamp):
    text = "Читал Лампу и Svetilnik, см. lamp[.]example"
    assert [(text[each.start : each.end], each.kind.value) for each in find_designated(text)] == [
        ("Лампу", "name"), ("Svetilnik", "name"), ("lamp[.]example", "address"),
    ]  # fmt: skip


def test_the_addresses_of_this_site_are_no_designated_ones(app):
    with app.test_request_context("/"):
        assert find_designated(url_for("site.home", _external=True)) == []
