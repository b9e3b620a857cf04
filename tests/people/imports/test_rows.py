"""What rows become: read in three languages, judged, applied, and taken back exactly."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.suppression import SuppressionReason, suppress
from campaign.kernel.tables import BadTable
from campaign.people.models import (
    IDENTITY,
    NOTE,
    SCOPE,
    Basis,
    Consent,
    FieldKind,
    IdentityKind,
    ImportState,
    InteractionKind,
    PeopleImportRow,
    Person,
    PersonField,
    PersonIdentity,
    PersonNote,
    PersonTag,
    Tag,
)
from campaign.people.queries import find_person_by_address
from campaign.people.service import consents, details, records
from campaign.people.service.consents import end_consent
from campaign.people.service.identities import add_identity, read_identity
from campaign.people.service.imports import apply, check, keep, undo, upload
from campaign.people.service.imports.upload import BadBasis, Choices
from tests.people.imports.support import (
    ASKED,
    NOBODY,
    ORGANISER,
    applied,
    checked,
    counted,
    everybody,
    let_loose,
    received,
    row,
    said,
    table,
    taken,
    taken_back,
)

pytestmark = pytest.mark.usefixtures("app")
CALLS = Choices("A made-up list", basis_on=date(2026, 3, 1), may_call=True)
HEADINGS = ("Имя", "Фамилия", "Почта", "Телефон", "Телеграм", "Страна", "Язык", "Языки", "Навыки", "Теги", "С нами с",
            "Комментарий")  # fmt: skip
ANNA = ("Анна", "Выдуманная", "anna@example.org", "8 (916) 123-45-67", "@anna", "Россия", "русский",
        "русский, немецкий", "перевод; авто", "Вечера писем, Берлин", "05.03.2024", "любит чай")  # fmt: skip
ACTOR = uuid.UUID(int=7)


def people() -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def add(address: str, **more: str):
    with transaction():
        draft = records.PersonDraft(**more)
        return records.add_person(draft, identities=[read_identity(IdentityKind.EMAIL, address)], actor=ACTOR)


def test_a_row_becomes_a_person_with_all_that_it_says():
    before = everybody()
    made = applied(HEADINGS, ANNA, choices=replace(ASKED, may_call=True))
    assert counted(made) == {"new": 1, "made": 1}
    anna = find_person_by_address("ANNA@example.org")
    assert records.name_of(anna) == "Анна Выдуманная"
    assert (anna.country, anna.language, anna.spoken, anna.skills) == (
        "RU",
        "ru",
        ["ru", "de"],
        ["translating", "driving"],
    )
    assert (anna.since_on, anna.source, anna.kept_for) == (date(2024, 3, 5), "A made-up list", "staff")
    found = session.execute(select(PersonIdentity.kind, PersonIdentity.id, PersonIdentity.value_sealed))
    shown = {kind: IDENTITY.unseal(SCOPE, each, sealed) for kind, each, sealed in found}
    assert shown == {"email": "anna@example.org", "phone": "+7 916 123-45-67", "messenger": "@anna"}
    assert set(session.scalars(select(Tag.name))) == {"Вечера писем", "Берлин"}
    note = session.scalars(select(PersonNote)).one()
    assert NOTE.unseal(SCOPE, note.id, note.body_sealed) == "любит чай"
    consents = session.scalars(select(Consent).order_by(Consent.purpose)).all()
    assert [each.purpose for each in consents] == ["calls", "news"]
    assert {(each.given_on, each.text_version) for each in consents} == {(date(2026, 3, 1), f"list:{made.id}")}
    taken_back(made)
    assert everybody() == before
    assert counted(made)["undone"] == 1


@pytest.mark.parametrize("basis", list(Basis))
def test_nobody_is_mailed_without_a_ground(basis):
    said_so = {Basis.ASKED: ASKED, Basis.MEMBER: Choices("Members", Basis.MEMBER, date(2025, 1, 1)), Basis.NONE: NOBODY}
    applied(("E-mail",), ("anna@example.org",), choices=said_so[basis])
    agreed = session.scalar(select(func.count()).select_from(Consent))
    assert agreed == (0 if basis is Basis.NONE else 1)


@pytest.mark.parametrize(
    "choices",
    [
        Choices(""), Choices("x", Basis.ASKED, date(2026, 1, 1)), Choices("x", Basis.ASKED, None, "words"),
        Choices("x", Basis.MEMBER), Choices("x", Basis.MEMBER, date(2126, 1, 1)),
    ],
)  # fmt: skip
def test_a_ground_is_told_completely(choices):
    with pytest.raises(BadBasis):
        checked(("E-mail",), ("anna@example.org",), choices=choices)


def test_who_asked_not_to_be_mailed_is_kept_without_consent_and_it_is_said():
    with transaction():
        suppress("anna@example.org", SuppressionReason.ASKED)
    made = applied(("E-mail",), ("anna@example.org",), ("boris@example.org",), choices=ASKED)
    assert counted(made) == {"new": 2, "made": 2, "suppressed": 1}
    assert session.scalars(select(Consent.person_id)).all() == [find_person_by_address("boris@example.org").id]


def test_a_no_after_the_day_of_the_form_stands():
    applied(("E-mail",), ("anna@example.org",), choices=ASKED)
    with transaction():
        assert end_consent("anna@example.org", purpose="news", subject=None)
    again = applied(("E-mail", "Name"), ("anna@example.org", "Anna"), choices=ASKED)
    assert counted(again) == {"update": 1, "changed": 1}
    assert session.scalar(select(func.count()).select_from(Consent).where(Consent.ended_on.is_(None))) == 0


def test_empty_fields_are_filled_and_what_is_known_stays():
    add("anna@example.org", name="Анна", language="de")
    before = everybody()
    made = applied(("E-mail", "Name", "Страна", "Язык", "Теги"), ("anna@example.org", "Other", "Германия", "ru", "Чай"))
    anna = find_person_by_address("anna@example.org")
    assert (records.name_of(anna), anna.country, anna.language, anna.version) == ("Анна", "DE", "de", 2)
    assert row(made, 2).changes == ["country", "tags"]
    taken_back(made)
    assert everybody() == before


def test_what_is_known_is_overwritten_where_that_was_chosen_and_comes_back():
    with transaction():
        field = PersonField(
            id=uuid.uuid4(), slug="shoe", kind=FieldKind.NUMBER, labels={"en": "Shoe"}, created_on=clock.today()
        )  # fmt: skip
        session.add(field)
    anna = add("anna@example.org", name="Анна", language="de", country="FR")
    with transaction():
        details.set_value(anna.id, field, details.Value(number=39))
    before = everybody()
    choices = Choices("A list", overwrites=True)
    made = applied(
        ("E-mail", "Name", "Country", "Shoe"), ("anna@example.org", "Анна Б.", "Италия", "40,5"), choices=choices
    )
    session.expire_all()
    anna = find_person_by_address("anna@example.org")
    assert (records.name_of(anna), anna.country) == ("Анна Б.", "IT")
    assert row(made, 2).changes == ["name", "country", str(field.id)]
    taken_back(made)
    assert everybody() == before


def test_undo_leaves_what_somebody_changed_since():
    add("anna@example.org")
    made = applied(("E-mail", "Name", "Country"), ("anna@example.org", "Анна", "DE"),
                   ("boris@example.org", "Борис", ""), ("vera@example.org", "Вера", ""))  # fmt: skip
    anna, vera = find_person_by_address("anna@example.org"), find_person_by_address("vera@example.org")
    with transaction():
        records.edit_person(
            anna.id, records.PersonDraft(name="Анна Иная", country="DE", language="en"), seen_version=anna.version,
            actor=ACTOR,
        )  # fmt: skip
        details.record_interaction(vera.id, InteractionKind.CALLED, actor=ACTOR)
    taken_back(made)
    anna = find_person_by_address("anna@example.org")
    assert (records.name_of(anna), anna.country) == ("Анна Иная", None)
    assert said(made, 2) == {"name": "Somebody has changed this since, so it stays."}
    assert said(made, 4) == {"": "Something has happened to this record since, so it stays."}
    assert find_person_by_address("boris@example.org") is None
    assert find_person_by_address("vera@example.org") is not None
    assert counted(made) == {"new": 2, "update": 1, "undone": 1, "left": 2}


def test_one_person_twice_in_a_file_and_one_row_of_two_people():
    add("anna@example.org")
    add("boris@example.org")
    made = applied(
        ("E-mail", "E-mail 2"), ("vera@example.org", ""), ("vera+x@example.org", "v@example.org"),
        ("anna@example.org", "boris@example.org"), ("v@example.org", ""), ("Anna@Example.org", ""),
    )  # fmt: skip
    assert counted(made) == {"new": 2, "made": 2, "duplicate": 1, "conflict": 1, "unchanged": 1}
    assert said(made, 3) == {"": "The same person as in row 2."}
    assert "two people" in said(made, 4)[""]


def test_two_rows_that_reach_one_known_person_by_different_ways_take_no_turns():
    applied(("Name", "E-mail", "Telegram"), ("Anna", "anna@example.org", "@made_up_anna"))
    rows = (("Anna One", "anna@example.org", ""), ("Anna Two", "", "@made_up_anna"))
    overwriting = Choices("A list", overwrites=True)
    made = applied(("Name", "E-mail", "Telegram"), *rows, choices=overwriting)
    assert counted(made) == {"update": 1, "changed": 1, "duplicate": 1}
    assert said(made, 3) == {"": "The same person as in row 2."}
    again = applied(("Name", "E-mail", "Telegram"), *rows, choices=overwriting)
    assert counted(again) == {"unchanged": 1, "duplicate": 1}
    assert records.name_of(find_person_by_address("anna@example.org")) == "Anna One"


def test_problems_are_told_in_words_that_repeat_nothing():
    made = applied(
        ("Name", "E-mail", "Phone", "Country", "Date", "Tags"),
        ("x" * 10_000, "anna@example.org", "", "", "", ""), ("Boris", "boris(at)example", "", "", "", ""),
        ("Vera", "vera@example.org", "", "Atlantis", "soon", ""), ("Glib", "", "", "", "", ""),
        ("=1+1", "glib@example.org", "", "", "", ""), ("Olga", "", "+49(30)12345678", "", "", ""),
        ("Zoe", "zoe@example.org", "", "", "", "me@example.org"), ("Ivan", "", "123", "", "", ""), choices=CALLS,
    )  # fmt: skip
    assert counted(made) == {"new": 2, "made": 2, "invalid": 6}
    assert said(made, 2) == {"name": "A name has at most 120 characters."}
    assert "complete e-mail address" in said(made, 3)["email"]
    assert set(said(made, 4)) == {"country", "since"}
    assert "No way to reach" in said(made, 5)[""]
    assert "formula" in said(made, 6)["name"]
    assert "not sealed" in said(made, 8)["tags"]
    assert "telephone number" in said(made, 9)["phone"]


def test_a_way_that_cannot_be_read_is_left_out_where_another_can():
    rows = (("E-mail", "Phone"), ("anna@example.org", "123"), ("anna(at)example", "+49 30 12345678"))
    made = applied(*rows, choices=CALLS)
    assert counted(made) == {"new": 2, "made": 2}
    person = find_person_by_address("anna@example.org")
    assert person is not None
    kinds = session.scalars(select(PersonIdentity.kind).where(PersonIdentity.person_id == person.id)).all()
    assert kinds == [IdentityKind.EMAIL]
    assert "Left out" in said(made, 2)["phone"]


def test_a_number_is_kept_only_of_people_who_agreed_to_be_called():
    rows = (("E-mail", "Phone"), ("anna@example.org", "+49 30 12345678"), ("", "+49 30 12345679"))
    made = applied(*rows)
    assert counted(made) == {"new": 1, "made": 1, "invalid": 1}
    assert "agreed to be called" in said(made, 2)["phone"]
    assert set(session.scalars(select(PersonIdentity.kind))) == {"email"}
    again = applied(*rows, choices=CALLS)
    assert counted(again) == {"update": 1, "changed": 1, "new": 1, "made": 1}
    anna = find_person_by_address("anna@example.org")
    with transaction():
        consents.end_one_consent(anna.id, session.scalars(calls_of(anna)).one(), actor=ACTOR)
    clock_later = applied(*rows[:2], choices=CALLS)
    assert counted(clock_later) == {"unchanged": 1}
    with transaction():
        assert consents.forget_numbers(clock.today()) == 0
        session.execute(delete(Consent).where(Consent.purpose == "calls"))
        assert consents.forget_numbers(clock.today()) == 1


def calls_of(person):
    return select(Consent.id).where(Consent.person_id == person.id, Consent.purpose == "calls")


def test_numbers_without_plus_are_read_by_the_country_of_the_row_or_of_the_list():
    choices = replace(CALLS, country="DE")
    made = applied(
        ("Phone", "Land"),
        ("030 1234567", ""),
        ("79161234567", ""),
        ("8 916 123 45 68", "RU"),
        ("030 1234568", "RU"),
        choices=choices,
    )
    assert counted(made) == {"new": 4, "made": 4}


def test_the_same_headings_are_known_again():
    first = taken(table(("Кто", "Куда"), ("Анна", "anna@example.org")))
    assert first.mapping == {}
    with transaction():
        upload.choose(first, {"Кто": "name", "Куда": "email"}, NOBODY, actor=ORGANISER)
    second = taken(table(("Кто", "Куда"), ("Борис", "boris@example.org")))
    assert second.mapping == {"Кто": "name", "Куда": "email"}


def test_german_headings_and_two_names():
    made = applied(("Name", "Vorname", "E-Mail-Adresse", "Handy", "Land"),
                   ("Muster", "Erika", "erika@example.org", "+49 151 12345678", "Österreich"))  # fmt: skip
    assert made.mapping["Handy"] == "phone"
    erika = find_person_by_address("erika@example.org")
    assert (records.name_of(erika), erika.country) == ("Erika Muster", "AT")


def test_a_file_lies_sealed_in_pieces_and_is_read_across_them():
    rows = [("E-mail", "Имя"), *((f"p{number}@example.org", f"Имя {number}") for number in range(300))]
    made = taken(table(*rows, code="utf-16"), piece=997)
    raw = b"".join(session.scalars(select(upload.chunks.PeopleImportChunk.content_sealed)))
    assert b"example" not in raw
    assert "example".encode("utf-16-le") not in raw
    assert made.rows_total == 300
    with transaction():
        upload.choose(made, made.mapping, NOBODY, actor=ORGANISER)
    assert [each.cells[0] for each in upload.open_again(made).rows()][-1] == "p299@example.org"


def test_what_does_not_come_in_whole_is_erased():
    coming = received(b"%PDF-1.7")
    with pytest.raises(BadTable, match="PDF"), transaction():
        upload.take_file(coming, "x.pdf", actor=ORGANISER)
    with transaction():
        upload.give_up_receiving(coming.import_id)
    assert session.scalar(select(func.count()).select_from(upload.chunks.PeopleImportChunk)) == 0
    received(b"half")
    with transaction():
        assert keep.forget_old(clock.today() + timedelta(days=2)) == 1


def test_a_first_row_with_an_address_is_no_row_of_headings():
    coming = received(b"anna@example.org,Anna\nboris@example.org,Boris\n")
    with pytest.raises(BadTable, match="headings"), transaction():
        upload.take_file(coming, "x.csv", actor=ORGANISER)


def test_a_file_beyond_the_limit_is_refused_while_it_comes(monkeypatch):
    monkeypatch.setattr(upload, "LARGEST_FILE", 100)
    with pytest.raises(BadTable, match="larger than"), transaction():
        upload.begin_receiving(actor=ORGANISER).keep(b"x" * 101)


def test_a_column_of_something_else_does_not_become_a_thousand_tags():
    rows = [("E-mail", "Tags"), *((f"p{number}@example.org", f"tag {number}") for number in range(101))]
    with pytest.raises(check.TooManyTags), transaction():
        checked_inside(table(*rows))


def checked_inside(content: bytes) -> None:
    coming = upload.begin_receiving(actor=ORGANISER)
    coming.keep(content)
    made, opened = upload.take_file(coming, "x.csv", actor=ORGANISER)
    upload.choose(made, made.mapping, NOBODY, actor=ORGANISER)
    upload.begin_check(made, actor=ORGANISER, by_job=False)
    check.check_batch(made, check.reader_of(made), check.rows_left(made, opened))


def test_the_same_file_again_goes_on_with_the_import_there_is():
    content = table(("E-mail",), ("anna@example.org",))
    first = checked(content=content)
    assert taken(content).id == first.id
    let_loose(first)
    second = checked(content=content)
    assert second.id != first.id
    assert counted(second) == {"unchanged": 1}


def test_other_choices_check_the_rows_anew():
    content = table(("E-mail", "Name"), ("anna@example.org", "Anna"))
    made = checked(content=content)
    checked(content=content, mapping={"E-mail": "email"})
    let_loose(made)
    assert records.name_of(find_person_by_address("anna@example.org")) == ""
    assert counted(made) == {"new": 1, "made": 1}


def test_somebody_who_was_written_down_meanwhile_is_not_doubled():
    made = checked(("E-mail", "Phone"), ("anna@example.org", "+4930123456"), ("boris@example.org", "+4930123457"),
                   choices=CALLS)  # fmt: skip
    anna = add("anna@example.org")
    other = add("other@example.org")
    with transaction():
        add_identity(other.id, read_identity(IdentityKind.EMAIL, "boris@example.org"), actor=ACTOR)
        third = records.add_person(
            records.PersonDraft(), identities=[read_identity(IdentityKind.PHONE, "+4930123457")], actor=ACTOR
        )  # fmt: skip
    let_loose(made)
    assert people() == 3
    assert row(made, 2).person_id == anna.id
    assert counted(made) == {"update": 1, "changed": 1, "conflict": 1, "refused": 1}
    assert third is not None


def test_a_job_that_is_killed_goes_on_and_no_row_is_applied_twice(monkeypatch, run_work):
    monkeypatch.setattr(apply, "BATCH", 3)
    monkeypatch.setattr(check, "BATCH", 2)
    monkeypatch.setattr(check, "ROWS_A_JOB", 4)
    rows = [("E-mail",), *((f"p{number}@example.org",) for number in range(11))]
    made = taken(table(*rows))
    with transaction():
        upload.choose(made, made.mapping, NOBODY, actor=ORGANISER)
        upload.begin_check(made, actor=ORGANISER)
    run_work()
    session.expire_all()
    assert upload.get_import(made.id).state == ImportState.CHECKED
    with transaction():
        apply.begin_applying(made.id, actor=ORGANISER)
    with transaction():
        apply.apply_batch(made.id)
    with pytest.raises(RuntimeError), transaction():
        apply.apply_batch(made.id)
        raise RuntimeError("killed")
    with transaction():
        assert upload.stop(made.id, actor=ORGANISER)
    run_work()
    assert people() == 3
    with transaction():
        apply.begin_applying(made.id, actor=ORGANISER)
    run_work()
    session.expire_all()
    assert people() == 11
    assert counted(made) == {"new": 11, "made": 11}
    assert upload.get_import(made.id).state == ImportState.APPLIED


def test_rows_are_erased_after_thirty_days_and_the_counts_stay(run_work):
    made = applied(HEADINGS, ANNA)
    with transaction():
        assert keep.forget_old(clock.today() + timedelta(days=29)) == 0
    with transaction():
        assert keep.forget_old(clock.today() + timedelta(days=31)) > 0
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(PeopleImportRow)) == 0
    assert upload.get_import(made.id).counts["made"] == 1
    with pytest.raises(Exception, match="30 days"), transaction():
        undo.begin_undo(made.id, actor=ORGANISER, by_job=False)


def test_worn_tags_stay_when_a_list_is_taken_back():
    made = applied(("E-mail", "Tags"), ("anna@example.org", "Чай"))
    boris = add("boris@example.org")
    with transaction():
        details.put_tag([boris.id], session.scalars(select(Tag.id)).one())
    taken_back(made)
    assert session.scalars(select(PersonTag.person_id)).all() == [boris.id]
