"""Whatever is wrong with a file, it is read or refused in our own words: no reader falls over, and nothing is kept."""

import io
from datetime import date, timedelta
from typing import BinaryIO, cast

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from campaign.banking.models import BankLine, BankReadLine, StatementState
from campaign.banking.service.reading import BadStatement, find_kind
from campaign.banking.service.reading.camt import read_camt
from campaign.banking.service.reading.csv_file import look
from campaign.kernel.db import session
from tests.banking.files import Row, as_camt, as_csv, as_mt940, as_ofx
from tests.banking.test_reading import opener, read
from tests.banking.test_statements import bring, statement

DAY = date(2026, 10, 5)
WRITERS = (as_csv, as_mt940, as_camt, as_ofx)
WORDS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x4FF, exclude_categories=("Cs", "Cc", "Zs", "Cn")),
    min_size=1,
    max_size=25,
)
ROWS = st.lists(
    st.builds(
        Row, st.dates(date(2024, 1, 1), date(2026, 10, 31)), st.integers(-10**9, 10**9).filter(bool), who=WORDS,
        text=WORDS, own_id=st.sampled_from(("", "B1", "B2")),
    ),
    min_size=1, max_size=8,
)  # fmt: skip
BROKEN = st.sampled_from(WRITERS).flatmap(
    lambda write: st.tuples(
        st.just(write(tuple(Row(DAY + timedelta(days=at), 100 * at + 50, own_id=f"B{at}") for at in range(6)))),
        st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6), st.integers(0, 30)), min_size=1, max_size=6),
    )
)


def damage(content: bytes, changes: list[tuple[int, bytes, int]]) -> bytes:
    """Bytes put in, changed and cut out."""
    for at, put, cut in changes:
        place = at % (len(content) + 1)
        content = content[:place] + put + content[place + cut :]
    return content


def outcome(content: bytes) -> str:
    """Why it is refused, in full; empty where it is read."""
    try:
        lines, sums = read(content)
    except BadStatement as refusal:
        return str(refusal)
    assert sums.lines == len(lines)
    assert all(line.minor for line in lines)
    return ""


@given(BROKEN)
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(broken: tuple[bytes, list[tuple[int, bytes, int]]]) -> None:
    assert "%(" not in outcome(damage(*broken))


@given(st.binary(max_size=3000))
@settings(max_examples=50, deadline=None)
def test_any_bytes_are_refused(content: bytes) -> None:
    assert outcome(content)


@pytest.mark.parametrize("write", [as_csv, as_camt, as_ofx])
@given(rows=ROWS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_what_is_read(write: object, rows: list[Row]) -> None:
    lines, sums = read(write(rows))  # type: ignore[operator]
    assert [(each.day, each.minor) for each in lines] == [(row.day, row.minor) for row in rows]
    assert sums.came_in - sums.went_out == sum(row.minor for row in rows)


@given(ROWS)
@settings(max_examples=25, deadline=None)
def test_mt940_holds_the_same_days_and_amounts(rows: list[Row]) -> None:
    lines, _sums = read(as_mt940(rows, encoding="utf-8"))
    assert [(each.day, each.minor) for each in lines] == [(row.day, row.minor) for row in rows]


@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=6), st.integers(0, 5))
@settings(max_examples=20, deadline=None)
def test_a_line_that_is_missing_never_goes_unnoticed(amounts: list[int], which: int) -> None:
    rows = [Row(DAY, each) for each in amounts]
    less = [row for at, row in enumerate(rows) if at != which % len(rows)]
    for write in (as_mt940, as_camt):
        with pytest.raises(BadStatement, match="come to"):
            read(write(less, closing=sum(amounts)))


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_of_a_damaged_file_is_kept(app: Flask, write: object) -> None:
    rows = [Row(DAY, 100 + at, own_id=f"B{at}") for at in range(9)]
    content = write(rows)  # type: ignore[operator]
    for at in range(7):
        broken = damage(content, [(len(content) * at // 7 + 40, b'\xff<"\x00', 9)])
        try:
            found = bring(broken)
        except BadStatement:
            continue
        assert statement(found).state in {StatementState.REFUSED, StatementState.COLUMNS, StatementState.READ}
    assert session.scalar(select(func.count()).select_from(BankLine)) == 0
    waiting = session.scalar(select(func.count()).select_from(BankReadLine)) or 0
    assert waiting <= 9 * 7


def test_a_line_without_end_fills_no_memory() -> None:
    for content in (b"a;b\n" + b"x" * 3_000_000, b":20:X\n:25:Y\n:60F:C" + b"9" * 3_000_000,
                    b"OFXHEADER:100\n\n<OFX><STMTRS><STMTTRN><MEMO>" + b"x" * 3_000_000,
                    as_camt([Row(DAY, 100)]).replace(b"Gift G-17", b"x" * 3_000_000)):  # fmt: skip
        with pytest.raises(BadStatement):
            read(content)


@pytest.mark.parametrize("opening", [b"<!--", b"<?note ", b"<Stmt at='", b"<Acct></Acct "])
def test_what_never_ends_in_xml_is_refused_long_before_the_end_of_the_file(opening: bytes) -> None:
    fed = 0

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            nonlocal fed
            piece = (b"<Document><BkToCstmrStmt>" + opening if fed == 0 else b"").ljust(size, b"x")
            fed += size
            return piece

    with pytest.raises(BadStatement, match="Line"):
        list(read_camt(lambda: cast("BinaryIO", Endless())))
    assert fed < 3 << 20


def test_comments_and_instructions_of_any_number_are_passed_over() -> None:
    many = b"<!-- a word of the bank, and one more --><?bank again?>" * 25_000
    content = as_camt([Row(DAY, 100)])
    for place in (b"<BkToCstmrStmt>", b"<Ntry>"):
        assert len(read(content.replace(place, place + many))[0]) == 1


@pytest.mark.parametrize("named", ["hex", "zip", "rot13", "base64", "bz2", "uu", "idna", "unicode_escape", "undefined"])
def test_a_header_that_names_no_alphabet_is_refused_at_once(named: str) -> None:
    content = as_ofx([Row(DAY, 100, who="J\u00fcrgen")], encoding="cp1252").replace(
        b"CHARSET:1252", b"CHARSET:" + named.encode()
    )
    assert b"CHARSET:" + named.encode() in content
    with pytest.raises(BadStatement, match="not read here"):
        find_kind(opener(content), len(content))


def test_a_cell_with_lines_of_its_own_does_not_take_the_whole_file() -> None:
    head = b"Date;Amount;Text\n2026-10-05;1,00;one\n"
    fits = b'2026-10-06;2,00;"' + b"two\n" * 200 + b'"\n'
    assert len(read(head + fits)[0]) == 2
    cell = b'"' + b"word and word\n" * 600 + b'";'
    with pytest.raises(BadStatement, match="Line 3:"):
        read(head + cell * 40)
    got = []

    class Watched(io.BytesIO):
        def close(self) -> None:
            if not self.closed:
                got.append(self.tell())
            super().close()

    with pytest.raises(BadStatement, match="Line 3:"):
        look(lambda: Watched(head + cell * 1000), "utf-8")
    assert 0 < max(got) < 1 << 18
