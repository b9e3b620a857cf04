"""Rows are read, named where they are wrong, and matched to people who are known, whatever the file looks like."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.tables import BadTable
from campaign.prisoners.models import (
    FacilityKind,
    ImportState,
    Interest,
    PrisonerImport,
    PrisonerImportRow,
    RowVerdict,
)
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service.imports import stage, upload
from campaign.prisoners.service.imports.review import Choice, decide_many, decide_row, edit_row
from tests.kernel.tables.files import xlsx
from tests.prisoners.imports.support import EDITOR, row, said, staged, table
from tests.support import make

FATHERS = ("Ильич", "Олегович")
HEAD = ("ФИО", "Дата рождения", "Статьи", "Дата ареста", "Учреждение", "Индекс")


def test_a_russian_file_with_semicolons_is_read_with_everything_it_says(app):
    make.facility("ИК-99")
    content = table(
        ("Фамилия Имя Отчество", "Дата рождения", "Пол", "Гражданство", "Регион", "Статья УК РФ", "Дата ареста",
         "Учреждение", "Индекс", "Признан", "Приговор", "Дата приговора", "Суд", "Языки", "История", "Ссылка",
         "Заметка"),
        ("Вымышленный Пётр Ильич", "17.05.1980", "м", "РФ, Украина", "Кировская обл.", "ст. 207.3 ч. 2 п. «д» УК РФ",
         "март 2023", "ИK-99", "610 000", "Мемориал", "5 лет 6 месяцев общего режима", "01.02.2024",
         "Вымышленный городской суд", "русский, английский", "Учил детей\nчитать.", "news.example/1", "лишнее"),
        code="cp1251", separator=";",
    )  # fmt: skip
    made = staged(content=content)
    found = row(made, 2)
    assert (found.verdict, found.problems) == (RowVerdict.NEW, [])
    assert found.parsed["person"] == {
        "last_ru": "Вымышленный", "first_ru": "Пётр", "patronymic_ru": "Ильич", "born_on": "1980-05-17",
        "born_precision": "day", "gender": "male", "citizenships": ["RU", "UA"], "home_region": "RU-KIR",
        "languages_read": ["ru", "en"], "story_ru": "Учил детей\nчитать.",
    }  # fmt: skip
    assert found.parsed["case"]["charges"] == [{"code": "UK", "article": "207.3", "part": "2", "clause": "д"}]
    assert found.parsed["arrest"] == {"on": "2023-03-01", "precision": "month"}
    assert found.parsed["place"]["label"] == "ИК-99"
    assert (found.parsed["sentence"]["term_months"], found.parsed["sentence"]["regime"]) == (66, "general")
    assert found.parsed["listing"]["source"] == "memorial"
    assert found.parsed["source"]["url"] == "https://news.example/1"
    assert found.raw["Заметка"] == "лишнее"
    assert made.state == ImportState.STAGED
    assert queries.get_import(made.id, with_content=True).content is None, "the file itself is erased"


def test_what_contradicts_itself_is_named_by_its_field(app):
    future = (clock.today() + timedelta(days=3)).strftime("%d.%m.%Y")
    made = staged(
        HEAD,
        ("Небывалов Иван", future, "", "", "", ""),
        ("Небывалов Олег", "1990", "", "1.1.1995", "", ""),
        ("Небывалов Глеб", "1990", "ст. 999.9", "", "", ""),
        ("Небывалов Юрий", "31.02.1990", "", future, "", ""),
        ("", "1990", "280.3", "", "", ""),
        ("12345", "1850", "что-то", "", "", ""),
        ("=1+1", "", "", "", "", ""),
    )
    assert "future" in said(made, 2)["born_on"]
    assert "1995-01-01 and born on 1990-01-01" in said(made, 3)["arrested_on"]
    assert "no article 999.9 (UK)" in said(made, 4)["articles"]
    assert set(said(made, 5)) == {"born_on", "arrested_on"}
    assert "no last name" in said(made, 6)["last_ru"]
    assert set(said(made, 7)) >= {"full_name", "born_on", "articles"}
    assert "formula" in said(made, 8)["full_name"]
    assert queries.count_verdicts(made.id) == {"invalid": 7}
    assert ("born_on", "error", 3) in queries.count_problems(made.id)


def test_doubts_keep_nobody_out(app):
    make.facility("СИЗО-1", kind=FacilityKind.SIZO)
    made = staged(
        ("Фамилия", "Имя", "Дата рождения", "Регион", "Учреждение", "Адрес", "Индекс", "Интересы"),
        ("Heбывалов", "Иван", "05/17/1980", "Атлантида", "ИК-77", "", "", "шахматы"),
        ("Придуманная", "Анна", "1975", "Москва", "СИЗО-1", "уточняется", "", ""),
        ("Сказочная", "Вера", "", "", "", "на этапе", "", ""),
        ("Мнимова", "Ольга", "", "", "СИЗО-1", "", "123456", ""),
    )
    assert queries.count_verdicts(made.id) == {"new": 4}
    assert row(made, 2).parsed["person"]["last_ru"] == "Небывалов"
    assert set(said(made, 2)) == {"last_ru", "born_on", "home_region", "facility", "interests"}
    assert row(made, 3).parsed["place"] == {"certainty": "unknown"}
    assert row(made, 4).parsed["place"] == {"certainty": "in_transit"}
    assert "610000" in said(made, 5)["postal_index"]


def test_one_code_in_two_regions_needs_an_index_or_a_region(app):
    one, other = make.facility("ИК-6"), make.facility("ИК-6")
    session.execute(text("UPDATE facility SET region = 'RU-VLA' WHERE id = :id"), {"id": other.id})
    session.execute(
        text("UPDATE facility_address SET postal_index = '601100' WHERE facility_id = :id"), {"id": other.id}
    )
    session.commit()
    made = staged(
        ("Фамилия", "Учреждение", "Индекс"),
        ("Небывалов", "ИК-6", ""),
        ("Придуманная", "ИК 6", "601100"),
        ("Сказочная", "ФКУ ИК-6 УФСИН России по Кировской области", ""),
    )
    assert "Several facilities" in said(made, 2)["facility"]
    assert row(made, 3).parsed["place"]["facility"] == str(other.id)
    assert said(made, 4) == {}
    assert row(made, 4).parsed["place"]["facility"] == str(one.id)


def test_people_are_recognised_in_another_alphabet_with_a_slip_and_by_their_birth(app):
    known = make.prisoner(last_ru="Вымышленский", first_ru="Пётр", patronymic_ru="Ильич", born_on=date(1980, 5, 17))
    make.prisoner(last_ru="Вымышленский", first_ru="Иван", patronymic_ru="Олегович", born_on=date(1991, 1, 1))
    made = staged(
        ("Name", "Date of birth"),
        ("Petr Vymyshlenskiy", "1980"),
        ("Вымышленский П.И.", "17.05.1980"),
        ("Вымышлинский Петр", "17.05.1980"),
        ("Вымышленский Пётр Ильич", "1950"),
        ("Замужняя Анна", "17.05.1980"),
        ("Лукоморов Глеб", "2001"),
    )
    assert (row(made, 2).verdict, row(made, 2).prisoner_id) == (RowVerdict.UNCHANGED, known.id)
    for number in (3, 4, 5):
        best = row(made, number).candidates[0]
        assert (row(made, number).verdict, best["prisoner"]) == (RowVerdict.UNSURE, str(known.id)), number
    assert "initials" in row(made, 3).candidates[0]["why"]
    assert "other_year" in row(made, 5).candidates[0]["why"]
    assert row(made, 7).verdict == RowVerdict.NEW
    other = staged(("Name", "Date of birth"), ("Вымышленский Пётр Андреевич", "17.05.1980"))
    assert (row(other, 2).verdict, "other_patronymic" in row(other, 2).candidates[0]["why"]) == (
        RowVerdict.UNSURE,
        True,
    )


def test_namesakes_beyond_number_do_not_hide_the_one_who_is_meant(app):
    for number in range(100):
        make.prisoner(
            last_ru="Небывалов", first_ru="Пётр", patronymic_ru="Ильич", born_on=date(1950, 1, 1 + number % 28)
        )
    known = make.prisoner(last_ru="Небывалов", first_ru="Пётр", patronymic_ru="Ильич", born_on=date(1980, 5, 17))
    made = staged(("ФИО", "Дата рождения"), ("Небывалов Пётр Ильич", "17.05.1980"))
    assert row(made, 2).candidates[0]["prisoner"] == str(known.id)
    assert row(made, 2).prisoner_id == known.id


def test_the_same_person_twice_in_a_file_is_found_across_batches(app, monkeypatch):
    monkeypatch.setattr(stage, "BATCH", 2)
    made = staged(
        ("ФИО", "Дата рождения"),
        ("Небывалов Пётр Ильич", "17.05.1980"),
        ("Придуманная Анна", "1975"),
        ("Небывалов Петр", "1980"),
        ("Nebyvalov Petr", "17.05.1980"),
        ("Небывалов Пётр Ильич", "17.05.1999"),
    )
    assert queries.count_verdicts(made.id) == {"new": 3, "duplicate": 2}
    assert row(made, 4).candidates[0]["row"] == 2
    assert row(made, 5).candidates[0]["row"] == 2


def test_what_an_update_would_change_is_told_beforehand(app):
    with transaction():
        session.add(Interest(id=EDITOR, slug="chess", labels={"en": "chess", "ru": "шахматы"}))
    known = make.prisoner(first_latin="Piotr", born_on=date(1980, 1, 1), born_precision="year")
    made = staged(
        ("ФИО", "Дата рождения", "Имя латиницей", "Языки", "Интересы", "Профессия", "Признан"),
        ("Вымышленный Петр Ильич", "17.05.1980", "Petr Vymyshlenny", "en", "шахматы", "учитель", "ОВД-Инфо"),
    )
    found = row(made, 2)
    assert (found.verdict, found.prisoner_id) == (RowVerdict.UPDATE, known.id)
    changes = {each["field"]: (each["was"], each["now"]) for each in found.changes}
    assert changes == {
        "born_on": ("1980-01-01", "1980-05-17"), "born_precision": ("year", "day"), "first_latin": ("Piotr", "Petr"),
        "languages_read": ('["ru"]', '["en", "ru"]'), "interests": (None, '["chess"]'),
        "occupation_ru": (None, "учитель"), "listing": (None, "ovd_info"),
    }  # fmt: skip
    assert dict(queries.count_changes(made.id))["born_on"] == 1


def test_the_same_file_again_is_the_same_import(app):
    first = staged(("ФИО",), ("Небывалов Пётр",))
    with transaction():
        again, _table = upload.take_file(
            upload.Upload(table(("ФИО",), ("Небывалов Пётр",)), "renamed.csv"), actor=EDITOR
        )
    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(PrisonerImport)) == 1


def test_a_job_that_is_killed_goes_on_where_it_was(app, run_work, monkeypatch):
    monkeypatch.setattr(stage, "BATCH", 3)
    monkeypatch.setattr(stage, "ROWS_A_JOB", 3)
    rows = [("ФИО",), *((f"Небывалов{'абвгде'[number % 6]} Пётр",) for number in range(10))]
    with transaction():
        made, _table = upload.take_file(upload.Upload(table(*rows), "people.csv"), actor=EDITOR)
        upload.set_mapping(made, made.mapping, actor=EDITOR)
        upload.begin_staging(made, actor=EDITOR)
    with pytest.raises(ZeroDivisionError), transaction():
        stage.stage_some(made.id)
        raise ZeroDivisionError
    session.remove()
    assert session.scalar(select(func.count()).select_from(PrisonerImportRow)) == 0, "what is not committed is not kept"
    run_work()
    assert session.scalar(select(func.count()).select_from(PrisonerImportRow)) == 10
    import_id = session.scalar(select(PrisonerImport.id))
    assert queries.get_import(import_id).state == ImportState.STAGED
    session.remove()
    with transaction():
        assert stage.stage_some(import_id) == 0, "run twice it does nothing twice"


def test_a_row_deep_in_the_file_that_cannot_be_read_ends_the_staging_with_its_number(app):
    content = table(("ФИО", "История"), ("Небывалов Пётр", "x")) + 'Придуманная Анна,"'.encode() + b"endless\n" * 40_000
    with pytest.raises(BadTable, match="Row 3 "), transaction():
        upload.take_file(upload.Upload(content, "people.csv"), actor=EDITOR)


def test_a_corrected_cell_is_looked_at_anew(app):
    made = staged(HEAD, ("Небывалов Глеб", "1990", "ст. 999.9", "", "", ""), ("Мнимова Ольга", "2090", "", "", "", ""))
    with transaction():
        edit_row(made.id, 3, {"Дата рождения": "19\x0090", "ФИО": "Мнимова Ольга"}, actor=EDITOR)
        edit_row(made.id, 2, {}, confirmed=["articles"], actor=EDITOR)
    assert (row(made, 2).verdict, row(made, 3).verdict) == (RowVerdict.NEW, RowVerdict.NEW)
    assert row(made, 3).edited == {"Дата рождения": "1990"}
    assert row(made, 3).raw["Дата рождения"] == "2090", "as it came"


def test_rows_are_decided_one_by_one_and_in_bulk(app):
    known = make.prisoner(last_ru="Небывалов", first_ru="Пётр", patronymic_ru="Ильич")
    made = staged(("ФИО",), ("Небывалов П.И.",), ("Небывалов Пётр Олегович",), ("Мнимова Ольга",), ("12",))
    assert queries.count_verdicts(made.id) == {"unsure": 2, "new": 1, "invalid": 1}
    with transaction():
        decide_row(made.id, 2, Choice.BEST, prisoner=known.id, actor=EDITOR)
    assert (row(made, 2).verdict, row(made, 2).prisoner_id) == (RowVerdict.UNCHANGED, known.id)
    session.remove()
    with transaction():
        assert decide_many(made.id, Choice.NEW, verdict="", field="", words="", actor=EDITOR) == 3
    assert queries.count_verdicts(made.id) == {"new": 3, "invalid": 1}, "what has errors is left"
    session.remove()
    with transaction():
        assert decide_many(made.id, Choice.SKIP, verdict="new", field="", words="Мнимова", actor=EDITOR) == 1
    assert row(made, 4).verdict == RowVerdict.SKIP


def test_formulas_with_values_in_a_workbook_stay_known_as_formulas(app):
    made = staged(content=xlsx([["ФИО", "Дата рождения"], ["Небывалов Пётр", "=1+1"]]), name="people.xlsx")
    assert "formula" in said(made, 2)["born_on"]
    with transaction():
        edit_row(made.id, 2, {"ФИО": "Небывалов Пётр Ильич"}, actor=EDITOR)
    assert "formula" in said(made, 2)["born_on"]


@pytest.mark.slow
def test_a_thousand_messy_rows_are_staged_with_their_problems_listed(app):
    """Six kinds of damage in a fixed share of the rows; every damaged row is named, no whole one is refused."""
    chance, rows, damaged = random.Random(3), [], {}
    lasts = ["Небывал", "Придум", "Сказоч", "Мним", "Лукомор", "Кудеяр", "Буян", "Берендей"]
    for number in range(1_000):
        last = chance.choice(lasts) + chance.choice("абвгдежзик") + chance.choice("лмнпрст") + "ов"
        name = f"{last} Пётр {chance.choice(FATHERS)}"
        line = [name, f"{1 + number % 28}.0{1 + number % 9}.19{30 + number % 70}",
                "207.3 ч. 2", "", f"ИK-{number}", str(number)]  # fmt: skip
        kind = number % 10
        if kind == 0:
            line[0], damaged[number + 2] = " ", "last_ru"
        elif kind == 1:
            line[1], damaged[number + 2] = "01.01.2099", "born_on"
        elif kind == 2:
            line[2], damaged[number + 2] = "999.1", "articles"
        elif kind == 3:
            line[3], damaged[number + 2] = "12.12.1900", "arrested_on"
        elif kind == 4:
            line[1], damaged[number + 2] = "вчера", "born_on"
        elif kind == 5:
            line[0] = line[0].replace("о", "o").replace("а", "a")
        rows.append(line)
    made = staged((*HEAD[:5], "Номер"), *rows)
    told = session.execute(select(PrisonerImportRow.row_number, PrisonerImportRow.problems)).all()
    found = {number: {each["field"] for each in problems if each["level"] == "error"} for number, problems in told}
    assert {number: fields for number, fields in found.items() if fields} == {
        number: {field} for number, field in damaged.items()
    }
    counts = queries.count_verdicts(made.id)
    assert counts["invalid"] == 500
    assert sum(counts.values()) == 1_000
