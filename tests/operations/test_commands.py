"""Switches, the audit trail and retention by hand."""

import re

import pytest
from sqlalchemy import select, text

from campaign.kernel import audit
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import RetentionRule, retention_rules
from tests.support import make

pytestmark = pytest.mark.slow


def test_a_function_is_switched_off_while_redis_is_down(deployment):
    outcome = deployment.flask("switch", "off", "search", REDIS_URL="redis://127.0.0.1:1/0")
    assert (outcome.returncode, outcome.stdout) == (0, "search\toff\n")
    assert "search\toff" in deployment.flask("switch", "list").stdout


def test_a_command_that_changed_nothing_says_so_by_its_status(flask, app):
    assert flask("switch", "off", "letters").exit_code == 0
    again = flask("switch", "off", "letters")
    assert (again.exit_code, again.stdout) == (2, "")
    assert again.stderr == "letters is off already; nothing was changed.\n"
    assert flask("switch", "on", "letters").exit_code == 0
    assert flask("switch", "on", "search").exit_code == 2, "a switch that nobody ever touched is on"
    entries = session.scalars(select(audit.AuditEntry.action)).all()
    assert entries == ["switch.off", "switch.on"]


def test_demo_content_is_not_put_beside_what_is_there(flask, app):
    make.petition()
    outcome = flask("demo", "load")
    assert (outcome.exit_code, outcome.stderr) == (2, "there is content already; nothing was changed\n")


def test_nobody_there_to_type_the_phrase_destroys_nothing(flask, app):
    outcome = flask("emergency", "wipe")
    assert outcome.exit_code == 2
    assert outcome.stderr.endswith("Nothing was changed.\n")
    assert "Aborted" not in outcome.stderr


def test_each_break_of_the_audit_trail_is_named(flask, app):
    with transaction():
        for number in range(5):
            audit.record("test.made", about=f"number:{number}")
    assert "ok: 5 entries" in flask("audit", "verify").stdout
    with transaction():
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only"))
        session.execute(text("UPDATE audit_entry SET object = 'number:9' WHERE id = 2"))
        session.execute(text("DELETE FROM audit_entry WHERE id = 4"))
        session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only"))
    outcome = flask("audit", "verify")
    assert outcome.exit_code == 2
    assert outcome.stdout.splitlines() == ["entry 2 was changed after it was written", "entry 4 is missing; 5 follows"]


def test_a_retention_rule_that_fails_stops_no_other(flask, app, monkeypatch):
    def fail(_day):
        raise OSError("test")

    rules = {"broken": RetentionRule("broken", 1, fail, "a test"), **retention_rules._items}
    monkeypatch.setattr(retention_rules, "_items", rules)
    outcome = flask("retention", "run")
    assert outcome.exit_code == 1
    assert "broken failed" in outcome.stderr
    assert "mail-quota\t0" in outcome.stdout


def test_draining_says_what_it_did(flask, app):
    outcome = flask("jobs", "drain")
    assert outcome.exit_code == 0
    # The timetable's first round may ask for work that is drained as well.
    assert re.match(r"mails 0, jobs \d+, timetable pulse, ", outcome.stdout)
