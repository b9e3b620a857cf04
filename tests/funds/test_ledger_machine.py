"""Whatever is posted, taken back, moved or killed in between: the sum is zero in every currency at every moment."""

import os
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from campaign.funds.models import REVERSAL_MEMOS, Expense, Income, LedgerEntry, LedgerPosting, Memo
from campaign.funds.queries.balances import balances_at
from campaign.funds.service import ledger
from campaign.funds.service.ledger import AlreadyPosted, BadEntry, Line, Source
from campaign.funds.service.verify import verify
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from tests.funds import made
from tests.support.database import truncate

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY"])
AMOUNTS = st.one_of(st.integers(-3, 3), st.integers(-(10**12), 10**12))
FUNDS = st.integers(0, 2)
AGO = st.integers(-1, 800)
ACCOUNTS = st.sampled_from([made.BANK, Income.GIFTS, Expense.PARCELS, Expense.FEES])


class Bookkeeping(RuleBasedStateMachine):
    """Three funds, one bank, a model that adds up beside the ledger."""

    @initialize()
    def begin(self):
        session.rollback()
        session.execute(text("SET LOCAL unforgotten.emptying = 'on'"))
        truncate(["fund", "ledger_account", "ledger_entry", "ledger_total", "audit_entry"])
        session.commit()
        made.bank()
        self.funds = [made.fund() for _ in range(3)]
        self.model, self.entries, self.taken_back, self.sources = {}, [], set(), set()

    def lines(self, drawn):
        return [Line(code, self.funds[fund], Money(minor, currency)) for code, fund, currency, minor in drawn]

    def note(self, number):
        for each in ledger.lines_of(number):
            key = each.fund_id, each.account, each.money.currency
            self.model[key] = self.model.get(key, 0) + each.money.minor
        session.rollback()
        self.entries.append(number)

    def act(self, step, *arguments, **more):
        """Do one thing whole; what is refused leaves nothing."""
        try:
            with transaction():
                number = step(*arguments, **more).number
        except (BadEntry, AlreadyPosted):
            return None
        self.note(number)
        return number

    @rule(drawn=st.lists(st.tuples(ACCOUNTS, FUNDS, CURRENCIES, AMOUNTS), min_size=1, max_size=5), ago=AGO)
    def any_lines_are_posted(self, drawn, ago):
        sums, zero = {}, True
        for _code, fund, currency, minor in drawn:
            sums[fund, currency] = sums.get((fund, currency), 0) + minor
            zero = zero and minor != 0
        whole = zero and not any(sums.values()) and len(drawn) >= 2 and ago >= 0
        day = clock.today() - timedelta(days=ago)
        done = self.act(ledger.post, self.lines(drawn), memo=Memo.GIFT, happened_on=day, actor=None)
        assert (done is not None) == whole

    @rule(
        fund=FUNDS, currency=CURRENCIES, minor=st.integers(1, 10**12), ago=st.integers(0, 800), which=st.integers(0, 3)
    )
    def a_gift_comes_in(self, fund, currency, minor, ago, which):
        source = Source("gift", uuid.UUID(int=which))
        day = clock.today() - timedelta(days=ago)
        lines = made.gift_lines(self.funds[fund], minor, currency)
        done = self.act(ledger.post, lines, memo=Memo.GIFT, happened_on=day, actor=None, source=source)
        assert (done is None) == (source in self.sources), "nothing is posted twice for the same"
        self.sources.add(source)

    @rule(fund=FUNDS, currency=CURRENCIES, minor=st.integers(1, 10**6))
    def money_is_passed_on(self, fund, currency, minor):
        lines = [
            Line(Expense.PARCELS, self.funds[fund], Money(minor, currency)),
            Line(made.BANK, self.funds[fund], Money(-minor, currency)),
        ]
        assert self.act(ledger.post, lines, memo=Memo.PAYMENT, happened_on=clock.today(), actor=None)

    @rule(one=FUNDS, other=FUNDS, currency=CURRENCIES, minor=st.integers(0, 10**6))
    def money_is_moved(self, one, other, currency, minor):
        done = self.act(
            ledger.transfer, made.BANK, self.funds[one], self.funds[other], Money(minor, currency),
            happened_on=clock.today(), actor=None,
        )  # fmt: skip
        assert (done is not None) == (one != other and minor > 0)

    @rule(which=st.integers(0, 50), memo=st.sampled_from(sorted(REVERSAL_MEMOS)))
    def an_entry_is_taken_back(self, which, memo):
        if not self.entries:
            return
        number = self.entries[which % len(self.entries)]
        is_reversal = session.get_one(LedgerEntry, number).reverses is not None
        session.rollback()
        done = self.act(ledger.reverse, number, memo=memo, happened_on=clock.today(), actor=None)
        assert (done is None) == (is_reversal or number in self.taken_back)
        self.taken_back.add(number)

    @rule(fund=FUNDS, how=st.sampled_from(["error", "connection", "half"]))
    def it_is_killed_in_the_middle(self, fund, how):
        lines = made.gift_lines(self.funds[fund], 77)
        try:
            with transaction():
                ledger.post(lines, memo=Memo.GIFT, happened_on=clock.today(), actor=None)
                if how == "connection":
                    session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
                if how == "half":
                    session.execute(
                        text(
                            "INSERT INTO ledger_entry SELECT number + 1, happened_on, posted_at, memo, '', NULL, NULL,"
                            " NULL, NULL, 2, digest, sha256(digest) FROM ledger_entry ORDER BY number DESC LIMIT 1"
                        )
                    )
                if how == "error":
                    raise InterruptedError
        except (InterruptedError, DBAPIError):
            session.remove()
            return
        raise AssertionError("it was not killed")

    @invariant()
    def every_currency_sums_to_zero(self):
        amount = func.sum(LedgerPosting.amount)
        grouped = select(amount).group_by(LedgerPosting.fund_id, LedgerPosting.currency)
        assert all(each == 0 for each in session.scalars(grouped))
        session.rollback()

    @invariant()
    def balances_are_those_of_the_model(self):
        found = {
            (each.fund_id, each.account, each.money.currency): each.money.minor for each in balances_at(clock.today())
        }
        session.rollback()
        assert found == {key: minor for key, minor in self.model.items() if minor}

    def teardown(self):
        session.rollback()
        assert list(verify()) == []


@pytest.mark.slow
def test_whatever_happens_to_the_ledger(app):
    examples, _, steps = os.environ.get("MACHINE", "6x20").partition("x")
    run_state_machine_as_test(
        Bookkeeping,
        settings=settings(
            max_examples=int(examples), stateful_step_count=int(steps), deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
        ),
    )  # fmt: skip
