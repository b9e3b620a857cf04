"""`flask match run`: a summary on stdout, progress on stderr, and an exit status that tells the truth."""

import pytest

from campaign.kernel import clock, jobs
from campaign.kernel.db import session, transaction
from campaign.penpals.models import LIVE, Assignment, MatchRun, RunState
from tests.support import matching, pens


@pytest.fixture
def command(app):
    def run(*arguments):
        result = app.test_cli_runner().invoke(args=["match", "run", *arguments])
        session.remove()
        return result

    return run


def test_it_proposes_and_leaves_the_rest_to_people(command):
    pens.writer(), pens.addressee()
    result = command("--level", "writers", "--seed", "7")
    assert result.exit_code == 0, result.output
    made = session.query(MatchRun).one()
    assert result.stdout == f"run {made.id}, seed 7: proposed 1, without 1\n"
    assert "matching: 7 of 7" in result.stderr
    assert (made.state, session.query(Assignment).count()) == (RunState.READY, 0)


def test_it_accepts_when_told_to(command):
    pens.writer(), pens.addressee()
    result = command("--level", "writers", "--accept")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("accepted 1, overtaken 0\n")
    assert session.query(Assignment).filter(Assignment.state.in_(LIVE)).count() == 1


def test_nobody_to_propose_is_an_exit_of_its_own(command):
    assert command("--level", "groups").exit_code == 2


def test_a_run_at_work_is_not_overtaken(command):
    matching.asked()
    result = command("--level", "writers")
    assert result.exit_code == 2
    assert "at work already" in result.stderr


def test_a_command_that_was_killed_is_taken_over_by_a_worker(app, run_work):
    pens.writer(), pens.addressee()
    made = matching.asked(by_command=True).id
    run_work()
    session.remove()
    assert session.get(MatchRun, made).state == RunState.WAITING
    with transaction():
        session.query(jobs.JobRow).update({"due_at": clock.now()})
    run_work()
    assert session.get(MatchRun, made).state == RunState.READY
