"""`flask people import FILE`: maps by itself, names rows, counts, tells the truth by its status, and goes on."""

import csv

import pytest
from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.people.models import Consent, PeopleImport, PeopleImportChunk, Person
from campaign.people.queries import find_person_by_address
from campaign.people.service import records
from campaign.people.service.imports import apply, upload
from tests.kernel.tables.files import xlsx

ROWS = (
    ("ФИО", "Почта", "Страна"), ("Анна Выдуманная", "anna@example.org", "Россия"), ("Борис", "boris(at)example", ""),
    ("Анна", "ANNA@example.org", ""), ("Вера", "vera@example.org", "DE"),
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "people.csv"
    with path.open("w", newline="", encoding="cp1251") as made:
        csv.writer(made, delimiter=";").writerows(ROWS)
    return path


def run(app, *arguments):
    result = app.test_cli_runner().invoke(args=["people", "import", *map(str, arguments)])
    session.remove()
    return result


def test_it_maps_names_rows_and_counts(app, file):
    result = run(app, file)
    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines()[-1] == "imported 2, updated 0, duplicate 1, invalid 1"
    assert "row 3: email: This is not a complete e-mail address." in result.stderr
    assert "row 4: The same person as in row 2." in result.stderr
    assert "column 'ФИО': name" in result.stderr
    assert session.scalar(select(func.count()).select_from(Consent)) == 0
    assert session.scalar(select(func.count()).select_from(PeopleImportChunk)) == 0


def test_the_same_again_changes_nothing(app, file):
    run(app, file)
    result = run(app, file)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (2, "imported 0, updated 0, duplicate 3, invalid 1")


def test_columns_a_source_and_a_ground_can_be_said(app, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx([["Кто", "Куда"], ["Анна", "anna@example.org"]]))
    result = run(
        app, path, "--map", "Кто=name", "--map", "Куда=email", "--source", "A fair", "--basis", "asked", "--basis-day",
        "2026-05-01", "--basis-words", "I want to hear from you.",
    )  # fmt: skip
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "imported 1, updated 0, duplicate 0, invalid 0")
    anna = find_person_by_address("anna@example.org")
    assert (records.name_of(anna), anna.source) == ("Анна", "A fair")
    assert session.scalars(select(Consent.person_id)).all() == [anna.id]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty."), (b"%PDF-1.7", "This is a PDF."), (b"MZ\x90", "This is a program"),
        ("Имя,Город\nАнна,Рим\n".encode(), "One column must hold a way to reach people"),
        (b"anna@example.org,Anna\nb@example.org,B\n", "The first row holds an address"),
        (b"Name,E-mail\n", "headings and no rows"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_one_line_and_leaves_nothing(app, tmp_path, content, words):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    result = run(app, path)
    assert result.exit_code == 2
    assert words in result.stderr
    assert session.scalar(select(func.count()).select_from(PeopleImport)) == 0


def test_a_dry_run_keeps_nothing(app, file):
    result = run(app, file, "--dry-run")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (2, "imported 2, updated 0, duplicate 1, invalid 1")
    assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_larger_file_is_refused_before_it_is_read(app, file, monkeypatch):
    monkeypatch.setattr(upload, "LARGEST_FILE", 20)
    result = run(app, file)
    assert (result.exit_code, "larger than" in result.stderr) == (2, True)


def test_interrupted_it_goes_on_and_no_row_comes_twice(app, file, monkeypatch):
    monkeypatch.setattr(apply, "BATCH", 1)
    once = apply.apply_batch
    calls = []

    def killed(*arguments, **more):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return once(*arguments, **more)

    monkeypatch.setattr(apply, "apply_batch", killed)
    assert run(app, file).exit_code == 130
    assert session.scalar(select(func.count()).select_from(Person)) == 1
    monkeypatch.setattr(apply, "apply_batch", once)
    result = run(app, file)
    assert "Going on where the last run" in result.stderr
    assert result.stdout.splitlines()[-1] == "imported 2, updated 0, duplicate 1, invalid 1"
    assert session.scalar(select(func.count()).select_from(Person)) == 2
