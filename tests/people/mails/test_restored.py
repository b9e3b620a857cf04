"""A backup that is restored turns no mails on again that somebody has turned off since."""

from pathlib import Path

import pytest
from flask import Flask

from campaign.kernel.db import session
from campaign.people.models import AskRest, KeptFor, MailWish, Purpose, Topic
from tests.operations.conftest import flask  # noqa: F401 - a fixture
from tests.people.mails.made import agreed, page_of, subscriber

pytestmark = pytest.mark.slow


def test_the_newest_word_about_mails_wins(flask, app: Flask, client, tmp_path: Path) -> None:  # noqa: F811
    person = subscriber(Purpose.NEWS, kept_for=KeptFor.STAFF)
    assert flask("backup", str(tmp_path / "b")).exit_code == 0
    page = page_of(person, Topic.ALL)
    client.post(page_of(person))
    client.post(page_of(person, Topic.ASKS))
    client.post(f"{page}/preferences/pause")
    later = subscriber(Purpose.EVENTS)
    client.post(f"{page_of(person, Topic.EVENTS)}/again")
    outcome = flask("restore", "--yes", str(tmp_path / "b"))
    assert outcome.exit_code == 0, outcome.stderr
    assert agreed(person) == {"events"}
    assert session.get_one(MailWish, person).paused_until is not None
    assert session.get_one(AskRest, person).until_on is None
    assert agreed(later) == set()
