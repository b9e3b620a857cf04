"""`flask prisoners import`: problems row by row, a closing line, an exit status that tells the truth."""

import pytest
from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerImport, PrisonerImportRow
from campaign.prisoners.service.imports import stage
from tests.prisoners.imports.support import table

ROWS = (("ФИО", "Родился"), ("Небывалов Глеб", "1980"), ("Придуманная Анна", "2099-01-01"))


@pytest.fixture
def run(app, tmp_path):
    """Runs the command on a file of these rows; gives exit status, stdout and stderr."""

    def command(*options, rows=ROWS, content=b"", name="people.csv"):
        session.remove()
        file = tmp_path / name
        file.write_bytes(content or table(*rows, code="cp1251", separator=";"))
        done = app.test_cli_runner().invoke(args=["prisoners", "import", str(file), *options])
        session.remove()
        return done.exit_code, done.stdout, done.stderr

    return command


def count(model) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_problems_are_named_and_the_last_line_counts(run):
    status, out, err = run()
    assert (status, out) == (1, "staged 1, invalid 1\n")
    assert "row 3: born_on: This day of birth lies in the future." in err
    assert "staged: 2 of 2" in err
    assert (count(PrisonerImportRow), count(Prisoner)) == (2, 0)


def test_a_whole_file_ends_with_0_and_one_that_is_no_table_with_2(run):
    assert run(rows=ROWS[:2])[:2] == (0, "staged 1, invalid 0\n")
    status, out, err = run(content=b"%PDF-1.7", name="people.xlsx")
    assert (status, out, err) == (2, "", "This is a PDF. Ask for the table as CSV, XLSX or ODS.\n")


def test_the_very_same_file_again_changes_nothing(run):
    run()
    assert run()[:2] == (2, "staged 1, invalid 1\n")
    assert count(PrisonerImport) == 1


def test_a_dry_run_keeps_nothing(run):
    status, out, err = run("--dry-run")
    assert (status, out) == (1, "staged 1, invalid 1\n")
    assert "row 3:" in err
    assert count(PrisonerImport) == 0


def test_columns_can_be_named(run):
    rows = (("Кто", "Когда"), ("Небывалов Глеб", "1980"))
    assert run(rows=rows)[0] == 2
    assert run("--map", "Кто=full_name", "--map", "Когда=born_on", rows=rows)[:2] == (0, "staged 1, invalid 0\n")
    parsed = session.scalars(select(PrisonerImportRow.parsed)).one()
    assert parsed["person"]["born_on"] == "1980-01-01"
    for wrong, says in (
        ("Кто=shoes", "no field called shoes"),
        ("Где=court", "no column called Где"),
        ("Кто", "HEADER=FIELD"),
    ):
        status, _out, err = run("--map", wrong, rows=(*rows, ("Мнимова Ольга", wrong)))
        assert (status, says in err) == (2, True)


def test_applying_tells_what_became_of_the_rows(run):
    status, out, _err = run("--apply")
    assert (status, out) == (1, "made 1, changed 0, waits 0, refused 0\nstaged 1, invalid 1\n")
    assert count(Prisoner) == 1


def test_an_interrupted_run_goes_on_with_the_same_file(run, monkeypatch):
    rows = (("ФИО",), *((f"Небывал{letter}ов Глеб",) for letter in "абвгди"))
    monkeypatch.setattr(stage, "BATCH", 2)
    whole = stage.stage_batch

    def interrupted(import_, coming):
        if import_.rows_staged >= 3:
            raise KeyboardInterrupt
        return whole(import_, coming)

    monkeypatch.setattr("campaign.prisoners.cli.stage.stage_batch", interrupted)
    status, _out, err = run(rows=rows)
    assert (status, "Run it again with the same file" in err) == (130, True)
    assert count(PrisonerImportRow) == 2
    monkeypatch.setattr("campaign.prisoners.cli.stage.stage_batch", whole)
    assert run(rows=rows)[:2] == (0, "staged 6, invalid 0\n")
    assert count(PrisonerImport) == 1
