"""The zip that XLSX and ODS files are: looked at by its directory before anything in it is unpacked for use."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from campaign.kernel.errors import N_
from campaign.kernel.tables.errors import BadTable

LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 150
"""Tables of repeated words pack to a fiftieth; a bomb to a thousandth."""
MOST_ENTRIES = 2_000
_IS_ENCRYPTED = 0x1
_CHUNK = 1 << 20
TOO_LARGE = N_("This file unpacks to far more than a table needs. It is not read.")
MACROS = N_("This workbook holds macros. Save it as XLSX or ODS without macros, or as CSV.")
BROKEN = N_("This file is damaged. Save it again as XLSX, ODS or CSV.")


@contextmanager
def open_archive(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive, once nothing speaks against unpacking it; raises BadTable."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as problem:
        raise BadTable(BROKEN) from problem
    with archive:
        _check_directory(archive.infolist(), len(content))
        for entry in archive.infolist():
            _check_entry(content, entry)
        try:
            _check_macros(archive)
            yield archive
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as problem:
            raise BadTable(BROKEN) from problem


def _check_directory(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED:
        raise BadTable(TOO_LARGE)
    if unpacked > _CHUNK and unpacked > packed * LARGEST_RATIO:
        raise BadTable(TOO_LARGE)
    if any(entry.flag_bits & _IS_ENCRYPTED for entry in entries):
        raise BadTable(N_("This file is protected by a passphrase. Save it without one."))


def _check_macros(archive: zipfile.ZipFile) -> None:
    names = [name.lower() for name in archive.namelist()]
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise BadTable(MACROS)
    if any(name.startswith(("basic/", "scripts/")) for name in names):
        raise BadTable(MACROS)
    types = next((name for name in archive.namelist() if name.lower() == "[content_types].xml"), None)
    if types is not None and b"macroenabled" in archive.read(types).lower():
        raise BadTable(MACROS)


def _check_entry(content: bytes, entry: zipfile.ZipInfo) -> None:
    """Unpack one entry without keeping it: the directory may lie about its size, and what reads the sheet afterwards
    does not look there."""
    if entry.compress_type == zipfile.ZIP_STORED:
        if entry.file_size != entry.compress_size:
            raise BadTable(BROKEN)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise BadTable(BROKEN)
    if sum(map(len, _inflate(content, entry))) > entry.file_size:
        raise BadTable(TOO_LARGE)


def _inflate(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked pieces, up to one byte more than the directory promises."""
    header = content[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise BadTable(BROKEN)
    start = entry.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = memoryview(content)[start : start + entry.compress_size]
    inflater, left = zlib.decompressobj(-zlib.MAX_WBITS), entry.file_size + 1
    try:
        for place in range(0, len(packed), _CHUNK):
            rest: bytes | memoryview = packed[place : place + _CHUNK]
            while rest and left > 0:
                piece = inflater.decompress(rest, min(left, _CHUNK))
                left -= len(piece)
                yield piece
                rest = inflater.unconsumed_tail
    except zlib.error as problem:
        raise BadTable(BROKEN) from problem
