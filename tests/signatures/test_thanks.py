"""The thanks for a confirmed signature: only by consent, once a day, with one next step and an end to it."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane, MailRow
from campaign.people.models import AskRest, Consent, MailRhythm, MailWish
from campaign.people.queries import find_person_by_address
from campaign.signatures.models import Signature
from campaign.signatures.service.confirm import confirm_signature, confirmation_token
from campaign.signatures.service.sign import sign
from campaign.signatures.service.thanks import MAIL, owe_thanks
from tests.support import make
from tests.support.pages import PageClient
from tests.support.smtp import Mailserver

ANNA = "anna@example.org"


def signed(petition: uuid.UUID | None = None, *, updates: bool = True, **changes: object) -> None:
    about = petition or make.petition().id
    sign(about, make.signature_draft(wants_updates=updates, **changes), quarantined=False)
    signature = session.scalars(select(Signature).where(Signature.petition_id == about)).one()
    token = confirmation_token(signature)
    with transaction():
        confirm_signature(token)
    with transaction():
        confirm_signature(token)


def owed() -> int:
    return session.scalar(select(func.count()).where(MailRow.kind == MAIL)) or 0


def anna() -> uuid.UUID:
    person = find_person_by_address(ANNA)
    assert person is not None
    return person.id


@pytest.fixture
def tomorrow(app: Flask, mailserver: Mailserver):
    """Call it for what has arrived of bulk mail by tomorrow."""

    def arrived():
        session.remove()
        with time_machine.travel(clock.now() + timedelta(days=1, minutes=1)):
            deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
        session.remove()
        return list(mailserver.mails)

    return arrived


def test_whoever_asked_for_news_is_thanked_the_next_day_with_one_step(
    tomorrow, app: Flask, mailserver: Mailserver
) -> None:
    signed()
    assert owed() == 1
    deliver_lane(Lane.BULK, in_context=app.app_context, threads=1)
    assert mailserver.mails == []
    (mail,) = tomorrow()
    assert mail.message["Subject"] == "Thank you"
    assert "http://localhost/write\r\n" in mail.text
    assert "Open the windows" not in mail.text
    assert mail.message["List-Id"] == "<news.localhost>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail.link("/unsubscribe/")
    assert f"<http://localhost{link}>" in mail.message["List-Unsubscribe"]


def test_its_link_ends_the_news_of_that_petition(tomorrow, client: PageClient) -> None:
    signed()
    (mail,) = tomorrow()
    assert client.post(mail.link("/unsubscribe/"), data={"List-Unsubscribe": "One-Click"}).status_code == 200
    session.remove()
    assert session.scalar(select(func.count()).where(Consent.ended_on.is_(None))) == 0


def test_without_the_consent_nothing_is_ever_mailed(tomorrow) -> None:
    signed(updates=False)
    assert owed() == 0
    assert tomorrow() == []


def test_several_signatures_of_one_day_are_thanked_once(tomorrow) -> None:
    signed()
    signed()
    assert owed() == 1
    assert len(tomorrow()) == 1


@pytest.mark.parametrize(("language", "subject"), [("ru", "Спасибо"), ("de", "Danke")])
def test_in_the_language_of_the_signature(tomorrow, language: str, subject: str) -> None:
    signed(language=language)
    (mail,) = tomorrow()
    assert mail.message["Subject"] == subject
    assert f"http://localhost/{language}/write" in mail.text


def test_wishes_are_kept_when_it_is_owed(app: Flask) -> None:
    signed()
    with transaction():
        session.execute(MailRow.__table__.delete())
        session.add(MailWish(person_id=anna(), rhythm=MailRhythm.WEEKLY))
    petition = session.scalars(select(Consent.subject)).first()
    assert petition is not None
    with transaction():
        assert owe_thanks(anna(), petition, "en")
    assert session.get_one(MailWish, anna(), populate_existing=True).mailed_on == clock.today()
    signed()  # another petition within the week
    assert owed() == 1


@pytest.mark.parametrize("what", ["ended", "paused", "resting"])
def test_what_is_said_meanwhile_counts(tomorrow, what: str) -> None:
    signed()
    day = clock.today() + timedelta(days=10)
    with transaction():
        if what == "ended":
            session.scalars(select(Consent)).one().ended_on = clock.today()
        elif what == "paused":
            session.add(MailWish(person_id=anna(), rhythm=MailRhythm.ANY, paused_until=day))
        else:
            session.add(AskRest(person_id=anna(), until_on=day, said_on=clock.today()))
    assert tomorrow() == []
