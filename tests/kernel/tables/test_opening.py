"""Files are read as tables whatever program wrote them, and refused with a sentence where they are something else."""

import csv
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.kernel.tables import BadTable, open_table
from tests.kernel.tables.files import archive, changed, ods, ods_row, sheet_xml, xlsx

RUSSIAN = "Фамилия;Имя;Примечание\nВымышленный;Пётр;любит шахматы\nПридуманная;Анна;читает о море\n"
SHEET = "xl/worksheets/sheet1.xml"
TWO = [["Last name", "First name"], ["Example", "Anna"]]


def rows_of(content: bytes):
    return [(row.number, *row.cells) for row in open_table(content).rows()]


def refusal(content: bytes) -> str:
    with pytest.raises(BadTable) as refused:
        list(open_table(content).rows())
    return str(refused.value)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "cp1251", "koi8-r", "cp866", "mac_cyrillic", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_russian_text_is_read_in_every_alphabet_of_the_last_thirty_years(code, separator):
    table = open_table(RUSSIAN.replace(";", separator).encode(code))
    assert table.headings == ("Фамилия", "Имя", "Примечание")
    assert table.total == 2
    assert [row.cells[0] for row in table.rows()] == ["Вымышленный", "Придуманная"]


def test_names_of_the_west_stay_what_they_are():
    assert rows_of("name,town\nJosé Peña,Málaga\nFrançoise Éluard,Orléans\n".encode("cp1252"))[0][1] == "José Peña"


def test_quoted_lines_empty_rows_and_nul_keep_the_numbers_of_a_spreadsheet():
    content = b'name,note\n"Anna","two\r\nlines"\n\nBoris,a\x00b\n'
    assert rows_of(content) == [(2, "Anna", "two\nlines"), (4, "Boris", "ab")]


def test_reading_goes_on_below_any_row():
    table = open_table(b"name\nAnna\nBoris\nVera\n")
    assert [row.number for row in table.rows(after=3)] == [4]


def test_headings_are_told_apart_and_named_where_they_are_empty():
    assert open_table(b"name,,name,\n1,2,3,\n").headings == ("name", "[2]", "name (2)")


def test_what_lies_beyond_the_headings_is_noticed():
    (row,) = open_table(b"name,note\nAnna,a,lost comma\n").rows()
    assert row.has_more


def test_a_quotation_mark_that_never_closes_is_told_with_its_row():
    assert "Row 3 " in refusal(b'name,note\nAnna,x\nBoris,"' + b"endless\n" * 40_000)


def test_a_workbook_gives_dates_numbers_and_the_first_shown_sheet():
    content = xlsx([["Name", "Born", "Index", "Share"], ["Anna", date(1980, 5, 17), 610000, 1.5]], hidden_first=True)
    assert rows_of(content) == [(2, "Anna", "1980-05-17", "610000", "1.5")]


def test_a_first_column_without_anything_keeps_its_place():
    assert rows_of(xlsx([["", "Name"], ["", "Anna"]])) == [(2, "", "Anna")]


def test_formulas_are_found_whatever_the_file():
    (row,) = open_table(xlsx([["Name", "Sum"], ["Anna", "=1+1"]])).rows()
    assert row.formulas == {1}
    for formula in ("=1+1", " =HYPERLINK(1)", "@SUM(A1)", "+cmd|' /C calc'!A0", "＝1"):
        (row,) = open_table(f'Name,Sum\nAnna,"{formula}"\n'.encode()).rows()
        assert row.formulas == {1}, formula
    for harmless in ("-", "+7 900 000", "@anna", "-5", "a=b"):
        (row,) = open_table(f'Name,Sum\nAnna,"{harmless}"\n'.encode()).rows()
        assert not row.formulas, harmless
    cell = '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'
    (row,) = open_table(ods(ods_row("Name") + f"<table:table-row>{cell}</table:table-row>")).rows()
    assert row.formulas == {0}


def test_opendocument_with_a_million_empty_rows_at_its_end_is_small():
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    assert rows_of(ods(ods_row("Name", "Note") + ods_row("Anna", "x") + empty)) == [(2, "Anna", "x")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"name,note\n", "headings and no rows"),
        (b"\nAnna,1\n", "first row"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"MZ\x90\x00", "program"),
        (b"\x7fELF...", "program"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><table>", "web page"),
        (b"<svg xmlns='x'>", "web page"),
        (bytes(range(32)) * 300, "not a table"),
        (archive({"letter.txt": "hello"}), "archive"),
        (archive({"word/document.xml": "<w/>"}), "text document"),
        (archive({"xl/workbook.bin": "x"}), "XLSB"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "text document"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500, "XLS file"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "passphrase"),
        (ods(ods_row("a"), also={"META-INF/manifest.xml": "<m:encryption-data/>"}), "passphrase"),
        (ods(ods_row("a"), also={"Basic/Standard/Module1.xml": "x"}), "macros"),
        (changed(xlsx(TWO), {"xl/vbaProject.bin": b"x"}), "macros"),
        (changed(xlsx(TWO), {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
        (changed(xlsx(TWO), {"[Content_Types].xml": b"<a>application/vnd.ms-excel.sheet.macroEnabled.main+xml</a>"}),
         "macros"),
        (changed(xlsx(TWO), {SHEET: None}), "damaged"),
        (changed(xlsx(TWO), {SHEET: b"<worksheet"}), "damaged"),
        (xlsx(TWO)[:-40], "damaged"),
        (xlsx(TWO)[:60] + b"\0" * 400 + xlsx(TWO)[460:], "damaged"),
        (",".join(f"c{number}" for number in range(300)).encode() + b"\n1\n", "more than 200 columns"),
        (b"name\n" + b"x\n" * 100_001, "more than 100000 rows"),
        (b"name\n" + b"x" * (51 * 1024 * 1024), "larger than 50 MB"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(content, says):
    assert says in refusal(content)


def test_a_sheet_of_twenty_thousand_by_twenty_thousand_takes_no_memory():
    far = b'<row r="1"><c r="A1" t="str"><v>Name</v></c></row><row r="20000"><c r="ACOF20000"><v>1</v></c></row>'
    content = changed(xlsx(TWO), {SHEET: sheet_xml(far.decode())})
    tracemalloc.start()
    try:
        assert "columns" in refusal(content)
        assert tracemalloc.get_traced_memory()[1] < 10 * 1024 * 1024
    finally:
        tracemalloc.stop()
    deep = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="A1000000"><v>1</v></c></row>'
    assert "rows" in refusal(changed(xlsx(TWO), {SHEET: sheet_xml(deep)}))
    wide = '<row r="1"><c r="GR1"><v>1</v></c></row><row r="90000"><c r="A90000"><v>1</v></c></row>'
    assert "cells" in refusal(changed(xlsx(TWO), {SHEET: sheet_xml(wide)}))
    assert "rows" in refusal(ods(ods_row("Name") + ods_row("Anna", repeated=1_000_000)))


def test_bombs_are_not_unpacked():
    assert "unpacks to far more" in refusal(changed(xlsx(TWO), {"xl/sharedStrings.xml": b"\0" * (60 * 1024 * 1024)}))
    assert "unpacks to far more" in refusal(archive({f"{number}": b"" for number in range(2_001)}))


def test_a_directory_that_lies_about_its_sizes_is_found_out():
    content = bytearray(changed(xlsx(TWO), {"xl/bomb.xml": b"\0" * 5_000_000}))
    place = content.rindex(b"xl/bomb.xml")
    # The uncompressed size in the directory stands 22 bytes before the name.
    content[place - 22 : place - 18] = (1000).to_bytes(4, "little")
    assert "unpacks to far more" in refusal(bytes(content))


def test_a_name_that_is_not_the_utf_8_it_claims_to_be_is_refused():
    content, name = bytearray(xlsx(TWO)), b"[Content_Types].xml"
    place = content.index(name)
    # Where the entry begins, its flags stand 24 bytes before the name.
    content[place - 23] |= 0x08
    content[place] = 0xFF
    assert "damaged" in refusal(bytes(content))


def test_nested_entities_are_refused_before_they_grow():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + sheet_xml("<row><c><v>&b;</v></c></row>")
    assert "damaged" in refusal(changed(xlsx(TWO), {SHEET: bomb}))


def test_unusual_compression_is_refused():
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(xlsx(TWO))) as made, zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as again:
        for name in made.namelist():
            again.writestr(name, made.read(name))
    assert "damaged" in refusal(file.getvalue())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_whatever_do_anything_but_read_or_refuse(content):
    with suppress(BadTable):
        assert all(row.number > 1 for row in open_table(content).rows())


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).map(str.strip)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_what_is_written_as_csv_is_read_again(rows):
    text = StringIO()
    csv.writer(text).writerows([("first", "second"), *rows])
    filled = [pair for pair in rows if any(map(_plain, pair))]
    if filled:
        read = [row.cells for row in open_table(text.getvalue().encode()).rows()]
        assert read == [tuple(map(_plain, pair)) for pair in filled]


def _plain(cell: str) -> str:
    return cell.replace("\u00a0", " ").replace("\u202f", " ").replace("\ufeff", "").strip()
