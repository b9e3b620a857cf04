"""Whatever is done with gifts, in any order and twice: no gift twice, sums zero, nothing counts before it settled."""

import os
import uuid

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from campaign.funds.models import Income, LedgerAccount, LedgerEntry, LedgerPosting, Memo
from campaign.funds.service.verify import verify
from campaign.gifts.hooks.lines import GiftTaker
from campaign.gifts.models import (
    COUNTED,
    Gift,
    GiftAllocation,
    GiftPart,
    InstalmentState,
    PledgeInstalment,
    Schedule,
)
from campaign.gifts.service import gifts, instalments
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts
from tests.funds import made as books
from tests.gifts import made
from tests.support.database import truncate

WHICH = st.integers(0, 40)
AMOUNTS = st.integers(-5, 3_000)
TAKER = GiftTaker()


class Giving(RuleBasedStateMachine):
    """Two funds, a pledge in parts, lines of statements, and everything a treasurer can press."""

    @initialize()
    def begin(self):
        session.rollback()
        session.execute(text("SET LOCAL unforgotten.emptying = 'on'"))
        truncate(
            ["fund", "ledger_account", "ledger_entry", "ledger_total", "audit_entry", "donor", "pledge", "gift", "mail"]
        )
        truncate(["mail_quota"])
        session.commit()
        books.bank()
        fund = made.open_fund()
        self.funds = [fund.id, books.fund()]
        self.pledge = made.pledge(fund, schedule=Schedule.MONTHLY, times=3).id
        self.gifts, self.lines, self.external = [], [], set()

    def act(self, step, *arguments, **more):
        """Do one thing whole; what is refused leaves nothing."""
        try:
            with transaction():
                return step(*arguments, **more)
        except DomainError:
            session.rollback()
            return None

    def one(self, which):
        return self.gifts[which % len(self.gifts)] if self.gifts else uuid.UUID(int=which)

    @rule(
        gross=AMOUNTS,
        fee=st.integers(-1, 50),
        share=st.integers(0, 3_000),
        pledged=st.booleans(),
        number=st.integers(0, 6),
    )
    def a_gift_is_written_down(self, gross, fee, share, pledged, number):
        parts = {self.funds[0]: share, self.funds[1]: gross - fee - share} if share else {self.funds[0]: 0}
        external = f"ch_{number}" if number else ""
        draft = gifts.GiftDraft(
            account=made.BANK, gross=Money(gross, "EUR"), fee=fee, allocations=parts, expected_on=clock.today(),
            external_id=external, pledge_id=self.pledge if pledged else None,
        )  # fmt: skip
        found = self.act(gifts.write_down, draft, actor=None)
        if found is not None:
            assert external not in self.external or not external, "the same number is the same gift"
            self.external.add(external)
            self.gifts.append(found.id)

    @rule(which=WHICH, amount=AMOUNTS, fee=st.integers(0, 30), is_same=st.booleans())
    def it_settles(self, which, amount, fee, is_same):
        more = {} if is_same else {"gross": Money(amount, "EUR"), "fee": fee}
        self.act(gifts.settle, self.one(which), happened_on=clock.today(), actor=None, **more)

    @rule(which=WHICH, amount=AMOUNTS)
    def some_of_it_goes_back(self, which, amount):
        self.act(
            gifts.refund,
            self.one(which),
            Money(amount, "EUR"),
            happened_on=clock.today(),
            seen_version=None,
            actor=None,
        )

    @rule(which=WHICH, step=st.sampled_from([gifts.dispute, gifts.win, gifts.fail]))
    def something_happens_to_it(self, which, step):
        self.act(step, self.one(which), happened_on=clock.today(), seen_version=None, actor=None)

    @rule(which=WHICH, memo=st.sampled_from([Memo.TWICE, Memo.WRONG_DAY]))
    def it_was_entered_wrongly(self, which, memo):
        self.act(gifts.take_back, self.one(which), memo=memo, actor=None)

    @rule(which=WHICH)
    def nobody_waits_any_more(self, which):
        self.act(gifts.expire, self.one(which), actor=None)

    @rule(number=st.integers(0, 2))
    def a_part_is_waived(self, number):
        made_parts = instalments.list_instalments(self.pledge)
        if number < len(made_parts):
            self.act(instalments.waive, made_parts[number].id, actor=None)
        session.rollback()

    @rule(which=WHICH, as_part=st.booleans(), amount=st.integers(1, 2_500), line=st.integers(0, 3))
    def a_line_is_taken(self, which, as_part, amount, line):
        parts = instalments.list_instalments(self.pledge)
        wanted = parts[which % len(parts)].id if as_part else self.one(which)
        session.rollback()
        facts = BankFacts(uuid.UUID(int=line + 1), made.BANK, clock.today(), Money(amount, "EUR"))
        before = set(session.scalars(select(Gift.id)))
        session.rollback()
        if (wanted, facts.line_id) in self.lines:
            with pytest.raises(DomainError), transaction():
                TAKER.take(wanted, facts.amount, facts, actor=None)
            session.rollback()
            return
        try:
            with transaction():
                TAKER.take(wanted, facts.amount, facts, actor=None)
        except DomainError:
            session.rollback()
            return
        self.gifts += sorted(set(session.scalars(select(Gift.id))) - before)
        session.rollback()
        self.lines.append((wanted, facts.line_id))

    @rule(which=WHICH)
    def a_line_is_given_back(self, which):
        if not self.lines:
            return
        wanted, line = self.lines[which % len(self.lines)]
        try:
            with transaction():
                TAKER.give_back(wanted, line, actor=None)
        except DomainError:
            session.rollback()
            return
        self.lines.remove((wanted, line))

    @rule(which=WHICH)
    def it_is_killed_in_the_middle(self, which):
        try:
            with transaction():
                gifts.settle(self.one(which), happened_on=clock.today(), actor=None)
                raise InterruptedError
        except (InterruptedError, DomainError):
            session.rollback()

    @invariant()
    def every_fund_sums_to_zero(self):
        amount = func.sum(LedgerPosting.amount)
        grouped = select(amount).group_by(LedgerPosting.fund_id, LedgerPosting.currency)
        assert all(each == 0 for each in session.scalars(grouped))
        session.rollback()

    @invariant()
    def what_counts_is_what_has_settled_and_was_not_returned(self):
        shares = select(GiftAllocation).join(Gift, Gift.id == GiftAllocation.gift_id).where(Gift.state.in_(COUNTED))
        wanted = dict.fromkeys(getattr(self, "funds", []), 0)
        for each in session.scalars(shares):
            wanted[each.fund_id] += each.amount + each.fee - each.returned
        assert {fund: made.income(fund) for fund in wanted} == wanted
        session.rollback()

    @invariant()
    def each_gift_stands_in_the_ledger_once_and_for_what_is_left_of_it(self):
        reversed_entry = aliased(LedgerEntry)
        code = func.coalesce(func.nullif(LedgerEntry.reference, ""), reversed_entry.reference)
        statement = (
            select(code, func.sum(LedgerPosting.amount))
            .select_from(LedgerEntry)
            .join(LedgerPosting, LedgerPosting.entry_number == LedgerEntry.number)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .outerjoin(reversed_entry, reversed_entry.number == LedgerEntry.reverses)
            .where(LedgerAccount.code == Income.GIFTS)
            .group_by(code)
        )
        sums = {reference: -int(amount) for reference, amount in session.execute(statement)}
        for each in session.scalars(select(Gift)):
            assert sums.get(each.code, 0) == (each.gross - each.refunded if each.state in COUNTED else 0)
        session.rollback()

    @invariant()
    def parts_hold_what_gifts_that_count_have_brought(self):
        brought = dict(
            session.execute(
                select(GiftPart.instalment_id, func.sum(GiftPart.amount))
                .join(Gift, Gift.id == GiftPart.gift_id)
                .where(Gift.state.in_(COUNTED))
                .group_by(GiftPart.instalment_id)
            ).all()
        )
        for each in session.scalars(select(PledgeInstalment)):
            assert each.received == brought.get(each.id, 0)
            assert (each.state == InstalmentState.MATCHED) == (each.received == each.amount)
        session.rollback()

    def teardown(self):
        session.rollback()
        assert list(verify()) == []


@pytest.mark.slow
def test_whatever_happens_to_gifts(app):
    examples, _, steps = os.environ.get("MACHINE", "4x20").partition("x")
    run_state_machine_as_test(
        Giving,
        settings=settings(
            max_examples=int(examples), stateful_step_count=int(steps), deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
        ),
    )  # fmt: skip
