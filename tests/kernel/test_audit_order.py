"""Entries of the audit trail are appended last, so that nobody who holds the chain waits for a row."""

from threading import Event, Thread

import pytest
from sqlalchemy import select, text

from campaign.kernel import audit
from campaign.kernel.db import session, transaction


def actions():
    session.remove()
    return list(session.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.id)))


def lock(number):
    """A lock of the server, in place of a row that a use case changes."""
    session.execute(text("SET LOCAL lock_timeout = '5s'"))
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def test_two_use_cases_that_record_several_times_never_wait_for_each_other_in_a_circle(app):
    """One records and then takes a row; the other holds that row and records. Each waits for no more than the other's
    end."""
    has_recorded, has_row, problems = Event(), Event(), []

    def first():
        with app.app_context():
            try:
                with transaction():
                    lock(1)
                    audit.record("first.begun")
                    has_recorded.set()
                    assert has_row.wait(5)
                    lock(2)
                    audit.record("first.done")
            except Exception as problem:
                problems.append(problem)
            finally:
                session.remove()

    def second():
        with app.app_context():
            try:
                with transaction():
                    lock(2)
                    has_row.set()
                    assert has_recorded.wait(5)
                    audit.record("second.done")
            except Exception as problem:
                problems.append(problem)
            finally:
                session.remove()

    threads = [Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert actions() == ["second.done", "first.begun", "first.done"]
    assert list(audit.verify()) == []


def test_what_is_rolled_back_leaves_no_entry_and_none_for_the_next(app):
    with pytest.raises(KeyboardInterrupt), transaction():
        audit.record("never")
        raise KeyboardInterrupt
    with transaction():
        audit.record("outside")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            audit.record("inside a savepoint that fails")
            raise ZeroDivisionError
        with session.begin_nested():
            audit.record("inside a savepoint")
    assert actions() == ["inside a savepoint", "outside"]
    assert list(audit.verify()) == []


def test_a_use_case_reads_what_it_has_recorded(app):
    with transaction():
        audit.record("one", amount=2)
        assert audit.count_entries() == 1
        audit.record("two")
        assert audit.chain_end().entries == 2
        assert list(audit.verify()) == []
    assert actions() == ["one", "two"]


def test_many_entries_are_appended_under_one_lock(app, statements):
    with statements() as seen, transaction():
        for number in range(30):
            audit.record("many", about=f"thing:{number}")
    assert len(seen) <= 4
    assert len(actions()) == 30
    assert list(audit.verify()) == []
