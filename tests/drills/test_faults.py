"""The short forms of the drills in bench/drills: real processes, real servers, a real fault.

They run in processes of their own, since each has an application of its own, and one process has one keyring.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each starts a platform of its own: half a minute where the cores are free, several times that where others build too.
MOST_SECONDS = 280
pytestmark = pytest.mark.timeout(MOST_SECONDS + 20)


def held(drill: str, *arguments: object) -> None:
    """Run one drill and fail with its table when a promise broke."""
    call = ", ".join(map(repr, arguments))
    program = (
        f"import sys; from bench.drills import {drill}; from bench.drills.outcome import table\n"
        f"outcomes = {drill}.run({call}); print(table(outcomes)); sys.exit(any(each.broken for each in outcomes))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr[-3000:]


@pytest.mark.slow
def test_nothing_that_is_stored_names_a_signer():
    held("leak", 50)


@pytest.mark.slow
def test_a_mail_worker_killed_while_sending_loses_nothing():
    held("kills", 1, 60)


@pytest.mark.slow
def test_a_silent_redis_slows_no_signature_and_keeps_no_mail():
    held("redis", "frozen")


@pytest.mark.slow
def test_database_connections_cut_under_load_lose_no_accepted_signature():
    held("database", "cut")


@pytest.mark.slow
def test_a_web_server_killed_under_load_loses_no_accepted_signature():
    held("web", 1)


@pytest.mark.slow
def test_a_full_disk_is_said_to_visitors_and_survived():
    held("disk_full")


@pytest.mark.slow
def test_a_clock_that_jumps_loses_no_mail_and_stops_no_timetable():
    held("clock", 60)


@pytest.mark.slow
def test_signing_goes_on_while_the_table_is_migrated():
    held("live_migration", 5_000, 3)


@pytest.mark.slow
def test_a_mailing_reaches_everybody_once_whatever_fails():
    held("mailing", 330, 3)
