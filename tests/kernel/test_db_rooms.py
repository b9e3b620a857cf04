"""Transactions, the audit chain, switches and the timetable's turns."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from campaign.kernel import audit, schedule, switches
from campaign.kernel.db import NestedTransaction, after_commit, session, transaction
from campaign.kernel.switches import Switch, SwitchedOff

pytestmark = pytest.mark.usefixtures("app")


def test_a_use_case_commits_on_a_clean_exit_and_rolls_back_on_any_exception():
    with transaction():
        audit.record("kept")
    with pytest.raises(KeyboardInterrupt), transaction():
        audit.record("lost")
        raise KeyboardInterrupt
    assert audit.count_entries() == 1


def test_use_cases_do_not_nest():
    with pytest.raises(NestedTransaction), transaction(), transaction():
        pass
    with transaction():
        audit.record("and the next one works")


def test_effects_wait_for_the_commit():
    seen = []
    with transaction():
        after_commit(lambda: seen.append("committed"))
        assert seen == []
    assert seen == ["committed"]
    with pytest.raises(ValueError, match="no"), transaction():
        after_commit(lambda: seen.append("never"))
        raise ValueError("no")
    assert seen == ["committed"]


def test_the_audit_chain_holds_and_shows_every_tampering():
    for number in range(5):
        with transaction():
            audit.record("act", about=f"thing:{number}", amount=number, reason="because")
    assert list(audit.verify()) == []
    session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only"))
    session.execute(text("UPDATE audit_entry SET reason = 'other' WHERE id = 2"))
    assert [each.entry for each in audit.verify()] == [2]
    session.execute(text("DELETE FROM audit_entry WHERE id = 4"))
    session.expire_all()
    assert [each.entry for each in audit.verify()] == [2, 4]
    session.rollback()


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_audit_trail(statement):
    with transaction():
        audit.record("act")
    with pytest.raises(DBAPIError, match="never changed"):
        session.execute(text(statement))
    session.rollback()


def test_a_switch_works_at_once_here_and_is_audited():
    assert switches.is_on(Switch.SIGNING)
    for _ in range(2):
        with transaction():
            switches.set_switch(Switch.SIGNING, on=False, reason="attack")
    assert not switches.is_on(Switch.SIGNING)
    with pytest.raises(SwitchedOff):
        switches.require(Switch.SIGNING)
    assert audit.count_entries() == 2


def test_a_line_of_the_timetable_has_one_turn_a_period(app):
    def ask() -> bool:
        with transaction():
            return schedule.take_turn("line", timedelta(hours=1))

    assert [ask(), ask()] == [True, False]
    session.execute(text("UPDATE periodic_run SET last_run_at = last_run_at - interval '55 minutes'"))
    session.commit()
    assert ask(), "a clock that ticks a little early does not skip a period"
    session.execute(text("UPDATE periodic_run SET last_run_at = now() + interval '3 hours'"))
    session.commit()
    assert ask(), "a clock that was set back does not stop the timetable"
