"""Tasks that come again: the days of a rule, each once, paused, ended."""

from datetime import date, timedelta
from itertools import islice

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.activities.models import RuleUnit, Task, TaskKind, TaskTemplate, TemplateState
from campaign.activities.service import recurring
from campaign.activities.service.recurring import NoOccurrence, Rule, days_of
from campaign.activities.service.task_desk import TaskDraft
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from tests.people.pages import ACTOR

DRAFT = TaskDraft(TaskKind.VERIFY_ADDRESS, "Look the addresses up again")


def first(rule: Rule, most: int, since: date | None = None) -> list[date]:
    return list(islice(days_of(rule, since=since or rule.starts_on), most))


def template(**changes: object) -> TaskTemplate:
    rule = Rule(**{"every": 1, "unit": RuleUnit.DAYS, "starts_on": clock.today(), **changes})  # type: ignore[arg-type]
    with transaction():
        return recurring.make_template(DRAFT, rule, actor=ACTOR)


def made_on(of: TaskTemplate) -> list[date | None]:
    return list(session.scalars(select(Task.occurs_on).where(Task.template_id == of.id).order_by(Task.occurs_on)))


def test_the_days_of_rules() -> None:
    monday = date(2026, 11, 23)
    assert first(Rule(3, RuleUnit.DAYS, monday), 3) == [monday, date(2026, 11, 26), date(2026, 11, 29)]
    assert first(Rule(2, RuleUnit.WEEKS, monday, weekday=2), 2) == [date(2026, 11, 25), date(2026, 12, 9)]
    months = Rule(1, RuleUnit.MONTHS, date(2027, 1, 31), month_day=31)
    assert first(months, 3) == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    ends = Rule(1, RuleUnit.DAYS, monday, until_on=monday + timedelta(days=1))
    assert first(ends, 9) == [monday, monday + timedelta(days=1)]
    assert first(Rule(1, RuleUnit.DAYS, date(1990, 1, 1)), 1, since=monday) == [monday]
    old = Rule(5, RuleUnit.WEEKS, date(1990, 1, 1), weekday=0)
    [found] = first(old, 1, since=monday)
    assert (found - date(1990, 1, 1)).days % 35 == 0
    assert monday <= found < monday + timedelta(days=35)


def test_each_occurrence_is_made_once_and_missed_ones_are_made_up_for(app: Flask) -> None:
    made, today = template(due_in=2), clock.today()
    with transaction():
        assert recurring.make_due(today) == 1
        assert recurring.make_due(today) == 0
    with transaction():
        assert recurring.make_due(today + timedelta(days=3)) == 3
    assert made_on(made) == [today + timedelta(days=each) for each in range(4)]
    newest = session.scalars(select(Task).order_by(Task.occurs_on.desc()).limit(1)).one()
    assert newest.due_on == today + timedelta(days=5)
    assert recurring.next_days(session.get_one(TaskTemplate, made.id), most=1) == [today + timedelta(days=4)]


def test_a_rest_is_not_made_up_for_and_an_end_is_final(app: Flask) -> None:
    made, today = template(), clock.today()
    with transaction():
        recurring.make_due(today)
        recurring.set_state(made.id, TemplateState.PAUSED, actor=ACTOR)
    with transaction():
        assert recurring.make_due(today + timedelta(days=5)) == 0
    with transaction():
        recurring.set_state(made.id, TemplateState.ACTIVE, actor=ACTOR)
    assert session.get_one(TaskTemplate, made.id).next_on == today + timedelta(days=1)
    with transaction():
        recurring.set_state(made.id, TemplateState.ENDED, actor=ACTOR)
        recurring.set_state(made.id, TemplateState.ENDED, actor=ACTOR)
    with pytest.raises(Conflict), transaction():
        recurring.set_state(made.id, TemplateState.ACTIVE, actor=ACTOR)


def test_it_ends_by_itself_after_its_last_day(app: Flask) -> None:
    made = template(until_on=clock.today())
    with transaction():
        recurring.make_due(clock.today())
    session.expire_all()
    assert session.get_one(TaskTemplate, made.id).state == TemplateState.ENDED
    with pytest.raises(NoOccurrence), transaction():
        recurring.make_template(DRAFT, Rule(1, RuleUnit.DAYS, date(2020, 1, 1), until_on=date(2020, 2, 1)), actor=ACTOR)


def test_a_changed_rule_holds_from_now_on(app: Flask) -> None:
    made, today = template(), clock.today()
    with transaction():
        recurring.make_due(today)
    version = session.get_one(TaskTemplate, made.id).version
    rule = Rule(10, RuleUnit.DAYS, today)
    with transaction():
        recurring.change_template(made.id, DRAFT, rule, seen_version=version, actor=ACTOR)
    assert session.get_one(TaskTemplate, made.id).next_on == today + timedelta(days=10)
    with pytest.raises(Conflict), transaction():
        recurring.change_template(made.id, DRAFT, rule, seen_version=version, actor=ACTOR)
