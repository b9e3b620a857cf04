"""What every kind of file becomes: headings and rows of text."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from campaign.kernel.errors import N_
from campaign.kernel.tables.errors import BadTable

MOST_COLUMNS = 200
MOST_ROWS = 100_000
LONGEST_HEADING = 100
# What a spreadsheet would run: an equals sign, or another sign before a function, a pipe (DDE) or a sheet's name.
_FORMULA = re.compile(r"\s*(?:[=＝]|[@+\-＠＋－]\w+[(|!])")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet counts (the headings are row 1), and a text a heading."""

    number: int
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()
    """The positions of cells that hold a formula instead of a value."""
    has_more: bool = False
    """Whether there was something beyond the last heading."""


RawRow = tuple[int, list[str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: as often as needed, from any row on, without all of it in memory at once."""

    kind: str
    headings: tuple[str, ...]
    total: int
    """How many rows hold anything, headings not counted."""
    _read: Callable[[], Iterator[RawRow]] = field(repr=False)
    has_merged: bool = False
    """Whether cells of the sheet are merged: the first of them alone holds their value."""

    def rows(self, after: int = 1) -> Iterator[Row]:
        """The rows that hold anything and stand below row `after`."""
        width = len(self.headings)
        for number, cells, formulas in self._read():
            if number <= max(after, 1) or not any(cells):
                continue
            padded = tuple(cells[:width]) + ("",) * (width - len(cells))
            typed = frozenset(place for place, cell in enumerate(padded) if looks_like_formula(cell))
            yield Row(number, padded, formulas | typed, any(cells[width:]))


def table_of(
    kind: str, read: Callable[[], Iterator[RawRow]], most_rows: int = MOST_ROWS, *, has_merged: bool = False
) -> Table:  # fmt: skip
    """Look at the headings and count the rows; raises BadTable where either is out of bounds."""
    headings: tuple[str, ...] | None = None
    total = 0
    for number, cells, _formulas in read():
        if headings is None:
            headings = _headings(number, cells)
        elif any(cells):
            total += 1
        if total > most_rows:
            raise BadTable(N_("This table has more than %(most)s rows. Split it."), most=most_rows)
    if headings is None:
        raise BadTable(N_("This file is empty."))
    if not total:
        raise BadTable(N_("This table has headings and no rows."))
    return Table(kind, headings, total, read, has_merged)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run this text."""
    return _FORMULA.match(text) is not None


def clean_cell(text: str) -> str:
    """A cell without control characters, plain spaces, lines ended by one character, trimmed."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u202f", " ")
    return _CONTROL.sub("", plain).strip()


def _headings(number: int, cells: list[str]) -> tuple[str, ...]:
    if number != 1 or not any(cells):
        raise BadTable(N_("The first row must hold the headings of the columns."))
    while not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise BadTable(N_("This table has more than %(most)s columns. Keep those that matter."), most=MOST_COLUMNS)
    return tuple(_unique(_named(cells)))


def _named(cells: Iterable[str]) -> Iterator[str]:
    for place, cell in enumerate(cells, 1):
        yield " ".join(cell.split())[:LONGEST_HEADING] or f"[{place}]"


def _unique(names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        number, free = 1, name
        while free in seen:
            number += 1
            free = f"{name} ({number})"
        seen.add(free)
        yield free
