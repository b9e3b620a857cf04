"""A page of the list by name: the same people, order and count, however it was found out who stands on it."""

import uuid
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from campaign.kernel import clock
from campaign.kernel.db import db, session, transaction
from campaign.people.models import Consent, IdentityKind, Person, PersonIdentity, Purpose, Skill
from campaign.people.queries import people_list
from campaign.people.queries.name_index import IndexState, Look, NameIndex
from campaign.people.queries.name_text import Names
from campaign.people.queries.people_list import Found, Hits, Within, find_people
from campaign.people.queries.wanted import NONE, Wanted
from campaign.people.service import details
from campaign.people.service.identities import read_identity
from campaign.people.service.records import PersonDraft, add_person

ACTOR = uuid.UUID(int=7)
EVERY_SORT = ("name", "-name")
PEOPLE = 64


@pytest.fixture
def names(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Names:
    """Sixty-four people of whom two have no name, on pages of four, of which eight names are looked at for each."""
    monkeypatch.setattr(people_list, "PER_PAGE", 4)
    monkeypatch.setattr(people_list, "AHEAD", 8)
    monkeypatch.setattr(people_list, "BROUGHT", 5)
    monkeypatch.setattr(people_list, "FEW", 3)
    with transaction():
        tag = details.ensure_tag("brings cake")
        for number in range(PEOPLE):
            name = "" if number % 32 == 31 else f"{'Имя' if number % 2 else 'Name'} {number * 29 % PEOPLE:02}"
            ways = [read_identity(IdentityKind.EMAIL, f"n{number}@example.org")] if number % 3 else ()
            person = add_person(
                PersonDraft(
                    name=name, language="ru" if number % 2 else "en", country="DE" if number % 4 else None,
                    skills=(Skill.LAW,) if number % 16 == 0 else (),
                ), identities=ways, actor=ACTOR,
            )  # fmt: skip
            if number % 5:
                session.add(Consent(
                    id=uuid.uuid4(), person_id=person.id, purpose=Purpose.NEWS, text_version="1",
                    given_on=clock.today(), ended_on=clock.today() if number % 7 == 0 else None,
                ))  # fmt: skip
            if number % 6 == 0:
                details.put_tag([person.id], tag.id)
    return read_names()


def read_names() -> Names:
    index = NameIndex(pause=0)
    index.keep_up()
    names = index.look().names
    assert names is not None
    return names


def page(wanted: Wanted, names: Names, number: int, within: Within = None) -> Found:
    return find_people(wanted, Hits(), within=within, look=Look(IndexState.READY, names), number=number)


def asked() -> dict[str, Wanted]:
    tag = details.ensure_tag("brings cake").id
    return {
        "most": Wanted(country="DE"), "two": Wanted(country="DE", consent="news"), "few": Wanted(skill="law"),
        "nobody": Wanted(country="FR"), "first in the order": Wanted(language="en"),
        "last in the order": Wanted(language="ru"), "no consent": Wanted(consent=NONE),
        "not to this": Wanted(without_consent="news"), "no way": Wanted(reached=NONE),
        "no address": Wanted(not_reached="email", country="DE"), "tag": Wanted(tags=(tag,)),
        "no tag": Wanted(without_tags=(tag,)),
    }  # fmt: skip


def in_order(names: Names, *, is_falling: bool) -> list[uuid.UUID]:
    everybody = names.people(names.order)
    if not is_falling:
        return everybody
    nameless = set(session.scalars(select(Person.id).where(Person.name_sealed.is_(None))))
    named = [each for each in everybody if each not in nameless]
    return [*reversed(named), *(each for each in everybody if each in nameless)]


@pytest.mark.parametrize("sort", EVERY_SORT)
def test_every_page_holds_who_fits_in_the_order_of_names(names: Names, sort: str) -> None:
    order = in_order(names, is_falling=sort == "-name")
    assert len(order) == PEOPLE
    for what, filters in asked().items():
        wanted = replace(filters, sort=sort)
        fitting = set(session.scalars(people_list.select_ids(wanted, Hits(), within=None, look=look_of(names))))
        expected = [each for each in order if each in fitting]
        last = max(1, -(-len(expected) // 4))
        for number in range(1, last + 1):
            found = page(wanted, names, number)
            assert list(found.ids) == expected[(number - 1) * 4 : number * 4], (what, number)
            assert (found.number, found.total) == (number, len(expected)), (what, number)
        for beyond in (last + 1, last + 5, 10**9):
            assert page(wanted, names, beyond) == page(wanted, names, last), what
        assert page(wanted, names, 0).number == 1


def look_of(names: Names) -> Look:
    return Look(IndexState.READY, names)


@pytest.mark.parametrize("sort", EVERY_SORT)
@pytest.mark.parametrize("ahead", [3, 4, 5, 7, 64, 1000])
def test_where_the_names_ahead_end_makes_no_difference(
    names: Names, monkeypatch: pytest.MonkeyPatch, ahead: int, sort: str
) -> None:
    wanted = Wanted(country="DE", sort=sort)
    monkeypatch.setattr(people_list, "PAGES_AHEAD", 0)
    before = [page(wanted, names, number) for number in range(1, 14)]
    monkeypatch.setattr(people_list, "PAGES_AHEAD", 5)
    monkeypatch.setattr(people_list, "AHEAD", ahead)
    assert [page(wanted, names, number) for number in range(1, 14)] == before
    assert before[0].total == 48


def test_who_one_may_not_see_is_on_no_page_and_in_no_count(names: Names) -> None:
    mine = select(Person.id).where(Person.language == "ru", Person.country == "DE")
    seen = set(session.scalars(mine))
    shown = [each for number in range(1, 9) for each in page(Wanted(country="DE"), names, number, within=mine).ids]
    assert len(shown) == len(seen) == page(Wanted(), names, 1, within=mine).total
    assert set(shown) == seen
    assert page(Wanted(country="DE"), names, 1, within=select(Person.id).where(Person.country == "FR")).total == 0


def test_a_name_that_changed_and_a_record_that_went_are_where_they_belong(names: Names) -> None:
    gone, changed = page(Wanted(country="DE"), names, 1).ids[:2]
    with transaction():
        session.delete(session.get_one(Person, gone))
    moved = names.with_changes({gone.bytes: None})
    found = page(Wanted(country="DE"), moved, 1)
    assert (found.ids[0], found.total) == (changed, 47)
    # Written a moment ago, and not read into memory yet.
    with transaction():
        add_person(PersonDraft(name="AAA", language="en", country="DE"), actor=ACTOR)
    assert page(Wanted(country="DE"), moved, 1).ids == found.ids
    assert page(Wanted(country="DE"), moved, 12).ids
    assert page(Wanted(country="DE"), moved, 13).number == 12


def test_a_page_is_one_question_where_enough_of_the_names_ahead_fit(names: Names) -> None:
    def questions(wanted: Wanted, number: int) -> int:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.extend([statement] if "FROM person" in statement else [])

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            page(wanted, names, number)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    for wanted, number in (
        (Wanted(country="DE"), 1), (Wanted(country="DE"), 5), (Wanted(country="DE"), 9), (Wanted(skill="law"), 1),
        (Wanted(country="FR"), 1), (Wanted(language="en"), 2),
    ):  # fmt: skip
        assert questions(wanted, number) == 1, (wanted, number)
    # Whose names all stand at the end: a second one, for all who fit.
    assert questions(Wanted(language="ru"), 1) == 2


def test_nobody_is_missed_where_an_identity_or_a_consent_has_gone(names: Names) -> None:
    with transaction():
        session.execute(update(Consent).values(ended_on=clock.today()))
        for row in session.scalars(select(PersonIdentity)):
            session.delete(row)
    assert page(Wanted(consent=NONE), names, 1).total == PEOPLE
    assert page(Wanted(reached=NONE), names, 1).total == PEOPLE
    assert page(Wanted(consent="news"), names, 1).total == 0


def test_who_has_none_of_something_is_found_by_a_join(names: Names) -> None:
    """NOT IN of three hundred thousand consents would read all of them for each person."""
    for what, wanted in asked().items():
        statement = str(people_list.select_ids(wanted, Hits(), within=None, look=look_of(names)))
        assert "NOT IN" not in statement, what
        assert ("NOT (EXISTS" in statement) == what.startswith(("no ", "not ")), what
