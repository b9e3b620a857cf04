"""XLSX and ODS: their size and formulas by a first look at the XML, their values by calamine."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from campaign.kernel.errors import N_
from campaign.kernel.tables.archive import BROKEN
from campaign.kernel.tables.errors import BadTable
from campaign.kernel.tables.survey import Survey, survey_ods, survey_xlsx
from campaign.kernel.tables.table import MOST_COLUMNS, MOST_ROWS, RawRow, Table, clean_cell, table_of

MOST_CELLS = 2_000_000
"""calamine lays a sheet out as a full rectangle, so a single cell far off would take all memory."""


def read_sheet(content: bytes, archive: zipfile.ZipFile, most_rows: int = MOST_ROWS) -> Table:
    """Read the first sheet that is not hidden; raises BadTable."""
    kind = _kind_of(archive)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            shown = [sheet for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
            if not shown:
                raise BadTable(N_("This file is empty."))
            name = shown[0].name
    except (CalamineError, ValueError, OSError) as problem:
        raise BadTable(BROKEN) from problem
    survey = (survey_xlsx if kind == "xlsx" else survey_ods)(archive, name)
    _check_size(survey, most_rows)

    def rows() -> Iterator[RawRow]:
        return _rows(content, name, survey)

    return table_of(kind, rows, most_rows, has_merged=survey.has_merged)


def _kind_of(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise BadTable(N_("This is a binary workbook (XLSB). Save it as XLSX, ODS or CSV."))
    if "word/document.xml" in names:
        raise BadTable(N_("This is a text document, not a table."))
    if "mimetype" in names and "content.xml" in names:
        if b"spreadsheet" not in archive.read("mimetype"):
            raise BadTable(N_("This is a text document, not a table."))
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise BadTable(N_("This file is protected by a passphrase. Save it without one."))
        return "ods"
    raise BadTable(N_("This is an archive. Unpack it and send the table itself."))


def _check_size(survey: Survey, most_rows: int) -> None:
    if survey.columns > MOST_COLUMNS:
        raise BadTable(N_("This table has more than %(most)s columns. Keep those that matter."), most=MOST_COLUMNS)
    if survey.rows > most_rows + 1:
        raise BadTable(N_("This table has more than %(most)s rows. Split it."), most=most_rows)
    if survey.columns * survey.rows > MOST_CELLS:
        raise BadTable(N_("This table has more than %(most)s cells. Split it."), most=MOST_CELLS)


def _rows(content: bytes, name: str, survey: Survey) -> Iterator[RawRow]:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            sheet = book.get_sheet_by_name(name)
            # iter_rows begins with the sheet's first row, but with the first column that holds anything.
            indent = [""] * (sheet.start[1] if sheet.start else 0)
            for number, cells in enumerate(sheet.iter_rows(), 1):
                yield number, indent + [_text(cell) for cell in cells], survey.formulas_in(number)
    except (CalamineError, ValueError, OSError) as problem:
        raise BadTable(BROKEN) from problem


def _text(value: Any) -> str:
    """A value as one would have typed it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return clean_cell(str(value))
