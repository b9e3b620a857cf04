"""Staff screens of dossiers: who may come in and from where, the way of one with two persons, what the paper holds."""

import io
import re
import uuid
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select

from campaign.dossiers.models import Body, Dossier, DossierConsent, DossierPaper, DossierState, Mark
from campaign.dossiers.service import writing
from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from tests.dossiers import made
from tests.payments.made import picture
from tests.payments.test_pages import send
from tests.support import make

WORKERS = {Role.ORGANISER, Role.DATA_EDITOR}
NOTHING = uuid.UUID(int=0)


@pytest.fixture
def person(app):
    return made.person()


def go(client, place):
    client.post("/place", data={"place": place})


def press(client, page, button, **more):
    """Press a button of a page: with the version that the page shows."""
    found = re.search(r'name="version" value="(\d+)"', client.get(page).text)
    return send(client, f"{page}/{button}", {"version": found[1] if found else "", **more})


def text_of(file):
    document = pypdfium2.PdfDocument(file)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def section(client, page, key):
    """The fields of a section's form as the page shows them."""
    html = client.get(f"{page}/sections/{key}").text
    return {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)[1] for name in ("version",)
    } | {f"m_{each}": "body" for each in re.findall(r'name="a_(\w+)"', html)}  # fmt: skip


def test_organisers_and_data_editors_come_in_and_nobody_else(app, sign_in, person):
    page = f"/staff/dossiers/{made.dossier(person)}"
    views = {name: view for name, view in app.view_functions.items() if name.startswith("dossiers_staff.")}
    assert len(views) > 20
    assert [name for name, view in views.items() if set(view.required_roles) != WORKERS] == []
    others = sign_in(Role.ADMIN, Role.COORDINATOR, Role.MODERATOR, Role.TREASURER)
    for path in ("/staff/dossiers", "/staff/dossiers/new", page, f"{page}/sections/identity"):
        assert others.get(path).status_code == 403, path
    for path in (f"{page}/open", f"{page}/release", f"{page}/releases/1/body.pdf", "/staff/dossiers/new"):
        assert send(others, path).status_code == 403, path
    assert "dossiers-title" not in others.get(f"/staff/prisoners/{person.id}").text
    for role in WORKERS:
        client = sign_in(role)
        assert client.get("/staff/dossiers").status_code == 200
        assert client.get(f"{page}/papers/{NOTHING}.webp").status_code == 403, "nothing lies open yet"
        assert "dossiers-title" in client.get(f"/staff/prisoners/{person.id}").text


def test_two_persons_bring_a_complaint_to_the_un_on_the_screens(sign_in, person):
    make.publish(person)
    one, two = sign_in(Role.DATA_EDITOR), sign_in(Role.ORGANISER)
    wrong = send(one, f"/staff/dossiers/new?prisoner={person.id}")
    assert wrong.status_code == 422
    assert "Choose to whom it goes" in wrong.text
    page = send(one, f"/staff/dossiers/new?prisoner={person.id}", {"body": "wgad"}).location
    dossier_id = session.scalar(select(Dossier.id))
    assert "filled from the case" in one.get(f"{page}/sections/identity").text
    assert two.get(f"{page}/sections/identity").status_code == 303, "who has not opened it reads nothing"
    answer = send(one, f"{page}/sections/author", {**section(one, page, "author"), "a_submitter": "Made-up Aid",
                  "a_submitter_contact": "post@made-up.example", "then": "stay"})  # fmt: skip
    assert answer.location.endswith("/sections/author")
    stale = send(one, f"{page}/sections/author", {**section(one, page, "author"), "version": "1",
                 "a_submitter": "Another body"})  # fmt: skip
    assert stale.status_code == 409
    assert 'value="Another body"' in stale.text
    assert "<del>" in stale.text
    assert press(one, page, "check").status_code == 409
    made.complete(dossier_id)
    made.write(dossier_id, health=(made.SECRET, Mark.NEVER), document=("made-up passport 17", Mark.BODY))
    assert "The body needs an answer here" not in one.get(page).text
    assert press(one, page, "check").status_code == 303
    assert press(one, page, "propose").status_code == 303
    assert press(one, page, "release").status_code == 409
    assert "Dossiers to be released by a second person" in two.get("/staff").text
    assert press(two, page, "release").status_code == 303
    file = send(two, f"{page}/releases/1/body.pdf")
    assert file.mimetype == "application/pdf"
    assert file.headers["Cache-Control"] == "no-store"
    said = text_of(file.data)
    assert "made-up passport 17" in said
    assert "Confidential" in said
    assert "Nowhere Lane" not in said
    assert "post@made-up.example" in said
    public = text_of(send(two, f"{page}/releases/1/public.pdf").data)
    assert "Vymyshlennyi" in public
    assert "passport" not in public
    assert "post@made-up.example" not in public
    assert press(two, page, "sent", sent_on=clock.today().isoformat(), sent_by="email").status_code == 303
    assert "The time for an answer ends" in two.get(page).text
    name = f"/prisoners/{person.slug}"
    assert "UN Working Group" not in two.get(name).text
    assert press(two, page, "tell/filing").status_code == 303
    assert "Complaint to the UN Working Group on Arbitrary Detention" in sign_in(Role.VOLUNTEER).get(name).text
    assert {"dossier.downloaded", "dossier.filing_shown"} <= set(session.scalars(select(audit.AuditEntry.action)))


def test_sanctions_are_shown_to_who_says_they_are_outside_russia_and_to_nobody_else(sign_in, person):
    client, official = sign_in(Role.ORGANISER), made.official(person)
    dossier = made.dossier(person, Body.EU_SANCTIONS, official)
    code, page = session.get_one(Dossier, dossier).code, f"/staff/dossiers/{dossier}"
    begin = f"/staff/dossiers/new?prisoner={person.id}"
    for place in ("", "ru"):
        go(client, place)
        assert code not in client.get("/staff/dossiers").text
        assert code not in client.get(f"/staff/prisoners/{person.id}").text
        assert "EU sanctions" not in client.get(begin).text
        for path in (page, f"{page}/sections/perpetrator", f"{page}/take-over"):
            answer = client.get(path)
            assert answer.status_code == 403
            assert "Vymyslova" not in answer.text
        assert send(client, f"{page}/open").status_code == 403
        data = {"body": "eu_sanctions", "official_id": str(official)}
        assert send(client, begin, data).status_code == 403
    go(client, "out")
    assert code in client.get("/staff/dossiers").text
    assert "Vymyslova" in client.get(page).text
    assert send(client, f"{page}/open").status_code == 303
    assert send(client, f"{page}/releases/1/public.pdf").status_code == 404, "there is no edition for the public"
    form = client.get(f"{page}/sections/against").text
    assert "Exculpatory" in form
    assert send(client, begin, {"body": "magnitsky", "official_id": str(official)}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Dossier)) == 2


def test_the_case_is_taken_over_after_its_difference_was_seen(sign_in, person):
    client = sign_in(Role.DATA_EDITOR)
    page = send(client, f"/staff/dossiers/new?prisoner={person.id}", {"body": "wgad"}).location
    assert "The case says nothing else" in client.get(f"{page}/take-over").text
    dossier = session.scalar(select(Dossier.id))
    with transaction():
        found = session.get_one(Dossier, dossier)
        writing.take_over(dossier, ["residence"], {"residence": "Elsewhere"}, seen_version=found.version,
                          actor=made.WRITER)  # fmt: skip
    session.expire_all()
    with transaction():
        session.get_one(type(person), person.id).home_region = "RU-KIR"
    shown = client.get(f"{page}/take-over").text
    assert "Kirov" in shown
    answer = press(client, page, "take-over", question="residence")
    assert answer.status_code == 303
    assert writing.open_answers(session.get_one(Dossier, dossier))["residence"].text.startswith("Kirov")


def test_consent_sources_papers_and_days_are_added_and_a_wrong_form_keeps_what_was_typed(sign_in, person):
    client = sign_in(Role.ORGANISER)
    page = send(client, f"/staff/dossiers/new?prisoner={person.id}", {"body": "wgad"}).location
    today = clock.today().isoformat()
    given = {"given_by": "relative", "given_on": today, "proof": "call", "note": ""}
    assert send(client, f"{page}/consent", given).status_code == 409
    future = (clock.today() + timedelta(days=1)).isoformat()
    late = send(client, f"{page}/consent", {**given, "given_on": future, "note": "kept words"})
    assert (late.status_code, "kept words" in late.text) == (409, True)
    assert send(client, f"{page}/consent", {**given, "note": "A sister."}).status_code == 303
    assert send(client, f"{page}/consent/withdraw").status_code == 303
    assert session.scalar(select(DossierConsent.withdrawn_on)) == clock.today()
    source = {"title": "The Gazette", "url": "not an address", "retrieved_on": today}
    wrong = send(client, f"{page}/sources", source)
    assert (wrong.status_code, "not an address" in wrong.text) == (409, True)
    assert send(client, f"{page}/sources", {**source, "url": "https://news.example/b"}).status_code == 303
    assert send(client, f"{page}/sources/case", {"url": make.SOURCE.url}).status_code == 303
    paper = {"paper_kind": "court", "paper_title": "Verdict of the made-up court", "paper_mark": "body"}
    assert send(client, f"{page}/papers", paper).status_code == 422
    answer = send(client, f"{page}/papers", {**paper, "file": (io.BytesIO(picture()), "scan.png")})
    assert answer.status_code == 303
    shown = client.get(page).text
    assert "Verdict of the made-up court" in shown
    assert "All its pages are deleted for good" in shown
    image = re.search(r'src="([^"]+\.webp)"', shown)[1]
    assert client.get(image).mimetype == "image/webp"
    paper_id = session.scalar(select(DossierPaper.id))
    assert send(client, f"{page}/papers/{paper_id}/remove").status_code == 303
    assert send(client, f"{page}/dues", {"kind": "comments", "due_on": "soon"}).status_code == 422
    assert press(client, page, "picture/without").status_code == 303
    draft = send(client, f"{page}/draft.pdf")
    assert "DRAFT" in text_of(draft.data)
    assert press(client, page, "close").status_code == 303
    assert session.scalar(select(Dossier.state)) == DossierState.CLOSED
    assert "No dossier fits" in client.get("/staff/dossiers?state=sent").text
