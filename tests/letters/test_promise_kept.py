"""A letter that was promised is written here: the promise comes along, and handing the letter in keeps it."""

import pytest

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.switches import Switch, set_switch
from campaign.letters.models import Letter, LetterState, LetterThread
from campaign.letters.service import drafts, moves, submitting
from campaign.penpals.models import AttentionEntry, Reservation
from campaign.penpals.service import assignments, reservations
from campaign.penpals.service.codes import show_code
from campaign.people.models import Volunteer
from tests.letters.test_guest_writing import fresh_field as fresh_field
from tests.letters.test_guest_writing import page_of, send, typed_in
from tests.support import pens, post
from tests.support.accounts import submit
from tests.support.pages import field_values


@pytest.fixture
def visitor(sign_in):
    """A writer who is signed in, and the client they use."""
    client = sign_in(Role.VOLUNTEER)
    made = pens.writer()
    with transaction():
        session.get_one(Volunteer, made.id).account_id = client.person.id
    client.writer_id = made.id
    return client


def promised(person, volunteer_id=None) -> tuple[str, Reservation]:
    """A live promise, and the path of its page."""
    with transaction():
        if volunteer_id is not None:
            made = reservations.reserve(person.id, volunteer_id, language="en")
        else:
            made = reservations.take_away(person.id, language="en")
            made.state = "waiting"
            session.flush()
            reservations.confirm(reservations.token_of(made))
    return f"/letter/{reservations.token_of(made)}", made


def state(reservation) -> str:
    session.expire_all()
    return session.get_one(Reservation, reservation.id).state


def test_a_writer_goes_from_the_promise_to_the_composer_and_handing_in_keeps_it(visitor):
    person = pens.addressee()
    path, promise = promised(person, visitor.writer_id)
    html = visitor.get(path).text
    assert "Handing it in keeps your promise" in html
    first, second = visitor.post(f"{path}/write"), visitor.post(f"{path}/write")
    assert first.status_code == 303
    assert first.location == second.location, "what was begun goes on"
    letter = session.query(Letter).one()
    assert (letter.reservation_id, letter.state, state(promise)) == (promise.id, LetterState.DRAFT, "live")
    assert submit(visitor, first.location, first.location, text=post.TEXT, step="submit").status_code == 303
    assert state(promise) == "released"
    assert session.query(AttentionEntry).count() == 0, "it counts once it leaves"
    html = visitor.get(path).text
    assert "Your promise is kept" in html
    assert "Given back" not in html


def test_nobody_else_begins_it(visitor, client, sign_in):
    path, _promise = promised(pens.addressee(), pens.writer().id)
    assert visitor.post(f"{path}/write").status_code == 404
    assert client.post(f"{path}/write").status_code == 404
    assert session.query(Letter).count() == 0
    html = client.get(path).text
    assert "/account/letters" in html
    assert "<form" not in html.split('id="here-title"', 1)[1].split("</section>", 1)[0]


def test_the_page_of_the_person_leads_a_writer_who_has_promised_to_their_composer(visitor):
    person = pens.addressee()
    promised(person, visitor.writer_id)
    html = visitor.get(page_of(person)).text
    assert "You have promised this letter" in html
    assert 'id="promise"' not in html
    assert submit(visitor, page_of(person), "/begin").location.startswith("/account/letters/")


def test_without_an_account_the_promise_comes_along_and_is_kept_by_handing_over(client, mailserver, run_work):
    person = pens.addressee()
    path, promise = promised(person)
    code = show_code(promise.code)
    link = f"{page_of(person)}?promise={code}"
    assert f"{link}#compose" in client.get(path).text
    html = client.get(link).text
    assert "You have promised this letter" in html
    assert 'id="promise"' not in html
    carried = field_values(html, "/letter#findings")["code"]
    checked = send(client, person, post.TEXT, code=carried)
    assert "You have promised this letter" in checked.text
    assert carried == field_values(checked.text, "/letter#findings")["code"]
    assert send(client, person, post.TEXT, "hand", code=carried, email="anna@example.org").status_code == 303
    assert session.query(Letter).one().reservation_id == promise.id
    assert state(promise) == "live", "until the button in the mail is pressed"
    run_work()
    assert client.post(mailserver.mails[-1].link("/letters/")).status_code == 303
    assert (session.query(Letter).one().state, state(promise)) == (LetterState.IN_MODERATION, "released")
    assert "Your promise is kept" in client.get(path).text


def test_taken_away_it_has_the_code_of_the_promise(client):
    person = pens.addressee()
    _path, promise = promised(person)
    page = send(client, person, post.TEXT, "take", code=promise.code).text
    assert show_code(promise.code) in page
    assert "within 30 days" in page
    assert session.query(Reservation).count() == 1
    with transaction():
        reservations.report_written(promise.code)
    assert state(promise) == "written"


@pytest.mark.parametrize("given", ["nonsense", "%00", "7K3MA-0P9XC"])
def test_a_code_of_nothing_changes_nothing(client, given):
    person = pens.addressee()
    answer = client.get(f"{page_of(person)}?promise={given}", follow_redirects=True)
    assert answer.status_code == 200
    assert "You have promised" not in answer.text


def test_a_promise_to_somebody_else_is_not_kept_by_this_letter(client):
    _path, promise = promised(pens.addressee())
    person = pens.addressee()
    assert send(client, person, post.TEXT, "hand", code=promise.code, email="anna@example.org").status_code == 303
    assert session.query(Letter).one().reservation_id is None


def test_who_writes_to_them_already_is_led_to_their_letters_with_nothing_lost(visitor):
    person = pens.addressee()
    with transaction():
        made = assignments.offer(person.id, visitor.writer_id, actor=None)
        assignments.accept(made.id, actor=None)
    assert "/account/letters" in visitor.get(page_of(person)).text
    with transaction():
        letter = drafts.start_letter(person.id, visitor.writer_id, actor=visitor.person.id)
        found = moves.locked_with_prisoner(letter.id)
        drafts.save_draft(found, post.TEXT, seen_text_version=found.text_version)
        submitting.submit(found, actor=visitor.person.id)
    thread = session.query(LetterThread).one().id
    assert f"/account/letters/with/{thread}" in visitor.get(page_of(person)).text
    answer = send(visitor, person, "Моё письмо")
    assert answer.status_code == 200
    assert f"/account/letters/with/{thread}" in answer.text
    assert typed_in(answer) == "Моё письмо"


def test_letters_that_are_switched_off_are_not_begun(visitor):
    path, _promise = promised(pens.addressee(), visitor.writer_id)
    with transaction():
        set_switch(Switch.LETTERS, on=False, reason="drill")
    assert 'id="here-title"' not in visitor.get(path).text
    assert visitor.post(f"{path}/write").status_code in {409, 503}
    assert session.query(Letter).count() == 0
