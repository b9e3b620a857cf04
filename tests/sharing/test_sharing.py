"""Petitions and people are passed on: texts, links, pictures, prints; where it is safe, and while it may be."""

from datetime import date, timedelta
from io import BytesIO

import pypdfium2
import pytest
import time_machine
from PIL import Image

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.places import Place
from campaign.kernel.registry_sharing import ShareMatter, SharePicture, ShareText
from campaign.petitions.models import Audience, PetitionState
from campaign.petitions.queries import get_petition
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import publication
from campaign.sharing import drawing
from campaign.sharing.documents import order_of
from campaign.sharing.models import ShareCode
from campaign.sharing.queries import acts_of, show_days
from campaign.sharing.service import expire
from campaign.sharing.service.codes import end_code, make_code, note
from tests.designations.test_left_out import lamp as lamp
from tests.petitions.pages import send, text_of
from tests.prisoners.test_portraits import with_portrait
from tests.support import make
from tests.support.pages import field_values, parse


def shown(client, path, place=""):
    client.set_cookie("place", place) if place else client.delete_cookie("place")
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def code_for(name="An evening"):
    with transaction():
        return make_code(name, actor=None)


def test_a_petition_is_passed_on_in_its_languages_with_the_code_of_the_campaign(client):
    petition, code = make.petition(), code_for()
    page = parse(shown(client, f"/share/petitions/{petition.slug}?m={code.code}"))
    assert page.find(".//input[@id='link']").get("value") == (
        f"http://localhost/petitions/{petition.slug}?m={code.code}"
    )
    texts = [area.text for area in page.iter("textarea")]
    assert len(texts) == len(petition.texts)
    assert all(code.code in text for text in texts)
    assert f"poster-a4.pdf?m={code.code}" in page.find(".//a[@href][.='Poster, A4']").get("href")
    assert "http" not in " ".join(image.get("src") for image in page.iter("img"))
    assert client.get(f"/share/petitions/{petition.slug}?m=abcdefgh").status_code == 302, "a code nobody made"
    assert client.get("/share/people/anybody").status_code == 404


def test_nothing_is_passed_on_in_russia_and_sanctions_only_from_elsewhere(client):
    open_to_all, outside = make.petition(), make.petition(audience=Audience.OUTSIDE_RUSSIA)
    for petition in (open_to_all, outside):
        page = text_of(shown(client, f"/share/petitions/{petition.slug}", "ru"))
        assert "You said that you are in Russia" in page
        assert petition.texts[0].title not in page
    home = f"/share/petitions/{outside.slug}"
    unsaid = shown(client, home)
    assert outside.texts[0].title not in unsaid
    assert field_values(unsaid, "/place")["next"] == home
    assert client.get(f"{home}/wide.jpg").status_code == 404
    assert outside.texts[0].title in shown(client, home, "out")
    client.delete_cookie("place")
    assert client.get(f"{home}/wide.jpg?place=out").status_code == 200


def test_names_of_designated_organisations_are_left_out_of_what_is_passed_on(client, lamp):
    petition = make.petition()
    with transaction():
        get_petition(petition.id).texts[0].title = "What Svetilnik saw"
    assert "Svetilnik" not in parse(shown(client, f"/share/petitions/{petition.slug}")).find(".//textarea").text
    assert "Svetilnik" in shown(client, f"/share/petitions/{petition.slug}", "out")


def test_nor_is_one_named_who_took_a_picture(app, lamp):
    picture = SharePicture("0", "Svetilnik", "CC BY 4.0", bytes)
    matter = ShareMatter("/petitions/x", "Petition", "Sign", {"en": ShareText("A title", "A sentence")}, picture)
    with app.test_request_context("/"):
        told = {each: order_of("wide", matter, "en", each, "http://u.example/").words["credit"] for each in Place}
    assert [place for place, credit in told.items() if "Svetilnik" in credit] == [Place.ELSEWHERE]


def test_pictures_are_drawn_once_and_are_gone_with_the_page(client, monkeypatch):
    person, drawn = with_portrait(make.public_prisoner()), []
    monkeypatch.setattr("campaign.sharing.documents.drawings", drawing.Drawings())
    monkeypatch.setattr("campaign.sharing.documents.draw", lambda *given: drawn.append(given) or drawing.draw(*given))
    for name, shape in drawing.SHAPES.items():
        address = f"/ru/share/prisoners/{person.slug}/{name}.jpg"
        answer = client.get(address)
        assert Image.open(BytesIO(answer.data)).size == (shape.width, shape.height)
        assert answer.headers["Cache-Control"] == "max-age=30, must-revalidate"
        assert client.get(address).data == answer.data
    assert len(drawn) == len(drawing.SHAPES)
    assert drawn[0][2] is not None, "with the portrait"
    assert "A made-up photographer" in drawn[0][1]["credit"]
    with transaction():
        publication.withdraw(get_prisoner(person.id), "asked for it", actor=None)
    for name in drawing.SHAPES:
        assert client.get(f"/ru/share/prisoners/{person.slug}/{name}.jpg").status_code == 404
    assert client.get(f"/share/prisoners/{person.slug}").status_code == 404


def test_a_picture_that_must_not_be_changed_stays_out():
    assert drawing.may_be_changed("CC BY-SA 4.0")
    assert not drawing.may_be_changed("CC BY-ND 4.0")
    assert not drawing.may_be_changed("CC BY-NC-NoDerivatives")


def test_a_long_word_is_set_smaller_and_never_cut_off():
    said = {"lang": "de", "kind": "Petition", "sentence": "", "call": "Lesen", "address": "x.example", "credit": ""}
    content = drawing.draw(drawing.SHAPES["square"], said | {"title": "Menschenrechtsverteidigerinnen"}, None)
    picture = Image.open(BytesIO(content)).convert("L")
    last_column_of_words = picture.crop((1012, 0, 1015, 900))
    assert last_column_of_words.getextrema()[0] > 240, "white"


def test_who_presses_a_link_while_much_is_drawn_is_told_so_and_asks_again(client, monkeypatch):
    def busy(*_given):
        raise drawing.Busy

    monkeypatch.setattr("campaign.sharing.documents.drawings.get", busy)
    home = f"/share/petitions/{make.petition().slug}"
    answer = client.get(f"{home}/poster-a4.pdf")
    assert (answer.status_code, answer.mimetype, answer.headers["Refresh"]) == (503, "text/html", "3")
    assert "Just a moment" in answer.text
    assert (client.get(f"{home}/wide.jpg").status_code, answer.headers["Cache-Control"]) == (503, "no-store")


def test_leaflets_come_two_on_a_sheet_to_be_cut(client):
    petition = make.petition()
    document = pypdfium2.PdfDocument(client.get(f"/share/petitions/{petition.slug}/leaflets.pdf").data)
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [842, 595]
    text = " ".join(document[0].get_textpage().get_text_range().split())
    assert text.count(petition.texts[0].title) == 2


def test_prints_are_pdfs_and_only_what_collects_has_a_sheet(client):
    person, petition = with_portrait(make.public_prisoner()), make.petition()
    closed = make.petition(state=PetitionState.CLOSED)
    for path in (
        f"/de/share/prisoners/{person.slug}/poster-a4.pdf", f"/share/prisoners/{person.slug}/leaflet.pdf",
        f"/ru/share/petitions/{petition.slug}/poster-a3.pdf", f"/de/share/petitions/{petition.slug}/sheet.pdf",
    ):  # fmt: skip
        assert client.get(path).data.startswith(b"%PDF")
    assert client.get(f"/share/prisoners/{person.slug}/sheet.pdf").status_code == 404
    assert client.get(f"/share/petitions/{closed.slug}/sheet.pdf").status_code == 404


def test_other_sites_are_told_title_and_picture(client):
    petition, person = make.petition(), make.public_prisoner()
    for kind, slug in (("petitions", petition.slug), ("prisoners", person.slug)):
        page = parse(shown(client, f"/de/{kind}/{slug}"))
        told = {each.get("property"): each.get("content") for each in page.iter("meta") if each.get("property")}
        assert told["og:url"] == f"http://localhost/de/{kind}/{slug}"
        assert told["og:image"] == f"http://localhost/de/share/{kind}/{slug}/wide.jpg"
        assert page.find(".//meta[@name='twitter:card']").get("content") == "summary_large_image"
        assert f"/de/share/{kind}/{slug}" in [each.get("href") for each in page.iter("a")]
    outside = make.petition(audience=Audience.OUTSIDE_RUSSIA)
    assert "og:image" not in shown(client, f"/petitions/{outside.slug}")


def test_a_signature_that_came_by_a_code_counts_when_it_is_confirmed(client, mailserver, run_work):
    petition, code = make.petition(), code_for()
    values = field_values(shown(client, f"/petitions/{petition.slug}?m={code.code}"), "/sign")
    client.post(f"/petitions/{petition.slug}/sign", data=values | {"email": "anna@example.org"})
    run_work()
    assert acts_of(code.id) == {}
    client.post(mailserver.mails[0].link("/confirm/"))
    [(kind, told)] = acts_of(code.id).items()
    assert (told.total, told.is_held_back) == (0, True), "one alone is not told"
    with transaction():
        for _ in range(4):
            note(code.code, kind, 1)
        end_code(session.get_one(ShareCode, code.id), actor=None)
        note(code.code, kind, 1)
    assert acts_of(code.id)[kind].total == 5, "after its end it counts no more"


@pytest.mark.parametrize(
    ("amounts", "told", "others"),
    [((7, 6), [7, 6], 0), ((7, 3, 3), [7], 6), ((9, 6, 1), [9], 7), ((6, 1), [], 7), ((2, 1), [], 0)],
)
def test_no_number_under_five_can_be_got_by_subtracting(amounts, told, others):
    days = {date(2026, 11, 1) + timedelta(days=number): amount for number, amount in enumerate(amounts)}
    found = show_days("x", days)
    assert ([amount for _day, amount in found.days], found.other_days) == (told, others)


def test_codes_are_made_and_ended_by_organisers_and_go_a_year_later(sign_in):
    organiser = sign_in(Role.ORGANISER)
    assert send(organiser, "/staff/sharing", "/staff/sharing", name="").status_code == 422
    made = send(organiser, "/staff/sharing", "/staff/sharing", name="Berlin evening")
    page = made.location
    code = session.query(ShareCode).one()
    assert f"http://localhost/volunteer?m={code.code}" in organiser.get(page).get_data(as_text=True)
    assert "does not begin again" in organiser.get(page).text
    assert send(organiser, page, f"{page}/end").status_code == 303
    assert "Berlin evening" in text_of(organiser.get("/staff/sharing").get_data(as_text=True))
    with time_machine.travel(clock.now() + timedelta(days=expire.KEPT_DAYS)), transaction():
        assert expire.delete_ended(clock.today() - timedelta(days=1)) == 0
        assert expire.delete_ended(clock.today()) == 1
    assert sign_in(Role.COORDINATOR).get("/staff/sharing").status_code == 403
