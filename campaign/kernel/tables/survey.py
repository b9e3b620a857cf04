"""A first look at a sheet's XML, piece by piece: how large it is, and which cells hold formulas."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from campaign.kernel.tables.archive import BROKEN
from campaign.kernel.tables.errors import BadTable

_CHUNK = 1 << 16
_REFERENCE = re.compile(r"([A-Z]{1,4})([0-9]{1,8})$")
MOST_FORMULAS = 100_000
Attributes = Mapping[str, str]


@dataclass(slots=True)
class Survey:
    """The rectangle that a sheet fills from its first cell on, and the places of formulas by row number."""

    rows: int = 0
    columns: int = 0
    formulas: dict[int, set[int]] = field(default_factory=dict)
    has_merged: bool = False

    def reach(self, row: int, column: int) -> None:
        """A cell with something in it, counted from 1."""
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def mark_formula(self, row: int, column: int) -> None:
        """A cell with a formula; beyond a limit no more are kept, since the file is hopeless anyway."""
        if len(self.formulas) < MOST_FORMULAS:
            self.formulas.setdefault(row, set()).add(column - 1)

    def formulas_in(self, row: int) -> frozenset[int]:
        """The positions of formulas in one row, from 0."""
        return frozenset(self.formulas.get(row, ()))


def survey_xlsx(archive: zipfile.ZipFile, name: str) -> Survey:
    """Look at the sheet called `name` of an XLSX file."""
    survey, at = Survey(), [0, 0]

    def start(tag: str, attributes: Attributes) -> None:
        local = _local(tag)
        if local == "row":
            at[0], at[1] = _number(attributes.get("r"), at[0] + 1), 0
        elif local == "c":
            at[0], at[1] = _place(attributes.get("r"), at[0], at[1] + 1)
            survey.reach(at[0], at[1])
        elif local == "f":
            survey.mark_formula(at[0], at[1])
        elif local == "mergeCell":
            survey.has_merged = True

    _parse(archive, _sheet_path(archive, name), start)
    return survey


def survey_ods(archive: zipfile.ZipFile, name: str) -> Survey:
    """Look at the table called `name` of an ODS file. Empty cells at the end are repeated a million times there, so
    what is repeated counts once something stands behind it."""
    survey, state = Survey(), _OdsState()

    def start(tag: str, attributes: Attributes) -> None:
        local = _local(tag)
        if local == "table":
            state.is_ours = attributes.get("table:name") == name
        elif not state.is_ours:
            return
        elif local == "table-row":
            state.begin_row(_number(attributes.get("table:number-rows-repeated"), 1))
        elif local in {"table-cell", "covered-table-cell"}:
            repeated = _number(attributes.get("table:number-columns-repeated"), 1)
            is_filled = "office:value-type" in attributes or "table:formula" in attributes
            state.column += repeated
            if is_filled:
                survey.reach(state.row + state.repeated - 1, state.column)
            survey.has_merged = survey.has_merged or local == "covered-table-cell"
            if "table:formula" in attributes:
                survey.mark_formula(state.row, state.column)

    _parse(archive, "content.xml", start)
    return survey


@dataclass(slots=True)
class _OdsState:
    is_ours: bool = False
    row: int = 0
    repeated: int = 1
    column: int = 0

    def begin_row(self, repeated: int) -> None:
        self.row += self.repeated if self.row else 1
        self.repeated, self.column = repeated, 0


def _sheet_path(archive: zipfile.ZipFile, name: str) -> str:
    """Where the XML of a sheet stands: the workbook names a relation, the relations name the file."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: Attributes) -> None:
        if _local(tag) == "sheet":
            key = next((value for key, value in attributes.items() if _local(key) == "id" and ":" in key), "")
            ids[attributes.get("name", "")] = key

    def relation(tag: str, attributes: Attributes) -> None:
        if _local(tag) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(archive, "xl/workbook.xml", sheet)
    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    target = targets.get(ids.get(name, ""), "")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _parse(archive: zipfile.ZipFile, path: str, start: Callable[[str, Attributes], None]) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    # Entities can be nested until they fill the memory; no spreadsheet program writes a document type.
    parser.StartDoctypeDeclHandler = _refuse
    try:
        with archive.open(path) as file:
            while piece := file.read(_CHUNK):
                parser.Parse(piece)
            parser.Parse(b"", True)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile, EOFError) as problem:
        raise BadTable(BROKEN) from problem


def _refuse(*_about: Any) -> None:
    raise BadTable(BROKEN)


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Row and column of "BC12", counted from 1."""
    found = _REFERENCE.match(reference or "")
    if found is None:
        return row, column
    letters, digits = found.groups()
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return int(digits), place
