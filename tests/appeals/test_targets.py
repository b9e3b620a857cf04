"""Officials: a file is read and shown first, refuses by row, and doubles nothing; by hand; what is stale."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select

from campaign.appeals.models import Target, TargetImport
from campaign.appeals.service import target_files
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import retention_rules
from campaign.kernel.tables import BadTable
from tests.appeals import made
from tests.people.pages import send, staff

HEAD = "kind;name;office;country;constituency;languages;email;address;salutation;source;checked on"
FILE = f"""{HEAD}
mep;Ann\u202e Example\u0007;Member;Germany;Nowhere;en, de;ann@parliament.example;"1 Lane
Town";Dear Ann,;The list;2026-10-01
mp;<script>alert(1)</script>;Member;GB;South;en;bo@commons.example;;Dear Bo,;The list;2026-10-01
mep;Broken;Member;DE;;en;not-an-address;;;The list;2026-10-01
mep;=HYPERLINK("x");Member;DE;;en;x@parliament.example;;;The list;
mep;Nobody;Member;Atlantis;;xx;;;;;
mep;Ann Example;Member;DE;Nowhere;en;twice@parliament.example;;;The list;
""".replace("\n", "\r\n").encode()


def page_with(client, content: bytes):
    import re

    form = client.get("/staff/appeals/targets/import").text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form)[1]
    data = {"csrf_token": token, "file": (BytesIO(content), "list.csv")}
    return client.post("/staff/appeals/targets/import", data=data, content_type="multipart/form-data")


def test_a_file_is_shown_first_refuses_by_row_and_taken_twice_doubles_nothing(app):
    client = staff(app, Role.ORGANISER)
    answer = page_with(client, FILE)
    assert answer.status_code == 303
    home = answer.location
    page = client.get(home).text
    for row, words in (
        (4, "no complete e-mail"),
        (5, "holds a formula"),
        (6, "country is not known"),
        (6, "An e-mail address or a postal address"),
        (6, "Say where this is from"),
        (7, "row above"),
    ):
        assert any(f"Row {row}" in line and words in line for line in page.splitlines()), (row, words)
    assert "<script>alert" not in page
    assert session.scalars(select(Target)).all() == []
    assert send(client, home, "/take").status_code == 303
    ann, bo = session.scalars(select(Target).order_by(Target.country)).all()
    assert (ann.name, ann.country, ann.postal, ann.languages) == ("Ann Example", "DE", "1 Lane\nTown", ["en", "de"])
    assert bo.name == "<script>alert(1)</script>"
    assert "&lt;script&gt;" in client.get("/staff/appeals/targets?q=script").text
    again = page_with(client, FILE).location
    assert "As they are here already" in client.get(again).text
    send(client, again, "/take")
    assert send(client, home, "/discard").status_code == 409
    assert [each.version for each in session.scalars(select(Target))] == [1, 1]
    changed = FILE.replace(b"Dear Ann,", b"Dear Dr Example,")
    send(client, page_with(client, changed).location, "/take")
    assert session.scalars(select(Target).where(Target.country == "DE")).one().salutation_in("en") == "Dear Dr Example,"


def test_files_that_are_none_are_refused_and_change_nothing(app):
    client = staff(app, Role.ORGANISER)
    for content in (b"", b"%PDF-1.7", b"name,email\n", b"colour,size\nred,3\n", b"\x00\x01\x02" * 200):
        answer = page_with(client, content)
        assert answer.status_code == 422, content
        assert "Nothing was changed" in answer.text
    with pytest.raises(BadTable):
        target_files.read(b"name\nAnn\n")
    assert session.scalars(select(TargetImport)).all() == []


def test_the_command_names_rows_and_ends_with_what_was_done(app, tmp_path):
    file = tmp_path / "list.csv"
    file.write_bytes(FILE)
    run = app.test_cli_runner().invoke
    first = run(args=["appeals", "import-targets", str(file)])
    assert "row 4: email: " in first.output
    assert first.output.strip().endswith("imported 2, updated 0, duplicate 0, invalid 4")
    assert first.exit_code == 1
    assert "imported 0, updated 0, duplicate 2, invalid 4" in run(args=["appeals", "import-targets", str(file)]).output
    file.write_bytes(b"%PDF-1.7")
    assert run(args=["appeals", "import-targets", str(file)]).exit_code == 2


def test_an_export_can_be_brought_back_and_changes_nothing(app):
    made.target(constituency="=1+1", salutations={"ru": "Уважаемая!"})
    client = staff(app, Role.ORGANISER)
    answer = send(client, "/staff/appeals/targets/export", "")
    assert "'=1+1" in answer.text
    with transaction():
        taken = target_files.import_file(target_files.read(answer.data), actor=None)
    assert (taken.imported, taken.updated, taken.duplicate, taken.invalid) == (0, 0, 1, 0)


def test_by_hand_with_what_is_wrong_at_its_field_and_a_warning_after_half_a_year(app):
    client, new = staff(app, Role.ORGANISER), "/staff/appeals/targets/new"
    values = {
        "kind": "embassy",
        "name": "",
        "office": "The Ambassador",
        "country": "AT",
        "languages": ["de", "ru"],
        "email": "embassy@mission.example",
        "source_title": "Its page",
        "checked_on": clock.today().isoformat(),
    }
    refused = send(client, new, "", **{**values, "email": "a@b@c"})
    assert refused.status_code == 422
    assert "no complete e-mail address" in refused.text
    assert 'value="a@b@c"' in refused.text
    assert send(client, new, "", **values).status_code == 303
    assert "is here already" in send(client, new, "", **values).text
    found = session.scalars(select(Target)).one()
    home = f"/staff/appeals/targets/{found.id}"
    with time_machine.travel(clock.now() + timedelta(days=181)):
        client = staff(app, Role.ORGANISER)
        assert "more than 180 days" in client.get("/staff/appeals/targets").text
        assert "Nobody has looked since" in client.get(home).text
        assert send(client, home, "/confirm", version=found.version).status_code == 303
        assert send(client, home, "/confirm", version=found.version).status_code == 409
        assert "more than 180 days" not in client.get("/staff/appeals/targets").text


def test_files_go_after_a_week(app):
    page_with(staff(app, Role.ORGANISER), FILE)
    with time_machine.travel(clock.now() + timedelta(days=6)):
        assert _forget_files() == 0
    with time_machine.travel(clock.now() + timedelta(days=9)):
        assert _forget_files() == 1


def _forget_files() -> int:
    with transaction():
        return retention_rules["appeal-target-files"].apply(clock.today())
