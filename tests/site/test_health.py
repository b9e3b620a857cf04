"""/readyz tells whether a worker is there, and on request whether it came after a given moment."""

import time

from flask import Flask
from flask.testing import FlaskClient

from campaign.kernel import schedule
from campaign.kernel.db import transaction
from campaign.site.health import WORKER_PULSE


def worker_shows_up() -> None:
    with transaction():
        schedule.note_run(WORKER_PULSE)


def test_it_is_not_ready_before_a_worker_has_shown_up(app: Flask, client: FlaskClient) -> None:
    assert client.get("/readyz").status_code == 503
    worker_shows_up()
    assert client.get("/readyz").status_code == 200


def test_a_worker_of_an_earlier_start_is_not_taken_for_one_of_this_start(app: Flask, client: FlaskClient) -> None:
    worker_shows_up()
    restarted = time.time() + 0.001
    assert client.get(f"/readyz?since={restarted:.3f}").status_code == 503
    time.sleep(0.002)
    worker_shows_up()
    assert client.get(f"/readyz?since={restarted:.3f}").status_code == 200


def test_a_moment_that_is_none_asks_for_nothing_more(app: Flask, client: FlaskClient) -> None:
    worker_shows_up()
    assert [client.get(f"/readyz?since={text}").status_code for text in ("", "yesterday", "nan")] == [200] * 3
