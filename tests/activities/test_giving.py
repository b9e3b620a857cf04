"""One task for each of many people: who is left out and why, in pieces, once each, and taken back."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.activities.models import GivingState, Task, TaskGiving, TaskGivingPerson, TaskKind, TaskOffer, TaskState
from campaign.activities.service import giving
from campaign.activities.service import task_offers as offers
from campaign.activities.service.giving import GivingDraft
from campaign.activities.service.task_desk import TaskDraft
from campaign.activities.service.task_offers import Holder
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.people.models import InteractionKind, Person
from campaign.people.service.details import record_interaction
from campaign.people.service.merging import merge_people, undo_merge
from tests.activities.made_tasks import agreeing, helper, ids, mails, task
from tests.people.pages import ACTOR, written_down

DRAFT = GivingDraft(TaskDraft(TaskKind.PRINT, "Print one card", "Any card."), gap=14)


def given(people: list[Person], draft: GivingDraft = DRAFT) -> TaskGiving:
    with transaction():
        return giving.begin(draft, ids(people), seen=len(people), actor=ACTOR)


def now(made: TaskGiving) -> TaskGiving:
    session.expire_all()
    return session.get_one(TaskGiving, made.id)


def count(*conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(Task).where(*conditions)) or 0


def test_who_is_left_out_and_why_is_told_before_and_after(app: Flask) -> None:
    people = [agreeing(number) for number in range(5)]
    nowhere = written_down("Без адреса")
    single = task()
    with transaction():
        offers.offer(single.id, people[0].id, actor=ACTOR)
        offers.refuse(people[1].id, TaskKind.PRINT)
        record_interaction(people[2].id, InteractionKind.ASKED)
    everybody = [*people, nowhere]
    before = giving.preview(TaskKind.PRINT, 14, ids(everybody))
    assert before == {"given": 2, "no_way": 1, "refused": 1, "resting": 0, "has_one": 1, "asked": 1}
    assert giving.preview(TaskKind.PRINT, 0, ids(everybody))["asked"] == 0
    made = given(everybody)
    assert now(made).state == GivingState.DONE
    assert giving.outcomes_of(made) == {name: many for name, many in before.items() if many}
    assert count(Task.giving_id == made.id) == 2
    assert mails("task.offer") == 3
    # The second time everybody has been asked or has one.
    assert giving.preview(TaskKind.PRINT, 14, ids(everybody))["given"] == 0


def test_volunteers_are_told_apart_by_what_they_have(app: Flask) -> None:
    busy, free, made = helper(), helper(), task()
    with transaction():
        offers.take_up(made.id, Holder(busy.person_id, busy.id), is_open_to_them=True)
    people = [session.get_one(Person, each.person_id) for each in (busy, free)]
    found = giving.preview(TaskKind.PRINT, 14, ids(people))
    assert (found["given"], found["has_one"]) == (1, 1)


def test_a_changed_list_gives_nothing(app: Flask) -> None:
    people = [agreeing(1), agreeing(2)]
    for seen in (0, 1, 3):
        with pytest.raises(Conflict), transaction():
            giving.begin(DRAFT, ids(people), seen=seen, actor=ACTOR)
    assert session.scalar(select(func.count()).select_from(TaskGiving)) == 0
    assert count() == 0


def test_many_are_given_by_jobs_and_twice_is_once(app: Flask, run_work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "AT_ONCE", 2)
    monkeypatch.setattr(giving, "PART", 2)
    people = [agreeing(number) for number in range(5)]
    made = given(people)
    assert (now(made).state, giving.progress_of(made)) == (GivingState.RUNNING, 0)
    with transaction():
        giving.go_on(made.id)
    assert giving.progress_of(now(made)) == 2
    for _round in range(2):
        run_work()
    with transaction():
        giving.go_on(made.id)
        giving.go_on(uuid.uuid4())
    assert now(made).state == GivingState.DONE
    assert count(Task.giving_id == made.id) == 5
    assert session.scalar(select(func.count()).select_from(TaskOffer)) == 5


def test_undo_cancels_what_nobody_began(app: Flask) -> None:
    people = [agreeing(number) for number in range(3)]
    made = given(people)
    taken = session.scalars(select(Task).where(Task.person_id == people[0].id)).one()
    with transaction():
        offers.take_up(taken.id, Holder(people[0].id))
        declined = session.scalars(select(Task).where(Task.person_id == people[1].id)).one()
        offers.decline(declined.id, Holder(people[1].id), never=False)
    with transaction():
        giving.undo(made.id, actor=ACTOR)
    assert now(made).state == GivingState.UNDONE
    assert giving.states_of(made) == {TaskState.CLAIMED: 1, TaskState.CANCELLED: 2}
    with pytest.raises(Conflict), transaction():
        giving.undo(made.id, actor=ACTOR)
    answers = session.scalars(select(TaskOffer.answer).order_by(TaskOffer.answer)).all()
    assert answers == ["accepted", "not_now", "withdrawn"]


def test_merging_two_who_were_given_it_and_back(app: Flask) -> None:
    one, other = agreeing(1), agreeing(2)
    made = given([one, other])
    with transaction():
        merged = merge_people(one.id, other.id, actor=ACTOR)
    assert count(Task.person_id == one.id) == 2
    assert session.scalar(select(func.count()).where(TaskGivingPerson.giving_id == made.id)) == 1
    with transaction():
        undo_merge(merged.id, actor=ACTOR)
    assert (count(Task.person_id == one.id), count(Task.person_id == other.id)) == (1, 1)
    assert session.scalar(select(func.count()).where(TaskGivingPerson.giving_id == made.id)) == 2
