"""A writer's own pages of letters: only theirs, composed and handed in without a script, with nothing lost."""

import uuid
from io import BytesIO

import pytest
from PIL import Image

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterPicture, LetterState
from campaign.letters.service import bodies, moves, pictures
from campaign.letters.service.errors import Unsendable
from campaign.penpals.models import AttentionEntry, Reservation
from campaign.penpals.service import reservations
from campaign.penpals.service.assignments import block_pair
from campaign.web.session_cookie import TOKEN
from tests.support import make, pens, post
from tests.support.accounts import submit
from tests.support.pages import field_values

WAR = post.TEXT + " Вчера был обстрел, объявили мобилизацию, солдаты ушли на фронт."


@pytest.fixture
def writer(app):
    return pens.writer()


@pytest.fixture
def own(app, writer):
    """A browser in which the writer is signed in."""
    client = app.test_client()
    with transaction():
        token = open_session(get_account(writer.account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def page_of(letter) -> str:
    return f"/account/letters/{letter.id}"


def save(own, letter, text, step="save", **more):
    return submit(own, page_of(letter), page_of(letter), text=text, step=step, **more)


def test_from_a_person_to_a_letter_that_waits_to_be_read(own, writer):
    assert "No letter yet" in own.get("/account/letters").text
    letter = post.draft(writer=writer, text="")
    assert "Go on writing" in own.get("/account/letters").text
    assert save(own, letter, post.TEXT).status_code == 303
    page = own.get(page_of(letter)).text
    assert post.TEXT in page
    assert "Saved" in page
    assert save(own, letter, post.TEXT, "submit").status_code == 303
    assert again(letter).state == LetterState.IN_MODERATION
    page = own.get(page_of(letter)).text
    assert "Waits to be read" in page


def test_the_checker_marks_places_and_hands_the_text_back(own, writer):
    letter = post.draft(writer=writer, text="")
    answer = save(own, letter, WAR, "check")
    assert answer.status_code == 200
    assert "Would be stopped" in answer.text
    assert '<mark class="mark-block">' in answer.text
    assert "мобилизацию" in answer.text
    assert again(letter).state == LetterState.DRAFT


def test_nothing_is_markup(own, writer):
    letter = post.draft(writer=writer, text="")
    answer = save(own, letter, "<script>alert(1)</script> Здравствуйте!", "check")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_the_second_tab_is_told_and_both_texts_are_there(own, writer):
    letter = post.draft(writer=writer, text="Здравствуйте!")
    with transaction():
        found = moves.locked(letter.id)
        bodies.write_body(found, "Добрый день!")
        found.text_version += 1
    answer = save(own, letter, "Доброе утро!", seen="1")
    assert answer.status_code == 409
    assert "Добрый день!" in answer.text
    assert "Доброе утро!" in answer.text
    assert bodies.read_body(again(letter)).text == "Добрый день!"


def test_while_somebody_types_it_is_saved(own, writer):
    letter = post.draft(writer=writer, text="")
    form = field_values(own.get(page_of(letter)).text, page_of(letter))
    typed = {**form, "text": "Здравствуйте!"}
    answer = own.post(page_of(letter) + "/autosave", data=typed)
    assert answer.json["seen"] == 2
    old = own.post(page_of(letter) + "/autosave", data={**typed, "text": "Другое"})
    assert old.status_code == 409
    assert "another window" in old.json["problem"]


@pytest.mark.parametrize("path", ["", "/preview"])
def test_nobody_elses_letter_opens(own, path):
    letter = post.draft()
    assert own.get(page_of(letter) + path).status_code == 404


def test_every_state_has_a_page_and_a_place_in_the_conversation(own, writer):
    person = pens.addressee()
    for state in (LetterState.CHANGES_REQUESTED, LetterState.QUEUED, LetterState.DISPATCHED, LetterState.LOST):
        way = {LetterState.CHANGES_REQUESTED: LetterState.IN_MODERATION}.get(state, state)
        letter = post.letter(way, person, writer)
        if way is not state:
            with transaction():
                found = moves.locked(letter.id)
                bodies.write_words(found, "Уберите фамилию.")
                moves.move(found, state, actor=None)
            assert "Уберите фамилию." in own.get(page_of(letter)).text
        assert own.get(page_of(letter)).status_code == 200
    thread = own.get(f"/account/letters/with/{letter.thread_id}").text
    assert thread.count('<li class="said') == 4
    assert "Something is to be changed" in thread


def test_taken_back_written_anew_and_erased(own, writer):
    letter = post.letter(LetterState.QUEUED, writer=writer)
    assert submit(own, page_of(letter), "/take-back").status_code == 303
    assert again(letter).state == LetterState.WITHDRAWN
    new = submit(own, page_of(letter), "/anew")
    assert post.TEXT in own.get(new.location).text
    assert submit(own, page_of(letter), "/erase").status_code == 303
    page = own.get(page_of(letter)).text
    assert "The text was erased" in page
    assert again(letter).body_erased_on == clock.today()


def test_a_draft_is_thrown_away(own, writer):
    letter = post.draft(writer=writer)
    assert submit(own, page_of(letter), "/discard").status_code == 303
    assert own.get(page_of(letter)).status_code == 404


def begin(own, page, prisoner_id):
    form = field_values(own.get(page).text, "/begin")
    return own.post("/account/letters/begin", data={**form, "prisoner": str(prisoner_id)})


def promise(person, writer) -> Reservation:
    with transaction():
        return reservations.reserve(person.id, writer.id, language="ru")


def test_a_letter_begins_to_whom_one_has_promised_it_and_the_promise_gives_way_to_it(own, writer):
    person = pens.addressee()
    promised = promise(person, writer)
    answer = submit(own, "/account/letters", "/begin")
    letter = session.query(Letter).one()
    assert answer.location.endswith(str(letter.id))
    assert letter.reservation_id == promised.id
    save(own, letter, post.TEXT, "submit")
    session.expire_all()
    assert session.get_one(Reservation, promised.id).state == "released", "told by its code it would count twice"
    assert session.query(AttentionEntry).count() == 0


def test_nobody_can_name_a_prisoner_whom_they_were_not_given(own, writer):
    promise(pens.addressee(), writer)
    for stranger in (pens.addressee().id, make.prisoner().id, uuid.uuid4()):
        assert begin(own, "/account/letters", stranger).location.endswith("/account/letters")
        assert "Promise this person a letter first" in own.get("/account/letters").text
    assert session.query(Letter).count() == 0


def test_two_who_are_kept_apart_exchange_no_letter_not_even_a_begun_one(own, writer):
    person = pens.addressee()
    promise(person, writer)
    letter = post.draft(person, writer)
    with transaction():
        block_pair(person.id, volunteer_id=writer.id, reason="safety", actor=None)
    assert "No letter of yours goes to this person" in save(own, letter, post.TEXT, "submit").text
    assert again(letter).state == LetterState.DRAFT
    begin(own, f"/account/letters/with/{letter.thread_id}", person.id)
    assert "No letter of yours goes to this person" in own.get("/account/letters").text


def photo(**more) -> bytes:
    target = BytesIO()
    place = Image.Exif()
    place[0x010F] = "Camera of somebody"
    Image.new("RGB", (800, 600), "red").save(target, "JPEG", exif=place, **more)
    return target.getvalue()


def enclose(own, letter, raw, name="photo.jpg"):
    form = field_values(own.get(page_of(letter)).text, page_of(letter))
    sent = {**form, "text": "Здравствуйте!", "step": "picture", "picture": (BytesIO(raw), name)}
    return own.post(page_of(letter), data=sent, content_type="multipart/form-data")


def test_a_picture_goes_with_the_letter_without_what_its_file_knew_and_without_losing_the_text(own, writer):
    letter = post.draft(writer=writer, text="")
    assert enclose(own, letter, photo()).status_code == 303
    (row,) = session.query(LetterPicture).filter_by(letter_id=letter.id)
    shown = own.get(f"{page_of(letter)}/pictures/{row.id}")
    assert shown.mimetype == "image/jpeg"
    assert not Image.open(BytesIO(shown.data)).getexif()
    assert b"Camera" not in shown.data
    assert bodies.read_body(again(letter)).text == "Здравствуйте!"
    assert save(own, letter, "Здравствуйте!", f"remove-{row.id}").status_code == 303
    assert session.query(LetterPicture).count() == 0


@pytest.mark.parametrize("raw", [b"<svg/>", b"%PDF-1.7", b"MZ\x00\x00", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused_and_the_text_stays(own, writer, raw):
    letter = post.draft(writer=writer, text="")
    answer = enclose(own, letter, raw)
    assert answer.status_code == 422
    assert "Здравствуйте!" in answer.text
    assert session.query(LetterPicture).count() == 0


def test_three_pictures_and_no_more_and_grey_where_that_is_printed(app, writer):
    letter = post.draft(writer=writer)
    with transaction():
        found = moves.locked(letter.id)
        for _ in range(3):
            pictures.add_picture(found, photo())
        with pytest.raises(Unsendable):
            pictures.add_picture(found, photo())
        found.channel = "f_pismo"
        pictures.make_fit(found)
    shown = pictures.open_picture(again(letter), pictures.list_pictures(letter.id)[0].id)
    assert Image.open(BytesIO(shown)).mode == "L"


def test_nobody_elses_picture_opens(own):
    letter = post.draft()
    with transaction():
        row = pictures.add_picture(moves.locked(letter.id), photo())
    assert own.get(f"{page_of(letter)}/pictures/{row.id}").status_code == 404
