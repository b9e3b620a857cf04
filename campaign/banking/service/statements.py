"""A statement's way: its file comes in, its columns are named, its lines are read, looked at, and kept or given up."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from campaign.banking.jobs import KeepBankLines, ReadBankStatement
from campaign.banking.models import (
    SCOPE,
    BankAccountMemory,
    BankReadLine,
    BankStatement,
    StatementFormat,
    StatementState,
)
from campaign.banking.service import chunks
from campaign.banking.service.reading import BadStatement, Kind, Layout, find_kind
from campaign.banking.service.reading.csv_file import Look, look, propose
from campaign.banking.service.reading.texts import ENCODINGS
from campaign.funds.models import AccountKind, LedgerAccount
from campaign.kernel import audit, clock, jobs
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.text import one_line

LARGEST_FILE = 400 * 1024**2
TOO_LARGE = N_("This file is larger than %(most)s MB. Fetch the statement in parts.")
HERE_ALREADY = N_("This very file is here already. Nothing was taken twice.")
_S = StatementState
WAITING = frozenset({_S.COLUMNS, _S.READ})
"""Where a person is asked; from here a statement can be given up."""


class HereAlready(Conflict):
    """The very same file came in before; `statement_id` is that one."""

    def __init__(self, statement_id: uuid.UUID) -> None:
        super().__init__(HERE_ALREADY)
        self.statement_id = statement_id


class Receiving:
    """A file on its way in. Each piece is kept at once; the file counts only when it is complete."""

    def __init__(self, statement_id: uuid.UUID) -> None:
        self.statement_id = statement_id
        self.size = 0
        self._number = 0
        self._digest = hashlib.sha256()

    def keep(self, piece: bytes) -> None:
        """Keep the next piece in the open transaction. Raises BadStatement where the file grows beyond its limit."""
        self.size += len(piece)
        if self.size > LARGEST_FILE:
            raise BadStatement(TOO_LARGE, most=LARGEST_FILE // 1024**2)
        self._digest.update(piece)
        chunks.keep_piece(self.statement_id, self._number, piece)
        self._number += 1

    @property
    def file_index(self) -> bytes:
        """What recognises the very same file."""
        keyring.ensure(SCOPE)
        return blind_index(SCOPE, f"file:{self._digest.hexdigest()}")


def begin_receiving(*, actor: uuid.UUID | None) -> Receiving:
    """Make room for a file; what never becomes complete is erased within a day."""
    made = BankStatement(id=uuid.uuid4(), state=_S.RECEIVING, made_by=actor, made_at=clock.now())
    session.add(made)
    session.flush()
    return Receiving(made.id)


def give_up_receiving(statement_id: uuid.UUID) -> None:
    """Erase what has come of a file that is not taken."""
    session.execute(
        delete(BankStatement).where(BankStatement.id == statement_id, BankStatement.state == _S.RECEIVING)
    )  # fmt: skip


def take_file(
    received: Receiving, name: str, account_id: int, *, actor: uuid.UUID | None, is_demo: bool = False
) -> BankStatement:  # fmt: skip
    """A complete file of an account. One with columns waits until they are named, any other is read at once.

    Raises HereAlready for the very same file, BadStatement for what is no statement, NotFound for an account that is
    none of ours: then the caller gives the file up.
    """
    account = _account(account_id)
    index = received.file_index
    same = select(BankStatement.id).where(
        BankStatement.file_index == index, BankStatement.state.not_in((_S.RECEIVING, _S.REFUSED, _S.GIVEN_UP))
    )
    if (known := session.scalar(same)) is not None:
        raise HereAlready(known)
    opens = chunks.opener(received.statement_id)
    kind = find_kind(opens, received.size)
    made = get_statement(received.statement_id, locked=True)
    made.file_name, made.account_id, made.file_index = one_line(name, 120), account.id, index
    made.format, made.encoding, made.size, made.is_demo = kind.format, kind.encoding, received.size, is_demo
    if kind.format == StatementFormat.CSV:
        _propose_columns(made, look(opens, kind.encoding))
        made.state = _S.COLUMNS
    else:
        _begin_reading(made)
    session.flush()
    audit.record("bank.statement_uploaded", actor=actor, about=f"bank-statement:{made.id}")
    return made


def get_statement(statement_id: uuid.UUID, *, locked: bool = False) -> BankStatement:
    """One file of statements. Raises NotFound."""
    options = {"with_for_update": True, "populate_existing": True} if locked else {}
    found = session.get(BankStatement, statement_id, **options)  # type: ignore[arg-type]
    if found is None:
        raise NotFound
    return found


def look_again(statement: BankStatement) -> Look:
    """The headings and first rows of a table. Raises BadStatement."""
    return look(chunks.opener(statement.id), statement.encoding)


def choose_encoding(statement_id: uuid.UUID, encoding: str, *, actor: uuid.UUID) -> None:
    """Read a table in another alphabet; its headings are looked at anew. Raises BadStatement, Conflict."""
    found = _waiting(statement_id, {_S.COLUMNS})
    if encoding not in ENCODINGS:
        raise NotFound
    table = look(chunks.opener(found.id), encoding)
    found.encoding = encoding
    _propose_columns(found, table)
    session.flush()
    audit.record("bank.statement_columns", actor=actor, about=f"bank-statement:{found.id}", reason=encoding)


def choose_columns(statement_id: uuid.UUID, layout: Layout, *, actor: uuid.UUID | None) -> None:
    """Say what the columns of a table mean, and let it be read; remembered for the next one of the account.

    Raises BadStatement for what does not say enough, Conflict where somebody else was first.
    """
    found = _waiting(statement_id, {_S.COLUMNS, _S.READ})
    if found.format != StatementFormat.CSV:
        raise Conflict(N_("This file has no columns to be named."))
    chosen = Layout({name: layout.columns.get(name, "") for name in found.headers}, layout.days, layout.point)
    found.mapping = chosen.checked().dump()
    _forget_lines(found)
    _begin_reading(found)
    memory = _memory(found.account_id)
    memory.headers, memory.mapping = list(found.headers), found.mapping
    session.flush()
    audit.record("bank.statement_columns", actor=actor, about=f"bank-statement:{found.id}")


def name_columns_anew(statement_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Back from what was read of a table to its columns; what was read is forgotten. Raises Conflict."""
    found = _waiting(statement_id, {_S.READ})
    if found.format != StatementFormat.CSV:
        raise Conflict(N_("This file has no columns to be named."))
    _forget_lines(found)
    found.state = _S.COLUMNS
    session.flush()
    audit.record("bank.statement_columns", actor=actor, about=f"bank-statement:{found.id}")


def begin_keeping(statement_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Let the lines that were read count. Raises Conflict where somebody else has decided, or nothing was read."""
    found = _waiting(statement_id, {_S.READ})
    found.state, found.kept_by, found.kept_at = _S.KEEPING, actor, clock.now()
    if found.number_index is not None:
        _memory(found.account_id).number_index = found.number_index
    session.flush()
    jobs.enqueue(KeepBankLines(str(found.id)))
    audit.record("bank.statement_kept", actor=actor, about=f"bank-statement:{found.id}", amount=found.lines_read)


def give_up(statement_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Erase a file of which nothing was kept; it may come in again. Safe to press twice. Raises Conflict."""
    found = get_statement(statement_id, locked=True)
    if found.state == _S.GIVEN_UP:
        return
    if found.state not in {*WAITING, _S.READING, _S.REFUSED}:
        raise Conflict(N_("Its lines are kept already. Each line can be ignored, with a reason."))
    forget_file(found, _S.GIVEN_UP)
    audit.record("bank.statement_given_up", actor=actor, about=f"bank-statement:{found.id}")


def forget_file(statement: BankStatement, to: StatementState) -> None:
    """Erase a file and all that was read of it."""
    _forget_lines(statement)
    chunks.forget_pieces(statement.id)
    statement.state = to
    session.flush()


def kind_of(statement: BankStatement) -> Kind:
    """What it was found to be."""
    return Kind(StatementFormat(statement.format), statement.encoding)


def memory_of(account_id: int | None) -> BankAccountMemory | None:
    """What is remembered of an account."""
    return session.get(BankAccountMemory, account_id) if account_id is not None else None


def _account(account_id: int) -> LedgerAccount:
    found = session.get(LedgerAccount, account_id)
    if found is None or found.kind != AccountKind.ASSETS:
        raise NotFound
    return found


def _memory(account_id: int | None) -> BankAccountMemory:
    known = memory_of(account_id)
    if known is None:
        known = BankAccountMemory(account_id=account_id)
        session.add(known)
    return known


def _propose_columns(statement: BankStatement, table: Look) -> None:
    """What its columns meant last time, where they are the same ones; else what they look like."""
    statement.headers = list(table.headers)
    memory = memory_of(statement.account_id)
    is_known = memory is not None and memory.mapping and memory.headers == statement.headers
    stored: Mapping[str, Any] = memory.mapping if memory is not None and is_known else propose(table).dump()
    statement.mapping = dict(stored)


def _begin_reading(statement: BankStatement) -> None:
    statement.state, statement.problems = _S.READING, []
    session.flush()
    jobs.enqueue(ReadBankStatement(str(statement.id)))


def _forget_lines(statement: BankStatement) -> None:
    session.execute(delete(BankReadLine).where(BankReadLine.statement_id == statement.id))
    statement.lines_read, statement.figures = 0, {}


def _waiting(statement_id: uuid.UUID, states: set[StatementState]) -> BankStatement:
    found = get_statement(statement_id, locked=True)
    if found.state not in states:
        raise Conflict(N_("Somebody else has gone on with this statement a moment ago. Look at it again."))
    return found
