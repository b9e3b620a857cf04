"""CSV as banks write it: with lines before the headings, any separator, and whatever order of columns."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from campaign.banking.service.reading.parts import (
    LONGEST_SAID,
    TOO_LONG,
    WITHOUT_AMOUNT,
    BadStatement,
    Balance,
    LeftOut,
    Part,
    ReadLine,
)
from campaign.banking.service.reading.texts import lines_of
from campaign.banking.service.reading.values import BAD_DAY, read_amount, read_day
from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens

SEPARATORS = (";", ",", "\t", "|")
LOOKED_AT, LONGEST_HEADING, MOST_COLUMNS, LONGEST_ROW = 60, 80, 100, 1 << 16
NOT_CLOSED = N_("Line %(line)s: a quotation mark is opened and never closed.")
NO_TABLE = N_("No row of headings could be found in this file. Its first rows must name the columns.")
NEEDS_DAY = N_("Say in which column the day stands.")
NEEDS_AMOUNT = N_("Say in which column the amount stands, or in which two what came in and what went out.")
ONLY_ONE = N_("Two columns cannot be the same, but for the text.")
TOO_SHORT = N_("Line %(line)s: this row has fewer columns than the headings.")
NO_DIRECTION = N_("Line %(line)s: this does not say whether it came in or went out.")
WRONG_BALANCE = N_("Line %(line)s: the balance does not follow from the line before it. Rows are missing, or doubled.")
COLUMNS = ("", "day", "amount", "credit", "debit", "direction", "currency", "who", "account", "text", "own_id",
           "balance")  # fmt: skip
"""What a column can be; several may be text."""
ORDERS, POINTS = ("dmy", "ymd", "mdy"), (",", ".")
_GUESSES: tuple[tuple[str, str], ...] = (
    ("balance", r"balance|saldo|остаток|баланс"),
    ("day", r"^(booking ?date|date|datum|buchungstag|buchungsdatum|transaction date|posting date|дата|дата операции|"
            r"дата проводки|bookingdate|completed date)$"),
    ("credit", r"^(credit|haben|paid in|money in|deposit|зачислен|приход|кредит|поступлен)"),
    ("debit", r"^(debit|soll|paid out|money out|withdraw|списан|расход|дебет)"),
    ("direction", r"(debit/credit|d/c|cr/dr|soll/haben|s/h|credit ?debit|indicator|тип операции|направление)"),
    ("amount", r"^(amount|betrag|umsatz|сумма|value)( |$|\()"),
    ("currency", r"^(currency|währung|waehrung|валюта|ccy)"),
    ("account", r"(iban|kontonummer|account number|counterparty account|сч[её]т контрагента|номер счета)"),
    ("who", r"(counterparty|payee|payer|beguenstigter|begünstigter|auftraggeber|zahlungspflichtiger|zahlungsempf|name|"
            r"контрагент|отправитель|получатель|плательщик)"),
    ("text", r"(purpose|verwendungszweck|description|reference|details|memo|buchungstext|narrative|назначение|описание|"
             r"комментарий)"),
    ("own_id", r"(transaction id|^id$|номер документа|document number|transaktions-?id)"),
)  # fmt: skip
_IN = frozenset({"c", "cr", "credit", "crdt", "h", "haben", "in", "+", "приход", "зачисление", "кредит", "пополнение"})
_OUT = frozenset({"d", "dr", "debit", "dbit", "s", "soll", "out", "-", "расход", "списание", "дебет"})
_HAS_VALUE = re.compile(r"\d{2,}[.,/-]\d|^\s*[+\-−]?[\d\s.,]+$")


@dataclass(frozen=True, slots=True)
class Look:
    """What a first look finds: how the table is written, and the first rows below its headings."""

    separator: str
    heading_line: int
    """The line of text in which the headings end."""
    headers: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What somebody said of a table."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Heading > what it is."""
    days: str = "dmy"
    point: str = ","

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Layout":
        """From what is kept of it. Raises BadStatement."""
        return cls(dict(stored.get("columns", {})), stored.get("days", "dmy"), stored.get("point", ",")).checked()

    def dump(self) -> dict[str, Any]:
        """As it is kept."""
        return {"columns": dict(self.columns), "days": self.days, "point": self.point}

    def checked(self) -> "Layout":
        """The same. Raises BadStatement for what does not say enough."""
        used = Counter(each for each in self.columns.values() if each)
        if not used["day"]:
            raise BadStatement(NEEDS_DAY)
        if not (used["amount"] or used["credit"] or used["debit"]):
            raise BadStatement(NEEDS_AMOUNT)
        if used.keys() - set(COLUMNS) or self.days not in ORDERS or self.point not in POINTS:
            raise BadStatement(NEEDS_DAY)
        if any(count > 1 for name, count in used.items() if name != "text"):
            raise BadStatement(ONLY_ONE)
        return self


def look(opens: Opens, encoding: str) -> Look:
    """Find separator and headings. Raises BadStatement where there are none."""
    best: tuple[float, Look] | None = None
    problem: BadStatement | None = None
    for separator in SEPARATORS:
        try:
            rows = list(islice(_rows(opens, encoding, separator), LOOKED_AT))
        except BadStatement as refusal:
            problem = problem or refusal
            continue
        found = _headings(rows)
        if found is None:
            continue
        at, score = found
        line, cells = rows[at]
        samples = tuple(tuple(cells) for _line, cells in rows[at + 1 :] if any(cells))
        one = Look(separator, line, _unique(cells), samples)
        if best is None or score > best[0]:
            best = score, one
    if best is None:
        raise problem or BadStatement(NO_TABLE)
    return best[1]


def propose(found: Look) -> Layout:
    """What the columns most likely are, by their headings and by what stands in them."""
    columns: dict[str, str] = {}
    for heading in found.headers:
        name = next((name for name, pattern in _GUESSES if re.search(pattern, heading.casefold().strip())), "")
        columns[heading] = name if name == "text" or name not in columns.values() else ""
    if "amount" in columns.values():
        columns = {heading: "" if name in {"credit", "debit"} else name for heading, name in columns.items()}
    at = {name: place for place, name in enumerate(columns.values()) if name}
    days = [cells[at["day"]] for cells in found.samples if "day" in at and len(cells) > at["day"]]
    sums = [cells[at[name]] for cells in found.samples for name in ("amount", "credit", "debit", "balance")
            if name in at and len(cells) > at[name]]  # fmt: skip
    order = max(ORDERS, key=lambda each: sum(read_day(day, each) is not None for day in days))
    point = "." if sum(_points_at(each, ".") for each in sums) > sum(_points_at(each, ",") for each in sums) else ","
    return Layout(columns, order, point)


def read_csv(opens: Opens, encoding: str, layout: Layout, otherwise: str) -> Iterator[Part]:
    """Every line of a table; `otherwise` is the currency where no column says it. Raises BadStatement."""
    found = look(opens, encoding)
    reader = _Reader(found, layout, otherwise)
    for line, cells in _rows(opens, encoding, found.separator):
        if line > found.heading_line and any(cells):
            yield from reader.read(line, cells)
    yield from reader.end()


class _Reader:
    """What reads the rows of one table, and follows its column of balances if it has one."""

    def __init__(self, found: Look, layout: Layout, otherwise: str) -> None:
        self._separator, self._width = found.separator, len(found.headers)
        self._order, self._point, self._otherwise = layout.days, layout.point, otherwise
        places: dict[str, list[int]] = {}
        for place, heading in enumerate(found.headers):
            places.setdefault(layout.columns.get(heading, ""), []).append(place)
        self._texts = places.get("text", [])
        self._at = {name: some[0] for name, some in places.items() if name not in {"", "text"}}
        if "day" not in self._at:
            raise BadStatement(NEEDS_DAY)
        self._balances = _Balances()

    def read(self, line: int, cells: Sequence[str]) -> Iterator[Part]:
        """One row that holds anything."""
        where = str(line)
        said_day, is_empty = self._cell(cells, "day"), not self._has_amount(cells)
        if len(cells) < self._width - 1 and (not said_day or is_empty):
            # A row of sums, or of words, below the table.
            return
        if len(cells) < self._width - 1:
            raise BadStatement(TOO_SHORT, line=line)
        if is_empty and not said_day:
            yield LeftOut(WITHOUT_AMOUNT)
            return
        day = read_day(said_day, self._order)
        if day is None:
            raise BadStatement(BAD_DAY, line=line)
        currency = (self._cell(cells, "currency") or self._otherwise).strip().upper()
        minor = 0 if is_empty else self._minor(cells, currency, where)
        if "balance" in self._at:
            standing = read_amount(self._cell(cells, "balance"), currency, self._point, where)
            self._balances.follow(Balance(where, False, day, standing, currency), minor)
        if minor == 0:
            yield LeftOut(WITHOUT_AMOUNT)
            return
        text = " ".join(" ".join(cells[place].split()) for place in self._texts if place < len(cells) and cells[place])
        yield ReadLine(
            where, day, minor, currency, self._cell(cells, "who")[:LONGEST_SAID],
            self._cell(cells, "account")[:60], text[:LONGEST_SAID], self._cell(cells, "own_id")[:100],
            self._separator.join(cells)[: 2 * LONGEST_SAID], f"{text} {self._cell(cells, 'own_id')}",
        )  # fmt: skip

    def end(self) -> Iterator[Part]:
        """What the balances say once all is read."""
        yield from self._balances.end()

    def _cell(self, cells: Sequence[str], name: str) -> str:
        place = self._at.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    def _has_amount(self, cells: Sequence[str]) -> bool:
        return any(self._cell(cells, name) for name in ("amount", "credit", "debit"))

    def _minor(self, cells: Sequence[str], currency: str, line: str) -> int:
        if amount := self._cell(cells, "amount"):
            minor = read_amount(amount, currency, self._point, line)
            return minor * self._sign(cells, line) if "direction" in self._at else minor
        minor = 0
        if credit := self._cell(cells, "credit"):
            minor += read_amount(credit, currency, self._point, line)
        if debit := self._cell(cells, "debit"):
            minor -= abs(read_amount(debit, currency, self._point, line))
        return minor

    def _sign(self, cells: Sequence[str], line: str) -> int:
        word = self._cell(cells, "direction").casefold().strip()
        if word in _IN:
            return 1
        if word in _OUT:
            return -1
        raise BadStatement(NO_DIRECTION, line=line)


class _Balances:
    """Follows a column of balances, whether the oldest row stands first or last: where it began and where it ended."""

    def __init__(self) -> None:
        self._first: tuple[Balance, int] | None = None
        self._last: tuple[Balance, int] | None = None
        self._is_oldest_first: bool | None = None

    def follow(self, standing: Balance, minor: int) -> None:
        """One more row. Raises BadStatement where it does not follow from the one before."""
        if self._last is None:
            self._first = standing, minor
        else:
            before, moved = self._last
            fits = {True: before.minor + minor == standing.minor, False: before.minor - moved == standing.minor}
            if self._is_oldest_first is None and fits[True] != fits[False]:
                self._is_oldest_first = fits[True]
            if not (any(fits.values()) if self._is_oldest_first is None else fits[self._is_oldest_first]):
                raise BadStatement(WRONG_BALANCE, line=standing.line)
        self._last = standing, minor

    def end(self) -> Iterator[Part]:
        """Opening and closing balance of the whole table."""
        if self._first is None or self._last is None:
            return
        oldest, newest = self._first, self._last
        if self._is_oldest_first is False:
            oldest, newest = newest, oldest
        first, moved = oldest
        yield Balance(first.line, True, first.day, first.minor - moved, first.currency)
        yield newest[0]


def _rows(opens: Opens, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line of text in which each ends."""
    begun, taken = 1, 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for _number, line in lines_of(opens, encoding):
            # A cell in quotation marks holds lines of its own, and the reader gives nothing before its row is whole.
            taken += len(line)
            if taken > LONGEST_ROW:
                raise BadStatement(TOO_LONG, line=begun)
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    while True:
        begun, taken = reader.line_num + 1, 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadStatement(NOT_CLOSED, line=reader.line_num) from None
        if len(cells) > MOST_COLUMNS or sum(map(len, cells)) > 5 * LONGEST_SAID:
            raise BadStatement(TOO_LONG, line=reader.line_num)
        yield reader.line_num, [cell.replace("\u00a0", " ").strip(" \t\ufeff\r\n") for cell in cells]


def _headings(rows: Sequence[tuple[int, list[str]]]) -> tuple[int, float] | None:
    """Which of the rows holds the headings, and how sure that is; None where none does."""
    widths = Counter(len(cells) for _line, cells in rows if len(cells) > 1)
    if not widths:
        return None
    for at, (_line, cells) in enumerate(rows):
        filled = [cell for cell in cells if cell]
        known = sum(any(re.search(pattern, cell.casefold()) for _name, pattern in _GUESSES) for cell in filled)
        if len(filled) < 2 or any(_HAS_VALUE.search(cell) for cell in filled):
            continue
        alike = sum(abs(len(others) - len(cells)) <= 1 for _line, others in rows[at + 1 :])
        if known >= 2 or (alike and len(cells) == widths.most_common(1)[0][0]):
            return at, known * 10 + min(len(cells), 9) + alike / LOOKED_AT
    return None


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:LONGEST_HEADING] or f"[{place}]"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    while names and names[-1].startswith("["):
        names.pop()
    return tuple(names)


def _points_at(text: str, sign: str) -> bool:
    """Whether the last sign in an amount is this one, with one or two digits behind it."""
    return re.search(rf"{re.escape(sign)}\d{{1,2}}\D*$", text) is not None
