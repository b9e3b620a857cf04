"""Statements of the hot paths: prepared once a connection, with their parameters in the server's own binary form.

psycopg's cursor reads the statement and finds out the type of every parameter each time, and lets go of the
interpreter at each step of the conversation, whereupon the other threads of the process queue for it. For a statement
that runs a thousand times a second that costs more than the statement. Here one call of libpq sends, waits and reads.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from psycopg import errors
from psycopg.postgres import types as known_types
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from campaign.kernel.db import lend_alone

_PLACE = re.compile(r"%\((\w+)\)s")
_FIRST_DAY = date(2000, 1, 1).toordinal()
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_BINARY = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of the server and how a value of it is written (postgresql.org/docs/current/protocol-overview.html)."""

    oid: int
    encode: Callable[[Any], bytes]


def _moment(value: datetime) -> bytes:
    since = value - _FIRST_MOMENT
    return ((since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds).to_bytes(8, "big", signed=True)


BYTES = Kind(known_types["bytea"].oid, bytes)
DAY = Kind(known_types["date"].oid, lambda value: (value.toordinal() - _FIRST_DAY).to_bytes(4, "big", signed=True))
FLAG = Kind(known_types["bool"].oid, lambda value: b"\x01" if value else b"\x00")
ID = Kind(known_types["uuid"].oid, lambda value: value.bytes)
INTEGER = Kind(known_types["int4"].oid, lambda value: value.to_bytes(4, "big", signed=True))
MOMENT = Kind(known_types["timestamptz"].oid, _moment)
SMALL = Kind(known_types["int2"].oid, lambda value: value.to_bytes(2, "big", signed=True))
TEXT = Kind(known_types["text"].oid, str.encode)


class Prepared:
    """One statement, in psycopg's `%(name)s` style, with the kind of each of its parameters."""

    def __init__(self, statement: str, kinds: Mapping[str, Kind]) -> None:
        names = list(dict.fromkeys(_PLACE.findall(statement)))
        places = {name: f"${number}" for number, name in enumerate(names, 1)}
        self.statement = _PLACE.sub(lambda found: places[found[1]], statement)
        self._oids = [kinds[name].oid for name in names]
        self._encoders = [(name, kinds[name].encode) for name in names]
        self._formats = [_BINARY] * len(names)
        self._text = self.statement.encode()
        self._name = b"hot_" + hashlib.sha256(self._text).hexdigest()[:16].encode()

    def execute(self, parameters: Mapping[str, Any]) -> int:
        """Run it as a transaction of its own in one round trip; None is NULL. Gives how many rows it wrote or found.

        Raises SQLAlchemy's DBAPIError without the parameters, since they hold addresses, as kernel/db.py does.
        """
        given = ((parameters[name], encode) for name, encode in self._encoders)
        values: list[Any] = [None if value is None else encode(value) for value, encode in given]
        with lend_alone(self.statement) as lent:
            conversation: PGconn = lent.driver_connection.pgconn  # type: ignore[union-attr]
            if self._name not in lent.info:
                _check(conversation, conversation.prepare(self._name, self._text, self._oids))
                lent.info[self._name] = True
            result = conversation.exec_prepared(self._name, values, self._formats)
            _check(conversation, result)
            return result.command_tuples or 0


def _check(conversation: PGconn, result: PGresult) -> None:
    if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        return
    code = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    if conversation.status == ConnStatus.BAD or not code:
        raise errors.OperationalError("the connection is lost")
    # The primary message alone: the details quote the row.
    message = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b""
    raise errors.lookup(code)(message.decode("utf-8", "replace"))
