"""Oldest mail, relays that are left alone: on the dashboard, on the page of mail, and for monitoring."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import batches, delivery, relays
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.rows import BATCHES, Lane, MailRow, minutes_waiting, oldest_waiting
from campaign.kernel.mail.senders import SmtpTransport
from campaign.signatures.service.sign import sign
from tests.mail.test_batches import owe
from tests.support import accounts, make
from tests.support.smtp import free_port


@pytest.fixture
def admin(app):
    client = app.test_client()
    accounts.sign_in(client, accounts.person(Role.ADMIN, app=True))
    return client


def later(minutes: int) -> None:
    session.execute(update(MailRow).values(queued_at=MailRow.queued_at - timedelta(minutes=minutes)))
    session.commit()


def test_what_waits_is_told_by_lane_and_mailings_apart(app, admin):
    assert oldest_waiting() == {}
    assert "No mail is waiting." in admin.get("/staff/mail").text
    sign(make.petition().id, make.signature_draft(), quarantined=False)
    batch = owe(3)
    later(15)
    assert minutes_waiting() == {Lane.FAST: 15, BATCHES: 15}
    assert "minutes is how long a confirmation or reset has waited" in admin.get("/staff").text
    assert "the oldest has waited for 15 minutes" in admin.get("/staff/mail").text
    told = admin.get("/metrics").text
    assert 'unforgotten_mail_waiting_seconds{lane="letters"} 0.0' in told
    assert 900 <= float(told.split('unforgotten_mail_waiting_seconds{lane="batches"} ')[1].split()[0]) < 1000
    with transaction():
        batches.hold(batch)
    assert minutes_waiting() == {Lane.FAST: 15}, "what is held waits for a person"


def test_mailings_that_wait_alarm_nobody(app, admin):
    owe(3)
    later(600)
    assert "has waited" not in admin.get("/staff").text
    assert "unforgotten_mail_oldest_seconds 0.0" in admin.get("/metrics").text


def test_a_relay_that_is_left_alone_is_told_and_told_again_once_it_works(app, admin, mailserver, monkeypatch):
    sign(make.petition().id, make.signature_draft(), quarantined=False)
    urls = [f"smtp://127.0.0.1:{free_port()}", f"smtp://127.0.0.1:{free_port()}"]
    away = SmtpTransport(urls, "localhost", relays.note)
    monkeypatch.setattr(post_office, "transport", away)
    for _ in range(3):
        session.execute(text("UPDATE mail SET due_at = now()"))
        session.commit()
        delivery.deliver_batch(Lane.FAST)
    session.remove()
    assert [relay.open_since is not None for relay in relays.list_relays()] == [True, True]
    page = admin.get("/staff/mail").text
    assert "The first relay does not answer" in page
    assert "127.0.0.1" not in page
    assert "mail relays that do not answer" in admin.get("/staff").text
    assert 'unforgotten_mail_relay_left_alone{relay="2"} 1.0' in admin.get("/metrics").text

    # Another process, to which the first relay answers again.
    back = SmtpTransport([mailserver.url, urls[1]], "localhost", relays.note)
    monkeypatch.setattr(post_office, "transport", back)
    session.execute(text("UPDATE mail SET due_at = now()"))
    session.commit()
    assert delivery.deliver_batch(Lane.FAST).sent == 1
    back.close()
    session.remove()
    assert [relay.open_since is not None for relay in relays.list_relays()] == [False, True]
    session.execute(text("UPDATE mail_relay SET seen_at = now() - interval '1 hour'"))
    session.commit()
    assert all(relay.open_since is None for relay in relays.list_relays()), "an old word says nothing any more"


def test_a_word_that_cannot_be_written_down_stops_no_mail(app, mailserver, monkeypatch):
    sign(make.petition().id, make.signature_draft(), quarantined=False)
    monkeypatch.setattr(relays, "_NOTE", "INSERT INTO nowhere VALUES (%(place)s, %(is_open)s, %(now)s)")
    transport = SmtpTransport([mailserver.url], "localhost", relays.note)
    monkeypatch.setattr(post_office, "transport", transport)
    assert delivery.deliver_batch(Lane.FAST).sent == 1
    transport.close()


def test_others_are_not_told(app):
    relays.note(1, is_open=True)
    client = app.test_client()
    accounts.sign_in(client, accounts.person(Role.MODERATOR, app=True))
    assert "mail relays" not in client.get("/staff").text
