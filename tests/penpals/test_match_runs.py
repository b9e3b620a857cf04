"""A run of the matching: asked for once, worked out by a job, killed, cancelled, done twice, and forgotten."""

import time
import uuid
from datetime import timedelta
from multiprocessing import get_context

import pytest
import time_machine
from sqlalchemy import select

from campaign import create_app
from campaign.kernel import clock, jobs
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.penpals.models import MatchLevel, MatchProposal, MatchRun, MatchUnplaced, RunState
from campaign.penpals.queries.matching import count_blame, get_run
from campaign.penpals.service.matching import ask, decide, forget, run
from tests.support import accounts, matching, pens


class Killed(BaseException):
    """A worker that is gone between two statements."""


def kill():
    raise Killed


def state_of(run_id):
    session.remove()
    return get_run(run_id).state


def test_one_run_of_a_level_is_at_work(app):
    matching.asked()
    with pytest.raises(Conflict, match="at work already"):
        matching.asked()
    assert matching.asked(MatchLevel.GROUPS).state == RunState.WAITING
    assert session.query(MatchRun).count() == 2


def test_what_is_proposed_is_written_with_its_reasons_and_figures(app):
    writer, person, left = pens.writer(), pens.addressee(), pens.addressee()
    made = matching.ready([(writer.id, person.id)], without=[left.id])
    (line,) = matching.lines(made)
    assert (line.volunteer_id, line.prisoner_id, line.rank, line.state) == (writer.id, person.id, 1, "open")
    assert "never_written" in line.reasons
    found = get_run(made)
    assert (found.state, found.stage, found.figures["without"]) == (RunState.READY, "", 1)
    assert found.figures["before"]["tenths"] == [0.0, 0.0]
    assert found.figures["after"]["tenths"] == [0.0, 1.0]
    assert "levels" not in found.figures["before"]
    assert count_blame(made) == [("language", 1)]


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_one_begins_anew(app):
    pair = (pens.writer().id, pens.addressee().id)
    made = matching.asked().id
    with pytest.raises(Killed), transaction():
        run.carry_out(made, matching.engine([pair], during=kill))
    assert (state_of(made), matching.lines(made)) == (RunState.RUNNING, [])
    with transaction():
        assert run.carry_out(made, matching.engine([pair]))
    assert (state_of(made), len(matching.lines(made))) == (RunState.READY, 1)


def test_a_worker_killed_by_the_system_is_followed_by_another(app, config, run_work):
    """A process of its own, holding the job, killed without a word while it works the run out."""
    pens.writer(), pens.addressee()
    made = matching.asked().id
    session.remove()
    worker = get_context("spawn").Process(target=work_slowly, args=(config,), daemon=True)
    worker.start()
    try:
        wait_until(lambda: state_of(made) == RunState.RUNNING)
    finally:
        worker.kill()
        worker.join()
    wait_until(lambda: is_free())
    assert (state_of(made), matching.lines(made)) == (RunState.RUNNING, [])
    with time_machine.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        run_work()
    assert (state_of(made), len(matching.lines(made))) == (RunState.READY, 1)
    assert not jobs.has_due()


def work_slowly(config):
    """What a worker does, with a solver that takes its time."""
    with create_app(config).app_context():
        with transaction():
            (row,) = jobs.claim_due(1)
        with transaction():
            jobs.finish(row.id)
            run.carry_out(uuid.UUID(row.payload["run"]), matching.engine([], during=lambda: time.sleep(120)))


def is_free():
    """Whether nobody holds the run's job any more."""
    session.remove()
    found = session.scalars(select(jobs.JobRow).with_for_update(skip_locked=True)).all()
    session.rollback()
    return len(found) == 1


def wait_until(is_so, seconds=60):
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.1)


def test_the_job_twice_proposes_once(app):
    pair = (pens.writer().id, pens.addressee().id)
    made = matching.ready([pair])
    first, other = [line.id for line in matching.lines(made)], (pens.writer().id, pair[1])
    with transaction():
        assert not run.carry_out(made, matching.engine([pair, other]))
    assert [line.id for line in matching.lines(made)] == first


def test_a_run_that_is_cancelled_stops_and_keeps_nothing(app):
    pair, made = (pens.writer().id, pens.addressee().id), matching.asked().id

    def cancel():
        with app.app_context(), transaction():
            ask.cancel_run(made, actor=None)

    with transaction():
        assert not run.carry_out(made, matching.engine([pair], during=cancel))
    assert (state_of(made), matching.lines(made)) == (RunState.CANCELLED, [])
    with transaction():
        ask.cancel_run(made, actor=None)
    assert matching.asked().state == RunState.WAITING


def test_a_solver_that_fails_says_so_and_blocks_nothing(app):
    made = matching.asked().id

    def fail(_task, _tell):
        raise ZeroDivisionError

    with transaction():
        assert not run.carry_out(made, fail)
    session.remove()
    assert (get_run(made).state, get_run(made).problem) == (RunState.FAILED, "ZeroDivisionError")
    assert matching.asked().state == RunState.WAITING


def test_pins_are_kept_by_the_next_run_and_the_former_is_closed(app):
    actor = accounts.person().id
    first, second = (pens.writer().id, pens.addressee().id), (pens.writer().id, pens.addressee().id)
    former = matching.ready([first, second])
    line = matching.lines(former)[1]
    with transaction():
        decide.pin(former, line.id, is_pinned=True, actor=actor)
    with transaction():
        again = ask.ask_again(former, actor=actor).id
    assert state_of(former) == RunState.READY
    with transaction():
        run.carry_out(again, matching.engine([first]))
    kept = [(each.volunteer_id, each.prisoner_id, each.is_pinned) for each in matching.lines(again)]
    assert kept == [(*second, True), (*first, False)]
    assert state_of(former) == RunState.CLOSED


def test_tenths_are_averages_of_letters():
    assert run.tenths([]) == []
    assert run.tenths([4, 0]) == [0.0, 1.0]
    assert run.tenths([8] * 20)[0] == 2.0
    assert len(run.tenths(range(1000))) == 10


def test_old_runs_are_forgotten_with_their_lines(app):
    made = matching.ready([(pens.writer().id, pens.addressee().id)], without=[pens.addressee().id])
    today = clock.today()
    with transaction():
        assert forget.forget_runs(today + timedelta(days=90)) == 0
        assert forget.forget_runs(today + timedelta(days=91)) == 1
    assert session.query(MatchProposal).count() + session.query(MatchUnplaced).count() == 0
    assert session.get(MatchRun, made) is None
