"""The outbox: work is stored with its cause, done once, and never lost."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session, transaction
from campaign.kernel.jobs import JobRow, JobState
from workers import kinds, queues
from workers.run_jobs import run_due_jobs


@dataclass(frozen=True)
class Note:
    """Work that leaves an audit entry, so that tests can count how often it was done."""

    kind: ClassVar[str] = "test.note"
    about: str


@pytest.fixture
def handler(app, monkeypatch):
    """A handler that fails as often as it is told to, after having done its work."""
    failures: list[Exception] = []

    def run(job: Note) -> None:
        audit.record("test.note", about=job.about)
        if failures:
            raise failures.pop()

    route = queues.Route(Note, run, kinds.QUICK, timedelta(minutes=1))
    monkeypatch.setitem(queues.ROUTES, Note.kind, route)
    return failures


def ask(about: str = "x") -> None:
    with transaction():
        jobs.enqueue(Note(about))


def times_done() -> int:
    session.remove()
    return audit.count_entries()


def make_due() -> None:
    session.execute(update(JobRow).values(due_at=clock.now()))
    session.commit()


@pytest.mark.usefixtures("handler")
def test_work_is_done_once_and_forgotten():
    ask()
    assert run_due_jobs() == 1
    assert run_due_jobs() == 0
    assert times_done() == 1
    assert session.scalars(select(JobRow)).all() == []


@pytest.mark.usefixtures("handler")
def test_work_whose_cause_is_rolled_back_never_was():
    with pytest.raises(RuntimeError), transaction():
        jobs.enqueue(Note("x"))
        raise RuntimeError
    assert run_due_jobs() == 0


@pytest.mark.usefixtures("handler")
def test_the_same_work_asked_for_twice_is_done_once():
    ask()
    ask()
    ask("another")
    assert run_due_jobs() == 2
    assert times_done() == 2


def test_a_failure_undoes_the_effect_and_is_tried_again(handler):
    handler.append(ValueError("quotes anna@example.org"))
    ask()
    assert run_due_jobs() == 0
    assert times_done() == 0
    row = session.scalars(select(JobRow)).one()
    assert (row.state, row.error, row.attempts) == (JobState.PENDING, "ValueError", 1)
    assert row.due_at > clock.now()
    session.rollback()
    make_due()
    assert run_due_jobs() == 1
    assert times_done() == 1


def test_work_that_keeps_failing_is_left_for_a_person(handler):
    handler.extend(ValueError() for _ in range(20))
    ask()
    for _ in range(6):
        make_due()
        run_due_jobs()
    assert session.scalars(select(JobRow)).one().state == JobState.FAILED


def test_a_database_that_is_away_costs_no_try(handler):
    handler.extend(OperationalError("", {}, Exception()) for _ in range(20))
    ask()
    for _ in range(10):
        make_due()
        run_due_jobs()
    assert session.scalars(select(JobRow)).one().state == JobState.PENDING


@pytest.mark.usefixtures("handler")
def test_a_job_whose_worker_died_is_done_by_another():
    ask()
    with transaction():
        assert len(jobs.claim_due(10)) == 1
    assert run_due_jobs() == 0
    session.execute(text("UPDATE job SET lease_until = now() - interval '1 second'"))
    session.commit()
    assert run_due_jobs() == 1
    assert times_done() == 1


@pytest.mark.usefixtures("handler")
def test_many_workers_do_each_job_once(app):
    for number in range(40):
        ask(str(number))

    def work() -> None:
        with app.app_context():
            run_due_jobs()

    crew = [threading.Thread(target=work) for _ in range(6)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    assert times_done() == 40
    assert list(audit.verify()) == []
