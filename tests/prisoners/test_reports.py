"""Telling us something: sealed on arrival, answered through a code, read by staff with the open vault only."""

import re
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, text

from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.prisoners.models import Report, ReportKind, ReportState
from campaign.prisoners.service import reports
from campaign.web.settings import settings
from tests.petitions.pages import send, text_of
from tests.support import make

STORY = "A made-up neighbour was taken on a made-up Tuesday."
CODE = re.compile(r"[2-9a-hjkmnp-z]{9}-[2-9a-hjkmnp-z]{9}-[2-9a-hjkmnp-z]{9}")


@pytest.fixture(autouse=True)
def closed_vault(app):
    yield
    vault_door.stop()


def open_vault():
    key = bytes.fromhex(settings().vault_private_key_file.read_text().split()[0])
    for _ in range(2):
        vault_door.load(uuid.uuid4(), key)


def picture():
    file = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Made-up Camera 3000"
    Image.radial_gradient("L").resize((400, 300)).convert("RGB").save(file, "JPEG", exif=exif)
    file.seek(0)
    return file


def tell(client, **changes):
    data = {"kind": "case", "body": STORY, "contact": "", "website": "", "about": "", **changes}
    return client.post("/tell-us", data=data, content_type="multipart/form-data")


def told_code(answer):
    return CODE.search(answer.get_data(as_text=True)).group()


def report():
    session.rollback()
    session.expire_all()
    return session.scalar(select(Report))


def test_a_report_is_sealed_as_it_arrives_and_gives_a_code(client):
    html = client.get("/tell-us").get_data(as_text=True)
    assert 'name="body"' in html
    answer = tell(client, contact="made-up@example.org", pictures=(picture(), "secret-name.jpg"))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    code = told_code(answer)
    dump = " ".join(str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - our own tables
                    for table in ("report", "report_message", "report_attachment"))  # fmt: skip
    for secret in (STORY, "made-up@example.org", "secret-name", "Camera 3000", code, code.replace("-", "")):
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_the_answer_is_read_with_the_code_however_it_is_typed(client):
    code = told_code(tell(client))
    for typed in (code, code.replace("-", ""), f"  {code.upper().replace('-', ' ')} "):
        shown = client.post("/tell-us/answer", data={"code": typed})
        assert "It waits to be read." in text_of(shown.get_data(as_text=True))
        assert "no-store" in shown.headers["Cache-Control"]
    with transaction():
        reports.answer_report(report(), "We have found a made-up lawyer.", actor=uuid.uuid4())
    shown = client.post("/tell-us/answer", data={"code": code})
    assert "We have found a made-up lawyer." in shown.get_data(as_text=True)
    assert b"lawyer" not in session.scalar(text("SELECT answer_sealed FROM report_message"))


@pytest.mark.parametrize("code", ["", "2" * 27, "nonsense", "x" * 5000, "\x00", "' OR 1=1 --"])
def test_no_other_code_opens_anything(client, code):
    tell(client)
    answer = client.post("/tell-us/answer", data={"code": code})
    assert answer.status_code == 422
    assert "waits to be read" not in answer.get_data(as_text=True)


def test_the_sender_adds_something_that_is_sealed_too(client):
    code = told_code(tell(client))
    answer = client.post("/tell-us/answer/more", data={"code": code, "body": "One made-up thing more."})
    assert "Added, and sealed." in text_of(answer.get_data(as_text=True))
    assert "One made-up thing more." not in answer.get_data(as_text=True)
    empty = client.post("/tell-us/answer/more", data={"code": code, "body": " "})
    assert empty.status_code == 422


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"body": "  "}, "Tell us what happened"),
        ({"body": "x" * 20_001}, "At most 20000 characters."),
        ({"pictures": (BytesIO(b"%PDF-1.7"), "made-up.pdf")}, "This is no JPEG, PNG or WebP picture."),
        ({"pictures": [(picture(), f"{n}.jpg") for n in range(4)]}, "At most three pictures."),
        ({"kind": "nonsense"}, "Choose what it is about."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, changes, message):
    answer = tell(client, **{"contact": "made-up@example.org", **changes})
    assert answer.status_code == 422
    assert message in text_of(answer.get_data(as_text=True))
    assert "made-up@example.org" in answer.get_data(as_text=True)
    assert report() is None


def test_a_program_is_told_that_all_went_well(client):
    answer = tell(client, website="https://spam.example")
    assert answer.status_code == 200
    assert report() is None


def test_another_site_cannot_send(client):
    answer = client.post("/tell-us", data={"kind": "case", "body": STORY}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400 or answer.status_code == 403
    assert report() is None


def test_staff_read_with_the_open_vault_and_are_on_record(client, sign_in):
    tell(client, contact="made-up@example.org", pictures=(picture(), "x.jpg"))
    found = report()
    reader = sign_in(Role.COORDINATOR)
    page = f"/staff/prisoners/reports/{found.id}"
    assert "Sealed." in text_of(reader.get(page).get_data(as_text=True))
    assert "Open the vault first" in reader.get(page).get_data(as_text=True)
    open_vault()
    without = send(reader, page, f"{page}/read", reason=" ")
    assert without.status_code == 422
    answer = send(reader, page, f"{page}/read", reason="triage")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert STORY in html
    assert "made-up@example.org" in html
    assert "data:image/webp;base64," in html
    assert answer.headers["Cache-Control"] == "no-store"
    entry = session.scalar(select(audit.AuditEntry).where(audit.AuditEntry.action == "vault.read"))
    assert (entry.object, entry.amount, entry.reason) == (f"report:{found.id}", 3, "triage")


def test_data_editors_work_on_reports_and_do_not_open_them(client, sign_in):
    tell(client)
    found = report()
    editor = sign_in(Role.DATA_EDITOR)
    page = f"/staff/prisoners/reports/{found.id}"
    open_vault()
    assert "Coordinators and admins can open it." in text_of(editor.get(page).get_data(as_text=True))
    token = re.search(r'name="csrf_token" value="([^"]+)"', editor.get(page).get_data(as_text=True)).group(1)
    refused = editor.post(f"{page}/read", data={"csrf_token": token, "reason": "curious"})
    assert STORY not in refused.get_data(as_text=True)
    assert refused.status_code == 409
    for role in (Role.ORGANISER, Role.MODERATOR, Role.TREASURER, Role.VOLUNTEER):
        assert sign_in(role).get("/staff/prisoners/reports").status_code == 403


def test_a_report_goes_its_way_and_the_second_of_two_sees_it(client, sign_in):
    code = told_code(tell(client))
    found = report()
    first, second = sign_in(Role.COORDINATOR), sign_in(Role.DATA_EDITOR)
    page = f"/staff/prisoners/reports/{found.id}"
    assert "Reports from outside that nobody has taken yet" in first.get("/staff").get_data(as_text=True)
    stale = second.get(page).get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', stale).group(1)
    assert send(first, page, f"{page}/step", state="in_triage").status_code == 303
    late = send(second, page, f"{page}/step", state="in_triage", version=version)
    assert late.status_code == 409
    assert send(first, page, f"{page}/answer", body="Thank you, we take it on.").status_code == 303
    for state in ("accepted", "closed"):
        assert send(first, page, f"{page}/step", state=state).status_code == 303
    shown = client.post("/tell-us/answer", data={"code": code}).get_data(as_text=True)
    assert "The matter is closed." in text_of(shown)
    assert "Thank you, we take it on." in shown
    more = client.post("/tell-us/answer/more", data={"code": code, "body": "late"})
    assert more.status_code == 409


@pytest.mark.parametrize("state", [ReportState.ACCEPTED, ReportState.DECLINED, ReportState.CLOSED])
def test_steps_that_make_no_sense_are_refused(client, state):
    tell(client)
    with pytest.raises(reports.NotThatWay), transaction():
        reports.move_report(report(), state, seen_version=1, actor=uuid.uuid4())
    with pytest.raises(Conflict), transaction():
        reports.move_report(report(), ReportState.IN_TRIAGE, seen_version=7, actor=uuid.uuid4())


def test_a_closed_report_goes_after_thirty_days_with_its_key(client):
    tell(client)
    with transaction():
        reports.answer_report(report(), "Made-up answer.", actor=uuid.uuid4())
    found = report()
    for state in (ReportState.IN_TRIAGE, ReportState.DECLINED, ReportState.CLOSED):
        with transaction():
            reports.move_report(report(), state, seen_version=report().version, actor=uuid.uuid4())
    with transaction():
        assert reports.forget_old(clock.today() + timedelta(days=29)) == 0
    with transaction():
        assert reports.forget_old(clock.today() + timedelta(days=30)) == 1
    assert report() is None
    assert reports.scope_of(found.id) in keyring.destroyed("report:")


def test_a_report_that_nobody_closed_goes_after_a_year(client):
    tell(client)
    with transaction():
        assert reports.forget_old(clock.today() + timedelta(days=364)) == 0
        assert reports.forget_old(clock.today() + timedelta(days=365)) == 1


def test_a_correction_names_the_person_it_is_about(client):
    prisoner = make.prisoner()
    assert client.get(f"/tell-us/about/{prisoner.slug}").status_code == 404
    with transaction():
        session.execute(text("UPDATE prisoner SET state = 'published', publicity = 'public', is_public_figure = true"))
    shown = client.get(f"/tell-us/about/{prisoner.slug}").get_data(as_text=True)
    assert "This will be about the page of Petr Vymyshlennyi." in text_of(shown)
    tell(client, about=prisoner.slug, kind="correction")
    assert (report().prisoner_id, report().kind) == (prisoner.id, ReportKind.CORRECTION)


def test_the_form_speaks_three_languages(client):
    for prefix in ("", "/ru", "/de"):
        for page in ("/tell-us", "/tell-us/answer"):
            assert client.get(prefix + page).status_code == 200
