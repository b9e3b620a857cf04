"""Files as people and attackers send them, made here and not kept."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def xlsx(rows: Sequence[Sequence[Any]], *, hidden_first: bool = False) -> bytes:
    """A workbook; a cell that begins with = becomes a formula, dates become dates."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        if hidden_first:
            book.add_worksheet("notes").hide()
        sheet = book.add_worksheet("people")
        sheet.activate()
        if hidden_first:
            sheet.set_first_sheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def archive(entries: Mapping[str, bytes | str], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", packed) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file.getvalue()


def changed(content: bytes, changes: Mapping[str, bytes | None]) -> bytes:
    """A zip with some entries added or replaced."""
    with zipfile.ZipFile(BytesIO(content)) as made:
        entries: dict[str, bytes | None] = {name: made.read(name) for name in made.namelist()}
    return archive({name: entry for name, entry in {**entries, **changes}.items() if entry is not None})


def ods(table: str, *, also: Mapping[str, bytes | str] = {}) -> bytes:
    """An OpenDocument spreadsheet around the XML of its rows."""
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="people">{table}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return archive({"mimetype": SPREADSHEET, "content.xml": content, "META-INF/manifest.xml": "<m/>", **also})


def ods_row(*cells: str, repeated: int = 1) -> str:
    """One row of text cells."""
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inner}</table:table-row>'


def sheet_xml(rows: str) -> bytes:
    """The XML of a worksheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
