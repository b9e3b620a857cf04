"""Applying: everybody is a draft, nothing is done twice, what is public waits for a second person, all is undone."""

import uuid
from datetime import date

import pytest
from sqlalchemy import func, select

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.prisoners.models import (
    Case,
    Certainty,
    ConsentEvidence,
    ConsentGiver,
    ConsentKind,
    Custody,
    Episode,
    Fact,
    ImportState,
    Liberty,
    LibertyStatus,
    Listing,
    Prisoner,
    PrisonerConsent,
    PrisonerState,
    RowOutcome,
    RowVerdict,
    Sentence,
)
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.queries import imports as queries
from campaign.prisoners.service.imports import apply, undo, upload
from campaign.prisoners.service.imports.apply import decide_waiting
from campaign.prisoners.service.people import edit_prisoner
from tests.prisoners.imports.support import EDITOR, SECOND, applied, let_loose, row, staged, taken_back
from tests.support import make

WHOLE = (
    ("ФИО", "Дата рождения", "Статьи", "Дата ареста", "Учреждение", "Признан", "Приговор", "Дата приговора", "Суд",
     "Источник"),
    ("Небывалов Глеб Олегович", "17.05.1980", "ст. 207.3 ч. 2", "12.03.2023", "ИК-99", "Мемориал", "5 лет", "1.2.2024",
     "Вымышленный суд", "https://news.example/1"),
)  # fmt: skip


def count(model) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_row_becomes_a_draft_with_case_stay_and_listing_each_with_its_source(app):
    make.facility("ИК-99")
    made = applied(*WHOLE)
    person = get_prisoner(row(made, 2).prisoner_id)
    assert (person.state, person.full_name_ru) == (PrisonerState.DRAFT, "Небывалов Глеб Олегович")
    case = session.scalars(select(Case)).one()
    assert [(each.article, each.part) for each in case.charges] == [("207.3", "2")]
    assert session.scalars(select(Sentence)).one().term_months == 60
    stay = session.scalars(select(Custody)).one()
    assert (stay.certainty, stay.evidence) == (Certainty.PROBABLE, None)
    assert session.scalars(select(LibertyStatus.status)).one() == Liberty.SERVING_COLONY
    assert session.scalars(select(Episode.arrested_on)).one() == date(2023, 3, 12)
    assert session.scalars(select(Listing.source)).one() == "memorial"
    assert set(session.scalars(select(Fact.source_url))) == {"https://news.example/1"}
    assert set(session.scalars(select(Fact.entered_by))) == {EDITOR}


def test_applying_by_jobs_that_are_killed_and_run_twice_makes_everybody_once(app, run_work, monkeypatch):
    monkeypatch.setattr(apply, "BATCH", 3)
    made = staged(("ФИО",), *((f"Небывал{letter}ов Глеб",) for letter in "абвгдилм"))
    identity = made.id
    with transaction():
        apply.begin_applying(identity, actor=EDITOR)
    with pytest.raises(ZeroDivisionError), transaction():
        apply.apply_batch(identity)
        raise ZeroDivisionError
    session.remove()
    assert count(Prisoner) == 0
    run_work()
    assert count(Prisoner) == 8
    assert queries.get_import(identity).state == ImportState.APPLIED
    session.remove()
    with transaction():
        apply.begin_applying(identity, actor=EDITOR)
    run_work()
    assert count(Prisoner) == 8


def test_it_stops_when_it_is_told_to_and_goes_on_later(app, run_work, monkeypatch):
    monkeypatch.setattr(apply, "BATCH", 2)
    identity = staged(("ФИО",), *((f"Небывал{letter}ов Глеб",) for letter in "абвгд")).id
    with transaction():
        apply.begin_applying(identity, actor=EDITOR)
    with transaction():
        apply.apply_batch(identity)
        upload.cancel_import(identity, actor=EDITOR)
    session.remove()
    run_work()
    assert count(Prisoner) == 2
    session.remove()
    with transaction():
        apply.begin_applying(identity, actor=EDITOR)
    run_work()
    assert count(Prisoner) == 5


def test_somebody_who_was_written_down_meanwhile_is_not_made_again(app):
    made = staged(("ФИО", "Дата рождения"), ("Небывалов Глеб Олегович", "17.05.1980"))
    known = make.prisoner(last_ru="Небывалов", first_ru="Глеб", patronymic_ru="Олегович", born_on=date(1980, 5, 17))
    let_loose(made)
    assert count(Prisoner) == 1
    assert row(made, 2).verdict == RowVerdict.UNSURE
    assert row(made, 2).candidates[0]["prisoner"] == str(known.id)


def test_what_the_domain_refuses_is_told_at_its_row_and_harms_no_other(app):
    make.facility("ИК-99")
    made = staged(*WHOLE, ("Придуманная Анна", "1975", "", "", "", "", "", "", "", ""))
    with transaction():
        wrong = queries.get_row(made.id, 2)
        wrong.parsed = {**wrong.parsed, "person": {**wrong.parsed["person"], "born_on": "2090-01-01"}}
    let_loose(made)
    assert (row(made, 2).outcome, row(made, 3).outcome) == (RowOutcome.REFUSED, RowOutcome.MADE)
    assert any(problem["field"] == "born_on" for problem in row(made, 2).problems)
    assert count(Prisoner) == 1


def published(**changes) -> Prisoner:
    known = make.prisoner(**changes)
    with transaction():
        person = get_prisoner(known.id)
        consent = PrisonerConsent(
            id=uuid.uuid4(), prisoner_id=known.id, kind=ConsentKind.PUBLICITY, given_by=ConsentGiver.SELF,
            given_on=date(2026, 1, 1), evidence=ConsentEvidence.LETTER,
        )  # fmt: skip
        session.add(consent)
        session.flush()
        person.publicity_consent_id, person.publicity, person.state = consent.id, "public", PrisonerState.PUBLISHED
    return known


def test_what_is_public_changes_only_by_a_second_person(app):
    known = published()
    made = applied(("ФИО", "Дата рождения", "Профессия"), ("Вымышленный Пётр Ильич", "17.05.1980", "учитель"))
    assert row(made, 2).outcome == RowOutcome.WAITS
    assert get_prisoner(known.id).texts == []
    session.remove()
    with pytest.raises(Forbidden), transaction():
        decide_waiting(made.id, 2, approve=True, actor=EDITOR)
    with transaction():
        decide_waiting(made.id, 2, approve=True, actor=SECOND)
    session.remove()
    assert get_prisoner(known.id).texts[0].occupation == "учитель"
    with pytest.raises(Conflict), transaction():
        decide_waiting(made.id, 2, approve=False, actor=SECOND)


def test_a_second_person_can_refuse(app):
    known = published()
    made = applied(("ФИО", "Дата рождения", "Профессия"), ("Вымышленный Пётр Ильич", "17.05.1980", "учитель"))
    with transaction():
        decide_waiting(made.id, 2, approve=False, actor=SECOND)
    session.remove()
    assert get_prisoner(known.id).texts == []


def test_undo_takes_back_everybody_whom_nobody_has_touched(app):
    make.facility("ИК-99")
    made = applied(*WHOLE, ("Придуманная Анна", "1975", "", "", "", "", "", "", "", ""))
    kept = row(made, 3).prisoner_id
    with transaction():
        person = get_prisoner(kept)
        edit_prisoner(person, make.person_draft(last_ru="Придуманная"), make.SOURCE, seen_version=person.version,
                      actor=SECOND)  # fmt: skip
    taken_back(made)
    assert [each.id for each in session.scalars(select(Prisoner))] == [kept]
    assert (row(made, 2).outcome, row(made, 3).outcome) == (RowOutcome.UNDONE, RowOutcome.LEFT)
    assert count(Case) == count(Custody) == count(Listing) == count(Episode) == 0


def test_undo_restores_what_nobody_has_changed_since_and_lists_the_rest(app):
    known = make.prisoner(born_on=date(1980, 1, 1), born_precision="year", languages_read=["ru"])
    made = applied(
        ("ФИО", "Дата рождения", "Языки", "Профессия", "Признан", "Статьи"),
        ("Вымышленный Пётр Ильич", "17.05.1980", "en", "учитель", "Мемориал", "280.3"),
    )
    assert row(made, 2).outcome == RowOutcome.CHANGED
    with transaction():
        person = get_prisoner(known.id)
        draft = make.person_draft(born_on=date(1980, 6, 1), languages_read=["ru", "en"])
        edit_prisoner(person, draft, make.SOURCE, seen_version=person.version, actor=SECOND)
    taken_back(made)
    session.remove()
    person = get_prisoner(known.id)
    assert (person.born_on, person.languages_read) == (date(1980, 6, 1), ["ru"])
    assert count(Listing) == count(Case) == 0
    assert row(made, 2).outcome == RowOutcome.LEFT
    assert "born_on" in {problem["field"] for problem in row(made, 2).problems}


def test_an_undone_file_can_come_in_again_and_undoing_twice_does_nothing_more(app):
    made = applied(("ФИО",), ("Небывалов Глеб",))
    taken_back(made)
    with transaction():
        undo.begin_undo(made.id, actor=EDITOR)
        assert undo.undo_batch(made.id) == 0
    assert applied(("ФИО",), ("Небывалов Глеб",)).id != made.id
    assert count(Prisoner) == 1


def test_a_transfer_or_a_release_is_no_matter_of_a_table(app):
    make.facility("ИК-99")
    make.facility("ИК-98")
    applied(*WHOLE)
    again = applied(
        ("ФИО", "Дата рождения", "Учреждение", "Статус", "Дата ареста"),
        ("Небывалов Глеб Олегович", "17.05.1980", "ИК-98", "освобождён", "1.1.2020"),
    )
    assert {"facility", "status", "arrested_on"} <= {problem["field"] for problem in row(again, 2).problems}
    assert count(Custody) == 1
    assert session.scalars(select(LibertyStatus.status)).one() == Liberty.SERVING_COLONY
