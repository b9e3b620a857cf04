"""Reads of the hot pages: statements of SQLAlchemy's that are turned into text once and asked without it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from psycopg.rows import namedtuple_row
from sqlalchemy import Select
from sqlalchemy.dialects import registry
from sqlalchemy.sql.compiler import SQLCompiler

from campaign.kernel.db import lend_alone

_DIALECT = registry.load("postgresql.psycopg")()


class Read:
    """One statement that finds its rows by key, as a transaction of its own (kernel/db.execute_alone).

    For pages that strangers ask for all day: BEGIN, COMMIT and what SQLAlchemy does around each statement cost as much
    of the processor as reading its rows. It sees nothing of an open transaction. Lists of values are arrays in it
    (`= ANY`), since the text cannot grow with them.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement

    def rows(self, **parameters: Any) -> Sequence[Any]:
        """Its rows as named tuples."""
        text = self._text
        with lend_alone(text) as lent:
            cursor = lent.driver_connection.cursor(row_factory=namedtuple_row)  # type: ignore[union-attr]
            return list(cursor.execute(text, self._constants | parameters).fetchall())

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled = self._statement.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what a SELECT becomes
        return compiled

    @cached_property
    def _text(self) -> str:
        return str(self._compiled)

    @cached_property
    def _constants(self) -> dict[str, Any]:
        return dict(self._compiled.params)
