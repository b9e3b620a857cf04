"""Portraits: described, credited, made anew, and gone from public as soon as the page is."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.pictures import PictureDraft
from campaign.prisoners.models import Fact, PortraitRendition, PrisonerPicture
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import publication
from campaign.prisoners.service.people import StoryDraft
from campaign.prisoners.service.portraits import set_portrait
from tests.petitions.pages import picture, send, text_of
from tests.support import make

LIST = "/staff/prisoners"
WORDS = {
    "credit": "A made-up photographer", "licence": "CC BY 4.0", "alt_en": "A made-up teacher, laughing",
    "source_url": "https://pictures.example/1",
}  # fmt: skip


@pytest.fixture
def editor(sign_in):
    return sign_in(Role.DATA_EDITOR)


def upload(client, person, file, **changes):
    values = {**WORDS, **changes}
    if file is not None:
        values["file"] = (file, "portrait.jpg")
    return send(client, f"{LIST}/{person.id}/picture", "", **values)


def with_portrait(person):
    draft = PictureDraft("CC BY 4.0", "A made-up photographer", {"en": "A made-up teacher"}, picture().read())
    with transaction():
        set_portrait(get_prisoner(person.id), draft, actor=None)
    return person


def addresses(person):
    session.rollback()
    session.expire_all()
    rows = session.scalars(select(PortraitRendition).where(PortraitRendition.prisoner_id == person.id)).all()
    return [f"/prisoners/{person.slug}/portrait/{each.name}-{each.digest}.webp" for each in rows]


def test_the_public_sees_the_picture_of_a_public_person_and_no_cache_keeps_it_for_long(client):
    person = with_portrait(make.public_prisoner())
    page = client.get(f"/prisoners/{person.slug}").get_data(as_text=True)
    assert "A made-up photographer" in page
    assert 'alt="A made-up teacher"' in page
    assert any(address in page for address in addresses(person))
    for address in addresses(person):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "max-age=30, must-revalidate"
        assert len(answer.data) <= 300 * 1024
        assert max(Image.open(BytesIO(answer.data)).size) <= 1200


def test_with_the_page_the_picture_goes(client):
    person = with_portrait(make.public_prisoner())
    kept = addresses(person)
    assert [client.get(each).status_code for each in kept] == [200, 200]
    with transaction():
        publication.withdraw(get_prisoner(person.id), "the family asked", actor=None)
    assert [client.get(each).status_code for each in kept] == [404, 404]


def test_somebody_who_is_not_public_has_no_public_picture_and_staff_see_it(client, editor):
    person = make.prisoner(stories=[StoryDraft("en", summary="A made-up teacher.")])
    assert upload(editor, person, picture()).status_code == 303
    assert [client.get(each).status_code for each in addresses(person)] == [404, 404]
    assert editor.get(f"{LIST}/{person.id}/picture/small").headers["Cache-Control"] == "no-store"
    shown = editor.get(f"{LIST}/{person.id}").get_data(as_text=True)
    assert 'alt="A made-up teacher, laughing"' in shown
    assert editor.get(f"{LIST}/{person.id}/picture/huge").status_code == 404


def test_only_the_address_that_names_the_content_answers(client):
    person = with_portrait(make.public_prisoner())
    for address in ("small-0000000000000000", "huge-0000000000000000", "small-x", "small-"):
        assert client.get(f"/prisoners/{person.slug}/portrait/{address}.webp").status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"licence": ""}, "This is needed."),
        ({"alt_en": ""}, "a description in each language"),
        ({"source_url": "pictures.example"}, "An address begins with https://."),
    ],
)
def test_a_picture_without_its_words_is_refused_and_nothing_typed_is_lost(editor, changes, message):
    person = make.prisoner(stories=[StoryDraft("en", summary="A made-up teacher.")])
    answer = upload(editor, person, picture(), **changes)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in text_of(html)
    assert 'value="A made-up photographer"' in html
    assert addresses(person) == []


@pytest.mark.parametrize("file", [BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), BytesIO(b"GIF89a")])
def test_what_is_no_picture_is_refused(editor, file):
    answer = upload(editor, make.prisoner(), file)
    assert answer.status_code == 422
    assert "This is no JPEG, PNG or WebP picture." in answer.get_data(as_text=True)


def test_the_first_time_a_file_is_needed_and_later_the_words_alone_can_change(editor):
    person = make.prisoner()
    assert "Choose a picture." in upload(editor, person, None).get_data(as_text=True)
    upload(editor, person, picture())
    before = addresses(person)
    assert upload(editor, person, None, credit="Somebody else").status_code == 303
    assert addresses(person) == before
    credited = session.scalars(select(Fact.now).where(Fact.field == "picture.credit").order_by(Fact.id)).all()
    assert credited == ["A made-up photographer", "Somebody else"]


def test_a_picture_is_taken_away_bytes_and_all(editor):
    person = make.prisoner()
    upload(editor, person, picture())
    page = f"{LIST}/{person.id}/picture"
    assert send(editor, page, f"{page}/remove").status_code == 303
    assert addresses(person) == []
    assert session.get(PrisonerPicture, person.id) is None


def test_a_new_picture_waits_for_somebody_else_as_any_edit_does(editor):
    person = make.prisoner()
    first_author = person.author_id
    upload(editor, person, picture())
    session.expire_all()
    assert get_prisoner(person.id).author_id not in {None, first_author}
