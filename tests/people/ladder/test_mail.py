"""The mail that asks, and the page behind its link: no, never, nothing for a while; and the same for who signs in."""

import re
import uuid
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane, MailRow
from campaign.people.models import Ask, AskRest, AskState, AskWay, Consent, Purpose
from campaign.people.service.ladder.ask import note_ask
from campaign.people.service.ladder.links import token_of
from tests.people.ladder.steps import ORGANISER, signer
from tests.people.pages import come, send, volunteer
from tests.support.smtp import Mailserver

WRITE = "write_one_letter"


def asked_by_mail(address: str = "vera@people.example") -> uuid.UUID:
    """A committed ask of somebody who agreed to news; its id."""
    person = signer(60, news=True, email=address)
    with transaction():
        return note_ask(person, WRITE, way=AskWay.MAIL, actor=ORGANISER).id


def deliver(app: Flask) -> None:
    deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    session.expire_all()


def own_page(ask_id: uuid.UUID) -> str:
    return f"/asks/own/{token_of(session.get_one(Ask, ask_id))}"


def test_the_mail_names_nobody_and_has_a_way_to_say_no(app: Flask, mailserver: Mailserver) -> None:
    ask_id = asked_by_mail()
    deliver(app)
    [mail] = mailserver.mails
    body, head = mail.text, mail.message
    assert head["Subject"] == "Would you help once more?"
    assert "Вера" not in body
    assert "Write one letter" not in head["Subject"]
    assert re.search(r"/write\s", body)
    assert own_page(ask_id) in body
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in head["List-Unsubscribe"]


def test_whoever_ended_the_consent_meanwhile_gets_no_mail(app: Flask, mailserver: Mailserver) -> None:
    asked_by_mail()
    with transaction():
        for each in session.scalars(select(Consent).where(Consent.purpose == Purpose.NEWS)):
            each.ended_on = clock.today()
    deliver(app)
    assert mailserver.mails == []
    assert session.scalars(select(MailRow.state).where(MailRow.kind == "ask.step")).all() == ["suppressed"]


def test_behind_the_link_one_says_no_and_yes_again(app: Flask) -> None:
    ask_id = asked_by_mail()
    page, client = own_page(ask_id), app.test_client()
    shown = client.get(page)
    assert shown.status_code == 200
    assert "Вера" not in shown.text
    assert "vera@" not in shown.text
    assert shown.headers["Cache-Control"].startswith("no-store")
    assert session.get_one(Ask, ask_id).state == AskState.ASKED

    def state_after(said: str) -> str:
        assert client.post(page, data={"said": said}).status_code == 303
        session.expire_all()
        return session.get_one(Ask, ask_id).state

    assert state_after("not_now") == AskState.NOT_NOW
    assert state_after("never") == state_after("never") == AskState.NEVER
    assert "we do not ask you for this again" in client.get(page).text
    assert state_after("again") == AskState.NOT_NOW
    assert client.post(page, data={"said": "did"}).status_code == 200
    person = session.get_one(Ask, ask_id).person_id
    assert client.post(f"{page}/rest", data={"months": "6"}).status_code == 303
    assert session.get_one(AskRest, person).until_on == clock.today() + timedelta(days=180)
    assert client.post(f"{page}/rest", data={"months": ""}).status_code == 303
    session.expire_all()
    assert session.get(AskRest, person) is None
    assert client.post(f"{page}/rest", data={"months": "99"}).status_code == 404
    assert client.post(f"{page}/stop", data={"List-Unsubscribe": "One-Click"}).status_code == 303
    assert session.get_one(AskRest, person).until_on is None


def test_a_link_of_an_ask_that_is_gone_and_a_made_up_one(app: Flask) -> None:
    ask_id = asked_by_mail()
    page, client = own_page(ask_id), app.test_client()
    with transaction():
        session.delete(session.get_one(Ask, ask_id))
    assert "any more" in client.get(page).text
    assert client.post(page, data={"said": "never"}).status_code == 303
    assert client.get(page[:-1] + ("A" if page[-1] != "A" else "B")).status_code == 404


def test_the_page_is_in_each_language(app: Flask) -> None:
    page = own_page(asked_by_mail())
    assert "Не сейчас" in app.test_client().get(f"/ru{page}").text
    assert "Jetzt nicht" in app.test_client().get(f"/de{page}").text


def test_among_ones_own_data_one_sees_what_one_was_asked_and_is_left_in_peace(app: Flask) -> None:
    own, who = volunteer()
    assert who.person_id is not None
    person = who.person_id
    with transaction():
        session.add(
            Ask(
                id=uuid.uuid4(), person_id=person, step="sign", way=AskWay.IN_PERSON, state=AskState.ASKED,
                asked_on=clock.today(), asked_by=ORGANISER,
            )
        )  # fmt: skip
    client = come(app, own)
    made = session.scalars(select(Ask.id)).one()
    assert "Sign a petition" in client.get("/account/data").text
    assert send(client, "/account/data", f"/asks/{made}", said="never").status_code == 303
    assert session.get_one(Ask, made).state == AskState.NEVER
    assert send(client, "/account/data", f"/asks/{made}", said="again").status_code == 303
    assert send(client, "/account/data", f"/asks/{made}", said="did").status_code == 404
    assert send(client, "/account/data", "/asks/rest", months="12").status_code == 303
    assert session.get_one(AskRest, person).until_on == clock.today() + timedelta(days=360)
    assert send(client, "/account/data", "/asks/rest", months="").status_code == 303
    other = asked_by_mail()
    assert send(client, "/account/data", f"/asks/{other}", said="never").status_code == 404
