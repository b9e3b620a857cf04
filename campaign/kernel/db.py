"""The database: the declarative base, its naming rules and the one way to commit.

A view, a task or a command opens `with transaction():` around one service call. Services flush and never commit.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

import psycopg
from flask_sqlalchemy import SQLAlchemy
from psycopg import sql
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Select,
    Text,
    Uuid,
    exists,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, registry, scoped_session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import PoolProxiedConnection

from campaign.kernel.errors import N_, Conflict, DomainError

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


TYPES: dict[Any, Any] = {
    int: BigInteger,
    str: Text,
    bytes: LargeBinary,
    date: Date,
    datetime: DateTime(timezone=True),
    uuid.UUID: Uuid,
    dict[str, Any]: JSONB,
    list[str]: JSONB,
    list[dict[str, Any]]: JSONB,
}


class Base(DeclarativeBase):
    """What every table shares: constraint names that migrations can rely on, and one SQL type a Python type."""

    # One registry with all of it: Flask-SQLAlchemy subclasses this class, and SQLAlchemy 2.1 takes the map of types
    # only from a registry that is not inherited.
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map=TYPES)


# expire_on_commit off: a view may show what it has just committed without asking the database again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
session = cast("scoped_session[Session]", db.session)

# The mark of a table that holds anything about people who signed, wrote or helped: the emergency wipe empties it. On a
# column that may be NULL it means the same of that column alone, where what stands beside it has to stay.
SUPPORTER: dict[str, Any] = {"supporter": True}
BEFORE_COMMIT = "before_commit"
AFTER_COMMIT = "after_commit"
IN_TRANSACTION = "in_transaction"
ALONE = "alone"


def one_of(column: str, values: type[StrEnum]) -> str:
    """A check that `column` holds one of the values."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def is_none_of(column: Any, found: Select[Any]) -> ColumnElement[bool]:
    """A condition: that `column` is none of what `found` gives, however many those are.

    `column NOT IN (…)` of more than the memory of one statement holds (4 MB: a hundred thousand ids) would go through
    all of them anew for every row; this is a join.
    """
    (one,) = found.subquery().c
    return ~exists().where(one == column).correlate(column.table)


AT_THE_SAME_MOMENT = N_("Someone else changed this at the same moment. Look at it again before you go on.")


class NestedTransaction(RuntimeError):
    """A use case inside a use case: half of it would be committed when the other half fails."""


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case: commit on a clean exit, roll back on any exception, then run what waits for the commit.

    Not built on `session.begin()`: looking up the signed-in account has already begun the session's transaction.
    Raises NestedTransaction when one is open already, and Conflict when somebody else changed a row that carries a
    version between our reading and our writing it, wherever in the use case that shows.
    """
    current = session()
    if current.info.get(IN_TRANSACTION):
        raise NestedTransaction("transaction() does not nest; call the service inside the one that is open")
    current.info[IN_TRANSACTION] = True
    current.info[BEFORE_COMMIT] = []
    current.info[AFTER_COMMIT] = []
    try:
        yield current
        for effect in current.info[BEFORE_COMMIT]:
            effect()
        current.commit()
        effects = current.info[AFTER_COMMIT]
    except StaleDataError as problem:
        current.rollback()
        raise Conflict(AT_THE_SAME_MOMENT) from problem
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info[IN_TRANSACTION] = False
        current.info[BEFORE_COMMIT] = []
        current.info[AFTER_COMMIT] = []
    for effect in effects:
        effect()


def after_commit(effect: Callable[[], None]) -> None:
    """Run `effect` once the open transaction has committed, and never if it rolls back.

    Only for what may be lost without harm (ringing a doorbell): a crash right after the commit loses it.
    """
    pending: list[Callable[[], None]] = session().info.setdefault(AFTER_COMMIT, [])
    pending.append(effect)


def execute_alone(statement: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Run one statement, in psycopg's `%(name)s` style, as a transaction of its own in one round trip; give its rows.

    For the hot paths, where BEGIN and COMMIT would be two thirds of the conversation with the server. Only for
    statements that find their rows by key: their plans are kept, whatever the parameters (config.py). SQLAlchemy lends
    the connection and names the errors; the rest of its machinery would cost as much as the statement.
    """
    with lend_alone(statement) as lent:
        cursor = lent.driver_connection.execute(statement, parameters)  # type: ignore[union-attr]
        return cursor.fetchall() if cursor.description else []


@contextmanager
def lend_alone(statement: str) -> Iterator[PoolProxiedConnection]:
    """Lend a connection on which each statement is a transaction of its own; errors get SQLAlchemy's names."""
    engine = db.engines[ALONE]
    lent = engine.raw_connection()
    try:
        yield lent
    except psycopg.Error as problem:
        if lent.driver_connection.closed:  # type: ignore[union-attr]
            # The others of the pool are as old as this one, and so as dead.
            lent.invalidate(problem)
            engine.dispose(close=False)
        raise DBAPIError.instance(statement, None, problem, psycopg.Error, hide_parameters=True) from problem
    finally:
        lent.close()


@contextmanager
def read_only(seconds: float) -> Iterator[Connection]:
    """Lend a connection whose transaction can write nothing and whose statements end after so many seconds.

    For what somebody put together: it sees nothing of an open transaction, and a statement that takes too long raises
    TooSlow instead of holding up everybody else.
    """
    with db.engine.connect() as connection, connection.begin():
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
        # Hashes of two hundred thousand ids fit, which they would not into what a page is given.
        connection.execute(text("SET LOCAL work_mem = '64MB'"))
        # Compiling such a statement takes longer than running it.
        connection.execute(text("SET LOCAL jit = off"))
        try:
            yield connection
        except DBAPIError as problem:
            if isinstance(problem.orig, psycopg.errors.QueryCanceled):
                raise TooSlow from problem
            raise


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Give each statement of the open transaction so many seconds, and what `read_only` gives it of memory.

    For what somebody put together and has to be read beside other rows. Raises TooSlow; outside `transaction()` what
    was begun is rolled back then, inside it by its end.
    """
    current = session()
    named = {"statement_timeout": str(int(seconds * 1000)), "work_mem": "'64MB'", "jit": "off"}
    for name, value in named.items():
        current.execute(text(f"SET LOCAL {name} = {value}"))
    try:
        yield
    except DBAPIError as problem:
        if not isinstance(problem.orig, psycopg.errors.QueryCanceled):
            raise
        if not current.info.get(IN_TRANSACTION):
            current.rollback()
        raise TooSlow from problem
    for name in named:
        current.execute(text(f"SET LOCAL {name} = DEFAULT"))


class TooSlow(DomainError):
    """A statement took longer than it was given."""


def copy_rows(model: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows of one table in the open transaction, a tenth of the time that INSERT takes for them.

    Values go as psycopg adapts them: JSON wrapped in Jsonb. Errors get SQLAlchemy's names; a row that breaks a unique
    rule fails them all, so that the caller opens a savepoint where another transaction may come first.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model.__tablename__), names)
    driver: Any = session.connection().connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as problem:
        raise DBAPIError.instance("COPY", None, problem, psycopg.Error, hide_parameters=True) from problem


def end_read() -> None:
    """End a read-only transaction: before a network call, so that no connection is held across it, and after a page.

    By COMMIT, since psycopg forgets every plan it has prepared at a ROLLBACK, and planning a page's statements anew
    takes several times as long as running them. Whatever a use case left unfinished is rolled back.
    """
    current = session()
    if current.new or current.dirty or current.deleted or current.info.get(IN_TRANSACTION):
        current.rollback()
    else:
        current.commit()


def end_page(_problem: BaseException | None = None) -> None:
    """End what a request has read, if it asked the database at all; registered by the factory after `db`.

    Never raises: the answer has been made, and a connection that died since is thrown away with the session.
    """
    if db.session.registry.has():
        with suppress(SQLAlchemyError):
            end_read()


def drop_connections(*, close: bool) -> None:
    """Begin with fresh connections; `close` False after a fork, where the old ones are the parent's."""
    for engine in db.engines.values():
        engine.dispose(close=close)
