"""What currencies were worth on a day: read from a public table, looked through first, then taken by another person.

The layout is that of the European Central Bank's reference rates: a column "Date", and a column for each currency with
how many of it one euro was worth; "N/A" where there was none. Others may bring their own in the same layout.
"""

import csv
import hashlib
import io
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select, text

from campaign.funds.models import ExchangeRate, RateImport, RateImportState
from campaign.kernel import audit, clock
from campaign.kernel.db import copy_rows, session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.text import one_line

MOST_BYTES, MOST_RATES, MOST_PROBLEMS = 8_000_000, 600_000, 20
NOT_BEFORE = date(1999, 1, 1)
STEP = Decimal("0.00000001")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SOURCE = re.compile(r"[a-z][a-z0-9-]{1,19}")
_NONE = frozenset({"", "N/A", "-"})
_S = RateImportState
Key = tuple[str, date]


class BadRates(DomainError):
    """The file is none that can be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says."""

    rates: dict[Key, Decimal]
    problems: list[str]


def stage_rates(content: bytes, *, file_name: str, source: str, actor: uuid.UUID | None) -> RateImport:
    """Look a file through and keep it until somebody has looked at the figures. Raises BadRates, and Conflict for a
    file that is here already."""
    if not _SOURCE.fullmatch(source):
        raise BadRates(N_("Say whose rates they are in one short word of small letters, such as ecb."))
    if len(content) > MOST_BYTES:
        raise BadRates(N_("This file is too large for a table of rates."))
    digest = hashlib.sha256(source.encode() + b"\0" + content).hexdigest()
    same = select(RateImport.id).where(RateImport.digest == digest, RateImport.state != _S.DISCARDED)
    if session.scalar(same) is not None:
        raise Conflict(N_("This very file is here already. Nothing was taken twice."))
    table = _decoded(content)
    found = read_rates(table)
    made = RateImport(
        id=uuid.uuid4(), state=_S.STAGED, source=source, file_name=one_line(file_name, 120), digest=digest,
        content=table, figures=_figures(found, source), problems=found.problems, made_by=actor, made_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("rates.stage", actor=actor, about=f"rate-import:{made.id}", amount=len(found.rates))
    return made


def apply_rates(import_id: uuid.UUID, *, actor: uuid.UUID | None) -> int:
    """Take what is new of it; a rate that stands there already is never changed. Gives how many were taken. Raises
    NotFound, Forbidden for whoever brought the file, and Conflict when it was decided on."""
    found = _lock(import_id)
    if actor is not None and found.made_by == actor:
        raise Forbidden(N_("Who brought this file does not take its rates. A second person must."))
    rates = read_rates(found.content or "").rates
    # Two files with the same days at once: the second one waits, and finds them known.
    session.execute(text("LOCK TABLE exchange_rate IN SHARE ROW EXCLUSIVE MODE"))
    known = _known(found.source)
    fresh = [(key, rate) for key, rate in rates.items() if key not in known]
    rows = ((currency, day, found.source, rate, found.id) for (currency, day), rate in fresh)
    copy_rows(ExchangeRate, ("currency", "on_date", "source", "per_euro", "import_id"), rows)
    found.state, found.content, found.decided_by = _S.APPLIED, None, actor
    session.flush()
    audit.record("rates.apply", actor=actor, about=f"rate-import:{import_id}", amount=len(fresh))
    return len(fresh)


def discard_rates(import_id: uuid.UUID, *, actor: uuid.UUID | None) -> None:
    """Throw the file away. Raises NotFound, Conflict."""
    found = _lock(import_id)
    found.state, found.content, found.decided_by = _S.DISCARDED, None, actor
    session.flush()
    audit.record("rates.discard", actor=actor, about=f"rate-import:{import_id}")


def read_rates(table: str) -> Read:
    """Every rate of a table, and what of it could not be read, line by line. Raises BadRates for what is no table."""
    try:
        return _read_rows(csv.reader(io.StringIO(table)))
    except csv.Error:
        # A cell of more than 131,072 characters: a quote that is never closed, or no table at all.
        raise BadRates(N_("This is no table: one of its cells never ends.")) from None


def _read_rows(rows: Iterator[list[str]]) -> Read:
    head = [cell.strip() for cell in next(rows, [])]
    if not head or head[0].casefold() != "date":
        raise BadRates(N_("The first line must begin with “Date”, followed by the codes of currencies."))
    currencies = [cell if _CURRENCY.fullmatch(cell) else "" for cell in head[1:]]
    if not any(currencies):
        raise BadRates(N_("The first line names no currency by its three letters."))
    found = Read({}, [])
    for at, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            _read_row(found, at, [cell.strip() for cell in row], currencies)
        if len(found.rates) > MOST_RATES:
            raise BadRates(N_("This file is too large for a table of rates."))
    if not found.rates:
        raise BadRates(N_("No rate could be read out of this file."))
    return found


def _read_row(found: Read, at: int, row: Sequence[str], currencies: Sequence[str]) -> None:
    try:
        day = _day(row[0])
    except ValueError:
        _tell(found, at, row[0])
        return
    if not NOT_BEFORE <= day <= clock.today():
        _tell(found, at, row[0])
        return
    for currency, cell in zip(currencies, row[1:], strict=False):
        if not currency or cell in _NONE:
            continue
        rate = _rate(cell)
        if rate is None or found.rates.get((currency, day), rate) != rate:
            _tell(found, at, f"{currency} {cell}")
        else:
            found.rates[currency, day] = rate


def _day(cell: str) -> date:
    """As in the history ("2026-11-25") or as in the table of a day ("25 November 2026")."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return datetime.strptime(cell, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone


def _rate(cell: str) -> Decimal | None:
    try:
        rate = Decimal(cell).quantize(STEP)
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and 0 < rate < 10**11 else None


def _tell(found: Read, at: int, what: str) -> None:
    if len(found.problems) < MOST_PROBLEMS:
        found.problems.append(f"{at}: {one_line(what, 60)}")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        raise BadRates(N_("This is no text file. Unpack it first, if it is an archive.")) from None


def _figures(found: Read, source: str) -> dict[str, object]:
    known = _known(source)
    days = {day for _currency, day in found.rates}
    same = sum(1 for key, rate in found.rates.items() if known.get(key) == rate)
    there = sum(1 for key in found.rates if key in known)
    return {
        "rates": len(found.rates), "new": len(found.rates) - there, "same": same, "different": there - same,
        "days": len(days), "currencies": len({currency for currency, _day in found.rates}),
        "first_on": min(days).isoformat(), "last_on": max(days).isoformat(),
    }  # fmt: skip


def _known(source: str) -> dict[Key, Decimal]:
    rows = select(ExchangeRate.currency, ExchangeRate.on_date, ExchangeRate.per_euro)
    found = session.execute(rows.where(ExchangeRate.source == source))
    return {(currency, day): rate for currency, day, rate in found}


def _lock(import_id: uuid.UUID) -> RateImport:
    found = session.get(RateImport, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != _S.STAGED:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found
