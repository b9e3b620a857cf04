"""Who comes by a mailing and does something counts for it, as a number; a code costs nobody anything."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from campaign.activities.models import EventSignup
from campaign.kernel import arrivals, clock
from campaign.kernel.arrivals import ActionListener, action_kinds, action_listeners, known_codes
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.letters.models import Letter
from campaign.mailings.models import MailingAction, MailingState
from campaign.mailings.service import actions as counting
from campaign.penpals.models import Reservation
from campaign.penpals.service import writers
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.service.expire import delete_unconfirmed
from tests.activities.test_event_pages import form as event_form
from tests.activities.test_event_pages import own_path
from tests.activities.test_waiting_list import event
from tests.letters.test_guest_writing import send as send_letter
from tests.mailings.running import actions, mailing
from tests.penpals.test_writers import OFFER, PASSPHRASE
from tests.support import make, pens, post
from tests.support.pages import field_values, parse
from tests.support.smtp import Mailserver


def sign_by(client, slug: str, code: str, email: str = "anna@example.org", **changes: str):
    page = client.get(f"/petitions/{slug}?m={code}")
    assert page.status_code == 200
    values = field_values(page.text, "/sign") | {"email": email} | changes
    return client.post(f"/petitions/{slug}/sign", data=values)


def delivered(app: Flask) -> None:
    deliver_lane(Lane.FAST, in_context=app.app_context, threads=1)


def hidden_code(page: str) -> str | None:
    found = parse(page).find(".//input[@name='m']")
    return None if found is None else found.get("value")


def test_a_reader_signs_and_confirms_and_counts_once(client, mailserver: Mailserver, run_work):
    sent, petition = mailing(), make.petition()
    assert sign_by(client, petition.slug, sent.code).status_code == 303
    assert session.scalars(select(Signature.arrived_by)).one() == sent.code
    assert actions(sent) == {}, "what is not confirmed does not count"
    run_work()
    link = mailserver.mails[0].link("/confirm/")
    assert sent.code not in mailserver.mails[0].text
    assert "m=" not in link
    for _ in range(2):
        assert client.post(link).status_code == 303
    assert actions(sent) == {("a", "confirmed"): 1}
    row = session.scalars(select(Signature)).one()
    assert (row.state, row.arrived_by) == (SignatureState.CONFIRMED, None)


def test_each_subject_that_is_tried_counts_for_itself(client, mailserver, run_work):
    sent, petition = mailing(ab_share=20), make.petition()
    for number, code in enumerate((sent.code, f"{sent.code}b", f"{sent.code}b")):
        assert sign_by(client, petition.slug, code, f"reader-{number}@example.org").status_code == 303
    run_work()
    for mail in mailserver.mails:
        client.post(mail.link("/confirm/"))
    assert actions(sent) == {("a", "confirmed"): 1, ("b", "confirmed"): 2}


def test_two_clicks_at_once_count_once(app: Flask, client, mailserver, run_work):
    sent, petition = mailing(), make.petition()
    sign_by(client, petition.slug, sent.code)
    run_work()
    link = mailserver.mails[0].link("/confirm/")
    clicks = [threading.Thread(target=lambda: app.test_client().post(link)) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert actions(sent) == {("a", "confirmed"): 1}


def test_many_confirm_at_once_and_none_is_lost(app: Flask, client, mailserver, run_work):
    sent, petition = mailing(), make.petition()
    for number in range(8):
        sign_by(client, petition.slug, sent.code, f"reader-{number}@example.org")
    run_work()
    links = [each.link("/confirm/") for each in mailserver.mails]
    clicks = [threading.Thread(target=lambda link=link: app.test_client().post(link)) for link in links]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert actions(sent) == {("a", "confirmed"): 8}


def test_counting_never_breaks_what_was_done(client, mailserver, run_work, monkeypatch):
    sent, petition = mailing(), make.petition()
    sign_by(client, petition.slug, sent.code)
    run_work()

    def break_down(*_given: object) -> None:
        session.execute(text("SELECT 1/0"))

    broken = ActionListener(counting.list_codes, break_down)
    monkeypatch.setitem(action_listeners._items, "mailings", broken)
    assert client.post(mailserver.mails[0].link("/confirm/")).status_code == 303
    assert session.scalars(select(Signature.state)).one() == SignatureState.CONFIRMED
    assert actions(sent) == {}


def test_what_nobody_confirms_is_a_number_after_a_week_and_the_code_goes(client):
    sent, petition = mailing(), make.petition()
    for number in range(3):
        sign_by(client, petition.slug, sent.code, f"reader-{number}@example.org")
    sign_by(client, petition.slug, mailing().code, "other@example.org")
    client.post(f"/petitions/{petition.slug}/sign", data={"email": "direct@example.org", "visibility": "count"})
    with transaction():
        assert delete_unconfirmed(clock.today() + timedelta(days=8)) == 5
    assert actions(sent) == {("a", "unconfirmed"): 3}
    assert not action_kinds["unconfirmed"].is_done


def test_a_code_stays_only_while_something_waits(app: Flask, client):
    sent, petition = mailing(), make.petition()
    sign_by(client, petition.slug, sent.code)
    with pytest.raises(IntegrityError), transaction():
        session.execute(text("UPDATE signature SET state = 'confirmed', email_sealed = NULL, name_sealed = NULL"))
    with pytest.raises(IntegrityError), transaction():
        session.execute(text("UPDATE signature SET arrived_by = 'anna@example.org'"))


def test_a_code_that_nobody_has_leads_to_the_page_itself_and_takes_no_place(app: Flask, client):
    sent, petition = mailing(), make.petition()
    path = f"/petitions/{petition.slug}"
    entries = app.extensions["page_cache"]._entries
    client.get(path)
    known = len(entries)
    for made_up in (
        "zzzzzzzz",
        "zzzzzzzzb",
        f"{sent.code}b",
        f"{sent.code}&m=q",
        "x",
        "%27",
        sent.code.upper(),
        f"{sent.code}c",
        "я",
    ):
        answer = client.get(f"{path}?m={made_up}&utm=1")
        assert (answer.status_code, answer.location) == (302, path), made_up
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(entries) == known
    assert client.get(f"/ru{path}?m=zzzzzzzz").location == f"/ru{path}"
    assert hidden_code(client.get(path).text) is None
    assert hidden_code(client.get(f"{path}?m={sent.code}").text) == sent.code
    assert len(entries) == known + 1
    assert hidden_code(client.get(path).text) is None, "nobody else gets the code of another's page"


def test_made_up_codes_cost_the_database_next_to_nothing(client, monkeypatch):
    petition, asked = make.petition(), []
    mailing()

    def list_codes() -> frozenset[str]:
        asked.append(1)
        return counting.list_codes()

    monkeypatch.setitem(action_listeners._items, "mailings", ActionListener(list_codes, counting.note))
    for number in range(50):
        client.get(f"/petitions/{petition.slug}?m={'q' * 6}{chr(97 + number % 26)}{chr(97 + number // 26)}")
    assert len(asked) <= 3


def test_a_mailing_that_began_a_moment_ago_is_known_at_once(client):
    petition = make.petition()
    path = f"/petitions/{petition.slug}"
    sent = mailing(state=MailingState.PROPOSED, started_at=None)
    assert client.get(f"{path}?m={sent.code}").status_code == 302
    with transaction():
        session.execute(text("UPDATE mailing SET state = 'sending', started_at = now()"))
    known_codes._asked_at -= arrivals.ASK_AGAIN_SECONDS
    assert client.get(f"{path}?m={sent.code}").status_code == 200


def test_links_count_for_ninety_days(client):
    petition = make.petition()
    sent = mailing(started_at=clock.now() - timedelta(days=counting.COUNTED_DAYS - 1))
    assert client.get(f"/petitions/{petition.slug}?m={sent.code}").status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=2), tick=True):
        known_codes.forget()
        client.application.extensions["page_cache"].clear()
        assert client.get(f"/petitions/{petition.slug}?m={sent.code}").status_code == 302


def test_without_the_database_the_page_is_shown_without_the_code(client, monkeypatch):
    petition, sent = make.petition(), mailing()

    def away() -> frozenset[str]:
        raise OperationalError("SELECT", None, Exception("away"))

    monkeypatch.setitem(action_listeners._items, "mailings", ActionListener(away, counting.note))
    answer = client.get(f"/petitions/{petition.slug}?m={sent.code}")
    assert (answer.status_code, answer.location) == (302, f"/petitions/{petition.slug}")


def test_a_form_with_a_made_up_code_signs_all_the_same(client, mailserver, run_work):
    petition = make.petition()
    for number, made_up in enumerate(("zzzzzzzz", "'; DROP TABLE signature", "x" * 5000, "\x00")):
        answer = client.post(
            f"/petitions/{petition.slug}/sign",
            data={"email": f"reader-{number}@example.org", "visibility": "count", "m": made_up},
        )
        assert answer.status_code == 303
    run_work()
    for mail in mailserver.mails:
        assert client.post(mail.link("/confirm/")).status_code == 303
    assert session.scalars(select(MailingAction)).all() == []


def test_a_form_that_comes_back_keeps_the_code(client):
    sent, petition = mailing(), make.petition()
    answer = sign_by(client, petition.slug, sent.code, "nobody")
    assert answer.status_code == 422
    assert hidden_code(answer.text) == sent.code


def test_signing_by_a_code_answers_and_asks_as_signing_without(client, statements):
    sent, petition = mailing(), make.petition()
    plain = {"email": "a@example.org", "visibility": "count"}
    client.post(f"/petitions/{petition.slug}/sign", data=plain)
    with statements() as without:
        first = client.post(f"/petitions/{petition.slug}/sign", data=plain | {"email": "b@example.org"})
    with statements() as asked:
        second = client.post(
            f"/petitions/{petition.slug}/sign", data=plain | {"email": "c@example.org", "m": sent.code}
        )
    assert (first.status_code, first.data, first.location) == (second.status_code, second.data, second.location)
    assert asked == without


def test_signing_up_for_an_event_counts_with_the_button_in_the_mail(app: Flask, client, mailserver):
    sent, made = mailing(), event(3)
    page = client.get(f"/events/{made.slug}?m={sent.code}")
    assert hidden_code(page.text) == sent.code
    assert client.get(f"/events/{made.slug}?m=zzzzzzzz").status_code == 302
    client.post(f"/events/{made.slug}/sign-up", data=event_form(made) | {"m": sent.code})
    assert session.scalars(select(EventSignup.arrived_by)).one() == sent.code
    delivered(app)
    path = own_path(mailserver.mails[0].text)
    for _ in range(2):
        client.post(path)
    assert session.scalars(select(EventSignup.arrived_by)).one() is None
    client.post(f"{path}/cancel")
    client.post(path)
    assert actions(sent) == {("a", "signed-up"): 1}


def test_a_letter_counts_when_it_is_handed_in(app: Flask, client, mailserver):
    sent, person = mailing(), pens.addressee()
    page = client.get(f"/prisoners/{person.slug}?m={sent.code}").text
    assert f'/prisoners/{person.slug}/write?m={sent.code}"' in page
    assert client.get(f"/prisoners/{person.slug}?m=zzzzzzzz").status_code == 302
    page = client.get(f"/prisoners/{person.slug}/write?m={sent.code}").text
    assert field_values(page, "/write/letter#findings")["m"] == sent.code
    checked = send_letter(client, person, post.TEXT, m=sent.code)
    assert hidden_code(checked.text) == sent.code
    answer = send_letter(client, person, post.TEXT, "hand", m=sent.code, email="someone@example.org")
    assert answer.status_code == 303
    assert session.scalars(select(Letter.arrived_by)).one() == sent.code
    delivered(app)
    link = mailserver.mails[0].link("/letters/")
    for _ in range(2):
        assert client.post(link).status_code == 303
    assert session.scalars(select(Letter.arrived_by)).one() is None
    assert actions(sent) == {("a", "handed-in"): 1}


def test_a_promise_counts_when_it_is_confirmed(app: Flask, client, mailserver):
    sent, person = mailing(), pens.addressee()
    page = client.get(f"/prisoners/{person.slug}/write?m={sent.code}").text
    values = field_values(page, f"/prisoners/{person.slug}/write") | {"email": "someone@example.org"}
    assert values["m"] == sent.code
    assert client.post(f"/prisoners/{person.slug}/write", data=values).status_code == 303
    assert session.scalars(select(Reservation.arrived_by)).one() == sent.code
    delivered(app)
    link = mailserver.mails[0].link("/letter/")
    for _ in range(2):
        assert client.post(link).status_code == 303
    assert session.scalars(select(Reservation.arrived_by)).one() is None
    assert actions(sent) == {("a", "promised"): 1}


def test_the_code_goes_along_where_somebody_else_is_drawn(client):
    sent = mailing()
    pens.addressee()
    page = client.get(f"/write?m={sent.code}")
    assert page.status_code == 200
    assert field_values(page.text, "/write")["m"] == sent.code
    assert f"&amp;m={sent.code}" in page.text
    assert client.get("/write?m=zzzzzzzz&by=post").location == "/write?by=post"


def test_an_offer_to_write_counts_at_once(app: Flask, client):
    sent = mailing()
    assert hidden_code(client.get(f"/volunteer?m={sent.code}").text) == sent.code
    assert client.get("/volunteer?m=zzzzzzzz").status_code == 302
    with transaction():
        writers.sign_up("quiet-otter", PASSPHRASE, OFFER, language="en", arrived_by=sent.code)
    with transaction():
        writers.sign_up("loud-otter", PASSPHRASE, OFFER, language="en", arrived_by=None)
    assert actions(sent) == {("a", "offered"): 1}
