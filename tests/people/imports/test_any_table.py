"""Whatever stands in a table: the counts add up, the same again changes nothing, and undoing restores exactly."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaign.kernel.db import session, transaction
from campaign.kernel.tables import BadTable, open_table
from campaign.people.service.imports import upload
from campaign.people.service.imports.upload import Choices
from tests.people.imports.support import ASKED, applied, counted, everybody, table, taken_back
from tests.support.database import truncate

pytestmark = pytest.mark.usefixtures("app")
HEADINGS = ("Name", "E-mail", "E-mail 2", "Phone", "Telegram", "Country", "Tags", "Skills", "Since", "Note")
ADDRESSES = [f"{name}@example.org" for name in ("anna", "boris", "Anna", "vera", "anna+x")]
CELL = st.one_of(
    st.just(""), st.sampled_from([*ADDRESSES, "+49 30 1234567", "@anna", "t.me/anna", "RU", "Италия", "=1+1", "a, b"]),
    st.text(max_size=12),
)  # fmt: skip
ADDRESS = st.one_of(st.just(""), st.sampled_from(ADDRESSES), CELL)
ROW = st.tuples(CELL, ADDRESS, ADDRESS, CELL, CELL, CELL, CELL, CELL, CELL, CELL)
VERDICTS = ("new", "update", "unchanged", "duplicate", "conflict", "invalid")


@pytest.mark.slow
@settings(
    max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck)
)
@given(st.lists(ROW, min_size=1, max_size=12), st.lists(ROW, min_size=1, max_size=12), st.booleans())
def test_counts_add_up_the_same_again_changes_nothing_and_undo_restores(before, rows, overwrites):
    _empty()
    choices = Choices("A list", ASKED.basis, ASKED.basis_on, ASKED.basis_words, overwrites=overwrites)
    try:
        applied(HEADINGS, *before, choices=ASKED)
        there = everybody()
        made = applied(HEADINGS, *rows, choices=choices)
    except BadTable:
        # A quotation mark that is never closed, or rows that hold nothing at all.
        return
    filled = [row for row in _read(rows) if any(row)]
    counts = counted(made)
    assert sum(counts.get(word, 0) for word in VERDICTS) == len(filled)
    assert counts.get("made", 0) == counts.get("new", 0)
    assert counts.get("changed", 0) == counts.get("update", 0)
    now = everybody()
    again = applied(HEADINGS, *rows, choices=choices)
    assert everybody() == now
    assert "made" not in counted(again)
    assert "changed" not in counted(again)
    if upload.get_import(made.id).rows_applied:
        taken_back(made)
    assert everybody() == there


def _read(rows):
    """The rows as a table gives them: without what no cell can hold."""
    return [row.cells for row in open_table(table(HEADINGS, *rows)).rows()]


def _empty() -> None:
    session.remove()
    with transaction():
        truncate(["person", "tag", "people_import"])
    session.remove()
