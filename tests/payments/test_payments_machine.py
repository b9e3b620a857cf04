"""Whatever persons press, in whatever order: no payment without its persons, sums of zero, nothing sent twice."""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from campaign.funds.models import Expense, LedgerEntry, LedgerPosting, Memo
from campaign.funds.service.verify import verify
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.money import Money
from campaign.payments.models import (
    CheckAnswer,
    ConfirmedBy,
    Payability,
    Payee,
    Payment,
    PaymentEvent,
    PaymentState,
    Reason,
)
from campaign.payments.queries import payments as reads
from campaign.payments.service import payees, payments, sending, velocity
from campaign.payments.service.payments import PaymentDraft
from campaign.payments.service.sending import Leaving
from tests.funds import made as funds
from tests.payments import made
from tests.support.database import truncate

_S = PaymentState
PERSONS = st.sampled_from([made.ASKER, made.SECOND, made.THIRD, made.FOURTH])
WHICH, MINOR = st.integers(0, 3), st.sampled_from([1, 9_999, 10_000, 10_001, 50_000])
TABLES = ["fund", "ledger_account", "ledger_entry", "ledger_total", "payee", "payment_limit", "audit_entry"]
PASSED = (_S.SCHEDULED, _S.SENT, _S.CONFIRMED, _S.RECONCILED, _S.FAILED, _S.RETURNED)
LIMITS = (None, 5_000, 10_000, 100_000)


class Paying(RuleBasedStateMachine):
    """Four persons, two payees, a fund, and payments that anybody pushes anywhere."""

    @initialize()
    def begin(self):
        session.rollback()
        truncate(TABLES)
        session.commit()
        funds.bank()
        self.fund = funds.fund()
        funds.gift(self.fund, 10**7)
        self.payees = [made.payee(), made.payee()]
        made.limit(10_000)
        self.payments, self.limits = [], [10_000]

    def press(self, act, which, *arguments, actor):
        """One button of somebody who has just looked; what is refused leaves nothing."""
        if not self.payments:
            return False
        payment_id = self.payments[which % len(self.payments)]
        try:
            made.step(act, payment_id, *arguments, actor=actor)
        except DomainError:
            session.rollback()
            return False
        return True

    @rule(minor=MINOR, payee=st.integers(0, 1), who=PERSONS)
    def a_draft_is_written(self, minor, payee, who):
        with transaction():
            draft = payments.draft_payment(
                self.fund, None, Expense.LAWYER, Money(minor, "EUR"), self.payees[payee], actor=who
            )
        self.payments.append(draft.id)

    @rule(which=WHICH, who=PERSONS, minor=MINOR)
    def it_is_edited(self, which, who, minor):
        draft = PaymentDraft(self.fund, Expense.PARCELS, Money(minor, "EUR"), self.payees[0])
        self.press(lambda one, **more: payments.edit_payment(one, draft, **more), which, actor=who)

    @rule(which=WHICH, who=PERSONS, act=st.sampled_from(["submit", "review", "approve"]))
    def somebody_says_yes(self, which, who, act):
        self.press(getattr(payments, act), which, actor=who)

    @rule(which=WHICH, persons=st.permutations([made.ASKER, made.SECOND, made.THIRD]))
    def it_goes_all_the_way(self, which, persons):
        one, two, three = persons
        for act, who in ((payments.submit, one), (payments.review, two), (payments.approve, three)):
            self.press(act, which, actor=who)
        self.questions_are_answered(which, three, CheckAnswer.EXPECTED)
        self.press(payments.schedule, which, clock.today(), actor=one)

    @rule(which=WHICH, who=PERSONS, ahead=st.integers(-1, 40))
    def it_is_scheduled(self, which, who, ahead):
        self.press(payments.schedule, which, clock.today() + timedelta(days=ahead), actor=who)

    @rule(which=WHICH, who=PERSONS, fee=st.sampled_from([0, 25, -1]))
    def it_is_sent(self, which, who, fee):
        self.press(sending.mark_sent, which, Leaving(clock.today(), funds.BANK, fee), actor=who)

    @rule(which=WHICH, who=PERSONS)
    def it_is_confirmed(self, which, who):
        self.press(sending.confirm, which, ConfirmedBy.RELATIVE, actor=who)

    @rule(which=WHICH, who=PERSONS)
    def it_failed(self, which, who):
        self.press(sending.fail, which, clock.today(), actor=who)

    @rule(which=WHICH, who=PERSONS, minor=MINOR)
    def it_came_back(self, which, who, minor):
        self.press(sending.came_back, which, Money(minor, "EUR"), clock.today(), actor=who)

    @rule(which=WHICH, who=PERSONS, act=st.sampled_from(["send_back", "cancel"]))
    def it_is_stopped(self, which, who, act):
        self.press(getattr(payments, act), which, Reason.OTHER, actor=who)

    @rule(which=WHICH, who=PERSONS, answer=st.sampled_from(CheckAnswer))
    def questions_are_answered(self, which, who, answer):
        for each in reads.list_checks(self.payments[which % len(self.payments)]) if self.payments else []:
            try:
                with transaction():
                    velocity.answer_check(each.id, answer, actor=who)
            except DomainError:
                session.rollback()

    @rule(payee=st.integers(0, 1), answer=st.sampled_from([Payability.OK, Payability.OK, Payability.UNSAFE]))
    def a_payee_is_looked_at(self, payee, answer):
        until = clock.today() + timedelta(days=30) if answer == Payability.OK else None
        with transaction():
            version = session.get_one(Payee, self.payees[payee], populate_existing=True).version
            payees.say_payability(self.payees[payee], answer, until, seen_version=version, actor=made.FOURTH)

    @rule(limit=st.sampled_from(LIMITS[1:]))
    def the_limit_is_another(self, limit):
        made.limit(limit)
        self.limits.append(limit)

    @rule(which=WHICH)
    def it_is_killed_while_it_is_sent(self, which):
        if not self.payments:
            return
        payment_id = self.payments[which % len(self.payments)]
        session.expire_all()
        try:
            with transaction():
                version = session.get_one(Payment, payment_id).version
                leaving = Leaving(clock.today(), funds.BANK)
                sending.mark_sent(payment_id, leaving, seen_version=version, actor=made.ASKER)
                session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        except (DomainError, DBAPIError):
            session.remove()

    @invariant()
    def none_has_passed_without_its_persons(self):
        session.expire_all()
        for each in session.scalars(select(Payment).where(Payment.state.in_(PASSED))):
            persons = {each.asked_by, each.reviewed_by} - {None}
            assert len(persons) == 2
            assert each.reviewed_by != each.written_by
            if each.needs_third:
                assert len({each.asked_by, each.reviewed_by, each.approved_by} - {None}) == 3
                assert each.approved_by != each.written_by
            else:
                assert each.amount <= max(limit for limit in self.limits)
        session.rollback()

    @invariant()
    def the_books_say_what_the_payments_say(self):
        amount = func.sum(LedgerPosting.amount)
        grouped = select(amount).group_by(LedgerPosting.fund_id, LedgerPosting.currency)
        assert all(each == 0 for each in session.scalars(grouped))
        sent = session.scalars(select(PaymentEvent.payment_id).where(PaymentEvent.now == _S.SENT)).all()
        assert len(set(sent)) == len(sent), "nothing is sent twice"
        posted = session.scalars(select(LedgerEntry.source_id).where(LedgerEntry.memo == Memo.PAYMENT)).all()
        assert sorted(posted) == sorted(sent)
        ended = select(func.count()).where(Payment.state.in_((_S.FAILED, _S.RETURNED)))
        backs = select(func.count()).where(LedgerEntry.memo.in_((Memo.PAYMENT_RETURNED, Memo.DID_NOT_HAPPEN)))
        assert session.scalar(ended) == session.scalar(backs)
        session.rollback()

    def teardown(self):
        session.rollback()
        assert list(verify()) == []


@pytest.mark.slow
def test_whatever_is_pressed(app):
    examples, _, steps = os.environ.get("MACHINE", "4x20").partition("x")
    run_state_machine_as_test(
        Paying,
        settings=settings(
            max_examples=int(examples), stateful_step_count=int(steps), deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
        ),
    )  # fmt: skip
