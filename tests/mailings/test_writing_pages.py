"""Pages of writing: what is refused beside its text, cards put in without a script, preview, test mails, templates."""

import re
import uuid

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from campaign.accounts.models import EMAIL, SCOPE
from campaign.accounts.queries import get_account
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane, MailRow
from campaign.mailings.models import Mailing, MailingTemplate, MailingText
from campaign.mailings.service import templates
from campaign.mailings.service.text.findings import check_mailing, has_errors
from campaign.mailings.service.text.store import TextDraft
from campaign.site.demo_mailings import write_mailings
from tests.mailings.made import draft, people
from tests.mailings.test_mailing_room import made, send
from tests.people.pages import come, staff
from tests.support import accounts, make
from tests.support.pages import PageClient
from tests.support.smtp import Mailserver

NEW = "/staff/mailings/new"
FORM = {"title": "November", "topic": "news", "fallback": "en", "en-subject": "What happened"}


def test_what_is_refused_stands_beside_its_text_with_its_line(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    body = "Hello.\n\n[[nickname]] {% if %}\n\n[x](javascript:alert(1))\n\n<b>x</b>"
    answer = send(client, NEW, {**FORM, "en-body": body, "ru-subject": "Тема\u202e"})
    assert answer.status_code == 422
    for words in (
        "Line 3: nothing is called",
        "Line 3: braces",
        "Line 5: an address that runs",
        "Line 7: HTML",
        "U+202E",
    ):
        assert words in answer.text
    assert "[[nickname]]" in answer.text
    assert 'id="put-in">' in answer.text
    assert session.scalars(select(Mailing)).all() == []


def test_an_address_of_ours_that_names_somebody_is_refused(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    answer = send(client, NEW, {**FORM, "en-body": "[x](http://localhost/prisoners/anna-a)"})
    assert answer.status_code == 422
    assert "an address of ours" in answer.text


def test_a_card_is_put_in_without_a_script_and_nothing_typed_is_lost(app: Flask) -> None:
    client, petition, person = staff(app, Role.ORGANISER), make.petition(), make.public_prisoner()
    page = client.get(NEW).text
    assert petition.slug in page
    assert person.slug in page
    pick = {"act": "insert-petition", "pick-petition": petition.slug, "into": "ru", "ru-body": "Набрано."}
    answer = send(client, NEW, {**FORM, "en-body": "Typed.", **pick})
    assert answer.status_code == 200
    assert re.search(rf"Набрано\.\s+\[\[petition:{petition.slug}\]\]", answer.text)
    assert "Typed." in answer.text
    looked = send(client, NEW, {**FORM, "act": "look", "block-search": "no such words"})
    assert petition.slug not in looked.text
    assert session.scalars(select(Mailing)).all() == []


def test_the_preview_shows_headers_html_in_a_frame_and_plain_text(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    send(client, NEW, {**FORM, "en-body": "Hello [[name|friend]], *dear*."})
    mailing = session.scalars(select(Mailing)).one()
    path = f"/staff/mailings/{mailing.id}/preview"
    answer = client.get(path)
    assert "Hello Anna Example, dear." in answer.text
    assert "List-Unsubscribe" in answer.text
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Hello friend, dear." in client.get(f"{path}?person=nameless&width=narrow").text
    frame = raw(client, f"{path}/mail?person=nameless")
    assert "Hello friend, <em>dear</em>." in frame.text
    assert frame.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; sandbox;"
    )
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]


def raw(client: PageClient, path: str) -> TestResponse:
    """A page that is none of ours: a mail, with its styles beside each line."""
    return super(PageClient, client).open(path)


def test_a_real_reader_is_chosen_without_a_name_and_counts_as_shown(app: Flask) -> None:
    people(2)
    mailing = draft()
    with transaction():
        session.get_one(MailingText, (mailing.id, "en")).body = "Hello [[name|friend]]."
    client = staff(app, Role.ORGANISER)
    page = client.get(f"/staff/mailings/{mailing.id}/preview").text
    [first, _second] = re.findall(r'<option value="([0-9a-f-]{36})">Person', page)
    assert client.get(f"/staff/mailings/{mailing.id}/preview?person={first}").status_code == 200
    nobody = client.get(f"/staff/mailings/{mailing.id}/preview?person={uuid.uuid4()}").text
    assert "Hello Anna Example." in nobody


def test_a_test_mail_goes_to_staff_alone_and_twenty_a_day(app: Flask, mailserver: Mailserver) -> None:
    writer, mailing = accounts.person(Role.ORGANISER, app=True), made()
    keyring.ensure(SCOPE)
    with transaction():
        account = get_account(writer.id)
        account.email_sealed = EMAIL.seal(SCOPE, account.id, "writer@example.org")
        account.email_index = blind_index(SCOPE, "writer@example.org")
    client = come(app, writer)
    path = f"/staff/mailings/{mailing.id}/test"
    values = {"language": "en", "variant": "a", "to": str(writer.id)}
    assert send(client, path, values).status_code == 303
    assert send(client, path, {**values, "to": str(uuid.uuid4())}).status_code == 422
    assert send(client, path, {**values, "to": "anna@example.org"}).status_code == 422
    deliver_lane(Lane.FAST, in_context=app.app_context)
    [mail] = mailserver.mails
    assert mail.message["Subject"] == "[test] What happened in November"
    assert mail.message["List-Unsubscribe"] is None
    assert mail.message.get_content_type() == "multipart/alternative"
    for _ in range(19):
        assert send(client, path, values).status_code == 303
    assert send(client, path, values).status_code == 409
    assert session.scalar(select(func.count()).select_from(MailRow)) == 20
    assert session.scalar(select(func.count()).where(AuditEntry.action == "mailing.test")) == 20


def test_templates_are_written_used_kept_and_put_away(app: Flask) -> None:
    client = staff(app, Role.ORGANISER)
    assert "There is no template yet." in client.get("/staff/mailings/templates").text
    form = {"title": "Monthly", "en-subject": "This month", "en-body": "[[greeting]]"}
    assert send(client, "/staff/mailings/templates/new", form).status_code == 303
    template = session.scalars(select(MailingTemplate)).one()
    begun = client.get(f"{NEW}?template={template.id}").text
    assert "This month" in begun
    assert "[[greeting]]" in begun
    changed = {**form, "title": "Each month", "version": str(template.version)}
    assert send(client, f"/staff/mailings/templates/{template.id}", changed).status_code == 303
    late = send(client, f"/staff/mailings/templates/{template.id}", {**changed, "title": "Typed late"})
    assert late.status_code == 409
    assert "Typed late" in late.text
    refused = send(client, "/staff/mailings/templates/new", {**form, "en-body": "<b>"})
    assert refused.status_code == 422
    assert send(client, f"/staff/mailings/templates/{template.id}/put-away", {}).status_code == 303
    assert "Each month" not in client.get("/staff/mailings/templates").text
    assert "Each month" in client.get("/staff/mailings/templates?state=away").text
    kept = send(client, f"/staff/mailings/{made().id}/template", {})
    assert kept.status_code == 303
    assert "What happened in November" in client.get(kept.location).text


def test_templates_come_in_pages(app: Flask) -> None:
    with transaction():
        for number in range(30):
            templates.make_template(f"Number {number:02}", {"en": TextDraft("Subject")}, actor=None)
    assert "1 to 25 of 30" in staff(app, Role.ORGANISER).get("/staff/mailings/templates").text


def test_only_writers_see_previews_and_templates(app: Flask) -> None:
    mailing, admin = made(), staff(app, Role.ADMIN)
    for path in (f"{mailing.id}/preview", f"{mailing.id}/preview/mail", "templates", "templates/new"):
        assert admin.get(f"/staff/mailings/{path}").status_code == 403
    for path in (f"{mailing.id}/test", f"{mailing.id}/template"):
        assert send(admin, f"/staff/mailings/{path}", {}).status_code == 403


def test_the_mailings_of_the_demo_have_no_errors(app: Flask) -> None:
    make.petition()
    with transaction():
        write_mailings()
    drafts = session.scalars(select(Mailing)).all()
    assert len(drafts) == 3
    assert not any(has_errors(check_mailing(each)) for each in drafts)
    assert all(each.is_demo for each in (*drafts, *session.scalars(select(MailingTemplate))))
