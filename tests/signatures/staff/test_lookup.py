"""Whether one address signed: its owner is told by mail, staff on the page, and nobody else at all."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import suppression
from campaign.kernel.mail.rows import MailRow
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.petitions.models import Petition
from campaign.signatures.service import expire
from campaign.signatures.service.sign import sign
from tests.signatures.staff.conftest import confirm
from tests.support import make
from tests.support.accounts import submit
from tests.support.pages import field_values


def look_up(client, desk, address="anna@example.org", reason="She wrote to us"):
    return submit(client, f"{desk}/look-up", "/look-up", email=address, reason=reason)


def ask(client, petition, address="anna@example.org", **changes):
    page = f"/petitions/{petition.slug}/my-signature"
    values = field_values(client.get(page).get_data(as_text=True), "/my-signature")
    return client.post(page, data=values | {"email": address} | changes)


def test_staff_are_told_on_the_page_and_the_address_is_kept_nowhere(enter, petition, desk, signed):
    (signature,) = signed(1, prefix="anna")
    confirm(signature)
    who, client = enter(Role.ORGANISER)
    assert "This address signed. State: Confirmed" in look_up(client, desk, "ANNA0+x@example.org").text
    assert "no signature of this address" in look_up(client, desk, "boris@example.org").text
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "signature.looked_up")).all()
    assert [(each.actor, each.object, each.reason) for each in entries] == [
        (who.id, f"petition:{petition.id}", "She wrote to us")
    ] * 2


def test_five_a_day_and_no_more(enter, petition, desk):
    _who, client = enter(Role.ADMIN)
    for _ in range(5):
        assert look_up(client, desk).status_code == 200
    assert look_up(client, desk).status_code == 429
    assert look_up(client, desk, "no address").status_code == 422
    _other, another = enter(Role.ADMIN)
    assert look_up(another, desk).status_code == 200


def test_a_reason_and_a_fresh_proof_are_needed(enter, desk):
    _who, client = enter(Role.ADMIN)
    assert look_up(client, desk, reason=" ").status_code == 422
    session.execute(text("UPDATE sign_in_session SET fresh_until = now() - interval '1 minute'"))
    session.commit()
    for page in ("/look-up", "/exports"):
        assert "step-up" in client.get(desk + page).location


def test_a_destroyed_key_is_said_to_be(enter, petition, desk):
    with transaction():
        expire.destroy_keys(session.get(Petition, petition.id), petition.created_at.date())
    _who, client = enter(Role.ADMIN)
    assert look_up(client, desk).status_code == 409
    assert client.get(f"/petitions/{petition.slug}/my-signature").status_code == 404


def test_the_signer_gets_the_link_by_mail(client, petition, signed, mailserver, run_work):
    signed(1, prefix="anna")
    run_work()
    mailserver.mails.clear()
    answer = ask(client, petition, "anna0@example.org")
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    run_work()
    (mail,) = mailserver.mails
    assert mail.recipients == ["anna0@example.org"]
    assert petition.texts[0].title not in mail.text
    assert client.get(mail.link("/confirm/")).status_code == 200
    assert session.scalar(select(MailRow.recipient_sealed).where(MailRow.kind == "signature.lookup")) is None


def test_who_did_not_sign_is_told_so_by_mail_and_the_page_says_the_same(client, petition, signed, mailserver, run_work):
    signed(1, prefix="anna")
    first, second = ask(client, petition, "anna0@example.org"), ask(client, petition, "boris@example.org")
    assert (first.status_code, first.location, first.data) == (second.status_code, second.location, second.data)
    run_work()
    text_of = {mail.recipients[0]: mail.text for mail in mailserver.mails if "Your question" in mail.message["Subject"]}
    assert "/confirm/" in text_of["anna0@example.org"]
    assert "We hold no signature" in text_of["boris@example.org"]
    assert "/confirm/" not in text_of["boris@example.org"]


def test_at_most_three_mails_a_day_together_with_signing(client, petition, mailserver, run_work):
    sign(petition.id, make.signature_draft(), quarantined=False)
    for _ in range(5):
        ask(client, petition)
        run_work()
        session.execute(text("UPDATE mail SET finished_at = finished_at - interval '1 minute'"))
        session.commit()
    assert len(mailserver.mails) == 3


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("changes", [{"stamp": ""}, {"stamp": "79c27." + "0" * 32}, {"website": "http://x"}])
def test_a_form_that_is_not_ours_is_answered_alike_and_mails_nobody(client, petition, changes):
    assert ask(client, petition, **changes).status_code == 303
    assert session.scalar(select(func.count()).select_from(MailRow)) == 0


@pytest.mark.usefixtures("limited")
def test_a_disposable_address_is_slowed_as_in_signing_and_answered(client, petition):
    waits = ask(client, petition, "anna@mailinator.com")
    assert (waits.status_code, waits.headers["Cache-Control"]) == (200, "no-store")
    assert session.scalar(select(func.count()).select_from(MailRow)) == 0
    values, page = field_values(waits.text, "/my-signature"), f"/petitions/{petition.slug}/my-signature"
    assert values["email"] == "anna@mailinator.com", "nothing that was typed is lost"
    assert client.post(page, data=values).status_code == 200, "too early"
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert client.post(page, data=values).status_code == 303
        assert client.post(page, data=values).status_code == 200, "a minute is worth one question"
    session.remove()
    assert session.scalar(select(func.count()).select_from(MailRow)) == 1


def test_a_suppressed_or_blocked_address_gets_nothing(client, petition, signed):
    with transaction():
        suppression.suppress("anna@example.org", SuppressionReason.ASKED)
    assert ask(client, petition).status_code == 303
    assert session.scalar(select(func.count()).select_from(MailRow)) == 0


@pytest.mark.parametrize("address", ["", "anna", "a@example.org\r\nBcc: b@example.org", "a\x00@example.org", "a" * 500])
def test_a_bad_address_is_explained(client, petition, address):
    answer = ask(client, petition, address)
    assert answer.status_code == 422
    assert 'class="error' in answer.text


def test_a_form_from_another_site_is_refused(client, petition):
    headers = {"Origin": "https://evil.example"}
    page = f"/petitions/{petition.slug}/my-signature"
    assert client.post(page, data={"email": "anna@example.org"}, headers=headers).status_code == 400
