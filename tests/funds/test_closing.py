"""A month is closed by two persons once nothing is open, and from then on nobody writes into it, whatever they use."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from campaign.funds.models import Expense, LedgerMonth, Memo, MonthState
from campaign.funds.queries import months
from campaign.funds.service import closing, ledger, manual, periods
from campaign.funds.service.closing import NotClosable
from campaign.funds.service.ledger import AlreadyPosted, BadEntry, Line, MonthClosed, Source
from campaign.funds.service.manual import EntryDraft
from campaign.funds.service.verify import verify
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.money import Money
from campaign.kernel.registry_money import MonthCheck, month_checks
from tests.funds import made
from tests.funds.test_ledger import tamper

pytestmark = pytest.mark.usefixtures("app")
JANUARY, FEBRUARY = date(2024, 1, 1), date(2024, 2, 1)
FIRST, SECOND = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def fund(app):
    made.bank()
    found = made.fund()
    made.gift(found, 5_000, day=date(2024, 1, 10))
    made.payment(found, 1_000, day=date(2024, 1, 31))
    made.gift(found, 700, day=date(2024, 2, 1))
    return found


def propose(month=JANUARY, *, seen=2):
    with transaction():
        return closing.propose_closing(month, seen_entries=seen, actor=FIRST).id


def confirm(month_id, *, seen=2, actor=SECOND):
    with transaction():
        return closing.confirm_closing(month_id, seen_entries=seen, actor=actor)


def close(month=JANUARY, *, seen=2):
    return confirm(propose(month, seen=seen), seen=seen)


def problems():
    session.rollback()
    return [each.problem for each in verify()]


def test_two_persons_close_a_month_and_nothing_comes_into_it(fund):
    found = close()
    assert (found.state, found.entries, found.last_number, found.decided_by) == (MonthState.CLOSED, 2, 3, SECOND)
    assert periods.closed_through() == date(2024, 1, 31)
    for day in (JANUARY, date(2024, 1, 31), date(2023, 6, 1)):
        with pytest.raises(MonthClosed):
            made.gift(fund, 100, day=day)
        assert periods.book_day(day) == FEBRUARY
    assert periods.book_day(date(2024, 2, 3)) == date(2024, 2, 3)
    made.gift(fund, 100, day=periods.book_day(JANUARY))
    assert problems() == []


def test_while_nothing_is_closed_a_day_is_itself(app):
    assert periods.book_day(JANUARY) == JANUARY
    assert closing.next_month() is None


def test_a_mistyped_year_opens_no_months(app):
    made.bank()
    fund, day = made.fund(), clock.today().replace(day=1)
    long_ago = day.replace(year=day.year - 20)
    number = made.gift(fund, 100, day=long_ago)
    assert closing.next_month() == long_ago
    with transaction():
        ledger.reverse(number, memo=Memo.WRONG_DAY, happened_on=day, actor=FIRST)
    assert closing.next_month() is None, "neither what was taken back counts nor what took it back"
    made.gift(fund, 100, day=day)
    assert closing.next_month() == day
    earliest = periods.earliest_day()
    lines = made.gift_lines(fund, 100)
    with pytest.raises(BadEntry, match="400 days"), transaction():
        manual.propose_entry(EntryDraft(Memo.GIFT, earliest - timedelta(days=1), lines), actor=FIRST)
    with transaction():
        manual.propose_entry(EntryDraft(Memo.GIFT, earliest, lines), actor=FIRST)


def test_what_was_wrong_in_a_closed_month_is_put_right_in_an_open_one(fund):
    close()
    with pytest.raises(MonthClosed), transaction():
        ledger.reverse(1, memo=Memo.TWICE, happened_on=date(2024, 1, 20), actor=FIRST)
    with transaction():
        back = ledger.reverse(1, memo=Memo.TWICE, happened_on=periods.book_day(date(2024, 1, 20)), actor=FIRST)
    assert back.happened_on == FEBRUARY
    assert problems() == []


def test_a_job_that_runs_again_after_the_closing_is_told_that_it_was_done(fund):
    source = Source("gift", uuid.uuid4())
    number = made.gift(fund, 300, day=date(2024, 1, 12), source=source)
    close(seen=3)
    with pytest.raises(AlreadyPosted) as told:
        made.gift(fund, 300, day=date(2024, 1, 12), source=source)
    assert told.value.number == number


@pytest.mark.parametrize("day", ["2024-01-31", "2019-05-05"])
def test_the_database_refuses_whoever_writes_beside_the_service(fund, day):
    close()
    statement = f"""INSERT INTO ledger_entry (number, happened_on, posted_at, memo, reference, lines, previous, digest)
        SELECT 4, '{day}', now(), 'gift', '', 2, digest, sha256('x') FROM ledger_entry WHERE number = 3"""  # noqa: S608
    with pytest.raises(DBAPIError, match="closed to the end of 2024-01"), transaction():
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_month SET state = 'refused', last_number = NULL, last_digest = NULL",
        "UPDATE ledger_month SET starts_on = '2020-01-01'",
        "DELETE FROM ledger_month",
        "TRUNCATE ledger_month",
    ],
)
def test_a_closed_month_is_never_opened_again(fund, statement):
    close()
    with pytest.raises(DBAPIError), transaction():
        session.execute(text(statement))
    with pytest.raises(Conflict), transaction():
        closing.refuse_closing(session.query(LedgerMonth).one().id, actor=SECOND)
    assert periods.closed_through() == date(2024, 1, 31)


def test_who_asks_does_not_close_and_takes_it_back_alone(fund):
    month_id = propose()
    with pytest.raises(Forbidden):
        confirm(month_id, actor=FIRST)
    with pytest.raises(Conflict):
        propose()
    with transaction():
        assert closing.refuse_closing(month_id, actor=FIRST).state == MonthState.WITHDRAWN
    again = propose()
    with transaction():
        assert closing.refuse_closing(again, actor=SECOND).state == MonthState.REFUSED
    assert periods.closed_through() is None
    close()


def test_months_close_in_their_order_and_only_when_they_are_over(fund):
    with pytest.raises(NotClosable):
        propose(FEBRUARY, seen=1)
    close()
    assert closing.next_month() == FEBRUARY
    close(FEBRUARY, seen=1)
    # A month without an entry is closed as any other.
    close(date(2024, 3, 1), seen=0)
    with pytest.raises(NotClosable):
        propose(JANUARY)
    assert [each.starts_on.month for each in months.list_closed()] == [3, 2, 1]


def test_the_month_that_runs_is_not_closed(app):
    made.bank()
    today = clock.today()
    made.gift(made.fund(), 100, day=today)
    with pytest.raises(NotClosable, match="not over"):
        propose(today.replace(day=1), seen=1)


def test_what_came_in_since_it_was_looked_at_stops_it(fund):
    month_id = propose()
    made.gift(fund, 100, day=date(2024, 1, 5))
    with pytest.raises(Conflict):
        confirm(month_id)
    confirm(month_id, seen=3)


def test_an_entry_that_waits_stands_in_the_way_until_it_is_decided(fund):
    with made.posted_on(date(2024, 3, 5)):
        _an_entry_waits(fund)


def _an_entry_waits(fund):
    lines = [Line(Expense.TRAVEL, fund, Money(100, "EUR")), Line(made.BANK, fund, Money(-100, "EUR"))]
    with transaction():
        waiting = manual.propose_entry(EntryDraft(Memo.PAYMENT, date(2024, 1, 9), lines), actor=FIRST)
    assert not closing.review_month(JANUARY).is_closable
    with pytest.raises(NotClosable):
        propose()
    with transaction():
        manual.refuse_proposal(waiting.id, actor=SECOND)
    assert closing.review_month(JANUARY).is_closable
    month_id = propose()
    with transaction():
        late = manual.propose_entry(EntryDraft(Memo.PAYMENT, date(2024, 1, 9), lines), actor=FIRST)
    with pytest.raises(NotClosable):
        confirm(month_id)
    with transaction():
        manual.post_proposal(late.id, actor=SECOND)
    confirm(month_id, seen=3)
    with pytest.raises(MonthClosed), transaction():
        manual.propose_entry(EntryDraft(Memo.PAYMENT, date(2024, 1, 9), lines), actor=FIRST)


def test_other_features_say_what_is_open_and_it_is_kept(fund):
    seen = []

    def list_checks(first, last):
        seen.append((first, last))
        return [MonthCheck("Lines", 3, "nowhere"), MonthCheck("Nothing", 0, is_blocking=True)]

    month_checks.register("test", list_checks)
    try:
        found = close()
    finally:
        del month_checks._items["test"]
    assert set(seen) == {(JANUARY, date(2024, 1, 31))}
    assert found.checks == [{"label": "Lines", "count": 3}]


def test_a_month_whose_chain_does_not_hold_is_not_closed(fund):
    tamper("UPDATE ledger_entry SET memo = 'grant' WHERE number = 1")
    assert [each.problem for each in closing.review_month(JANUARY).flaws] == [
        "entry 1 was changed after it was written"
    ]
    with pytest.raises(NotClosable):
        propose()
    assert closing.review_month(FEBRUARY).is_closable
    tamper(
        "UPDATE ledger_entry SET memo = 'gift' WHERE number = 1",
        "UPDATE ledger_total SET amount = amount + 1 WHERE span = 'month' AND starts_on = '2024-01-01'",
    )
    assert [each.problem for each in closing.review_month(JANUARY).flaws] == [
        "3 sums of 2024-01 differ from the postings"
    ]


def test_verify_tells_what_came_into_a_closed_month_and_what_was_cut_off(fund):
    close()
    tamper("DELETE FROM ledger_posting WHERE entry_number = 3", "DELETE FROM ledger_entry WHERE number = 3")
    assert "entry 3, with which 2024-01 closed, is gone" in problems()
    tamper(
        "INSERT INTO ledger_entry (number, happened_on, posted_at, memo, reference, lines, previous, digest) "
        "SELECT 4, '2024-01-02', now(), 'gift', '', 2, digest, sha256('x') FROM ledger_entry WHERE number = 2",
    )
    assert "entry 4 was written into a month that was closed" in problems()


def test_an_entry_on_its_way_is_waited_for_and_seen(app, fund):
    """Somebody posts into the month, and another confirms before that is committed: it stops the closing."""
    month_id = propose()
    posted, release, outcome = threading.Event(), threading.Event(), []

    def post():
        with app.app_context(), transaction():
            ledger.post(
                made.gift_lines(fund, 100), memo=Memo.GIFT, happened_on=date(2024, 1, 20), actor=FIRST
            )  # fmt: skip
            posted.set()
            release.wait(10)

    def decide():
        with app.app_context():
            try:
                confirm(month_id)
            except Conflict as problem:
                outcome.append(problem)

    one, other = threading.Thread(target=post), threading.Thread(target=decide)
    one.start()
    assert posted.wait(10)
    other.start()
    other.join(0.3)
    assert other.is_alive()
    release.set()
    one.join(10)
    other.join(10)
    assert len(outcome) == 1
    assert periods.closed_through() is None


def test_two_who_confirm_at_once_close_it_once(app, fund):
    month_id, outcome = propose(), []

    def decide():
        with app.app_context():
            try:
                confirm(month_id, actor=uuid.uuid4())
            except Conflict as problem:
                outcome.append(problem)

    both = [threading.Thread(target=decide) for _one in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(10)
    assert len(outcome) == 1
    assert periods.closed_through() == date(2024, 1, 31)
