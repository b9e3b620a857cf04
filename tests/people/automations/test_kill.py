"""A worker that is killed in the middle of a piece: run again, it does nothing twice and leaves nothing half."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from campaign.kernel import clock, jobs
from campaign.kernel.db import db, session, transaction
from campaign.people.jobs import RunAutomation
from campaign.people.models import Tag
from tests.people.automations.made import carriers, draft, log_of, tag, turned_on
from tests.people.segments.made import reader, somebody
from workers.run_jobs import run_due_jobs

WORKER = """
import os
from campaign import create_app
from config import Config
from workers.run_jobs import run_due_jobs
with create_app(Config.from_env(dict(os.environ))).app_context():
    run_due_jobs()
"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def wait_until_held(seconds: float = 30) -> None:
    """Until the worker waits for the row that the test holds: its lines of the log are written by then."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with db.engine.connect() as connection:
            if connection.scalar(text(WAITING)):
                return
        time.sleep(0.1)
    pytest.fail("the worker never came so far")


def environment(app: Flask) -> dict[str, str]:
    """That of the tests, for a process of its own."""
    config = app.extensions["unforgotten"]
    return {
        **os.environ, "DATA_DIR": str(config.data_dir), "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url, "DEMO": "0",
    }  # fmt: skip


@pytest.mark.slow
def test_nothing_is_done_twice_or_half(app: Flask) -> None:
    warm, people = tag(), {somebody(), somebody(), somebody()}
    made = turned_on(draft(warm), reader())
    with transaction():
        jobs.enqueue(RunAutomation(str(made), 7, ""))
    with db.engine.connect() as connection, connection.begin():
        connection.execute(select(Tag.id).where(Tag.id == warm.id).with_for_update())
        worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment(app), stderr=subprocess.DEVNULL)
        wait_until_held()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert (carriers(warm), log_of(made)) == (set(), [])
    with time_machine.travel(clock.now() + jobs.LEASE + timedelta(seconds=1)):
        run_due_jobs()
        with transaction():
            jobs.enqueue(RunAutomation(str(made), 7, ""))
        run_due_jobs()
    session.rollback()
    assert carriers(warm) == people
    assert [line.attempts for line in log_of(made)] == [1, 1, 1]
