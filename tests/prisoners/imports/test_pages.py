"""A data editor brings a file in, names its columns, looks at its rows, applies and undoes it, without JavaScript."""

import re
from io import BytesIO

import pytest
from sqlalchemy import func, select

from campaign.kernel.actors import Role
from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerImport, PrisonerImportRow
from tests.kernel.tables.files import changed, xlsx
from tests.prisoners.imports.support import table
from tests.prisoners.imports.test_applying import published
from tests.support import accounts, make
from tests.support.pages import field_values

IMPORTS = "/staff/prisoners/imports"


@pytest.fixture
def editor(app):
    """A data editor's browser."""
    return enter(app, Role.DATA_EDITOR)


def enter(app, *roles: Role):
    client = app.test_client()
    assert accounts.sign_in(client, accounts.person(*roles, app=True)).status_code == 303
    return client


def bring_in(client, *rows, content=b"", name="people.csv"):
    values = field_values(client.get(IMPORTS).text, "/imports")
    values |= {"source_title": "A made-up list", "file": (BytesIO(content or table(*rows)), name)}
    return client.post(IMPORTS, data=values, content_type="multipart/form-data")


def press(client, page, action, **values):
    """Press the button of the form with this action on a page."""
    html = client.get(page).text
    target = re.search(rf'action="([^"]*{action})"', html).group(1)
    return client.post(target, data={**field_values(html, action), **values})


def read(client, run_work, *rows):
    """Bring a file in and let its rows be read; gives the address of its page."""
    page = bring_in(client, *rows).location
    assert press(client, page, "/columns").status_code == 303
    assert client.get(page).headers["Refresh"] == "4", "it looks again without a script"
    run_work()
    return page


def test_from_the_file_to_the_registry_and_back(editor, run_work):
    page = read(editor, run_work, ("ФИО", "Родился"), ("Небывалов Глеб", "1980"), ("Мнимова Ольга", "2090"))
    shown = editor.get(page).text
    assert "new person" in shown
    assert "This day of birth lies in the future." in shown
    row = f"{page}/rows/3"
    assert press(editor, row, "/rows/3", **{"cell-1": "1990"}).status_code == 303
    assert "has errors" not in editor.get(page).text.split("Rows</h2>")[0]
    assert press(editor, page, "/apply").status_code == 303
    run_work()
    assert session.scalar(select(func.count()).select_from(Prisoner)) == 2
    assert "person made: 2" in editor.get(page).text
    session.remove()
    assert press(editor, page, "/undo").status_code == 303
    run_work()
    assert session.scalar(select(func.count()).select_from(Prisoner)) == 0
    assert "taken back" in editor.get(IMPORTS).text


def test_columns_can_be_named_otherwise_and_a_wrong_choice_keeps_the_rest(editor):
    page = bring_in(editor, ("Кто", "ФИО", "Когда"), ("Небывалов Глеб", "x", "1980")).location
    wrong = press(editor, page, "/columns", **{"column-0": "born_on", "column-2": "born_on"})
    assert (wrong.status_code, "Two columns cannot both be this: Date or year of birth." in wrong.text) == (422, True)
    assert '<option value="full_name" selected>' in wrong.text
    nobody = press(editor, page, "/columns", **{"column-1": "", "column-2": "born_on"})
    assert "One column must hold the name." in nobody.text
    assert press(editor, page, "/columns", **{"column-0": "full_name", "column-1": ""}).status_code == 303


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "people.csv", "Choose a file."),
        (b"%PDF-1.7", "people.xlsx", "This is a PDF."),
        (changed(xlsx([["a"], ["b"]]), {"xl/vbaProject.bin": b"x"}), "people.xlsm", "holds macros"),
        (changed(xlsx([["a"], ["b"]]), {"xl/b.xml": b"\0" * (60 << 20)}), "people.xlsx", "unpacks to far more"),
    ],
)
def test_what_is_no_table_is_refused_on_the_page(editor, content, name, says):
    values = field_values(editor.get(IMPORTS).text, "/imports")
    values |= {"source_title": "A made-up list", "file": (BytesIO(content), name)}
    answer = editor.post(IMPORTS, data=values, content_type="multipart/form-data")
    assert (answer.status_code, says in answer.text) == (422, True)
    assert "A made-up list" in answer.text, "what was typed is kept"


def test_a_row_is_given_to_the_person_it_means(editor, run_work):
    known = make.prisoner(last_ru="Небывалов", first_ru="Глеб", patronymic_ru="Ильич")
    page = read(editor, run_work, ("ФИО", "Профессия"), ("Небывалов Г.И.", "учитель"), ("Придуманная Анна", ""))
    row = f"{page}/rows/2"
    assert "initials fit" in editor.get(row).text
    assert press(editor, row, "/decide", choice=str(known.id)).status_code == 303
    assert "adds to a person" in editor.get(row).text
    nobody = press(editor, f"{page}/rows/3", "/decide", choice="other", person="https://x.example/nobody-of-that-name")
    assert (nobody.status_code, "Nobody is on record under that address" in nobody.text) == (422, True)
    named = press(editor, f"{page}/rows/3", "/decide", choice="other", person=f"/staff/prisoners/{known.id}")
    assert named.status_code == 303


def test_all_rows_of_a_filter_are_decided_at_once(editor, run_work):
    page = read(editor, run_work, ("ФИО",), ("Небывалов Глеб",), ("Придуманная Анна",), ("Мнимова Ольга",))
    narrowed = f"{page}?q=Мнимова"
    assert "Придуманная" not in editor.get(narrowed).text.split("Rows of the file")[1]
    assert press(editor, narrowed, "/decide", choice="skip").status_code == 303
    counts = dict(
        session.execute(select(PrisonerImportRow.verdict, func.count()).group_by(PrisonerImportRow.verdict)).all()
    )
    assert counts == {"new": 2, "skip": 1}


def test_a_change_of_a_public_person_is_shown_to_a_second_one(app, editor, run_work):
    published()
    page = read(editor, run_work, ("ФИО", "Дата рождения", "Профессия"),
                ("Вымышленный Пётр Ильич", "17.05.1980", "учитель"))  # fmt: skip
    press(editor, page, "/apply")
    run_work()
    assert "Somebody else has to look at it" in editor.get(f"{page}/rows/2").text
    second = enter(app, Role.COORDINATOR)
    assert "учитель" in second.get(f"{page}/rows/2").text
    assert press(second, f"{page}/rows/2", "/second", decision="approve").status_code == 303
    assert "person changed" in second.get(f"{page}/rows/2").text


def test_only_editors_come_in_and_long_files_come_in_pages(app, editor, run_work):
    assert enter(app, Role.TREASURER).get(IMPORTS).status_code == 403
    page = read(
        editor, run_work, ("ФИО",), *((f"Небывал{a}{b}ов Глеб",) for a in "абвгд" for b in "лмнпр" for _ in "12345")
    )
    assert "1 to 50 of 125" in editor.get(page).text
    assert "51 to 100 of 125" in editor.get(f"{page}?page=2").text
    assert editor.get(f"{page}/rows/999").status_code == 404
    progress = editor.get(f"{page}/progress.json").json
    assert (progress["state"], progress["is_at_work"]) == ("staged", False)
    assert session.scalars(select(PrisonerImport.rows_total)).one() == 125
