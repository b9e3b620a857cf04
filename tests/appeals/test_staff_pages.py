"""An organiser writes an appeal, chooses for whom and to whom, a second one publishes it and the answer."""

import re
import uuid
from datetime import timedelta
from io import BytesIO

from flask import Flask
from PIL import Image
from sqlalchemy import select

from campaign.appeals.models import Appeal, AppealAnswer, AppealState, Godparent, TargetKind
from campaign.appeals.queries.staff import list_people
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from tests.appeals import made
from tests.people.pages import send, staff
from tests.support import make

ROOM = "/staff/appeals"
TEXTS = {
    "en-title": "Open the windows", "en-summary": "Two sentences.", "en-body": "It is **dark**.",
    "en-subject": "Windows",
    "en-opening": "I write about the windows.", "en-points": "Please open them.\n\n Please say when. \r\n",
    "en-closing": "I hope to hear from you.", "audience": "anywhere", "deadline_time": "23:59",
}  # fmt: skip


def only() -> Appeal:
    session.expire_all()
    return session.scalars(select(Appeal)).one()


def step(client, home, name, **values):
    return send(client, home, f"/{name}", version=only().version, **values)


def test_from_the_draft_to_the_answer_with_two_organisers(app: Flask):
    first, second = staff(app, Role.ORGANISER), staff(app, Role.ORGANISER)
    person, target = make.public_prisoner(), made.target(name="<b>Bold</b> Member")
    assert "There is no appeal yet" in first.get(ROOM).text
    refused = send(first, f"{ROOM}/new", "", **{**TEXTS, "kind": "urgent"})
    assert refused.status_code == 422
    assert "needs the moment at which it ends" in refused.text
    assert "I write about the windows." in refused.text
    late = (clock.today() - timedelta(days=1)).isoformat()
    past = send(first, f"{ROOM}/new", "", **{**TEXTS, "kind": "urgent", "deadline_on": late})
    assert "This moment has passed already" in past.text
    preview = send(first, f"{ROOM}/new", "", **{**TEXTS, "kind": "mp_letter", "act": "preview"})
    assert "Preview, not saved yet" in preview.text
    assert send(first, f"{ROOM}/new", "", **{**TEXTS, "kind": "mp_letter"}).status_code == 303
    home = f"{ROOM}/{only().id}"
    assert only().texts[0].points == ["Please open them.", "Please say when."]
    assert "Choose to whom people should write" in step(first, home, "submit").text

    found = first.get(f"{home}/people?q=Vymyshlennyi").text
    assert "Choose: " in found
    assert send(first, f"{home}/people", "", prisoner=str(person.id)).status_code == 303
    assert send(first, f"{home}/people", "", prisoner="nobody").status_code == 422
    assert [each.id for each in list_people(only().id)] == [person.id]
    listed = first.get(f"{home}/addressees?q=bold").text
    assert "&lt;b&gt;Bold" in listed
    assert send(first, f"{home}/addressees", "?kind=mep", all="y").status_code == 303
    assert "each would have to be found again" in first.get(f"{home}/addressees").text
    assert send(first, f"{home}/addressees", "/remove", target=str(target.id)).status_code == 303
    assert send(first, f"{home}/addressees", "", target=str(target.id)).status_code == 303

    assert step(first, home, "submit").status_code == 303
    assert "another organiser has to look at it" in first.get(home).text
    assert step(first, home, "publish").status_code == 403
    assert "Appeals wait for you as the second person" in second.get("/staff").text
    assert send(second, home, "/send-back", version=only().version).status_code == 422
    stale = only().version - 1
    assert send(second, home, "/publish", version=stale).status_code == 409
    assert step(second, home, "publish").status_code == 303
    assert only().state == AppealState.PUBLISHED
    assert first.get(f"{home}/edit").status_code == 403
    assert step(first, home, "pause", reason="to look again").status_code == 303
    assert step(second, home, "resume").status_code == 303

    picture = BytesIO()
    Image.new("RGB", (400, 300), "white").save(picture, "PNG")
    page = first.get(f"{home}/answers/new?target={target.id}").text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
    values = {"csrf_token": token, "target": str(target.id), "answered_on": clock.today().isoformat(), "en": ""}
    assert first.post(f"{home}/answers/new", data=values).status_code == 422
    picture.seek(0)
    values |= {"en": "They <i>will</i> look.", "paper": (picture, "paper.png")}
    assert first.post(f"{home}/answers/new", data=values, content_type="multipart/form-data").status_code == 303
    answer = session.scalars(select(AppealAnswer)).one()
    assert answer.has_paper
    theirs = f"{home}/answers/{answer.id}"
    assert send(first, home, f"/answers/{answer.id}/publish", version=answer.version).status_code == 403
    assert send(second, home, f"/answers/{answer.id}/publish", version=answer.version).status_code == 303
    assert "does not see it until a second person publishes it anew" in second.get(home).text
    opened = send(second, f"{theirs}/paper", "")
    assert (opened.mimetype, opened.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert "appeal-answer.open" in session.scalars(select(AuditEntry.action)).all()

    assert step(first, home, "close").status_code == 303
    assert send(first, f"{home}/outcome", "", version=only().version, en="They were **opened**.").status_code == 303
    public = app.test_client().get(f"/appeals/{only().slug}").text
    assert "<strong>opened</strong>" in public
    assert "They &lt;i&gt;will&lt;/i&gt; look." in public
    for path in (ROOM, home, f"{ROOM}/targets", f"{ROOM}/godparents", f"{ROOM}/new"):
        assert first.get(f"/ru{path}").status_code == 200, path


def test_who_stands_for_whom_is_named_once_a_second_person_published_it(app: Flask, client):
    first, second = staff(app, Role.ORGANISER), staff(app, Role.ORGANISER)
    member, person = made.target(kind=TargetKind.MP, name="Harriet Madeup"), make.public_prisoner()
    page = f"{ROOM}/godparents"
    values = {"target": str(member.id), "prisoner": str(person.id), "since_on": clock.today().isoformat()}
    assert send(first, page, "", **values, source_url="javascript:alert(1)").status_code == 422
    assert send(first, page, "", **values, source_url="https://house.example/said").status_code == 303
    assert "written down already" in send(first, page, "", **values, source_url="https://house.example/said").text
    found = session.scalars(select(Godparent)).one()
    assert "Harriet Madeup" not in client.get("/appeals/godparents").text
    assert send(first, page, f"/{found.id}/publish", version=found.version).status_code == 403
    assert send(second, page, f"/{found.id}/publish", version=found.version).status_code == 303
    app.extensions["page_cache"].clear()
    assert "Harriet Madeup" in client.get("/appeals/godparents").text
    assert "There is no way back but writing it down anew" in second.get(page).text
    session.expire_all()
    stored = session.scalars(select(Godparent)).one()
    assert send(second, page, f"/{found.id}/end", version=stored.version).status_code == 303
    app.extensions["page_cache"].clear()
    assert "Harriet Madeup" not in client.get("/appeals/godparents").text


def test_appeals_are_for_organisers_alone(app: Flask):
    made.appeal()
    for role in (Role.COORDINATOR, Role.TREASURER):
        client = staff(app, role)
        for path in ("", "/new", "/targets", "/targets/import", "/godparents", f"/{only().id}"):
            assert client.get(f"{ROOM}{path}").status_code == 403, path
    assert staff(app, Role.ORGANISER).get(f"{ROOM}/{uuid.uuid4()}").status_code == 404
