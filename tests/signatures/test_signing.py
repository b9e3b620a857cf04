"""A stranger signs, confirms from the mail, and is counted."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.mail.rows import MailRow
from campaign.people.models import Consent, Person
from campaign.people.queries import find_person_by_address
from campaign.petitions.models import Audience, PetitionState
from campaign.signatures.models import Signature
from campaign.signatures.service import count
from campaign.signatures.service.sign import sign
from tests.support import make
from tests.support.pages import PageClient, field_values
from tests.support.smtp import Mailserver

FORM = "/sign"


def send_form(client: PageClient, slug: str, **changes: str):
    page = client.get(f"/petitions/{slug}").get_data(as_text=True)
    values = field_values(page, FORM) | {"email": "anna@example.org"} | changes
    return client.post(f"/petitions/{slug}/sign", data=values)


def count_now(client: PageClient, slug: str) -> int:
    client.application.extensions["page_cache"].clear()
    return client.get(f"/petitions/{slug}/count.json").json["count"]


def test_a_signature_counts_once_the_button_in_the_mail_is_pressed(client, mailserver: Mailserver, run_work):
    petition = make.petition()
    answer = send_form(client, petition.slug, display_name="Анна", visibility="name", country="DE")
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    assert count_now(client, petition.slug) == 0

    run_work()
    mail = mailserver.mails[0]
    assert mail.recipients == ["anna@example.org"]
    assert petition.texts[0].title not in mail.message["Subject"]
    link = mail.link("/confirm/")
    assert client.get(link).status_code == 200
    assert count_now(client, petition.slug) == 0, "looking at the page must not confirm"

    for _ in range(2):
        assert client.post(link).status_code == 303
    assert count_now(client, petition.slug) == 1
    client.application.extensions["page_cache"].clear()
    assert "Анна" in client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    run_work()
    assert count_now(client, petition.slug) == 1


def test_confirming_erases_address_and_unshown_name(app: Flask, client, mailserver, run_work):
    petition = make.petition()
    send_form(client, petition.slug, display_name="Anna", visibility="count")
    run_work()
    client.post(mailserver.mails[0].link("/confirm/"))
    signature = session.scalars(select(Signature)).one()
    assert (signature.email_sealed, signature.name_sealed) == (None, None)
    assert session.scalar(select(func.count()).select_from(Person)) == 0, "without consent no person is made"


def test_asking_for_updates_makes_a_person_with_that_consent(app, client, mailserver, run_work):
    petition = make.petition()
    send_form(client, petition.slug, updates="y")
    run_work()
    client.post(mailserver.mails[0].link("/confirm/"))
    person = find_person_by_address("ANNA+x@example.org")
    consent = session.scalars(select(Consent)).one()
    assert person is not None
    assert (consent.person_id, consent.subject, consent.text_version) == (person.id, petition.id, "2026-11")


def test_one_address_in_any_spelling_is_one_signature_and_one_mail_at_a_time(client, mailserver, run_work):
    petition = make.petition()
    for spelling in ("anna@example.org", "ANNA@example.org", " anna+tag@Example.org "):
        assert send_form(client, petition.slug, email=spelling).status_code == 303
    run_work()
    assert len(mailserver.mails) == 1
    assert session.scalar(select(func.count()).select_from(Signature)) == 1


@pytest.mark.slow
def test_a_hundred_parallel_signatures_make_one_row_and_one_mail(app, mailserver, run_work):
    petition = make.petition()
    start = threading.Barrier(20)

    def sign_five_times() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                sign(petition.id, make.signature_draft(), quarantined=False)

    crowd = [threading.Thread(target=sign_five_times) for _ in range(20)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert session.scalar(select(func.count()).select_from(Signature)) == 1
    assert session.scalar(select(func.count()).select_from(MailRow)) == 1
    run_work()
    assert len(mailserver.mails) == 1


def test_at_most_three_mails_a_day_to_one_address(app, mailserver, run_work):
    petitions = [make.petition() for _ in range(5)]
    for petition in petitions:
        sign(petition.id, make.signature_draft(), quarantined=False)
    run_work()
    assert len(mailserver.mails) == 3


def test_a_clock_that_ran_ahead_and_was_set_back_stops_nobody(app, mailserver, run_work):
    petition = make.petition()
    sign(petition.id, make.signature_draft("boris@example.org"), quarantined=False)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        run_work()
    sign(petition.id, make.signature_draft(), quarantined=False)
    run_work()
    assert sorted(mail.recipients[0] for mail in mailserver.mails) == ["anna@example.org", "boris@example.org"]


def test_a_second_signature_sends_the_same_link_again(app, mailserver, run_work):
    petition = make.petition()
    links = []
    for _ in range(5):
        sign(petition.id, make.signature_draft(), quarantined=False)
        run_work()
        session.execute(text("UPDATE mail SET finished_at = finished_at - interval '1 minute'"))
        session.commit()
        links = [mail.link("/confirm/") for mail in mailserver.mails]
    assert len(links) == 3
    assert len(set(links)) == 1
    assert len({mail.message["Message-ID"] for mail in mailserver.mails}) == 3


def test_a_confirmed_address_is_told_that_it_signed_already(client, mailserver, run_work):
    petition = make.petition()
    send_form(client, petition.slug)
    run_work()
    client.post(mailserver.mails[0].link("/confirm/"))
    send_form(client, petition.slug)
    run_work()
    assert mailserver.mails[1].message["Subject"] == "You have signed already"
    assert count_now(client, petition.slug) == 1
    recipient = session.scalar(select(MailRow.recipient_sealed).where(MailRow.kind == "signature.already"))
    assert recipient is None, "the sealed recipient is erased when the mail has left"


def test_not_me_deletes_the_signature_and_blocks_the_address_here(client, mailserver, run_work):
    petition, other = make.petition(), make.petition()
    send_form(client, petition.slug)
    run_work()
    link = mailserver.mails[0].link("/confirm/")
    for _ in range(2):
        assert client.post(f"{link}/not-me").status_code == 303
    assert client.get(link).status_code == 200
    assert session.scalar(select(func.count()).select_from(Signature)) == 0
    send_form(client, petition.slug)
    run_work()
    assert len(mailserver.mails) == 1
    send_form(client, other.slug)
    run_work()
    assert len(mailserver.mails) == 2


def test_never_again_suppresses_the_address_everywhere(client, mailserver, run_work):
    petition, other = make.petition(), make.petition()
    send_form(client, petition.slug)
    run_work()
    client.post(mailserver.mails[0].link("/confirm/") + "/not-me", data={"never_again": "y"})
    assert send_form(client, other.slug).status_code == 303
    run_work()
    assert len(mailserver.mails) == 1


def test_withdrawing_uncounts_and_signing_again_starts_anew(client, mailserver, run_work):
    petition = make.petition()
    send_form(client, petition.slug, display_name="Anna", visibility="name")
    run_work()
    link = mailserver.mails[0].link("/confirm/")
    client.post(link)
    for _ in range(2):
        assert client.post(f"{link}/withdraw").status_code == 303
    assert count_now(client, petition.slug) == 0
    session.execute(text("UPDATE mail SET finished_at = finished_at - interval '1 minute'"))
    session.commit()
    send_form(client, petition.slug)
    run_work()
    client.post(mailserver.mails[1].link("/confirm/"))
    assert count_now(client, petition.slug) == 1
    assert count.find_drift() == []


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    "stamp", ["", "forged", "ffffffff." + "0" * 32, "\x00", "79c27." + "g" * 32], ids=lambda value: repr(value)[:12]
)
def test_a_form_without_a_true_stamp_is_answered_alike_and_quarantined(client, mailserver, run_work, stamp):
    petition = make.petition()
    assert send_form(client, petition.slug, stamp=stamp).status_code == 303
    run_work()
    assert mailserver.mails == []
    assert session.scalars(select(Signature)).one().is_quarantined
    session.remove()
    send_form(client, petition.slug)
    run_work()
    assert len(mailserver.mails) == 1, "signing again with a true form takes it out of quarantine"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "anna"),
        ("email", "anna@example.org\r\nBcc: all@example.org"),
        ("email", "anna@exa\x00mple.org"),
        ("email", "a" * 300 + "@example.org"),
        ("email", "анна@пример.рф"),
        ("country", "XX"),
        ("country", "Germany"),
        ("visibility", "everything"),
    ],
)
def test_bad_input_is_explained_kept_and_changes_nothing(client, field, value):
    petition = make.petition()
    answer = send_form(client, petition.slug, **{"display_name": "{{7*7}} <b>Anna</b>", field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "{{7*7}} &lt;b&gt;Anna&lt;/b&gt;" in page
    assert 'class="error' in page
    assert session.scalar(select(func.count()).select_from(Signature)) == 0


@pytest.mark.parametrize("name", ["‮Anna", "Anna\r\nBcc: x", "A\x00nna", "😀" * 200, "{{7*7}}", "<script>1</script>"])
def test_a_hostile_name_is_tamed_and_the_signature_stands(client, mailserver, run_work, name):
    petition = make.petition()
    assert send_form(client, petition.slug, display_name=name, visibility="name").status_code == 303
    run_work()
    assert mailserver.mails[0].recipients == ["anna@example.org"]
    assert mailserver.mails[0].message["Bcc"] is None
    client.post(mailserver.mails[0].link("/confirm/"))
    client.application.extensions["page_cache"].clear()
    page = client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    assert "<script>1" not in page
    assert "‮" not in page


def test_cyrillic_domains_are_written_to_in_ascii(client, mailserver, run_work):
    petition = make.petition()
    send_form(client, petition.slug, email="anna@пример.испытание")
    run_work()
    assert mailserver.mails[0].recipients == ["anna@xn--e1afmkfd.xn--80akhbyknj4f"]


def test_an_outside_only_petition_is_hidden_until_the_visitor_says_where_they_are(client):
    petition = make.petition(audience=Audience.OUTSIDE_RUSSIA)
    page = client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    assert FORM not in page
    assert client.post(f"/petitions/{petition.slug}/sign", data={"email": "anna@example.org"}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Signature)) == 0
    client.post("/place", data={"place": "out", "next": f"/petitions/{petition.slug}"})
    refused = send_form(client, petition.slug, country="RU")
    assert refused.status_code == 422
    assert session.scalar(select(func.count()).select_from(Signature)) == 0
    assert send_form(client, petition.slug, country="DE").status_code == 303
    assert session.scalar(select(func.count()).select_from(Signature)) == 1


def test_a_form_from_another_site_is_refused(client):
    petition = make.petition()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post(f"/petitions/{petition.slug}/sign", data={"email": "a@example.org"}, headers=headers)
        assert answer.status_code == 400
    assert session.scalar(select(func.count()).select_from(Signature)) == 0


@pytest.mark.parametrize("state", [PetitionState.PAUSED, PetitionState.CLOSED])
def test_a_petition_that_is_not_open_takes_no_signature(client, state):
    petition = make.petition(state=state)
    assert FORM not in client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    client.post(f"/petitions/{petition.slug}/sign", data={"email": "anna@example.org"})
    assert session.scalar(select(func.count()).select_from(Signature)) == 0


@pytest.mark.parametrize("token", ["x", "\x00", "a" * 48, "а" * 48, "A" * 5000, "../../etc/passwd", "%2e%2e"])
def test_a_forged_link_finds_nothing(client, token):
    assert client.get(f"/confirm/{token}").status_code in {200, 404}
    assert client.post(f"/confirm/{token}").status_code == 404


def test_no_cookie_is_set_and_the_page_may_be_cached(client):
    petition = make.petition()
    page = client.get(f"/petitions/{petition.slug}")
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"].startswith("public, max-age=10")
    again = client.get(f"/petitions/{petition.slug}", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_petition_with_signatures_cannot_be_deleted(app):
    petition = make.petition()
    sign(petition.id, make.signature_draft(), quarantined=False)
    with pytest.raises(IntegrityError, match="never deleted"):
        session.execute(text("DELETE FROM petition"))
    session.rollback()
