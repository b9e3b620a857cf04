"""The index of names follows what is written, in whatever order transactions commit, and goes with the key."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import db, session, transaction
from campaign.kernel.spelling import fold_word
from campaign.people.models import NAME, SCOPE, Person, PersonGone
from campaign.people.queries.name_index import IndexState, NameIndex
from campaign.people.queries.name_text import Gathering, Names, entry_of, words_of
from campaign.people.service.index import delete_old_traces, set_right
from campaign.people.service.records import PersonDraft, add_person

NAMES = (
    "Анна Выдуманная", "Anna Vydumannaya", "Пётр Щербаков-Небылицын", "Petr Shcherbakov", "Ольга Ё", "José Müller",
    "O'Brien, Nobody", "Їжак Вигаданий", "მარიამ", "swift_12", "", "😀", "Ян Я", "Anna", "Аннабель",
)  # fmt: skip
ASKED = (
    "анна",
    "anna",
    "ANNA выд",
    "выд анна",
    "щерб",
    "shcherb",
    "ё",
    "е",
    "muller",
    "obrien",
    "მარ",
    "12",
    "ян",
    "ижак",
)


def built(names: dict[uuid.UUID, str]) -> Names:
    gathering = Gathering()
    for person in sorted(names, key=lambda each: each.bytes):
        gathering.add(entry_of(person, names[person]))
    return gathering.names()


def found(names: Names, asked: str) -> list[uuid.UUID]:
    return names.people(names.search(asked))


def naively(names: dict[uuid.UUID, str], asked: str) -> list[uuid.UUID]:
    """What the index must give, by reading everybody's name."""

    def holds(name: str, word: str) -> bool:
        entry, folded = entry_of(uuid.UUID(int=1), name), fold_word(word)
        start = " " if len(word) == 1 else ""
        return f"{start}{word}" in f" {entry.plain} " or (bool(folded) and f"{start}{folded}" in f" {entry.folded} ")

    words = words_of(asked)
    fitting = [person for person, name in names.items() if words and all(holds(name, word) for word in words)]
    return sorted(fitting, key=lambda person: entry_of(person, names[person]).place)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("выдум", "Анна Выдуманная"), ("vydum", "Анна Выдуманная"), ("Vydumannaya A", "Анна Выдуманная"),
        ("щербаков", "Petr Shcherbakov"), ("Shcherbakov", "Пётр Щербаков"), ("петр", "Пётр Щербаков"),
        ("пётр", "Петр Щербаков"), ("АННА", "анна"), ("небыл", "Щербаков-Небылицын"), ("брай", "Обрайен"),
        ("obrien", "O'Brien"), ("мари", "Мария"), ("მარ", "მარიამ"), ("muller", "José Müller"),
    ],
)  # fmt: skip
def test_any_part_of_a_name_is_found_in_either_alphabet(asked: str, name: str) -> None:
    person = uuid.uuid4()
    assert found(built({person: name, uuid.uuid4(): "Иной Совсем"}), asked) == [person]


@pytest.mark.parametrize("asked", ["Щербакоф", "Shcherbakoff", "выдумманая анна", "Vidumanaya", "Вылуманная"])
def test_a_slip_is_forgiven_where_nothing_fits(asked: str) -> None:
    names = built({uuid.uuid4(): "Анна Выдуманная", uuid.uuid4(): "Пётр Щербаков", uuid.uuid4(): "Иной Совсем"})
    near = names.people(names.search_near(asked))
    assert len(near) == 1


def test_who_has_no_name_stands_at_the_end(app: Flask) -> None:
    ids = [uuid.uuid4() for _ in range(4)]
    names = built(dict(zip(ids, ("", "Яна", "Anna", "Анна"), strict=True)))
    assert names.people(names.order) == [ids[2], ids[3], ids[1], ids[0]]


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.dictionaries(st.integers(0, 12), st.one_of(st.none(), st.sampled_from(NAMES)), max_size=5), max_size=6
    ),
    compact_at=st.integers(0, 6),
)
def test_it_gives_what_reading_every_name_would(steps: list[dict[int, str | None]], compact_at: int) -> None:
    alive = {uuid.UUID(int=100 + number): NAMES[number % len(NAMES)] for number in range(8)}
    names = built(alive)
    for at, step in enumerate(steps):
        changes = {}
        for number, name in step.items():
            person = uuid.UUID(int=100 + number)
            changes[person.bytes] = None if name is None else entry_of(person, name)
            alive.pop(person, None)
            if name is not None:
                alive[person] = name
        names = names.with_changes(changes)
        if at == compact_at:
            names = names.compacted()
        assert names.people(names.order) == sorted(alive, key=lambda one: entry_of(one, alive[one]).place)
    for asked in ASKED:
        assert found(names, asked) == naively(alive, asked)
    some = [person for person in alive if person.int % 2]
    among = names.among(names.order, b"".join(person.bytes for person in some))
    assert set(names.people(among)) == set(some)


@contextmanager
def another() -> Iterator[Session]:
    """A transaction beside the others, on a connection of its own."""
    with Session(db.engine) as open_one:
        yield open_one
        open_one.rollback()


def written(name: str) -> Person:
    with transaction():
        return add_person(PersonDraft(name=name), actor=uuid.UUID(int=7))


def rename(where: Session, person: uuid.UUID, name: str) -> None:
    sealed = NAME.seal(SCOPE, person, name)
    where.execute(update(Person).where(Person.id == person).values(name_sealed=sealed))


def test_it_follows_what_is_written(app: Flask) -> None:
    anna = written("Анна Выдуманная")
    index = NameIndex(pause=0)
    assert index.look().state is IndexState.LOADING
    index.keep_up()
    peter = written("Пётр Небылицын")
    with transaction():
        rename(session(), anna.id, "Жанна Иная")
    look = index.look()
    assert look.names is not None
    assert found(look.names, "zhanna") == [anna.id]
    assert found(look.names, "выдуманная") == []
    assert found(look.names, "небыл") == [peter.id]
    with transaction():
        session.execute(delete(Person).where(Person.id == anna.id))
    after = index.look().names
    assert after is not None
    assert after.people(after.order) == [peter.id]


def test_a_transaction_that_began_first_and_commits_last_is_not_missed(app: Flask) -> None:
    anna, peter = written("Анна"), written("Пётр")
    index = NameIndex(pause=0)
    index.keep_up()
    with another() as slow, another() as quick:
        rename(slow, anna.id, "Медленная")
        rename(quick, peter.id, "Быстрый")
        quick.commit()
        look = index.look().names
        assert look is not None
        assert found(look, "быстрый") == [peter.id]
        assert found(look, "медленная") == []
        slow.commit()
    look = index.look().names
    assert look is not None
    assert found(look, "медленная") == [anna.id]


def test_what_is_rolled_back_was_never_there(app: Flask) -> None:
    anna = written("Анна")
    index = NameIndex(pause=0)
    index.keep_up()
    with another() as other:
        rename(other, anna.id, "Иная")
        other.execute(delete(Person).where(Person.id == anna.id))
        other.flush()
        assert index.look().names is not None
    names = index.look().names
    assert names is not None
    assert found(names, "анна") == [anna.id]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.sampled_from((*NAMES[:6], None))), max_size=14))
def test_it_ends_up_right_whatever_runs_beside(app: Flask, acts: list[tuple[int, int, str | None]]) -> None:
    session.remove()
    with transaction():
        session.execute(text("DELETE FROM person"))
    people = [written(NAMES[number]).id for number in range(5)]
    index = NameIndex(pause=0)
    index.keep_up()
    with another() as one, another() as two:
        beside, locked = (one, two), {}
        for who, number, name in acts:
            person = people[number]
            if who == 2:
                # Both commit, the later one first.
                two.commit()
                one.commit()
                locked.clear()
            elif locked.setdefault(person, who) == who:
                if name is None:
                    beside[who].execute(delete(Person).where(Person.id == person))
                else:
                    rename(beside[who], person, name)
            index.look()
        two.commit()
        one.commit()
    fresh = NameIndex(pause=0)
    fresh.keep_up()
    followed, anew = index.look().names, fresh.look().names
    assert followed is not None
    assert anew is not None
    assert followed.people(followed.order) == anew.people(anew.order)


def test_it_goes_with_the_key(app: Flask) -> None:
    written("Анна Выдуманная")
    index = NameIndex(pause=0)
    index.keep_up()
    keyring.destroy(SCOPE)
    try:
        assert index.look().state is IndexState.UNAVAILABLE
        assert index.look().names is None
        index.keep_up()
        assert index.look().state is IndexState.UNAVAILABLE
    finally:
        with transaction():
            session.execute(delete(Person))
        keyring.begin_anew(SCOPE)
    index.keep_up()
    names = index.look().names
    assert names is not None
    assert len(names.order) == 0


def test_a_restored_backup_is_read_anew(app: Flask) -> None:
    anna = written("Анна")
    index = NameIndex(pause=0)
    index.keep_up()
    with transaction():
        # As a restore leaves it: a row is gone and no trigger saw it.
        session.execute(text("ALTER TABLE person DISABLE TRIGGER USER"))
        session.execute(delete(Person).where(Person.id == anna.id))
        session.execute(text("ALTER TABLE person ENABLE TRIGGER USER"))
        set_right()
    assert index.look().names is None
    index.keep_up()
    names = index.look().names
    assert names is not None
    assert len(names.order) == 0


def test_nothing_of_it_can_be_printed(app: Flask) -> None:
    names = built({uuid.uuid4(): "Анна Выдуманная"})
    assert "нна" not in repr(names)
    assert "нна" not in repr(names.entry(0))


def test_the_trace_of_a_deleted_record_goes_after_two_days(app: Flask) -> None:
    anna = written("Анна")
    with transaction():
        session.execute(delete(Person).where(Person.id == anna.id))
    today = session.scalars(select(PersonGone.gone_on)).one()
    with transaction():
        assert delete_old_traces(today + timedelta(days=1)) == 0
        assert delete_old_traces(today + timedelta(days=2)) == 1


def test_a_restore_touches_every_record(app: Flask) -> None:
    with transaction():
        session.execute(text("ALTER TABLE person DISABLE TRIGGER USER"))
    written("Анна")
    with transaction():
        session.execute(update(Person).values(changed_tx=2**62))
        session.execute(text("ALTER TABLE person ENABLE TRIGGER USER"))
    with transaction():
        set_right()
    assert session.scalars(select(Person.changed_tx)).one() < 2**62
