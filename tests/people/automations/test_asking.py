"""A rule that asks for the next step: under the rules of the ladder, by mail, and turned on by a second person."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.activities.models import Task, TaskState
from campaign.kernel import audit, clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.mail.rows import MailRow
from campaign.people.models import Ask, AskWay, AutomationDryLine, Outcome
from campaign.people.service.automations import log, rules
from tests.conftest import SignIn
from tests.people.automations.made import draft, log_of, rule, run, try_rule, turn_on, turned_on
from tests.people.ladder.steps import signer
from tests.people.segments.made import reader

ASKING = {"act": "ask", "act_values": {"step": "write_one_letter"}, "trigger": "signed", "most_a_day": 20}


def test_whoever_wrote_it_does_not_turn_it_on(app: Flask, sign_in: SignIn) -> None:
    author, second = reader(), reader()
    made = rule(draft(**ASKING), author)
    try_rule(made, author)
    with pytest.raises(Conflict, match="Somebody else"), transaction():
        rules.turn_on(made, seen_version=1, actor=author)
    turn_on(made, second)
    client = sign_in(Role.ORGANISER)
    shown = client.get(f"/staff/automations/{made}").text
    assert "ask them by mail, if their rest allows it: Write one letter" in shown


def test_it_asks_who_may_be_asked_once_and_says_why_not_the_others(app: Flask) -> None:
    free, silent = signer(20, news=True, email="vera@example.org"), signer(20)
    made = rule(draft(**ASKING), reader())
    second = reader()
    found = try_rule(made, second)
    lines = {
        line.person_id: line
        for line in session.scalars(select(AutomationDryLine).where(AutomationDryLine.dry_run_id == found.id))
    }
    assert (lines[free].outcome, lines[silent].outcome, lines[silent].reason) == (
        Outcome.MET, Outcome.REFUSED, "no_mail",
    )  # fmt: skip
    turn_on(made, second)
    for round_ in (1, 2):
        run(made, round_=round_)
    asks = session.scalars(select(Ask)).all()
    assert [(each.person_id, each.way, each.automation_id, each.asked_by) for each in asks] == [
        (free, AskWay.MAIL, made, None)
    ]
    assert session.scalars(select(MailRow.ref)).all() == [asks[0].id]
    assert [line.person_id for line in log_of(made)] == [free]


def test_two_rules_do_not_ask_one_person_both(app: Flask) -> None:
    person = signer(20, news=True, email="vera@example.org")
    first = rule(draft(**ASKING), reader())
    second = rule(draft(**{**ASKING, "title": "Another"}), reader())
    other = reader()
    turn_on(first, other), turn_on(second, other)
    run(first, second, round_=1)
    run(first, second, round_=2)
    assert [each.person_id for each in session.scalars(select(Ask))] == [person]
    assert log_of(second) == []
    assert session.scalar(select(audit.AuditEntry.id).where(audit.AuditEntry.action == "person.ask")) is not None
    assert turned_on(draft(act="tell"), other) is not None


def test_a_task_is_offered_once_and_taken_back_while_nobody_has_begun(app: Flask) -> None:
    free, silent = signer(20, news=True, email="vera@example.org"), signer(20)
    values = {"kind": "print", "title": "Print twenty leaflets", "days": "10"}
    made = rule(draft(act="give-task", act_values=values, trigger="signed"), reader())
    second = reader()
    found = try_rule(made, second)
    refused = session.scalars(
        select(AutomationDryLine).where(
            AutomationDryLine.dry_run_id == found.id, AutomationDryLine.outcome == Outcome.REFUSED
        )
    ).all()
    assert [(line.person_id, line.reason) for line in refused] == [(silent, "no_way")]
    turn_on(made, second)
    for round_ in (1, 2):
        run(made, round_=round_)
    tasks = session.scalars(select(Task)).all()
    assert [(task.person_id, task.state, task.due_on) for task in tasks] == [
        (free, TaskState.OPEN, clock.today() + timedelta(days=10))
    ]
    with transaction():
        log.undo_deed(made, log_of(made)[0].id, actor=second)
    assert session.scalars(select(Task.state)).all() == [TaskState.CANCELLED]
    run(made, round_=3)
    assert len(session.scalars(select(Task)).all()) == 1
