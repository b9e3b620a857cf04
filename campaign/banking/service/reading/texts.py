"""Files of text, line by line with their numbers, in the alphabet that they are written in."""

import io
from collections.abc import Iterator

from campaign.banking.service.reading.parts import LONGEST_LINE, TOO_LONG, BadStatement
from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens
from campaign.kernel.tables import BadTable
from campaign.kernel.tables.delimited import find_encoding

NOT_READABLE = N_("Line %(line)s: this cannot be read as %(encoding)s. Choose another alphabet or fetch it anew.")
UNKNOWN = N_("This file says that it is written in %(encoding)s, which is not read here. Ask the bank for UTF-8.")
NO_TEXT = N_("This is no file of text. Ask the bank for CSV, MT940, CAMT.053 or OFX.")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp1252", "koi8-r", "cp866", "iso8859-1", "iso8859-5",
             "iso8859-15", "cp1250")  # fmt: skip
_NAMED = frozenset({*ENCODINGS, "cp437", "cp850", "cp1253", "cp1254", "cp1257", "koi8-u", "iso8859-2", "mac-cyrillic"})
"""What a file may say of itself. Python knows more, and not all of it are alphabets: hex, zip, rot13."""


def guess_encoding(opens: Opens, named: str = "") -> str:
    """How a file is written: a mark at its beginning, UTF-8 where it fits throughout, what the file says of itself,
    else what its letters look like. Raises BadStatement for what is no text, or names what is no alphabet of ours.
    """
    try:
        found = find_encoding(opens)
    except BadTable:
        raise BadStatement(NO_TEXT) from None
    if found.startswith(("utf", "ascii")) or not named:
        return found
    if named not in _NAMED:
        raise BadStatement(UNKNOWN, encoding=named)
    return named


def lines_of(opens: Opens, encoding: str) -> Iterator[tuple[int, str]]:
    """Every line with its number, its end included. Raises BadStatement for one that cannot be read or never ends."""
    number = 0
    with opens() as file, io.TextIOWrapper(file, encoding, errors="strict", newline="") as text:
        while True:
            number += 1
            try:
                line = text.readline(LONGEST_LINE + 1)
            except (UnicodeDecodeError, UnicodeError):
                raise BadStatement(NOT_READABLE, line=number, encoding=encoding) from None
            if not line:
                return
            if len(line) > LONGEST_LINE:
                raise BadStatement(TOO_LONG, line=number)
            yield number, line.replace("\x00", "")
