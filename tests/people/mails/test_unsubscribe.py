"""One press or one request ends the mails of a topic; links that are made up, old or of somebody else end nothing."""

import re
import string
import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from threading import Thread
from urllib.parse import urlsplit

import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.serving import make_server

from campaign.kernel import clock, tokens
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.kinds import mail_kinds
from campaign.kernel.mail.message import Text
from campaign.kernel.mail.rows import Lane
from campaign.people.models import (
    SCOPE,
    AskRest,
    AskWay,
    Consent,
    EndedHow,
    KeptFor,
    Person,
    PersonMerge,
    Purpose,
    Topic,
)
from campaign.people.service import consents, mail_links, mail_wishes
from campaign.people.service.ladder.ask import note_ask
from campaign.people.service.mail_links import token_of, token_of_petition
from campaign.people.service.merging import merge_people
from campaign.web.mailing import with_unsubscribe
from tests.people.ladder.steps import ORGANISER, signer
from tests.people.mails.made import agreed, page_of, petition_news, subscriber
from tests.people.pages import ACTOR
from tests.support.pages import PageClient
from tests.support.smtp import Mailserver

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
GONE = "leads to nothing any more"


def ended(person_id: uuid.UUID) -> list[tuple[str, str]]:
    """What ended, and how."""
    session.expire_all()
    found = session.scalars(select(Consent).where(Consent.person_id == person_id, Consent.ended_on.is_not(None)))
    return sorted((each.purpose, each.ended_how) for each in found)


def test_looking_changes_nothing_and_one_press_ends_it(app: Flask, client: PageClient) -> None:
    person = subscriber(Purpose.NEWS, Purpose.EVENTS, email="looking@example.org")
    page = page_of(person)
    for _ in range(2):
        shown = client.get(page)
        assert "Stop these mails?" in shown.text
        assert client.head(page).status_code == 200
    assert agreed(person) == {"news", "events"}
    for answer in (client.post(page), client.post(page)):
        assert answer.status_code == 200
        assert "You get no such mails any more" in answer.text
        assert "looking@" not in answer.text
    assert "You get no such mails any more" in client.get(page).text
    assert ended(person) == [("news", "unsubscribed")]
    assert agreed(person) == {"events"}
    entries = session.scalars(select(AuditEntry).where(AuditEntry.reason == "- news unsubscribed")).all()
    assert len(entries) == 1


def test_headers_keep_it_out_of_caches_and_searches(app: Flask, client: PageClient) -> None:
    page = page_of(subscriber())
    for path in (page, f"{page}/preferences", f"{page}/erase", "/unsubscribe/nothing"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"].startswith("no-store")
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in answer.headers


def test_a_mail_program_ends_it_in_one_request(app: Flask) -> None:
    person, other = subscriber(), subscriber()
    client = app.test_client()
    page = page_of(person)
    strange = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    answer = client.post(page, data=ONE_CLICK, headers=strange)
    assert answer.status_code == 200
    assert client.post(page, data=ONE_CLICK, content_type="multipart/form-data").status_code == 200
    assert agreed(person) == set()
    assert agreed(other) == {"news"}


def test_each_topic_ends_alone(app: Flask, client: PageClient) -> None:
    person = subscriber(Purpose.NEWS, Purpose.EVENTS, Purpose.CALLS)
    one, two = petition_news(person), petition_news(person)
    client.post(f"/unsubscribe/{token_of_petition(one.id)}")
    assert ended(person) == [("petition-updates", "unsubscribed")]
    session.expire_all()
    assert session.get_one(Consent, two.id).ended_on is None
    client.post(page_of(person, Topic.ASKS))
    assert session.get_one(AskRest, person).until_on is None
    assert agreed(person) == {"news", "events", "calls", "petition-updates"}
    client.post(page_of(person, Topic.EVENTS))
    assert "events" not in agreed(person)
    client.post(page_of(person, Topic.ALL))
    assert agreed(person) == {"calls"}


def test_a_slip_is_taken_back_and_is_a_new_consent(app: Flask, client: PageClient) -> None:
    person = subscriber()
    petition = petition_news(person)
    for page, purpose in ((page_of(person), "news"), (f"/unsubscribe/{token_of_petition(petition.id)}", "petition")):
        client.post(page)
        assert "send them again" in client.get(page).text
        assert client.post(f"{page}/again").status_code == 303
        assert client.post(f"{page}/again").status_code == 303
        assert any(each.startswith(purpose) for each in agreed(person))
        client.post(page)  # the old link ends the new consent as well
        assert not any(each.startswith(purpose) for each in agreed(person))
    found = session.scalars(select(Consent).where(Consent.text_version == mail_wishes.TEXT)).all()
    assert sorted(each.purpose for each in found) == ["news", "petition-updates"]
    client.post(f"{page_of(person, Topic.ASKS)}")
    client.post(f"{page_of(person, Topic.ASKS)}/again")
    session.expire_all()
    assert session.get(AskRest, person) is None


def test_the_news_of_a_petition_can_be_taken_up_again_on_the_same_day_alone(app: Flask, client: PageClient) -> None:
    person = subscriber(kept_for=KeptFor.STAFF)
    page = f"/unsubscribe/{token_of_petition(petition_news(person).id)}"
    client.post(page)
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert "send them again" not in client.get(page).text
        client.post(f"{page}/again")
    assert agreed(person) == {"news"}


def test_whom_nothing_else_keeps_goes_the_next_day_and_the_link_with_them(app: Flask, client: PageClient) -> None:
    person = subscriber()
    page = page_of(person)
    client.post(page)
    with transaction():
        assert consents.forget_left_behind(clock.today()) == 0
    with transaction():
        assert consents.forget_left_behind(clock.today() + timedelta(days=1)) == 1
    session.expire_all()
    assert session.get(Person, person) is None
    for answer in (client.get(page), client.post(page, data=ONE_CLICK)):
        assert answer.status_code == 404
        assert GONE in answer.text


def test_made_up_old_and_foreign_links_get_the_same_page(app: Flask, client: PageClient) -> None:
    person = subscriber()
    shown, sent = client.get("/unsubscribe/nothing").text, client.post("/unsubscribe/nothing").text
    other = tokens.derive(SCOPE, "ask", person, version=1, expires_on=None)
    newer = tokens.derive(SCOPE, "unsubscribe:news", person, version=2, expires_on=None)
    old = tokens.derive(SCOPE, "unsubscribe:news", person, version=1, expires_on=clock.today() - timedelta(days=1))
    gone = token_of(uuid.uuid4(), Topic.NEWS)
    for token in (other, newer, old, gone, token_of_petition(uuid.uuid4())):
        answers = client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}", data=ONE_CLICK)
        assert [each.status_code for each in answers] == [404, 404]
        assert [each.text for each in answers] == [shown, sent]
    assert agreed(person) == {"news"}
    page = page_of(person)
    with time_machine.travel(clock.now() + mail_links.KEPT + timedelta(days=1)):
        assert client.get(page).status_code == 404


def test_the_link_stays_with_whoever_two_records_become(app: Flask, client: PageClient) -> None:
    winner, loser = subscriber(Purpose.EVENTS, kept_for=KeptFor.STAFF), subscriber(kept_for=KeptFor.STAFF)
    page = page_of(loser)
    with transaction():
        merge_people(winner, loser, actor=ACTOR)
    assert session.scalars(select(PersonMerge)).one().winner_id == winner
    client.post(page, data=ONE_CLICK)
    assert agreed(winner) == {"events"}


def test_no_forged_token_is_believed(app: Flask) -> None:
    people = [subscriber(), subscriber()]
    real = [token_of(each, topic) for each in people for topic in Topic if topic is not Topic.PETITION]
    letters = string.ascii_letters + string.digits + "-_"

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from(real), st.sampled_from(real), st.integers(0, 47), st.sampled_from(letters), st.integers(1, 47)
    )
    def forge(one: str, other: str, at: int, letter: str, cut: int) -> None:
        for made in (one[:at] + letter + one[at + 1 :], one[:cut] + other[cut:], one[:cut], one + letter):
            if made in real:
                continue
            try:
                mail_links.find_link(made)
            except tokens.BadToken:
                continue
            raise AssertionError(made)

    forge()
    for person in people:
        found = mail_links.find_link(token_of(person, Topic.EVENTS))
        assert found == mail_links.Link(person, Topic.EVENTS)


def test_two_presses_and_staff_at_once_end_it_once(app: Flask) -> None:
    person = subscriber(kept_for=KeptFor.STAFF)
    consent = session.scalars(select(Consent.id).where(Consent.person_id == person)).one()
    page, start = page_of(person), threading.Barrier(5)
    seen: list[object] = []

    def press() -> None:
        start.wait()
        seen.append(app.test_client().post(page, data=ONE_CLICK).status_code)

    def staff_end() -> None:
        with app.app_context():
            start.wait()
            with transaction():
                seen.append(consents.end_one_consent(person, consent, actor=ACTOR))
            session.remove()

    crew = [Thread(target=each) for each in (press, press, press, staff_end, press)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    assert seen.count(200) == 4
    [(purpose, how)] = ended(person)
    assert purpose == "news"
    assert how in {"", EndedHow.UNSUBSCRIBED}
    reasons = session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "person.consent")).all()
    assert len([each for each in reasons if each.startswith("- news")]) == 1


def test_the_header_of_a_real_mail_works_over_http(app: Flask, mailserver: Mailserver) -> None:
    person = signer(60, news=True, email="vera@people.example")
    with transaction():
        note_ask(person, "write_one_letter", way=AskWay.MAIL, actor=ORGANISER)
    deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    [mail] = mailserver.mails
    lines = mail.content.split(b"\r\n\r\n")[0].split(b"\r\n")
    heads = dict(line.split(b": ", 1) for line in lines if b": " in line)
    assert heads[b"List-Id"] == b"<news.localhost>"
    assert heads[b"List-Unsubscribe-Post"] == b"List-Unsubscribe=One-Click"
    found = re.fullmatch(rb"<(http://localhost(/unsubscribe/[\w-]{48}))>", heads[b"List-Unsubscribe"])
    assert found is not None
    assert found[1].decode() in mail.text
    assert all(len(line) < 998 for line in lines)
    session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    connection = HTTPConnection("127.0.0.1", server.port)
    body = "List-Unsubscribe=One-Click"
    heading = {"Content-Type": "application/x-www-form-urlencoded", "Host": "localhost"}
    connection.request("POST", urlsplit(found[1].decode()).path, body, heading)
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("Location") is None
    answer.read()
    connection.close()
    server.shutdown()
    server.server_close()
    session.expire_all()
    assert session.get_one(AskRest, person).until_on is None


def test_the_mail_address_for_old_programs_stands_only_where_it_is_set(app: Flask) -> None:
    text = Text("A subject", "A body")
    assert "mailto" not in with_unsubscribe(text).headers["List-Unsubscribe"]
    before = app.extensions["unforgotten"]
    app.extensions["unforgotten"] = replace(before, unsubscribe_mail="stop@example.org")
    try:
        value = with_unsubscribe(text).headers["List-Unsubscribe"]
    finally:
        app.extensions["unforgotten"] = before
    assert value == "<[[unsubscribe]]>, <mailto:stop@example.org?subject=unsubscribe%20[[unsubscribe_token]]>"


def test_kinds_of_mail_by_consent(app: Flask) -> None:
    """A new kind that goes out under a consent says so, and carries the headers of web/mailing.with_unsubscribe."""
    assert {name for name, kind in mail_kinds.items() if kind.by_consent} == {"ask.step", "mailing", "signature.thanks"}


def test_each_language(app: Flask) -> None:
    page = page_of(subscriber())
    assert "Больше не присылать эти письма?" in app.test_client().get(f"/ru{page}").text
    assert "Diese Mails beenden?" in app.test_client().get(f"/de{page}").text
    assert app.test_client().post(f"/ru{page}", data=ONE_CLICK).status_code == 200
