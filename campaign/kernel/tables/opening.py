"""What kind of file this is, by what is in it and not by its name."""

from dataclasses import dataclass
from io import BytesIO

from campaign.kernel.errors import N_
from campaign.kernel.pieces import Opens
from campaign.kernel.tables.archive import open_archive
from campaign.kernel.tables.delimited import read_delimited
from campaign.kernel.tables.errors import BadTable
from campaign.kernel.tables.sheets import read_sheet
from campaign.kernel.tables.table import MOST_ROWS, Table

LARGEST_FILE = 50 * 1024 * 1024
_HEAD = 64 * 1024
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
# First bytes of what people pick by mistake, or rename on purpose.
_OTHERS = (
    (b"%PDF", N_("This is a PDF. Ask for the table as CSV, XLSX or ODS.")),
    (b"MZ", N_("This is a program, not a table.")),
    (b"\x7fELF", N_("This is a program, not a table.")),
    (b"\x89PNG", N_("This is a picture, not a table.")),
    (b"\xff\xd8\xff", N_("This is a picture, not a table.")),
    (b"GIF8", N_("This is a picture, not a table.")),
    (b"Rar!", N_("This is an archive. Unpack it and send the table itself.")),
    (b"7z\xbc\xaf", N_("This is an archive. Unpack it and send the table itself.")),
    (b"\x1f\x8b", N_("This is an archive. Unpack it and send the table itself.")),
    (b"{\\rtf", N_("This is a text document, not a table.")),
    (b"SQLite format 3", N_("This is a database, not a table.")),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is read: of a file as a whole, of a workbook, which has to fit into memory, and of rows."""

    file: int = LARGEST_FILE
    workbook: int = LARGEST_FILE
    rows: int = MOST_ROWS


def open_table(content: bytes) -> Table:
    """Read a file as a table; raises BadTable with a sentence that says why it is not taken."""
    return open_file(lambda: BytesIO(content), len(content))


def open_file(opens: Opens, size: int, bounds: Bounds = Bounds()) -> Table:
    """The same of a file that `opens` gives anew from its beginning: CSV is read piece by piece, never as a whole."""
    with opens() as file:
        head = file.read(_HEAD)
    if size <= len(head) and not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise BadTable(N_("This file is empty."))
    if size > bounds.file:
        raise BadTable(N_("This file is larger than %(most)s MB. Split it."), most=bounds.file // 1024**2)
    if head.startswith(_OLD_OFFICE):
        raise BadTable(_old_office(_whole(opens, size, bounds)))
    for start, message in _OTHERS:
        if head.startswith(start):
            raise BadTable(message)
    if head.lstrip(b"\xef\xbb\xbf\r\n\t ")[:10].lower().startswith(_MARKUP):
        raise BadTable(N_("This is a web page or XML, not a table. Save it as CSV, XLSX or ODS."))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        content = _whole(opens, size, bounds)
        with open_archive(content) as archive:
            return read_sheet(content, archive, bounds.rows)
    return read_delimited(opens, bounds.rows)


def _whole(opens: Opens, size: int, bounds: Bounds) -> bytes:
    if size > bounds.workbook:
        most = bounds.workbook // 1024**2
        raise BadTable(N_("This workbook is larger than %(most)s MB. Save it as CSV, or split it."), most=most)
    with opens() as file:
        return file.read()


def _old_office(content: bytes) -> str:
    """Encrypted XLSX comes in the same envelope as the old binary formats."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return N_("This file is protected by a passphrase. Save it without one.")
    return N_("This is an old XLS file, which can hold macros. Save it as XLSX, ODS or CSV.")
