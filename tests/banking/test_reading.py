"""Every format says the same of the same lines; what is wrong is told with its line, and nothing is guessed."""

import io
from datetime import date, timedelta
from itertools import pairwise

import pytest

from campaign.banking.models import StatementFormat
from campaign.banking.service.reading import BadStatement, Kind, ReadLine, find_kind, read_parts
from campaign.banking.service.reading.checking import Sums, check
from campaign.banking.service.reading.csv_file import Layout, look, propose
from campaign.banking.service.reading.values import find_references, read_amount, read_day
from campaign.kernel import clock
from campaign.kernel.pieces import Opens
from tests.banking.files import OUR_NUMBER, Row, as_camt, as_csv, as_mt940, as_ofx

DAY = date(2026, 10, 5)
ROWS = (
    Row(DAY, 5000, text="Gift G-2026-0017 with love", own_id="B1"),
    Row(DAY, 5000, who="Jürgen Groß", text="für die Familie", own_id="B2"),
    Row(DAY + timedelta(days=1), -1250, who="Lawyer & Partners", text="P-42", own_id="B3"),
    Row(DAY + timedelta(days=2), 123456, who="Иван Петров", text="Помощь G-18", own_id="B4"),
)
FILES = {
    "csv": as_csv(ROWS, opening=0), "mt940": as_mt940(ROWS), "camt": as_camt(ROWS), "ofx1": as_ofx(ROWS),
    "ofx2": as_ofx(ROWS, version=2),
}  # fmt: skip


def opener(content: bytes) -> Opens:
    return lambda: io.BytesIO(content)


def layout_of(content: bytes, kind: Kind) -> dict[str, object]:
    if kind.format != StatementFormat.CSV:
        return {}
    return propose(look(opener(content), kind.encoding)).dump()


def read(content: bytes, held: str | None = None, currency: str = "EUR") -> tuple[list[ReadLine], Sums]:
    opens, sums = opener(content), Sums()
    kind = find_kind(opens, len(content))
    return list(check(read_parts(opens, kind, layout_of(content, kind), currency), sums, held)), sums


def refusal(content: bytes, held: str | None = None, currency: str = "EUR") -> str:
    with pytest.raises(BadStatement) as caught:
        read(content, held, currency)
    return str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_every_format_says_the_same(name: str) -> None:
    lines, sums = read(FILES[name])
    assert [(each.day, each.minor, each.currency) for each in lines] == [(row.day, row.minor, "EUR") for row in ROWS]
    assert [each.who for each in lines] == [row.who for row in ROWS]
    assert [each.text for each in lines] == [row.text for row in ROWS]
    assert [each.own_id for each in lines] == ["B1", "B2", "B3", "B4"]
    assert (sums.came_in, sums.went_out, sums.closing) == (133456, 1250, 132206)
    assert (sums.first_on, sums.last_on) == (DAY, DAY + timedelta(days=2))
    assert sums.number in {OUR_NUMBER, ""}
    assert find_references(lines[0].codes_in) == ["G-2026-0017"]


@pytest.mark.parametrize(
    ("encoding", "who"), [("cp1251", "Иван Петров"), ("cp1252", "Jürgen Groß"), ("utf-8-sig", "Jürgen Иванов"),
                          ("utf-16", "Jürgen Иванов"), ("koi8-r", "Иван Петров")],
)  # fmt: skip
def test_tables_in_the_alphabets_that_banks_use(encoding: str, who: str) -> None:
    rows = [Row(DAY, 5000 + at, who=who, text="Помощь семье" if who.startswith("И") else "für Anna") for at in range(9)]
    lines, _sums = read(as_csv(rows, encoding=encoding))
    assert {each.who for each in lines} == {who}


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252"])
def test_text_formats_in_one_byte_a_letter(encoding: str) -> None:
    who = "Иван Петров" if encoding == "cp1251" else "Jürgen Groß"
    rows = [Row(DAY, 5000, who=who, text="Помощь" if encoding == "cp1251" else "für Anna", own_id="B1")]
    for content in (as_mt940(rows, encoding=encoding), as_ofx(rows, encoding=encoding)):
        assert [each.who for each in read(content)[0]] == [who]
    xml = as_camt(rows, encoding={"cp1251": "windows-1251", "cp1252": "iso-8859-1"}[encoding])
    assert [each.who for each in read(xml)[0]] == [who]


def test_a_table_with_words_before_and_sums_behind_it() -> None:
    content = as_csv(ROWS, preamble='"Statement of account"\r\n"From";"01.10.2026"\r\n\r\n') + b"Total;;\r\n"
    assert len(read(content)[0]) == len(ROWS)


def test_a_table_with_two_columns_of_amounts_and_american_days() -> None:
    content = b'Date,Paid in,Paid out,Name,Details\n10/25/2026,"1,250.00",,Anna,G-17\n10/26/2026,,(30.50),Fee,x\n'
    lines, _sums = read(content, currency="USD")
    assert [(each.day, each.minor) for each in lines] == [(date(2026, 10, 25), 125000), (date(2026, 10, 26), -3050)]


def test_a_table_that_says_the_direction_in_words() -> None:
    content = (
        "Дата;Сумма;Тип операции;Назначение\n05.10.2026;1 000,00;Зачисление;G-17\n06.10.2026;5,00;Списание;плата\n"
    )
    lines, _sums = read(content.encode("cp1251"), currency="RUB")
    assert [each.minor for each in lines] == [100000, -500]
    assert "direction" not in refusal(content.replace("Списание", "Неизвестно").encode("cp1251"), currency="RUB")


def test_balances_may_run_either_way_but_never_jump() -> None:
    content = as_csv(ROWS, opening=700).decode()
    head, *rows = content.strip().split("\r\n")
    upside_down = "\r\n".join([head, *reversed(rows)]).encode()
    assert read(upside_down)[1].opening == 700
    missing = "\r\n".join([head, rows[0], rows[1], rows[3]]).encode()
    assert refusal(missing).startswith("Line 4: the balance does not follow")


@pytest.mark.parametrize("make", [as_mt940, as_camt])
def test_totals_that_do_not_hold_are_refused_with_both_figures(make: object) -> None:
    content = make(ROWS, closing=132207)  # type: ignore[operator]
    said = refusal(content)
    assert "1322.06 EUR" in said
    assert "1322.07 EUR" in said


@pytest.mark.parametrize("make", [as_csv, as_mt940, as_camt, as_ofx])
def test_days_ahead_unknown_and_other_currencies(make: object) -> None:
    ahead = [Row(DAY, 100), Row(clock.today() + timedelta(days=1), 100)]
    assert "still ahead" in refusal(make(ahead))  # type: ignore[operator]
    unknown = make(ROWS, currency="XQX")  # type: ignore[operator]
    assert "not a currency of ISO 4217" in refusal(unknown)
    assert "the account holds USD" in refusal(FILES["camt"], held="USD")


def test_a_day_ahead_is_told_with_its_line() -> None:
    ahead = [*ROWS, Row(clock.today() + timedelta(days=1), 100)]
    assert refusal(as_csv(ahead)).startswith("Line 6:")
    assert refusal(as_mt940(ahead)).startswith("Line 17:")
    assert refusal(as_camt(ahead)).startswith("Line 10:")


@pytest.mark.parametrize("name", ["mt940", "camt", "ofx1", "ofx2"])
def test_a_file_that_ends_in_the_middle_is_told(name: str) -> None:
    content = FILES[name]
    for share in (0.5, 0.7, 0.9):
        assert refusal(content[: int(len(content) * share)])


def test_xml_with_a_document_type_is_not_read() -> None:
    bomb = FILES["camt"].replace(b"<Document", b'<!DOCTYPE d [<!ENTITY a "aaaa">]><Document', 1)
    assert "document type" in refusal(bomb)
    assert "document type" in refusal(
        FILES["ofx2"].replace(b"<OFX>", b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><OFX>', 1)
    )


def test_what_is_no_statement_is_told() -> None:
    other = FILES["camt"].replace(b"camt.053", b"camt.052").replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt")
    pictures = (b"%PDF-1.7", b"PK\x03\x04abc", bytes(range(256)) * 40)
    for content in (b"", b"   \n", b"<html></html>", b"hello", other, *pictures):
        assert refusal(content)


def test_two_accounts_or_two_currencies_in_one_file_are_told() -> None:
    twice = FILES["mt940"] + FILES["mt940"].replace(OUR_NUMBER.encode(), b"DE00123456780000000002")
    assert "another account" in refusal(twice)
    table = as_csv(ROWS[:1]) + as_csv(ROWS[:1], currency="USD").split(b"\r\n", 1)[1]
    assert "USD" in refusal(table)


def test_entries_that_are_not_booked_yet_are_left_out() -> None:
    content = FILES["camt"].replace(b"<Sts>BOOK</Sts>", b"<Sts>PDNG</Sts>", 1)
    content = content.replace(b"1322.06", b"1272.06")
    lines, sums = read(content)
    assert len(lines) == len(ROWS) - 1
    assert sums.left_out == {"not_booked": 1}


def test_booking_around_the_turn_of_the_year() -> None:
    content = as_mt940([Row(date(2025, 12, 31), 100)]).replace(b":61:2512311231", b":61:2601021231")
    assert read(content)[0][0].day == date(2025, 12, 31)


def test_a_reference_that_the_bank_has_cut_is_found() -> None:
    row = Row(DAY, 100, text="Donation for the families G-2026-0017 thank you")
    assert find_references(read(as_mt940([row]))[0][0].codes_in) == ["G-2026-0017"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("gift g-17 thanks", ["G-17"]), ("G17", ["G-17"]), ("SVWZ+G-17EREF+x", []), ("DE44500105175407324931", []),
     ("DE-44500105175407324931", []), ("Anna Muster, +7 916 1234567", []), ("G-2026-0017;P-1", ["G-2026-0017", "P-1"])],
)  # fmt: skip
def test_references_have_our_shape_and_no_account_number_has_it(text: str, found: list[str]) -> None:
    assert find_references(text) == found


def test_amounts_and_days_are_never_guessed() -> None:
    assert read_amount("1.234,50 €", "EUR", ",", "1") == 123450
    assert read_amount("100,00-", "EUR", ",", "1") == -10000
    assert read_amount("EUR 1 234.5", "EUR", ".", "1") == 123450
    assert read_amount("1500", "JPY", ".", "1") == 1500
    for wrong in ("", "abc", "1,2,3", "12,345", "1e5", "NaN", "--1", "9" * 30):
        with pytest.raises(BadStatement):
            read_amount(wrong, "EUR", ",", "1")
    assert read_day("31.02.2026", "dmy") is None
    assert read_day("2026-10-05T12:00:00", "ymd") == DAY
    assert read_day("10/25/26", "mdy") == date(2026, 10, 25)


def test_a_layout_says_enough_and_nothing_twice() -> None:
    for columns in ({}, {"a": "day"}, {"a": "day", "b": "amount", "c": "amount"}, {"a": "day", "b": "nothing"}):
        with pytest.raises(BadStatement):
            Layout(columns).checked()


def test_lines_stand_in_the_order_of_the_file() -> None:
    rows = [Row(DAY, 100 + at) for at in range(500)]
    for content in (as_csv(rows), as_mt940(rows), as_camt(rows), as_ofx(rows)):
        assert all(one.minor < two.minor for one, two in pairwise(read(content)[0]))
