"""Acts on many people: done to whom one saw, undone as far as nobody was there since, kept for thirty days."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.people.models import (
    BulkAct,
    BulkActPerson,
    BulkKind,
    BulkState,
    Consent,
    FieldKind,
    KeptFor,
    Person,
    PersonField,
    PersonFieldValue,
    PersonTag,
    Purpose,
    Tag,
)
from campaign.people.queries.name_index import name_index
from campaign.people.service import bulk, details
from campaign.people.service.bulk import Deed
from campaign.people.service.consents import forget_left_behind
from campaign.people.service.records import PersonDraft, add_person
from tests.people.pages import sealed
from tests.support import pens
from tests.support.pages import PageClient, field_values

SignIn = Callable[..., PageClient]
ACTOR = uuid.UUID(int=7)
LIST, NEW = "/staff/people", "/staff/people/acts/new"


def written(many: int = 1, **more: object) -> list[uuid.UUID]:
    with transaction():
        return [add_person(PersonDraft(name=f"Имя {number}", **more), actor=ACTOR).id for number in range(many)]  # type: ignore[arg-type]


def tag(name: str = "choir") -> Tag:
    with transaction():
        return details.ensure_tag(name)


def field(kind: FieldKind = FieldKind.CHOICE) -> PersonField:
    with transaction():
        made = PersonField(
            id=uuid.uuid4(), slug="shift", kind=kind, labels={"en": "Shift"}, created_on=date(2026, 1, 1),
            options=["early", "late"] if kind is FieldKind.CHOICE else [],
        )  # fmt: skip
        session.add(made)
    return made


def agreed(people: list[uuid.UUID], purpose: str = Purpose.NEWS, *, kept_for: KeptFor = KeptFor.STAFF) -> None:
    with transaction():
        for person in people:
            session.add(
                Consent(
                    id=uuid.uuid4(), person_id=person, purpose=purpose, text_version="1", given_on=clock.today(),
                )
            )  # fmt: skip
        session.execute(update(Person).where(Person.id.in_(people)).values(kept_for=kept_for))


def do(deed: Deed, people: list[uuid.UUID], seen: int | None = None) -> BulkAct:
    with transaction():
        chosen = select(Person.id).where(Person.id.in_(people))
        return bulk.begin(deed, chosen, seen=len(people) if seen is None else seen, actor=ACTOR)


def undo(act: BulkAct) -> BulkAct:
    with transaction():
        return bulk.undo(act.id, actor=ACTOR)


def carriers(of: Tag) -> set[uuid.UUID]:
    return set(session.scalars(select(PersonTag.person_id).where(PersonTag.tag_id == of.id)))


def values() -> dict[uuid.UUID, Any]:
    rows = session.scalars(select(PersonFieldValue).execution_options(populate_existing=True))
    return {row.person_id: row.word if row.word is not None else row.flag for row in rows}


def tagging(of: Tag, kind: BulkKind = BulkKind.ADD_TAG) -> Deed:
    return Deed(kind, {"tag": str(of.id), "name": of.name})


def setting(of: PersonField, value: str) -> Deed:
    what = {"field": str(of.id), "labels": of.labels, "value": value, "is_flag": of.kind == FieldKind.YES_NO}
    return Deed(BulkKind.SET_FIELD, what)


ENDING = Deed(BulkKind.END_CONSENT, {"purpose": "news"})


def test_a_tag_is_added_and_taken_back_from_those_alone_who_got_it(app: Flask) -> None:
    people, choir = written(3), tag()
    with transaction():
        details.put_tag(people[:1], choir.id)
    act = do(tagging(choir), people)
    assert (act.state, act.amount, act.changed) == (BulkState.DONE, 3, 2)
    assert carriers(choir) == set(people)
    act = undo(act)
    assert (act.state, act.restored) == (BulkState.UNDONE, 2)
    assert carriers(choir) == {people[0]}
    with pytest.raises(Conflict):
        undo(act)


def test_a_tag_that_was_taken_off_comes_back_with_its_day(app: Flask) -> None:
    people, choir = written(2), tag()
    with transaction():
        details.put_tag(people, choir.id)
        session.execute(update(PersonTag).values(given_on=date(2025, 5, 1)))
    act = do(tagging(choir, BulkKind.TAKE_TAG), people)
    assert carriers(choir) == set()
    with transaction():
        # Somebody gives it to one of them anew meanwhile.
        details.put_tag(people[:1], choir.id)
    assert undo(act).restored == 1
    days = dict(session.execute(select(PersonTag.person_id, PersonTag.given_on)).all())  # type: ignore[arg-type]
    assert days == {people[0]: clock.today(), people[1]: date(2025, 5, 1)}


@pytest.mark.parametrize("kind", [FieldKind.CHOICE, FieldKind.YES_NO])
def test_a_field_is_set_and_goes_back_unless_somebody_set_it_since(app: Flask, kind: FieldKind) -> None:
    people, shift = written(4), field(kind)
    one, other = ("early", "late") if kind is FieldKind.CHOICE else ("yes", "no")

    def put(person: uuid.UUID, word: str) -> None:
        value = details.Value(word=word) if kind is FieldKind.CHOICE else details.Value(flag=word == "yes")
        with transaction():
            details.set_value(person, shift, value)

    put(people[0], one)
    put(people[1], other)
    before = values()
    act = do(setting(shift, other), people)
    assert (act.changed, len(set(values().values())), len(values())) == (3, 1, 4)
    put(people[3], one)
    assert undo(act).restored == 2
    assert values() == before | {people[3]: one if kind is FieldKind.CHOICE else True}


def test_a_field_is_emptied_and_filled_again(app: Flask) -> None:
    people, shift = written(2), field()
    with transaction():
        details.set_value(people[0], shift, details.Value(word="early"))
    act = do(setting(shift, "-"), people)
    assert act.changed == 1
    assert values() == {}
    undo(act)
    assert values() == {people[0]: "early"}


def test_a_consent_ends_and_who_has_no_other_reason_goes_the_day_after(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, alone = written(1), written(2)
    agreed(kept)
    agreed(alone, kept_for=KeptFor.CONSENT)
    chosen = select(Person.id)
    shown = bulk.preview(ENDING, chosen)
    assert (shown.amount, shown.changed, shown.left_without_reason) == (3, 3, 2)
    act = do(ENDING, kept + alone)
    assert session.scalars(select(Consent.id).where(Consent.ended_on.is_(None))).all() == []
    with transaction():
        assert forget_left_behind(clock.today()) == 0
    assert undo(act).restored == 3
    do(ENDING, kept + alone)
    monkeypatch.setattr("campaign.people.service.consents.FORGOTTEN_AT_ONCE", 1)
    with transaction():
        assert forget_left_behind(clock.today() + timedelta(days=1)) == 2
    assert session.scalars(select(Person.id)).all() == kept


def test_a_consent_that_was_given_again_is_not_doubled(app: Flask) -> None:
    people = written(2)
    agreed(people)
    act = do(ENDING, people)
    agreed(people[:1])
    assert undo(act).restored == 1
    current = session.scalars(select(Consent.person_id).where(Consent.ended_on.is_(None))).all()
    assert sorted(current) == sorted(people)


def test_another_number_than_was_seen_changes_nothing(app: Flask) -> None:
    people, choir = written(3), tag()
    with pytest.raises(Conflict):
        do(tagging(choir), people, seen=2)
    with pytest.raises(Conflict):
        do(tagging(choir), [], seen=0)
    assert carriers(choir) == set()
    assert session.scalars(select(BulkAct)).all() == []


def test_many_are_changed_by_a_job_in_parts_and_taken_back_the_same_way(
    app: Flask, run_work: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    monkeypatch.setattr(bulk, "PART", 2)
    people, choir = written(7), tag()
    act = do(tagging(choir), people)
    assert act.state == BulkState.RUNNING
    with pytest.raises(Conflict):
        undo(act)
    with transaction():
        bulk.go_on(act.id)
    assert len(carriers(choir)) == 2
    assert bulk.progress_of(act) == 2
    run_work()
    act = session.get_one(BulkAct, act.id, populate_existing=True)
    assert (act.state, act.changed) == (BulkState.DONE, 7)
    with transaction():
        # The same job once more does nothing.
        bulk.go_on(act.id)
        bulk.go_on(uuid.uuid4())
    act = undo(act)
    assert act.state == BulkState.UNDOING
    run_work()
    act = session.get_one(BulkAct, act.id, populate_existing=True)
    assert (act.state, act.restored, carriers(choir)) == (BulkState.UNDONE, 7, set())


def test_what_is_gone_meanwhile_breaks_no_undo(app: Flask) -> None:
    people, choir, shift = written(2), tag(), field()
    with transaction():
        details.put_tag(people, choir.id)
    acts = [do(tagging(choir, BulkKind.TAKE_TAG), people), do(setting(shift, "late"), people)]
    with transaction():
        session.execute(delete(Tag))
        session.execute(delete(PersonField))
        session.execute(delete(Person).where(Person.id == people[0]))
    assert [undo(act).restored for act in acts] == [0, 0]


def test_how_it_was_is_forgotten_after_thirty_days(app: Flask) -> None:
    people, choir = written(1), tag()
    do(tagging(choir), people)
    with transaction():
        assert bulk.delete_old(clock.today() + timedelta(days=29)) == 0
        assert bulk.delete_old(clock.today() + timedelta(days=30)) == 1
    assert session.scalars(select(BulkActPerson)).all() == []


def test_a_merge_takes_what_was_remembered_of_the_loser_and_its_undoing_puts_it_back(app: Flask) -> None:
    people, choir = written(2), tag()
    do(tagging(choir), people)
    loser = people[1]
    everything = select(BulkActPerson.person_id, BulkActPerson.is_done, BulkActPerson.was).order_by("person_id")
    before = session.execute(everything).all()
    with transaction():
        memory = bulk.drop_rows(people[0], loser)
        assert len(memory) == 1
    with transaction():
        bulk.put_rows_back(people[0], loser, memory)
    assert session.execute(everything).all() == before


def begin(client: PageClient, query: str) -> Any:
    page = client.get(f"{NEW}?{query}").text
    return client.post(NEW, data=field_values(page, NEW) if 'name="seen"' in page else {})


def test_the_ticked_ones_are_changed_and_brought_back(sign_in: SignIn) -> None:
    people, choir = written(3), tag()
    client = sign_in(Role.ORGANISER)
    page = client.get(f"{NEW}?who={people[0]}&who=nonsense&act=add_tag:{choir.id}").text
    assert "It changes 1 person" in page
    answer = begin(client, f"who={people[0]}&act=add_tag:{choir.id}")
    assert answer.status_code == 303
    assert carriers(choir) == {people[0]}
    page = client.get(answer.location).text
    assert "add the tag “choir”" in page
    assert "add the tag “choir”" in client.get("/staff/people/acts").text
    done = client.post(f"{answer.location}/undo", data=field_values(page, "/undo"))
    assert done.status_code == 303
    assert carriers(choir) == set()
    assert client.get(f"{answer.location}/progress").json == {"done": 1, "is_at_work": False}


def test_all_who_match_are_changed_also_those_found_by_name(sign_in: SignIn) -> None:
    germans, _others, choir = written(2, country="DE"), written(2), tag()
    name_index.keep_up()
    client = sign_in(Role.ORGANISER)
    assert begin(client, f"all=1&country=DE&act=add_tag:{choir.id}").status_code == 303
    assert carriers(choir) == set(germans)
    assert begin(client, f"all=1&find={sealed(client, 'imya 1')}&country=DE&act=take_tag:{choir.id}").status_code == 303
    assert carriers(choir) == {germans[0]}


def test_all_who_match_a_name_cannot_be_told_while_names_load(sign_in: SignIn) -> None:
    written(2)
    choir = tag()
    client = sign_in(Role.ORGANISER)
    assert client.get(f"{NEW}?all=1&find={sealed(client, 'imya')}&act=add_tag:{choir.id}").status_code == 409


def test_a_list_that_changed_is_looked_at_again(sign_in: SignIn) -> None:
    written(2, country="DE")
    choir = tag()
    client = sign_in(Role.ORGANISER)
    data = field_values(client.get(f"{NEW}?all=1&country=DE&act=add_tag:{choir.id}").text, NEW)
    written(1, country="DE")
    answer = client.post(NEW, data=data)
    assert answer.status_code == 409
    assert "has changed since you looked" in answer.text
    assert carriers(choir) == set()


@pytest.mark.parametrize("act", ["", "forget:all", "add_tag:1", "set_field:none:x", "end_consent:evil", "add_tag"])
def test_what_cannot_be_done_is_not(sign_in: SignIn, act: str) -> None:
    people = written(1)
    client = sign_in(Role.ORGANISER)
    page = client.get(f"{NEW}?who={people[0]}&act={act}")
    assert page.status_code == 200
    token = field_values(client.get(LIST).text, "/staff/people/views")["csrf_token"]
    answer = client.post(NEW, data={"csrf_token": token, "who": str(people[0]), "act": act, "seen": "1"})
    assert answer.status_code == 422


def test_a_coordinator_of_a_group_changes_nobody_else(sign_in: SignIn) -> None:
    people, choir = written(2), tag()
    client = sign_in(Role.COORDINATOR, group=pens.group().id)
    assert "Nobody is ticked" in client.get(f"{NEW}?who={people[0]}&act=add_tag:{choir.id}").text
    everybody = sign_in(Role.ORGANISER)
    where = begin(everybody, f"who={people[0]}&act=add_tag:{choir.id}").location
    assert client.get(where).status_code == 404
    assert "choir" not in client.get("/staff/people/acts").text


def test_it_needs_a_fresh_sign_in(sign_in: SignIn) -> None:
    people = written(1)
    client = sign_in(Role.ORGANISER)
    with transaction():
        session.execute(text("UPDATE sign_in_session SET fresh_until = now() - interval '1 hour'"))
    answer = client.get(f"{NEW}?who={people[0]}")
    assert answer.status_code == 303
    assert "who%3D" in answer.location
