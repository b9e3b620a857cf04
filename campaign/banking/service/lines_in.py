"""Lines of a statement read and kept in pieces that each stand for themselves: a run that is killed goes on there.

While they are read, they stand in a table of their own, and only when all is read is it known which of them are alike
and which are known. Keeping moves them over, piece by piece, by one statement: a line leaves the one table in the same
moment in which it comes into the other, and what is known by fingerprint and occurrence does not come in again.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import delete, text

from campaign.banking.jobs import KeepBankLines, ReadBankStatement, SuggestForBankLines
from campaign.banking.models import SAID, SCOPE, BankReadLine, BankStatement, StatementFormat, StatementState
from campaign.banking.service import chunks
from campaign.banking.service.reading import BadStatement, ReadLine, read_parts
from campaign.banking.service.reading.checking import Sums, check
from campaign.banking.service.reading.values import find_references
from campaign.banking.service.statements import forget_file, get_statement, kind_of, memory_of
from campaign.funds.models import LedgerAccount
from campaign.kernel import audit, jobs
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import copy_rows, limited, session
from campaign.kernel.errors import N_

BATCH = 2_000
LINES_A_JOB = 25_000
"""A job reads the file from its beginning on to where it was, so it does many lines."""
KEPT_A_JOB = 20_000
SECONDS = 240.0
"""For one statement over all lines of a file; a job may take five minutes."""
OTHER_ACCOUNT = N_("This file names another account than those that came in before for this one. Choose the right one.")
_COLUMNS = ("id", "statement_id", "number", "day", "amount", "currency", "fingerprint", "occurrence", "codes",
            "said_sealed")  # fmt: skip
_TELL_APART = """
UPDATE bank_read_line AS line SET occurrence = counted.nth
FROM (
    SELECT id, row_number() OVER (PARTITION BY fingerprint ORDER BY number) AS nth
    FROM bank_read_line WHERE statement_id = :statement_id
) AS counted
WHERE line.id = counted.id AND counted.nth > 1
"""
_COUNT_KNOWN = """
SELECT count(*) FROM bank_read_line AS line JOIN bank_line AS kept
    ON kept.account_id = :account_id AND kept.fingerprint = line.fingerprint AND kept.occurrence = line.occurrence
WHERE line.statement_id = :statement_id
"""
# Unlike any that is kept, but of the day and amount of one: perhaps the same, from a file of another kind.
_COUNT_ALIKE = """
SELECT count(*) FROM bank_read_line AS line
WHERE line.statement_id = :statement_id
    AND EXISTS (SELECT FROM bank_line AS kept WHERE kept.account_id = :account_id AND kept.day = line.day
                AND kept.amount = line.amount)
    AND NOT EXISTS (SELECT FROM bank_line AS kept WHERE kept.account_id = :account_id
                    AND kept.fingerprint = line.fingerprint AND kept.occurrence = line.occurrence)
"""
_BEFORE = """
SELECT closing FROM bank_statement
WHERE account_id = :account_id AND state = 'kept' AND closing IS NOT NULL AND last_on < :first_on
ORDER BY last_on DESC, made_at DESC LIMIT 1
"""
_MOVE = """
WITH moved AS (
    DELETE FROM bank_read_line WHERE id IN (
        SELECT id FROM bank_read_line WHERE statement_id = :statement_id ORDER BY number LIMIT :most
    ) RETURNING *
), kept AS (
    INSERT INTO bank_line (id, account_id, statement_id, number, day, amount, currency, open_amount, fingerprint,
        occurrence, codes, said_sealed, state, reason, version, is_demo)
    SELECT id, :account_id, statement_id, number, day, amount, currency, amount, fingerprint, occurrence, codes,
        said_sealed, 'open', '', 1, :is_demo
    FROM moved ORDER BY number
    ON CONFLICT (account_id, fingerprint, occurrence) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM kept)
"""


def read_some(statement_id: uuid.UUID) -> int:
    """The next lines of a statement, and a job for those after them; gives how many. Nothing when it is not read.

    What cannot be leads to nothing kept: a table back to its columns, any other file to be refused, with its line.
    """
    found = get_statement(statement_id, locked=True)
    if found.state != StatementState.READING:
        return 0
    keyring.ensure(SCOPE)
    sums, done, before = Sums(), 0, found.lines_read
    try:
        lines = _lines_of(found, sums)
        for _skipped in islice(lines, before):
            pass
        while done < LINES_A_JOB and (batch := list(islice(lines, BATCH))):
            copy_rows(BankReadLine, _COLUMNS, _rows(found.id, before + done, batch))
            done += len(batch)
            found.lines_read = before + done
        if done >= LINES_A_JOB:
            jobs.enqueue(ReadBankStatement(str(found.id)))
        else:
            _end_reading(found, sums)
    except BadStatement as problem:
        _refuse(found, problem)
    session.flush()
    return done


def keep_some(statement_id: uuid.UUID) -> int:
    """Keep the next lines of a statement, and ask for those after them; gives how many were new."""
    found = get_statement(statement_id, locked=True)
    if found.state != StatementState.KEEPING:
        return 0
    with limited(SECONDS):
        moved, kept = session.execute(
            text(_MOVE),
            {"statement_id": found.id, "account_id": found.account_id, "most": KEPT_A_JOB, "is_demo": found.is_demo},
        ).one()
    found.lines_kept += kept
    if moved == KEPT_A_JOB:
        jobs.enqueue(KeepBankLines(str(found.id)))
    else:
        found.state = StatementState.KEPT
        chunks.forget_pieces(found.id)
        jobs.enqueue(SuggestForBankLines(str(found.id), ""))
        audit.record("bank.lines_kept", actor=found.kept_by, about=f"bank-statement:{found.id}",
                     amount=found.lines_kept)  # fmt: skip
    session.flush()
    return int(kept)


def fingerprint_of(line: ReadLine) -> bytes:
    """A blind index of all that a line says; where the bank tells its lines apart itself, of its word for it."""
    said = (line.own_id,) if line.own_id else (line.who, line.account, line.text)
    return blind_index(SCOPE, "\x1f".join(("line", line.day.isoformat(), str(line.minor), line.currency, *said)))


def _lines_of(statement: BankStatement, sums: Sums) -> Iterator[ReadLine]:
    account = session.get_one(LedgerAccount, statement.account_id)
    parts = read_parts(chunks.opener(statement.id), kind_of(statement), statement.mapping, account.currency or "EUR")
    return check(parts, sums, account.currency)


def _rows(statement_id: uuid.UUID, before: int, batch: Sequence[ReadLine]) -> Iterator[tuple[Any, ...]]:
    for number, line in enumerate(batch, before + 1):
        row = uuid.uuid4()
        said = json.dumps(
            {"who": line.who, "account": line.account, "text": line.text, "raw": line.raw}, ensure_ascii=False
        )
        yield (
            row, statement_id, number, line.day, line.minor, line.currency, fingerprint_of(line), 1,
            Jsonb(find_references(line.codes_in, line.text)), SAID.seal(SCOPE, row, said),
        )  # fmt: skip


def _end_reading(statement: BankStatement, sums: Sums) -> None:
    """All is read: what it comes to, which lines are alike, and how many are known. Raises BadStatement."""
    statement.number_index = blind_index(SCOPE, f"number:{sums.number}") if sums.number else None
    memory = memory_of(statement.account_id)
    is_other = memory is not None and memory.number_index is not None
    if memory is not None and is_other and statement.number_index not in {None, memory.number_index}:
        raise BadStatement(OTHER_ACCOUNT)
    values = {"statement_id": statement.id, "account_id": statement.account_id, "first_on": sums.first_on}
    with limited(SECONDS):
        session.execute(text(_TELL_APART), values)
        known = session.scalar(text(_COUNT_KNOWN), values) or 0
        alike = session.scalar(text(_COUNT_ALIKE), values) or 0
        before = session.scalar(text(_BEFORE), values)
    statement.currency, statement.opening, statement.closing = sums.currency, sums.opening, sums.closing
    statement.first_on, statement.last_on = sums.first_on, sums.last_on
    statement.figures = {
        "came_in": sums.came_in, "went_out": sums.went_out, "known": known, "new": sums.lines - known, "alike": alike,
        "gap_line": sums.gap_line, "before": before if before != sums.opening else None, **sums.left_out,
    }  # fmt: skip
    statement.state = StatementState.READ
    audit.record("bank.statement_read", actor=statement.made_by, about=f"bank-statement:{statement.id}",
                 amount=sums.lines)  # fmt: skip


def _refuse(statement: BankStatement, problem: BadStatement) -> None:
    values = {name: str(value) for name, value in problem.values.items()}
    if statement.format == StatementFormat.CSV:
        session.execute(delete(BankReadLine).where(BankReadLine.statement_id == statement.id))
        statement.lines_read, statement.state = 0, StatementState.COLUMNS
    else:
        forget_file(statement, StatementState.REFUSED)
    statement.problems = [{"message": problem.message, "values": values}]
