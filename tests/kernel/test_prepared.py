"""Statements kept prepared: what is written is what was given, and a lost connection is one error and no more."""

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from campaign.kernel.db import drop_connections, execute_alone, session
from campaign.kernel.prepared import BYTES, DAY, FLAG, ID, INTEGER, MOMENT, SMALL, TEXT, Prepared

KINDS = {
    "id": ID,
    "day": DAY,
    "moment": MOMENT,
    "small": SMALL,
    "number": INTEGER,
    "flag": FLAG,
    "raw": BYTES,
    "words": TEXT,
}
GIVEN = {
    "id": uuid.UUID("00010203-0405-0607-0809-0a0b0c0d0e0f"),
    "day": date(1999, 12, 31),
    "moment": datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC),
    "small": -7,
    "number": -1_000_000,
    "flag": True,
    "raw": b"\x00\xff",
    "words": "Надежда’s 😀",
}
WRITE = Prepared(
    """
    INSERT INTO written (id, day, moment, small, number, flag, raw, words, again)
    VALUES (%(id)s, %(day)s, %(moment)s, %(small)s, %(number)s, %(flag)s, %(raw)s, %(words)s, %(words)s)
    """,
    KINDS,
)


@pytest.fixture
def written(app):
    columns = (
        "id uuid, day date, moment timestamptz, small smallint, number integer, flag boolean, raw bytea, words text, "
        "again text"
    )
    session.execute(text(f"CREATE TABLE written ({columns}, CHECK (small < 100))"))
    session.commit()
    yield
    session.execute(text("DROP TABLE written"))
    session.commit()


def rows() -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.execute(text("SELECT * FROM written"))]


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("changes", [{}, dict.fromkeys(GIVEN), {"day": date(2026, 11, 25), "flag": False}])
def test_every_kind_arrives_as_it_was_given(changes):
    values = GIVEN | changes
    for _ in range(2):
        assert WRITE.execute(values) == 1
    assert rows() == [(*values.values(), values["words"])] * 2


@pytest.mark.usefixtures("written")
def test_what_the_server_refuses_is_an_error_that_quotes_nothing():
    with pytest.raises(DBAPIError) as refusal:
        WRITE.execute(GIVEN | {"small": 100, "words": "anna@example.org"})
    assert "violates check constraint" in str(refusal.value)
    assert "anna" not in str(refusal.value)
    assert rows() == []
    WRITE.execute(GIVEN)
    session.rollback()
    assert len(rows()) == 1


@pytest.mark.usefixtures("written")
def test_after_a_cut_connection_there_is_one_error_and_then_it_works_again():
    # Closed, so that the one that is cut is the only one there is: those beside it would be left to the collector.
    drop_connections(close=True)
    WRITE.execute(GIVEN)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    session.execute(text(f"{others} pg_backend_pid()"))
    session.rollback()
    with pytest.raises(OperationalError):
        WRITE.execute(GIVEN)
    WRITE.execute(GIVEN)
    assert execute_alone("SELECT count(*) FROM written", {}) == [(2,)]
