"""Answers by clicking: the way from the envelope to the writer, who sees what, what hostile files meet."""

import io

import pytest
import time_machine

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import Incident, IncidentKind, Letter, LetterState, Reply, ReplyPage, ReplyState, TextKind
from campaign.letters.service import incidents, replies, reply_pages, reply_texts
from campaign.penpals.service.codes import show_code
from campaign.web.opened import LASTS
from campaign.web.session_cookie import TOKEN
from tests.letters.replies import STAFF, reply, scan, sent
from tests.support import pens
from tests.support.pages import field_values

S = ReplyState


def press(client, page, action, **changes):
    html = client.get(page).text
    response = client.post(f"{page.rstrip('/')}/{action}" if action else page,
                           data={**field_values(html, action), **changes})  # fmt: skip
    session.expire_all()
    return response


def log(client, page="/staff/replies/log", **changes):
    response = client.post("/staff/replies/log", data={**field_values(client.get(page).text, "/log"), **changes})
    session.expire_all()
    return response


def as_writer(app, writer):
    client = app.test_client()
    with transaction():
        token = open_session(get_account(writer.account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def looks(action: str) -> int:
    return session.query(AuditEntry).filter_by(action=action).count()


def the_reply() -> Reply:
    session.expire_all()
    return session.query(Reply).one()


def test_from_the_envelope_to_the_writer_by_clicking(app, sign_in, run_work, mailserver):
    writer = pens.writer()
    pens.with_address(writer, "anna@example.org")
    letter = sent(writer=writer)
    client, (letter_id, thread_id, code) = sign_in(Role.COORDINATOR), (letter.id, letter.thread_id, letter.code)
    response = log(client, code=show_code(code), office="Shelf 2")
    made = the_reply()
    assert response.status_code == 303
    assert str(made.number) in client.get(response.location).text
    page = f"/staff/replies/{made.id}"
    press(client, page, "pages", files=(io.BytesIO(scan()), "page.jpg"))
    assert the_reply().state == S.SCANNED
    assert "checked" in client.get(f"{page}/match").text
    matching = field_values(client.get(f"{page}/match").text, "/match")
    client.post(f"{page}/match", data={**matching, "letter": str(letter_id), "arrived": "y"})
    assert the_reply().state == S.MATCHED
    assert session.get_one(Letter, letter_id).state == LetterState.REPORTED
    picture = client.get(f"{page}/pages/{session.query(ReplyPage).one().id}")
    assert picture.mimetype == "image/webp"
    assert picture.headers["Cache-Control"] == "no-store"
    assert looks("reply.scan") == 1, "who adds a page has the answer open"
    press(client, page, "screen")
    assert press(client, page, "forward").status_code == 303
    assert client.post(f"{page}/forward", data=field_values(client.get(page).text, "/close")).status_code == 409
    run_work()
    own = as_writer(app, writer)
    thread = own.get(f"/account/letters/with/{thread_id}").text
    assert f"/account/letters/replies/{made.id}" in thread
    theirs = f"/account/letters/replies/{made.id}"
    assert own.get(theirs).status_code == 200
    assert the_reply().read_on is None, "a GET writes nothing"
    press(own, theirs, "read")
    assert the_reply().read_on is not None
    press(own, theirs, "erase")
    assert session.query(ReplyPage).count() == 0
    assert "erased" in own.get(theirs).text


def test_the_mail_says_nothing_of_it(app, run_work, mailserver):
    writer = pens.writer()
    pens.with_address(writer, "anna@example.org")
    letter = sent(writer=writer)
    code, made = letter.code, reply(S.FORWARDED, letter)
    run_work()
    mail = next(each for each in mailserver.mails if "Something has come" in str(each.message["Subject"]))
    assert "/account/letters" in mail.text
    for secret in (str(made.id), code, show_code(code), "Vydum", "Выдум"):
        assert secret not in f"{mail.message['Subject']} {mail.text}"


def test_only_its_writer_sees_it_and_a_page_kept_back_not_even_they(app):
    writer = pens.writer()
    made = reply(S.SCREENED, sent(writer=writer), pages=2)
    kept, shown = (each.id for each in reply_pages.list_pages(made.id))
    with transaction():
        reply_pages.withhold_page(made.id, kept, reply_pages.WithheldReason.NAMES_OTHERS, actor=STAFF)
    own, page = as_writer(app, writer), f"/account/letters/replies/{made.id}"
    assert own.get(page).status_code == 404, "not passed on yet"
    with transaction():
        replies_forward(made)
    assert own.get(f"{page}/pages/{shown}").headers["Cache-Control"] == "no-store"
    assert own.get(f"{page}/pages/{kept}").status_code == 404
    assert "1 page is kept back" in own.get(page).text
    other = as_writer(app, pens.writer())
    for address in (page, f"{page}/pages/{shown}"):
        assert other.get(address).status_code == 404
        assert app.test_client().get(address).status_code in {302, 303}
    other_own = reply(S.FORWARDED, sent(writer=writer))
    assert own.get(f"/account/letters/replies/{other_own.id}/pages/{shown}").status_code == 404


def replies_forward(made):
    replies.forward(made.id, actor=STAFF)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ORGANISER, Role.DATA_EDITOR, Role.TREASURER])
def test_nobody_else_of_the_staff_reads_answers(app, sign_in, role):
    made = reply(S.MATCHED)
    client = sign_in(role)
    page = reply_pages.list_pages(made.id)[0]
    for address in ("", "/log", f"/{made.id}", f"/{made.id}/pages/{page.id}", f"/{made.id}/match"):
        assert client.get(f"/staff/replies{address}").status_code == 403, address


def test_a_moderator_screens_and_neither_logs_nor_passes_on(app, sign_in):
    made = reply(S.MATCHED)
    client, page = sign_in(Role.MODERATOR), f"/staff/replies/{made.id}"
    html = client.get(page).text
    assert "/forward" not in html
    assert "/close" not in html
    assert client.get("/staff/replies/log").status_code == 403
    press(client, page, "open")
    press(client, page, "screen")
    assert the_reply().state == S.SCREENED
    token = field_values(client.get("/account").text, "/account/sign-out")
    assert client.post(f"{page}/forward", data=token).status_code == 403


def test_an_admin_sees_that_there_is_an_incident_and_nothing_of_it(app, sign_in):
    made = reply(S.MATCHED)
    with transaction():
        incident = incidents.open_incident(made.id, IncidentKind.SELF_HARM, "Тайное слово", actor=STAFF)
    admin = sign_in(Role.ADMIN)
    html = admin.get("/staff/incidents").text
    assert f"Incident {incident.number}" in html
    assert "Danger to their own life" not in html
    assert admin.get(f"/staff/incidents/{incident.id}").status_code == 403
    assert "Incidents that nobody has taken on" in admin.get("/staff").text
    coordinator, page = sign_in(Role.COORDINATOR), f"/staff/incidents/{incident.id}"
    assert "Тайное слово" not in coordinator.get(page).text
    press(coordinator, page, "take")
    assert "Тайное слово" in coordinator.get(page).text
    assert "Тайное слово" not in sign_in(Role.COORDINATOR).get(page).text
    assert sign_in(Role.MODERATOR).get("/staff/incidents").status_code == 403
    with time_machine.travel(clock.now() + LASTS, tick=True):
        assert "Тайное слово" not in coordinator.get(page).text, "read once, it is closed after a while"
        press(coordinator, page, "read")
        assert "Тайное слово" in coordinator.get(page).text
        assert looks("incident.read") == 1
        press(coordinator, page, "step", state="closed", words="Адвокат был у него")
        assert session.query(Incident).one().state == "closed"


def test_an_answer_is_screened_by_whoever_has_opened_it(app, sign_in):
    made = reply(S.MATCHED)
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}"
    scanned = f"{page}/pages/{reply_pages.list_pages(made.id)[0].id}"
    assert client.get(scanned).status_code == 404
    assert "/screen" not in client.get(page).text, "nobody has read what nobody has opened"
    press(client, page, "open")
    assert client.get(scanned).headers["Cache-Control"] == "no-store"
    assert looks("reply.look") == 1
    assert "/screen" in client.get(page).text
    with time_machine.travel(clock.now() + LASTS, tick=True):
        assert client.get(scanned).status_code == 404
        assert "/screen" not in client.get(page).text


def test_words_that_were_typed_without_a_scan_are_opened_too(app, sign_in):
    made = reply(S.MATCHED)
    with transaction():
        for each in reply_pages.list_pages(made.id):
            session.delete(session.get_one(ReplyPage, each.id))
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}"
    form = f"{page}/text/transcription"
    assert client.get(form).status_code == 200, "there is nothing to open yet"
    with transaction():
        reply_texts.type_text(made.id, TextKind.TRANSCRIPTION, "ru", "Тайное слово", seen_revision=0, actor=STAFF)
    assert "Тайное слово" not in client.get(page).text
    assert client.get(form).status_code == 303
    press(client, page, "open")
    assert "Тайное слово" in client.get(page).text
    assert "Тайное слово" in client.get(form).text


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.svg", b"<svg onload='alert(1)'/>"), ("page.jpg", b"PK\x03\x04" + b"\0" * 5000)],
)
def test_a_hostile_file_is_told_of_and_leaves_nothing(app, sign_in, name, content):
    made = reply()
    response = press(sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}", "pages", files=(io.BytesIO(content), name))
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert session.query(ReplyPage).count() == 0


def test_fifty_megabytes_are_refused_before_they_are_read(app, sign_in):
    made = reply()
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}"
    body = b"--x\r\n" + b"\0" * 50 * 1024 * 1024
    response = client.post(f"{page}/pages", data=body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 413
    assert session.query(ReplyPage).count() == 0


def test_an_envelope_is_logged_by_the_name_or_by_nothing_and_lists_are_narrowed(app, sign_in):
    person, client = pens.addressee(), sign_in(Role.COORDINATOR)
    found = client.get(f"/staff/replies/log?q={person.last_latin}").text
    assert f"person={person.id}" in found
    log(client, f"/staff/replies/log?person={person.id}")
    log(client, channel="zt")
    named, unknown = session.query(Reply).order_by(Reply.number)
    assert (named.prisoner_id, unknown.prisoner_id, unknown.channel) == (person.id, None, "zt")
    assert "Nothing fits" in client.get("/staff/replies?state=unmatched").text
    assert f"No. {named.number}" in client.get(f"/staff/replies?number={named.number}").text
    assert client.get("/staff/replies?state=nonsense&number=x&page=900").status_code == 200
    assert "Envelopes wait for a scan" in client.get("/staff").text


def test_the_same_code_twice_asks_and_what_was_typed_stays(app, sign_in):
    letter = sent()
    code = letter.code
    reply(letter=letter)
    client = sign_in(Role.COORDINATOR)
    asked = log(client, code=code, office="Shelf 9")
    assert asked.status_code == 409
    assert "Shelf 9" in asked.text
    assert "is_another" in asked.text
    log(client, code=code, is_another="y")
    assert session.query(Reply).count() == 2


def test_words_needs_and_corrections_stand_one_click_away(app, sign_in):
    made = reply(S.SCREENED)
    client, page = sign_in(Role.COORDINATOR), f"/staff/replies/{made.id}"
    html = client.get(page).text
    assert f"/staff/prisoners/{made.prisoner_id}/change?kind=transferred" in html
    assert client.get(f"{page}/text/transcription").status_code == 303, "first it is opened"
    press(client, page, "open")
    for form, values in (
        ("text/transcription", {"text": "Здравствуйте"}), ("need", {"kind": "books", "words": "Стихи"}),
        ("incident", {"kind": "threat", "words": "Стр. 1"}),
    ):  # fmt: skip
        filled = {**field_values(client.get(f"{page}/{form}").text, ""), **values}
        assert client.post(f"{page}/{form}", data=filled).status_code == 303, form
    shown = client.get(page).text
    assert "Здравствуйте" in shown
    assert "Books" in shown
    assert "An incident was opened" in shown
    assert press(client, page, "close", reason="").status_code == 422
    assert client.post(f"{page}/need", data={"kind": "x"}).status_code in {400, 422}
