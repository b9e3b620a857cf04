"""CSV in the forms that people have it: any of four separators, and the alphabets of Russian computers of 30 years."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO, TextIOWrapper
from itertools import islice, pairwise
from typing import BinaryIO

from charset_normalizer import from_bytes

from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens
from campaign.kernel.tables.errors import BadTable
from campaign.kernel.tables.table import MOST_ROWS, RawRow, Table, clean_cell, table_of

_SEPARATORS = (",", ";", "\t", "|")
_CYRILLIC_CODES = ("cp1251", "koi8-r", "cp866", "mac_cyrillic", "iso8859-5")
_COMMONEST = frozenset("оеаинтсрвлкмдпу")
_RUSSIAN = re.compile("[а-яё]", re.I)
_SIGNS = frozenset("«»–—№…“”„’\u00a0")
_SAMPLE = 200_000
_PIECE = 1 << 20
_LETTERS_JUDGED = 20_000
_LOOKED_AT = 50
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_delimited(opens: Opens, most_rows: int = MOST_ROWS) -> Table:
    """Read CSV piece by piece; raises BadTable where it is no text, or a quotation mark is never closed."""
    code = find_encoding(opens)
    with opens() as file:
        separator = _find_separator(file.read(_SAMPLE), code)

    def rows() -> Iterator[RawRow]:
        return _rows(opens(), code, separator)

    return table_of("csv", rows, most_rows)


def find_encoding(opens: Opens) -> str:
    """The encoding of a text that most likely is Russian or English; raises BadTable for what is no text.

    A mark at the beginning decides; then UTF-8 if it fits throughout. Of the Russian single-byte codes that one wins
    in which the commonest lower-case letters are commonest: KOI8-R read as Windows-1251 turns every letter's case.
    """
    with opens() as file:
        sample = file.read(_SAMPLE)
    for mark, code in _MARKS:
        if sample.startswith(mark):
            return code
    if sum(byte < 9 or 13 < byte < 32 for byte in sample[:8000]) > len(sample[:8000]) // 20:
        raise BadTable(N_("This is not a table that can be read. Save it as CSV, XLSX or ODS."))
    return "utf-8" if _is_utf8(opens) else _single_byte(sample)


def _is_utf8(opens: Opens) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with opens() as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(sample: bytes) -> str:
    scores = {code: _likeness(sample.decode(code, errors="replace")) for code in _CYRILLIC_CODES}
    best = max(_CYRILLIC_CODES, key=scores.__getitem__)
    if scores[best] > 0:
        return best
    # No Russian: accents of the West if the text reads as well with them, else what charset-normalizer finds.
    found = from_bytes(sample, cp_isolation=["cp1252", "cp1250", "cp1254", "cp1257"])
    best_found = found.best()
    if best_found is None or any(each.encoding == "cp1252" and each.chaos <= best_found.chaos for each in found):
        return "cp1252"
    return best_found.encoding


def _likeness(text: str) -> float:
    """How much the characters beyond ASCII look like Russian, from -1 to 1."""
    marks = [
        _mark(character, before)
        for before, character in islice(pairwise(f" {text}"), _LETTERS_JUDGED)
        if ord(character) > 127
    ]
    return sum(marks) / max(len(marks), 1)


def _mark(character: str, before: str) -> float:
    """What one character says for or against: no Russian word turns to capitals or to Latin letters inside."""
    if character in _SIGNS:
        return 0.0
    if not _RUSSIAN.match(character) or (before.isascii() and before.isalpha()):
        return -1.0
    if character.isupper() and before.islower():
        return -1.0
    return 1.0 if character in _COMMONEST else 0.2


def _find_separator(sample: bytes, code: str) -> str:
    """The separator that cuts the first rows into the most columns, alike in most of them."""
    text = sample.decode(code, errors="replace")
    return max(_SEPARATORS, key=lambda separator: _regularity(text, separator))


def _regularity(text: str, separator: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(StringIO(text), delimiter=separator):
            if cells:
                widths.append(len(cells))
            if len(widths) == _LOOKED_AT:
                break
    except csv.Error:
        return 0.0, 0
    if not widths or widths[0] < 2:
        return 0.0, 0
    width, count = Counter(widths).most_common(1)[0]
    return (count / len(widths), width) if width > 1 else (0.0, 0)


def _rows(file: BinaryIO, code: str, separator: str) -> Iterator[RawRow]:
    lines = (
        line.replace("\x00", "") for line in TextIOWrapper(file, encoding=code, errors="replace", newline="")
    )  # fmt: skip
    number = 0
    try:
        # Not enumerate: the number must be right also where the reader stops.
        for cells in csv.reader(lines, delimiter=separator):
            number += 1
            yield number, [clean_cell(cell) for cell in cells], frozenset()
    except csv.Error as problem:
        raise BadTable(
            N_("Row %(row)s cannot be read: a quotation mark is opened and not closed there, or the cell is too long."),
            row=number + 1,
        ) from problem
