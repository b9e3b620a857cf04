"""Reads without SQLAlchemy around them: what they give, and what they are told when the database says no."""

import pytest
from sqlalchemy import ARRAY, Integer, any_, bindparam, func, literal, select
from sqlalchemy.exc import DBAPIError

from campaign.kernel.db import db
from campaign.kernel.reads import Read

NUMBERS = func.generate_series(1, 5).table_valued("number").render_derived()
IS_ASKED = NUMBERS.c.number == any_(bindparam("asked", type_=ARRAY(Integer)))
SOME = Read(select(NUMBERS.c.number, literal("x").label("word")).where(IS_ASKED).order_by(NUMBERS.c.number))


def test_rows_have_names_and_the_text_keeps_its_constants(app):
    assert [(row.number, row.word) for row in SOME.rows(asked=[4, 2, 9])] == [(2, "x"), (4, "x")]
    assert [row.number for row in SOME.rows(asked=[5])] == [5]


def test_an_error_has_the_name_it_has_everywhere_and_the_next_read_goes_on(app):
    with pytest.raises(DBAPIError):
        Read(select(1 / bindparam("by", type_=Integer))).rows(by=0)
    assert SOME.rows(asked=[1])


def test_no_transaction_is_begun_for_it(app):
    db.session.remove()
    assert SOME.rows(asked=[1])
    assert not db.session.registry.has()
