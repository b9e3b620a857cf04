"""Exports: everybody by two persons, what is public at once, nothing sealed, and the file comes in again unchanged."""

import csv
import json
import uuid
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select, text

from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.prisoners.models import Interest, Prisoner, Relative, StateWatch
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service import export
from campaign.prisoners.service.people import StoryDraft
from tests.prisoners.imports.support import applied, row, staged
from tests.prisoners.imports.test_applying import WHOLE, published
from tests.prisoners.imports.test_pages import enter
from tests.support import make
from tests.support.accounts import submit
from tests.support.database import truncate

EXPORT = "/staff/prisoners/export"
SCHEMA = json.loads(Path("campaign/static", export.SCHEMA).read_text())


@pytest.fixture
def registry(app):
    """People with everything that an export holds, and with what it must not hold."""
    with transaction():
        session.add(Interest(id=uuid.uuid4(), slug="chess", labels={"en": "chess", "ru": "шахматы"}))
    make.facility("ИК-99")
    applied(*WHOLE)
    known = published(
        aliases=["Прежний", "Ужé, с запятой"], born_on=date(1980, 5, 1), born_precision="month", interests=["chess"],
        citizenships=["RU", "NA"], home_region="RU-KIR", letters_policy="none",
        stories=[StoryDraft("ru", "=учитель", "Кратко.", "- Первое\n- Второе\u00a0и третье\n\n**Жирно**"),
                 StoryDraft("de", "", "", "'Einfach'")],
    )  # fmt: skip
    make.prisoner(
        last_ru="", first_ru="", patronymic_ru="", last_latin="Nebyvalova-Smith", first_latin="Jane", born_on=None
    )
    with transaction():
        session.add(Relative(id=uuid.uuid4(), prisoner_id=known.id, relation="parent", details_sealed=b"SECRET",
                             added_on=date(2026, 1, 1)))  # fmt: skip
        session.add(StateWatch(prisoner_id=known.id, listed="yes", is_terrorist_mark=True, checked_on=date(2026, 1, 1)))
    return known


def as_csv(*, published_only=False) -> bytes:
    text_file = StringIO()
    csv.writer(text_file).writerows(export.csv_rows(published_only=published_only))
    return b"\xef\xbb\xbf" + text_file.getvalue().encode()


def test_what_went_out_comes_in_again_with_nothing_new_and_nothing_changed(registry):
    made = staged(content=as_csv())
    assert queries.count_verdicts(made.id) == {"unchanged": 3}, [row(made, number).changes for number in (2, 3, 4)]
    assert made.mapping == {name: name for name in export.COLUMNS}
    assert [each for _name, level, each in queries.count_problems(made.id) if level == "error"] == []


def test_the_same_people_come_in_to_an_empty_registry_as_they_were(registry):
    content, before = as_csv(), {each.full_name_ru: each.born_on for each in session.scalars(select(Prisoner))}
    truncate(["prisoner"])
    session.commit()
    session.expunge_all()
    made = staged(content=content)
    assert queries.count_verdicts(made.id) == {"new": 3}
    assert {each["person"].get("last_ru", "") for each in (row(made, number).parsed for number in (2, 3, 4))} == {
        name.partition(" ")[0] for name in before
    }


def test_the_json_file_fits_its_schema_and_holds_nothing_sealed(registry):
    Draft202012Validator.check_schema(SCHEMA)
    content = "".join(export.json_pieces(published_only=False))
    read = json.loads(content)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(read)
    assert len(read["people"]) == 3
    whole = next(each for each in read["people"] if each["name_ru"]["last"] == "Небывалов")
    assert whole["cases"][0]["charges"][0]["article"] == "207.3"
    assert whole["place"]["facility"]["code"] == "ИК-99"
    for word in ("SECRET", "relative", "watch", "terror", "official", "consent"):
        assert word not in content
    assert len(json.loads("".join(export.json_pieces(published_only=True)))["people"]) == 1


def test_an_empty_registry_is_a_whole_document_too(app):
    Draft202012Validator(SCHEMA).validate(json.loads("".join(export.json_pieces(published_only=False))))


def test_formulas_are_tamed(registry):
    assert "'=учитель" in as_csv().decode()


def test_it_is_read_in_pages_and_names_everybody_once(app, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 3)
    for number in range(8):
        make.prisoner(last_ru=f"Небывал{'абвгдежз'[number]}ов")
    rows = list(export.csv_rows(published_only=False))
    assert len({each[0] for each in rows[1:]}) == 8


def test_everybody_is_exported_by_two_persons_and_audited(app, registry):
    asker, approver = enter(app, Role.DATA_EDITOR), enter(app, Role.COORDINATOR)
    assert submit(asker, EXPORT, "/export", reason="For the yearly report").status_code == 303
    assert "Waits for a second person" in asker.get(EXPORT).text
    assert submit(approver, EXPORT, "/decide", decision="approve").status_code == 303
    assert "/download" not in approver.get(EXPORT).text
    given = submit(asker, EXPORT, "/download", format="json")
    assert (given.mimetype, len(given.json["people"])) == ("application/json", 3)
    assert given.headers["Cache-Control"] == "no-store"
    acts = set(session.scalars(select(AuditEntry.action)))
    assert {"prisoners.export_asked", "prisoners.export_approved", "prisoners.export_downloaded"} <= acts
    session.execute(text("UPDATE prisoner_export SET decided_at = decided_at - interval '25 hours'"))
    session.commit()
    assert "24 hours are over" in asker.get(EXPORT).text


def test_organisers_take_what_is_public_and_nothing_else(app, registry):
    organiser = enter(app, Role.ORGANISER)
    page = organiser.get(EXPORT).text
    assert "Ask for an export" not in page
    given = submit(organiser, EXPORT, "/published", format="csv")
    rows = list(csv.reader(StringIO(given.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [each[1] for each in rows] == ["last_ru", "Вымышленный"]
    assert submit(organiser, EXPORT, "/published", format="exe").status_code == 404
    assert enter(app, Role.TREASURER).get(EXPORT).status_code == 403
    assert session.scalar(select(func.count()).where(AuditEntry.action == "prisoners.export_downloaded")) == 1
