"""Reading files of statements: which format, in which alphabet, and every line of it, one after another.

The libraries for these formats (mt-940, ofxtools and ofxparse, those for CAMT) build the whole of a file in memory and
lose where in it something stood; mt-940 also writes what it cannot read into the log. So each format is read here as it
comes, and the tests hold the readers against mt-940 and ofxtools.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from campaign.banking.models import StatementFormat
from campaign.banking.service.reading.camt import NOT_053, read_camt
from campaign.banking.service.reading.csv_file import Layout, read_csv
from campaign.banking.service.reading.mt940 import read_mt940
from campaign.banking.service.reading.ofx import named_encoding, read_ofx
from campaign.banking.service.reading.parts import NO_STATEMENT, BadStatement, Part, ReadLine
from campaign.banking.service.reading.texts import NO_TEXT, guess_encoding
from campaign.kernel.pieces import Opens

__all__ = ["BadStatement", "Kind", "Layout", "Part", "ReadLine", "find_kind", "read_parts"]

_HEAD = 1 << 16
_NO_STATEMENTS = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF", b"\x89PNG",
                  b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"SQLite format 3")  # fmt: skip
_MT940 = re.compile(r"^(\{1:|:20:|:25:|:940:)|\n:(25|60[FM]):", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is, and how it is written."""

    format: StatementFormat
    encoding: str


def find_kind(opens: Opens, size: int) -> Kind:
    """Look at what is in a file, and never at its name. Raises BadStatement for what is no statement."""
    with opens() as file:
        head = file.read(_HEAD)
    if size == 0 or not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise BadStatement(NO_STATEMENT)
    if head.startswith(_NO_STATEMENTS):
        raise BadStatement(NO_TEXT)
    text = _decoded(head)
    start = text.lstrip("\ufeff\r\n\t ")
    if "OFXHEADER" in text[:2000].upper() or "<OFX>" in text.upper():
        return Kind(StatementFormat.OFX, guess_encoding(opens, named_encoding(head[:1000])))
    if start.startswith("<"):
        if "BkToCstmrStmt" in text or "camt.053" in text:
            return Kind(StatementFormat.CAMT, "xml")
        raise BadStatement(NOT_053 if "camt.05" in text else NO_STATEMENT)
    if _MT940.search(start):
        return Kind(StatementFormat.MT940, guess_encoding(opens))
    return Kind(StatementFormat.CSV, guess_encoding(opens))


def read_parts(opens: Opens, kind: Kind, layout: Mapping[str, Any], currency: str) -> Iterator[Part]:
    """Everything that a file says, in its order; `currency` is that of lines which say none. Raises BadStatement."""
    if kind.format == StatementFormat.MT940:
        return read_mt940(opens, kind.encoding)
    if kind.format == StatementFormat.CAMT:
        return read_camt(opens)
    if kind.format == StatementFormat.OFX:
        return read_ofx(opens, kind.encoding, currency)
    return read_csv(opens, kind.encoding, Layout.load(layout), currency)


def _decoded(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.decode("latin-1")
