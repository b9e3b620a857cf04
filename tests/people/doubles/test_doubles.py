"""Which records are taken to be of one person, and the pages on which staff decide it."""

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.people.models import DoubleState, DuplicateSuggestion, IdentityKind, Person
from campaign.people.queries.doubles import Stays, which_stays
from campaign.people.queries.likeness import Blocks, Reason, called, compare
from campaign.people.service import doubles
from campaign.people.service.identities import add_identity, read_identity
from campaign.people.service.records import PersonDraft, edit_person, name_of
from tests.people.pages import ACTOR, send, staff, written_down


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Анна Выдуманная", "Anna Vydumannaya", Reason.LETTERS),
        ("Анна Выдуманная", "Выдуманная Анна", Reason.SWAPPED),
        ("Jonas Beispiel", "Jonas Beispeil", Reason.SLIP),
        ("Александр Небывалов", "Саша Небывалов", Reason.PET_NAME),
        ("Александра Небывалова", "Sasha Nebyvalova", Reason.PET_NAME),
        ("Margarete Beispiel", "Grete Beispiel", Reason.PET_NAME),
        ("Robert Example", "Bob Example", Reason.PET_NAME),
        ("Anna Maria Beispiel", "Anna Beispiel", Reason.PART),
        ("Ruth Niemand", "ruth niemand", Reason.SAME_NAME),
    ],
)
def test_these_may_be_one(one: str, other: str, reason: Reason) -> None:
    first, second = called(one), called(other)
    likeness = compare(first, second)
    assert likeness is not None
    assert reason in likeness[1]
    names = [tuple(sorted(each.folded)) for each in (first, second)]
    assert names[1] in Blocks(names).near(names[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Анна Выдуманная", "Ольга Выдуманная"), ("Jonas Beispiel", "Jonas Papier"), ("Anna", "Anna Beispiel"),
        ("", "Anna Beispiel"), ("Лев Книжный", "Лена Книжная"),
    ],
)  # fmt: skip
def test_these_are_two(one: str, other: str) -> None:
    assert compare(called(one), called(other)) is None


def search() -> list[DuplicateSuggestion]:
    with transaction():
        run = doubles.start(ACTOR).id
    while session.scalar(select(doubles.DoublesRun.ended_at).where(doubles.DoublesRun.id == run)) is None:
        with transaction():
            doubles.find_some(run)
    session.expire_all()
    return list(session.scalars(select(DuplicateSuggestion).order_by(DuplicateSuggestion.score.desc())))


def test_each_pair_is_found_once_in_batches_and_a_dismissed_one_stays_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubles, "BATCH", 2)
    people = [written_down(name).id for name in ("Анна Выдуманная", "Anna Vydumannaya", "Jonas Beispiel", "Zoe Papier")]
    (found,) = search()
    assert {found.one_id, found.other_id} == {people[0], people[1]}
    assert found.reasons == [Reason.LETTERS, Reason.COUNTRY]
    with transaction():
        assert doubles.decide(found.id, DoubleState.DISMISSED, actor=ACTOR)
    assert [each.state for each in search()] == [DoubleState.DISMISSED]
    with transaction():
        address = read_identity(IdentityKind.EMAIL, "anna@people.example")
        add_identity(people[0], address, actor=None)
    assert [each.state for each in search()] == [DoubleState.PENDING]


def test_of_somebody_who_is_like_many_the_likest_are_shown_and_the_next_when_one_is_dismissed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubles, "MOST_A_PERSON", 1)
    for name in ("Ruth Niemand", "Ruth Niemand", "Ruth Niemann", "Ruth Niemans"):
        written_down(name)
    found = search()
    assert len({pair.one_id for pair in found}) == len(found) == 3
    first = min(found, key=lambda pair: pair.one_id)
    with transaction():
        doubles.decide(first.id, DoubleState.DISMISSED, actor=ACTOR)
    of_first = [pair.state for pair in search() if pair.one_id == first.one_id]
    assert sorted(of_first) == [DoubleState.DISMISSED, DoubleState.PENDING]


WORDS = (
    "анна",
    "anna",
    "annie",
    "саша",
    "alexander",
    "sandra",
    "niemand",
    "niemann",
    "niemamm",
    "mike",
    "michel",
    "li",
)


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
)
def test_whatever_is_alike_and_shares_a_word_stands_in_one_block(one: list[str], other: list[str]) -> None:
    first, second = called(" ".join(one)), called(" ".join(other))
    names = [tuple(sorted(each.folded)) for each in (first, second)]
    share_one = len(set(names[0])) == len(names[0]) and not set(names[0]).isdisjoint(names[1])
    if share_one and compare(first, second):
        assert names[1] in Blocks(names).near(names[0])


def test_a_pair_that_is_alike_no_more_goes(app: Flask) -> None:
    one, _other = written_down("Ruth Niemand").id, written_down("Ruth Niemand").id
    assert len(search()) == 1
    with transaction():
        draft = PersonDraft(name="Karim Papier", language="en", country="DE")
        edit_person(one, draft, seen_version=session.get_one(Person, one).version, actor=ACTOR)
    assert search() == []


def test_an_organiser_compares_merges_and_takes_apart(app: Flask) -> None:
    one, other = written_down("Анна Выдуманная").id, written_down("Anna Vydumannaya").id
    (pair,) = search()
    client = staff(app, Role.ORGANISER)
    page = client.get("/staff/people/doubles?reason=letters")
    assert "Anna Vydumannaya" in page.text
    assert "the same name in other letters" in page.text
    path = f"/staff/people/doubles/{one}/{other}"
    versions = {f"version-{each}": "1" for each in (one, other)}
    answer = send(client, path, "", keep=str(one), name=str(other), **versions)
    assert answer.status_code == 303, answer.text
    assert name_of(session.get_one(Person, one)) == "Anna Vydumannaya"
    led = client.get(f"/staff/people/{other}")
    assert (led.status_code, led.location) == (302, f"/staff/people/{one}")
    assert "Merged records" in client.get(f"/staff/people/{one}").text
    assert send(client, answer.location, "/undo").status_code == 303
    assert client.get(f"/staff/people/{other}").status_code == 200
    assert send(client, answer.location, "/undo").status_code == 409
    assert session.get(DuplicateSuggestion, pair.id) is not None


def test_a_pair_is_dismissed_and_put_back(app: Flask) -> None:
    written_down("Анна Выдуманная"), written_down("Anna Vydumannaya")
    (pair,) = search()
    client = staff(app, Role.COORDINATOR)
    answer = send(client, "/staff/people/doubles", f"/{pair.id}/dismissed")
    assert "two people" in client.get(answer.location).text
    assert "Nothing to decide" in client.get("/staff/people/doubles").text
    send(client, answer.location.split("?")[0] + "?state=dismissed", "")
    assert "Anna" in client.get("/staff/people/doubles?state=dismissed").text


def test_the_older_or_richer_record_is_suggested_and_the_other_can_be_chosen(app: Flask) -> None:
    one, other = written_down("Анна Выдуманная").id, written_down("Anna Vydumannaya").id
    client = staff(app, Role.ORGANISER)
    path = f"/staff/people/doubles/{one}/{other}"
    assert "either would do" in client.get(path).text
    with transaction():
        session.get_one(Person, other).since_on -= timedelta(days=9)
    assert which_stays(session.get_one(Person, one), session.get_one(Person, other)) == (other, Stays.OLDER)
    assert "it is the older one" in client.get(path).text
    with transaction():
        add_identity(one, read_identity(IdentityKind.EMAIL, "anna@example.org"), actor=None)
    page = client.get(path).text
    assert "more hangs on it" in page
    assert re.search(rf'name="keep" value="{one}" checked', page)
    versions = {f"version-{each}": str(session.get_one(Person, each).version) for each in (one, other)}
    answer = send(client, path, "", keep=str(other), name=str(other), **versions)
    assert answer.status_code == 303
    assert session.get(Person, one) is None
    assert name_of(session.get_one(Person, other)) == "Anna Vydumannaya"
    assert client.get(f"/staff/people/{one}").location == f"/staff/people/{other}"


def test_somebody_changed_one_meanwhile(app: Flask) -> None:
    one, other = written_down().id, written_down().id
    client = staff(app, Role.ORGANISER)
    path = f"/staff/people/doubles/{one}/{other}"
    answer = send(client, path, "", **{f"version-{one}": "9", f"version-{other}": "1"})
    assert answer.status_code == 409
    assert len(session.scalars(select(Person.id)).all()) == 2
    assert client.get(f"/staff/people/doubles/{one}/{uuid.uuid4()}").status_code == 404
