"""An organiser brings a list in, names columns and ground, looks at it, applies and undoes it, without scripts."""

import re
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import func, select

from campaign.kernel.actors import Role
from campaign.kernel.allowance import DECRYPTING, AllowanceUse
from campaign.kernel.db import session
from campaign.kernel.pieces import PIECE
from campaign.people.models import Consent, PeopleImport, PeopleImportChunk, PeopleImportRow, Person
from campaign.people.service.imports import upload
from tests.kernel.tables.files import archive, changed, xlsx
from tests.people.imports.support import table
from tests.support import accounts
from tests.support.pages import field_values

IMPORTS = "/staff/people/imports"
ROWS = (
    ("Имя", "Почта", "Город"), ("Анна", "anna@example.org", "Рим"), ("Борис", "boris(at)example", ""),
    ("=1+1", "vera@example.org", ""),
)  # fmt: skip


@pytest.fixture
def organiser(app):
    """An organiser's browser."""
    return enter(app, Role.ORGANISER)


def enter(app, *roles: Role):
    client = app.test_client()
    assert accounts.sign_in(client, accounts.person(*roles, app=True)).status_code == 303
    return client


def bring_in(client, *rows, content=b"", name="people.csv"):
    """Send the form as a browser does; by hand, since the client's own encoder leaves large bodies in open files."""
    parts = field_values(client.get(IMPORTS).text, "/imports")
    lines = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in parts.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(lines).encode() + head.encode() + (content or table(*rows)) + b"\r\n--x--\r\n"
    return client.post(IMPORTS, data=body, content_type="multipart/form-data; boundary=x")


def press(client, page, action, **values):
    """Press the button of the form with this action on a page."""
    html = client.get(page).text
    target = re.search(rf'action="([^"]*{action})"', html).group(1)
    return client.post(target, data={**field_values(html, action), **values})


def read(client, run_work, *rows, **said):
    """Bring a list in and let its rows be read; gives the address of its page."""
    page = bring_in(client, *rows).location
    values = {"source": "A made-up list", "basis": "none", **said}
    assert press(client, page, "/columns", **values).status_code == 303
    assert client.get(page).headers["Refresh"] == "4", "it looks again without a script"
    run_work()
    return page


def people() -> int:
    session.remove()
    return session.scalar(select(func.count()).select_from(Person)) or 0


def test_from_the_file_to_the_records_and_back(organiser, run_work):
    page = bring_in(organiser, *ROWS).location
    shown = organiser.get(page).text
    assert "anna@example.org" in shown
    assert '<option value="email" selected>' in shown
    values = {"source": "A fair", "basis": "asked", "basis_on": "2026-03-01", "basis_words": "Write to me."}
    assert press(organiser, page, "/columns", **values).status_code == 303
    run_work()
    checked = organiser.get(page).text
    assert "This is not a complete e-mail address." in checked
    assert "vera@" not in checked, "problems repeat nothing of a row"
    assert people() == 0
    assert press(organiser, page, "/apply").status_code == 303
    run_work()
    assert people() == 1
    assert session.scalar(select(func.count()).select_from(Consent)) == 1
    assert session.scalar(select(func.count()).select_from(PeopleImportChunk)) == 0
    assert "person made: 1" in organiser.get(page).text
    assert press(organiser, page, "/undo").status_code == 303
    run_work()
    assert people() == 0
    assert "taken back" in organiser.get(IMPORTS).text


def test_problems_come_as_a_file_that_no_spreadsheet_runs_and_that_can_come_in_again(organiser, run_work):
    page = read(organiser, run_work, *ROWS)
    answer = press(organiser, page, "/problems.csv", part="0")
    assert answer.mimetype == "text/csv"
    lines = answer.text.splitlines()
    assert lines[0].lstrip("\ufeff") == "Имя,Почта,Город,Row,Problem"
    assert lines[1].startswith("Борис,boris(at)example,,3,")
    assert lines[2].startswith("'=1+1,vera@example.org,,4,")
    used = session.scalar(select(AllowanceUse.used).where(AllowanceUse.name == DECRYPTING.name))
    assert used == 3 + 2, "the rows that were shown as samples, and those of the file"


def test_what_was_typed_stays_when_something_is_missing(organiser):
    page = bring_in(organiser, ("Кто", "Почта"), ("Анна", "anna@example.org")).location
    nothing = press(organiser, page, "/columns", **{"column-0": "name", "basis": "none"})
    assert (nothing.status_code, '<option value="name" selected>' in nothing.text) == (422, True)
    no_day = press(organiser, page, "/columns", **{"column-0": "name", "basis": "asked", "source": "A fair"})
    assert (no_day.status_code, 'value="A fair"' in no_day.text) == (422, True)
    nobody = press(organiser, page, "/columns", **{"column-1": "", "source": "A fair", "basis": "none"})
    assert "One column must hold a way to reach people" in nobody.text
    twice = press(organiser, page, "/columns", **{"column-0": "country", "column-1": "country", "source": "x"})
    assert "Two columns cannot both be this: Country." in twice.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "This is a PDF."), (b"MZ", "This is a program"), (b" ", "This file is empty."),
        (archive({"a.txt": b"x"}), "This is an archive."),
        (changed(xlsx([["Name"], ["A"]]), {"xl/vbaProject.bin": b"x"}), "This workbook holds macros."),
        (b"E-mail\n", "headings and no rows"), (b'E-mail\n"' + b"x" * 200_000, "cannot be read"),
        (b"anna@example.org\nboris@example.org\n", "The first row holds an address"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_words_and_leaves_nothing(organiser, content, words):
    answer = bring_in(organiser, content=content, name="x.xlsx")
    assert (answer.status_code, words in answer.text) == (422, True)
    assert session.scalar(select(func.count()).select_from(PeopleImport)) == 0
    assert session.scalar(select(func.count()).select_from(PeopleImportChunk)) == 0


def test_a_file_beyond_the_limit_is_read_to_its_end_and_refused_in_words(organiser, monkeypatch):
    monkeypatch.setattr(upload, "LARGEST_FILE", 3 * PIECE)
    answer = bring_in(organiser, content=b"E-mail\n" + b"x" * (5 * PIECE))
    assert (answer.status_code, "larger than 3 MB" in answer.text) == (422, True)
    assert session.scalar(select(func.count()).select_from(PeopleImportChunk)) == 0


def test_a_file_larger_than_other_pages_take_comes_in(organiser):
    content = b"E-mail,Note\n" + b"anna@example.org," + b"x" * 14 * 1024**2
    answer = bring_in(organiser, content=content)
    assert answer.status_code == 422, "a cell is too long, which is said; the file itself came in"
    assert "cannot be read" in answer.text


def test_merged_cells_are_told_of(organiser):
    sheet = xlsx([["E-mail", "Name"], ["anna@example.org", "A"]])
    with zipfile.ZipFile(BytesIO(sheet)) as book:
        xml = book.read("xl/worksheets/sheet1.xml")
    merged = xml.replace(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>')
    page = bring_in(organiser, content=changed(sheet, {"xl/worksheets/sheet1.xml": merged}), name="x.xlsx").location
    assert "Cells of this sheet are merged." in organiser.get(page).text


def test_from_another_site_or_without_a_token_no_file_comes_in(organiser):
    values = {"file": (BytesIO(table(*ROWS)), "x.csv")}
    answer = organiser.post(IMPORTS, data=values, content_type="multipart/form-data")
    assert answer.status_code == 422
    values = field_values(organiser.get(IMPORTS).text, "/imports") | {"file": (BytesIO(table(*ROWS)), "x.csv")}
    foreign = {"Origin": "https://elsewhere.example"}
    answer = organiser.post(IMPORTS, data=values, content_type="multipart/form-data", headers=foreign)
    assert answer.status_code == 400
    assert session.scalar(select(func.count()).select_from(PeopleImport)) == 0


def test_others_stay_outside(app):
    for role in (Role.ADMIN, Role.MODERATOR, Role.TREASURER, Role.DATA_EDITOR):
        client = enter(app, role)
        assert client.get(IMPORTS).status_code == 403
        answer = client.post(IMPORTS, data={"file": (BytesIO(b"x"), "x.csv")}, content_type="multipart/form-data")
        assert answer.status_code == 403
    assert session.scalar(select(func.count()).select_from(PeopleImport)) == 0


def test_it_can_be_stopped_and_given_up(organiser, run_work):
    page = bring_in(organiser, *ROWS).location
    assert press(organiser, page, "/columns", source="x", basis="none").status_code == 303
    assert press(organiser, page, "/stop").status_code == 303
    run_work()
    assert "Columns of people.csv" in organiser.get(page).text
    assert press(organiser, page, "/give-up").status_code == 303
    assert session.scalar(select(func.count()).select_from(PeopleImportChunk)) == 0
    assert "given up" in organiser.get(page).text


def test_the_list_can_be_read_in_russian(organiser, run_work):
    page = read(organiser, run_work, *ROWS)
    for path in (IMPORTS, page):
        assert organiser.get("/ru" + path).status_code == 200
    assert session.scalar(select(func.count()).select_from(PeopleImportRow)) == 3
