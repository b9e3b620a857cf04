"""A file comes in once, is read and shown before anything is kept, and a run that is killed goes on where it was."""

import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.banking.models import (
    SAID,
    SCOPE,
    BankLine,
    BankReadLine,
    BankStatement,
    BankStatementChunk,
    LineState,
    StatementState,
)
from campaign.banking.service import aside, lines_in, statements, suggesting
from campaign.banking.service.reading import BadStatement, Layout
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from tests.banking import made
from tests.banking.files import Row, as_camt, as_csv, as_mt940, as_ofx
from tests.banking.made import TREASURER, Gifts
from workers.run_jobs import run_due_jobs

pytestmark = pytest.mark.usefixtures("app")
DAY = date(2026, 10, 5)


def rows(count: int, since: int = 0) -> list[Row]:
    return [
        Row(DAY + timedelta(days=at // 40 % 30), 1000 + at, text=f"Gift G-{at}", own_id=f"B{at}")
        for at in range(since, since + count)
    ]


def bring(content: bytes, account: str = "") -> uuid.UUID:
    """A file as it comes in, read as far as it is without a person."""
    where = made.account_id(account or made.account())
    with transaction():
        received = statements.begin_receiving(actor=TREASURER)
        received.keep(content)
    try:
        with transaction():
            found = statements.take_file(received, "statement.txt", where, actor=TREASURER)
    except (BadStatement, Conflict):
        with transaction():
            statements.give_up_receiving(received.statement_id)
        raise
    if found.state == StatementState.COLUMNS:
        with transaction():
            statements.choose_columns(found.id, Layout.load(found.mapping), actor=TREASURER)
    work()
    return found.id


def work() -> None:
    while run_due_jobs():
        pass


def keep(statement_id: uuid.UUID) -> None:
    with transaction():
        statements.begin_keeping(statement_id, actor=TREASURER)
    work()


def statement(statement_id: uuid.UUID) -> BankStatement:
    session.expire_all()
    return session.get_one(BankStatement, statement_id)


def count(model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def kept() -> list[tuple[date, int]]:
    return [(day, amount) for day, amount in session.execute(
        select(BankLine.day, BankLine.amount).order_by(BankLine.day, BankLine.amount))]  # fmt: skip


@pytest.mark.parametrize("make", [as_csv, as_mt940, as_camt, as_ofx])
def test_nothing_is_kept_before_somebody_has_looked(make: object) -> None:
    found = bring(make(rows(5)))  # type: ignore[operator]
    read = statement(found)
    assert (read.state, read.lines_read, read.figures["new"]) == (StatementState.READ, 5, 5)
    assert count(BankLine) == 0
    keep(found)
    assert statement(found).state == StatementState.KEPT
    assert len(kept()) == 5
    assert (count(BankReadLine), count(BankStatementChunk)) == (0, 0)


def test_who_what_and_the_line_as_it_came_are_sealed() -> None:
    keep(bring(as_camt([Row(DAY, 5000, who="Anna Muster", text="for G-17")])))
    line = session.scalars(select(BankLine)).one()
    assert line.codes == ["G-17"]
    assert line.said_sealed is not None
    assert b"Anna" not in line.said_sealed
    said = json.loads(SAID.unseal(SCOPE, line.id, line.said_sealed))
    assert (said["who"], said["text"]) == ("Anna Muster", "for G-17")
    assert "5000" in said["raw"] or "50.00" in said["raw"]


def test_the_very_same_file_comes_in_once_and_again_after_it_was_given_up() -> None:
    content = as_mt940(rows(3))
    first = bring(content)
    with pytest.raises(statements.HereAlready) as caught:
        bring(content)
    assert caught.value.statement_id == first
    with transaction():
        statements.give_up(first, actor=TREASURER)
    again = bring(content)
    keep(again)
    with pytest.raises(statements.HereAlready):
        bring(content)
    with pytest.raises(Conflict), transaction():
        statements.give_up(again, actor=TREASURER)
    assert len(kept()) == 3


def test_lines_that_are_alike_on_a_day_are_kept_apart_and_overlapping_files_bring_what_is_new() -> None:
    alike = [Row(DAY, 500), Row(DAY, 500), Row(DAY, 700)]
    keep(bring(as_csv(alike)))
    assert kept() == [(DAY, 500), (DAY, 500), (DAY, 700)]
    later = bring(as_csv([*alike, Row(DAY, 500), Row(DAY + timedelta(days=1), 500)]))
    figures = statement(later).figures
    assert (figures["known"], figures["new"]) == (3, 2)
    keep(later)
    assert kept() == [(DAY, 500)] * 3 + [(DAY, 700), (DAY + timedelta(days=1), 500)]
    assert statement(later).lines_kept == 2


def test_a_file_of_another_kind_over_the_same_days_is_shown() -> None:
    keep(bring(as_mt940(rows(3))))
    other = bring(as_csv([Row(row.day, row.minor, text="written another way") for row in rows(3)]))
    assert statement(other).figures["alike"] == 3


def test_totals_that_do_not_hold_refuse_the_file_with_both_figures_and_keep_nothing() -> None:
    found = statement(bring(as_camt(rows(3), closing=1)))
    assert found.state == StatementState.REFUSED
    assert found.problems[0]["values"] == {"line": "5", "sum": "30.03 EUR", "closing": "0.01 EUR"}
    assert (count(BankReadLine), count(BankStatementChunk), count(BankLine)) == (0, 0, 0)
    assert statement(bring(as_camt(rows(3)))).state == StatementState.READ


def test_a_table_that_cannot_be_read_goes_back_to_its_columns() -> None:
    content = as_csv(rows(3)).replace(b"10,01", b"ten")
    found = bring(content)
    assert statement(found).state == StatementState.COLUMNS
    assert statement(found).problems[0]["values"] == {"line": "3"}
    assert count(BankReadLine) == 0


def test_what_columns_meant_is_remembered_for_the_account() -> None:
    first = bring(as_csv(rows(2)))
    with transaction():
        found = statements.get_statement(first, locked=True)
        statements.name_columns_anew(found.id, actor=TREASURER)
    columns = dict(Layout.load(statement(first).mapping).columns) | {"Counterparty": ""}
    with transaction():
        statements.choose_columns(first, Layout(columns), actor=TREASURER)
    work()
    second = bring(as_csv(rows(2, since=50)))
    assert Layout.load(statement(second).mapping).columns["Counterparty"] == ""
    made.account("Second")
    other = bring(as_csv(rows(2, since=90)), "assets:second")
    assert Layout.load(statement(other).mapping).columns["Counterparty"] == "who"


def test_a_file_of_another_account_is_refused() -> None:
    keep(bring(as_camt(rows(2))))
    found = statement(bring(as_camt(rows(2, since=50), number="DE00123456780000000099")))
    assert found.state == StatementState.REFUSED
    with pytest.raises(NotFound), transaction():
        statements.take_file(statements.begin_receiving(actor=None), "x", 0, actor=None)


def test_where_a_statement_does_not_go_on_from_the_last_one_is_shown() -> None:
    keep(bring(as_mt940(rows(2))))
    later = [Row(DAY + timedelta(days=5), 100)]
    assert statement(bring(as_mt940(later, opening=2001))).figures["before"] is None
    assert statement(bring(as_mt940(later, opening=5))).figures["before"] == 2001


class Killed(BaseException):
    """As if the worker were gone."""


def test_killed_at_any_moment_no_line_comes_twice_and_none_is_lost() -> None:
    wanted = rows(60)
    with patch.multiple(lines_in, BATCH=7, LINES_A_JOB=14, KEPT_A_JOB=9):
        where = made.account_id(made.account())
        with transaction():
            received = statements.begin_receiving(actor=TREASURER)
            received.keep(as_mt940(wanted))
            found = statements.take_file(received, "s", where, actor=TREASURER).id
        kill = iter(range(1000))
        real = lines_in.copy_rows

        def copy_or_die(*about: object) -> None:
            real(*about)  # type: ignore[arg-type]
            if next(kill) % 3 == 1:
                raise Killed

        with patch.object(lines_in, "copy_rows", copy_or_die):
            for _try in range(200):
                if statement(found).state != StatementState.READING:
                    break
                with suppress(Killed), transaction():
                    lines_in.read_some(found)
        assert statement(found).figures["new"] == 60
        with transaction():
            statements.begin_keeping(found, actor=TREASURER)
        while statement(found).state == StatementState.KEEPING:
            with suppress(Killed), transaction():
                lines_in.keep_some(found)
                if next(kill) % 2:
                    raise Killed
    assert kept() == [(row.day, row.minor) for row in wanted]
    assert statement(found).lines_kept == 60


@pytest.fixture
def gifts(app: Flask) -> Iterator[Gifts]:
    with made.gifts() as taker:
        yield taker


def lines() -> dict[int, BankLine]:
    session.expire_all()
    return {each.amount: each for each in session.scalars(select(BankLine))}


def test_only_exact_reference_amount_and_currency_are_accepted_by_themselves(gifts: Gifts) -> None:
    gifts.expect("G-1", 1001)
    gifts.expect("G-2", 5)
    gifts.expect("G-99", 1003)
    gifts.expect("G-4", 1004, "USD")
    gifts.expect("G-5", 1005)
    gifts.expect("G-5", 1005)
    keep(bring(as_mt940(rows(7))))
    found = lines()
    assert {amount for amount, line in found.items() if line.state == LineState.MATCHED} == {1001}
    assert found[1001].settled_by is None
    assert {amount: line.best_score for amount, line in found.items() if line.best_score} == {
        1001: 100, 1002: 84, 1003: 39, 1005: 99
    }  # fmt: skip


def test_takers_may_give_addresses_in_the_background_too(gifts: Gifts) -> None:
    gifts.expect("G-1", 1001)
    gifts.has_address = True
    keep(bring(as_mt940(rows(3))))
    assert lines()[1001].state == LineState.MATCHED


def test_of_two_lines_for_one_gift_one_is_accepted_and_the_other_waits(gifts: Gifts) -> None:
    gift = gifts.expect("G-1", 1000)
    real = gifts.take

    def take_once(candidate_id: uuid.UUID, *about: object, **more: object) -> None:
        real(candidate_id, *about, **more)  # type: ignore[arg-type]
        del gifts.expected[candidate_id]

    with patch.object(gifts, "take", take_once):
        keep(bring(as_csv([Row(DAY, 1000, text="G-1"), Row(DAY, 1000, text="G-1 again")])))
    states = sorted(session.scalars(select(BankLine.state)))
    assert states == [LineState.MATCHED, LineState.OPEN]
    assert gift not in gifts.expected


def test_what_a_taker_refuses_stays_and_the_others_are_accepted(gifts: Gifts) -> None:
    gifts.expect("G-1", 1001)
    gifts.refuses = True
    keep(bring(as_mt940(rows(2))))
    assert lines()[1001].state == LineState.OPEN
    gifts.refuses = False
    with transaction():
        suggesting.begin_suggesting(actor=TREASURER)
    work()
    assert lines()[1001].state == LineState.MATCHED


def test_many_are_suggested_and_accepted_in_pieces(gifts: Gifts) -> None:
    for at in range(25):
        gifts.expect(f"G-{at}", 1000 + at)
    with patch.multiple(suggesting, LINES_A_BATCH=4, BATCHES_A_JOB=2, ACCEPTED_AT_ONCE=3):
        keep(bring(as_camt(rows(30))))
    assert sum(line.state == LineState.MATCHED for line in lines().values()) == 25


def test_what_lines_say_goes_six_months_after_they_are_reconciled(gifts: Gifts) -> None:
    from campaign.banking.service import retention

    gifts.expect("G-1", 1001)
    keep(bring(as_mt940(rows(3))))
    day = clock.today()
    with transaction():
        assert retention.erase_said(day + timedelta(days=183)) == 0
    with transaction():
        assert retention.erase_said(day + timedelta(days=184)) == 1
    found = lines()
    assert (found[1001].said_sealed, found[1001].codes) == (None, [])
    assert found[1000].said_sealed is not None
    later = bring(as_mt940(rows(3)).replace(b"STARTUMSE", b"ANOTHER"))
    assert statement(later).figures["known"] == 3


def test_what_lines_say_goes_after_a_year_also_where_they_wait_for_ever(gifts: Gifts) -> None:
    from campaign.banking.service import retention

    keep(bring(as_mt940(rows(3))))
    held, still = lines()[1001], lines()[1000]
    with transaction():
        aside.hold(held.id, "Who is this?", TREASURER)
    last = max(each.day for each in lines().values())
    with transaction():
        assert retention.erase_said(min(held.day, still.day) + timedelta(days=365)) == 0
    with transaction():
        assert retention.erase_said(last + timedelta(days=366)) == 3
    found = lines()
    assert all(each.said_sealed is None and each.note_sealed is None for each in found.values())
    assert found[1001].state == LineState.ON_HOLD
    assert found[1001].codes == ["G-1"]


def test_files_that_no_job_ever_gets_through_go_too() -> None:
    from campaign.banking.service import retention

    for state in (StatementState.READING, StatementState.KEEPING):
        found = bring(as_mt940(rows(2)))
        with transaction():
            stuck = session.get_one(BankStatement, found)
            stuck.state, stuck.kept_at = state, clock.now() if state == StatementState.KEEPING else None
        with transaction():
            assert retention.erase_files(clock.today() + timedelta(days=29)) == 0
        with transaction():
            assert retention.erase_files(clock.today() + timedelta(days=31)) == 1
        assert statement(found).state == StatementState.GIVEN_UP
        assert count(BankStatementChunk) == count(BankReadLine) == 0


def test_files_that_nobody_decided_on_go() -> None:
    from campaign.banking.service import retention

    found = bring(as_mt940(rows(2)))
    with transaction():
        statements.begin_receiving(actor=None).keep(b"half")
    with transaction():
        assert retention.erase_files(clock.today() + timedelta(days=2)) == 1
    with transaction():
        assert retention.erase_files(clock.today() + timedelta(days=31)) == 1
    assert statement(found).state == StatementState.GIVEN_UP
    assert count(BankStatementChunk) == 0
