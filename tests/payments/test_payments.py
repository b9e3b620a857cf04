"""The way of a payment: its persons, what is odd about it, what stands in the books, and what is refused."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from campaign.funds.models import Expense, LedgerEntry, LedgerPosting, Memo
from campaign.funds.queries.balances import balances_at
from campaign.funds.service import ledger
from campaign.funds.service.ledger import Source
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.images import BadPicture
from campaign.kernel.money import Money
from campaign.payments.models import (
    CheckAnswer,
    CheckKind,
    ConfirmedBy,
    Descriptor,
    FileKind,
    LimitState,
    Payability,
    Payee,
    Payment,
    PaymentLimit,
    PaymentState,
    Reason,
)
from campaign.payments.queries import payments as reads
from campaign.payments.service import evidence, limits, payees, payments, sending, velocity
from campaign.payments.service.errors import BadPayment, ChecksOpen, NotPayable, NotThatStep
from campaign.payments.service.payees import Details
from campaign.payments.service.payments import PaymentDraft
from campaign.payments.service.sending import Leaving
from campaign.payments.service.velocity import Around, questions
from tests.funds import made as funds
from tests.payments import made
from tests.payments.made import ASKER, FOURTH, SECOND, THIRD, step

_S = PaymentState


@pytest.fixture
def fund(app):
    funds.bank()
    found = funds.fund()
    funds.gift(found, 500_000)
    return found


def state(payment_id):
    session.expire_all()
    return session.get_one(Payment, payment_id).state


def submitted(fund, minor=12_300, **more):
    made_one = made.draft(fund, minor, payee_id=made.payee(), **more)
    step(payments.submit, made_one, actor=ASKER)
    return made_one


def test_three_persons_bring_a_payment_to_a_family_and_the_books_say_so(fund):
    found = made.sent(fund, 12_300, fee=150)
    step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    assert state(found) == _S.CONFIRMED
    entry = session.scalar(select(LedgerEntry).where(LedgerEntry.source_id == found))
    assert (entry.memo, entry.reference) == (Memo.PAYMENT, session.get_one(Payment, found).reference)
    lines = {(each.account, each.money.minor) for each in ledger.lines_of(entry.number)}
    assert lines == {("expenses:lawyer", 12_300), ("expenses:fees", 150), (funds.BANK, -12_450)}
    steps = [(each.now, each.actor_id) for each in reads.list_events(found)]
    assert steps == [
        (_S.DRAFT, ASKER), (_S.SUBMITTED, ASKER), (_S.REVIEWED, SECOND), (_S.APPROVED, THIRD), (_S.SCHEDULED, ASKER),
        (_S.SENT, ASKER), (_S.CONFIRMED, ASKER),
    ]  # fmt: skip


def test_up_to_the_limit_two_persons_are_enough_and_one_never_is(fund):
    made.limit(50_000)
    found = submitted(fund, 50_000)
    with pytest.raises(Forbidden):
        step(payments.review, found, actor=ASKER)
    made.answer_all(found)
    step(payments.review, found, actor=SECOND)
    step(payments.schedule, found, clock.today(), actor=ASKER)
    assert state(found) == _S.SCHEDULED


def test_above_the_limit_and_without_one_it_takes_a_third(fund):
    made.limit(50_000)
    for found in (submitted(fund, 50_001), submitted(fund, 100, currency="CHF")):
        made.answer_all(found)
        step(payments.review, found, actor=SECOND)
        with pytest.raises(Forbidden, match="third person"):
            step(payments.schedule, found, clock.today(), actor=ASKER)
        for one in (ASKER, SECOND):
            with pytest.raises(Forbidden):
                step(payments.approve, found, actor=one)
        step(payments.approve, found, actor=THIRD)
        step(payments.schedule, found, clock.today(), actor=ASKER)


def test_who_wrote_it_last_counts_as_asker_though_another_submitted_it(fund):
    found = made.draft(fund, payee_id=made.payee())
    step(payments.submit, found, actor=FOURTH)
    with pytest.raises(Forbidden):
        step(payments.review, found, actor=ASKER)
    step(payments.review, found, actor=SECOND)
    with pytest.raises(Forbidden):
        step(payments.approve, found, actor=ASKER)


def test_a_limit_that_was_lowered_after_the_review_counts(fund):
    made.limit(50_000)
    found = submitted(fund, 20_000)
    made.answer_all(found)
    step(payments.review, found, actor=SECOND)
    made.limit(10_000)
    with pytest.raises(Forbidden):
        step(payments.schedule, found, clock.today(), actor=ASKER)
    step(payments.approve, found, actor=THIRD)
    step(payments.schedule, found, clock.today(), actor=ASKER)


def test_a_limit_is_changed_by_two_persons(fund):
    with transaction():
        asked = limits.ask_for_limit(Money(30_000, "EUR"), actor=ASKER)
    with pytest.raises(Conflict), transaction():
        limits.ask_for_limit(Money(40_000, "EUR"), actor=SECOND)
    with pytest.raises(Forbidden), transaction():
        limits.decide_limit(asked.id, is_yes=True, actor=ASKER)
    assert limits.takes_three(Money(1, "EUR"))
    with transaction():
        limits.decide_limit(asked.id, is_yes=True, actor=SECOND)
    assert not limits.takes_three(Money(30_000, "EUR"))
    assert limits.takes_three(Money(30_001, "EUR"))
    with pytest.raises(BadPayment), transaction():
        limits.ask_for_limit(Money(-1, "EUR"), actor=ASKER)
    with transaction():
        another = limits.ask_for_limit(Money(1, "EUR"), actor=SECOND)
    with transaction():
        limits.decide_limit(another.id, is_yes=True, actor=ASKER)
    kept = session.scalars(select(PaymentLimit.state).order_by(PaymentLimit.asked_at)).all()
    assert kept == [LimitState.REPLACED, LimitState.CURRENT]


@pytest.mark.parametrize("before", ["submit", "review", "approve", "schedule"])
def test_an_edit_on_the_way_begins_anew_and_forgets_every_yes(fund, before):
    payee = made.payee()
    found = made.draft(fund, payee_id=payee)
    for name, arguments, actor in (
        ("submit", (), ASKER), ("review", (), SECOND), ("approve", (), THIRD), ("schedule", (clock.today(),), ASKER),
    ):  # fmt: skip
        if name == "schedule":
            made.answer_all(found)
        step(getattr(payments, name), found, *arguments, actor=actor)
        if name == before:
            break
    draft = PaymentDraft(fund, Expense.LAWYER, Money(99_900, "EUR"), payee)
    step(lambda payment_id, **more: payments.edit_payment(payment_id, draft, **more), found, actor=FOURTH)
    session.expire_all()
    row = session.get_one(Payment, found)
    assert (row.state, row.asked_by, row.reviewed_by, row.approved_by, row.pay_on) == (_S.DRAFT, None, None, None, None)
    assert (row.amount, row.written_by) == (99_900, FOURTH)
    assert reads.list_events(found)[-1].reason == Reason.CHANGED


def test_what_somebody_decides_on_is_what_they_saw(fund):
    found = submitted(fund)
    with pytest.raises(Conflict), transaction():
        payments.review(found, seen_version=1, actor=SECOND)


@pytest.mark.parametrize(("act", "before"), [("review", []), ("approve", [("review", FOURTH)])])
def test_two_at_the_same_moment_one_wins_and_the_other_is_told(app, fund, act, before):
    found = submitted(fund)
    for name, who in before:
        step(getattr(payments, name), found, actor=who)
    version, told, start = session.get_one(Payment, found).version, [], threading.Barrier(2)
    session.rollback()

    def press(who):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    getattr(payments, act)(found, seen_version=version, actor=who)
            except Conflict as problem:
                told.append(problem.message)
            finally:
                session.remove()

    both = [threading.Thread(target=press, args=(who,)) for who in (SECOND, THIRD)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(told) == 1
    assert "Look at it again" in told[0]
    moves = [each.now for each in reads.list_events(found)]
    assert moves.count({"review": _S.REVIEWED, "approve": _S.APPROVED}[act]) == 1


def test_payability_is_looked_at_again_when_it_is_scheduled(fund):
    payee = made.payee(is_ok=False)
    found = made.draft(fund, payee_id=payee)
    step(payments.submit, found, actor=ASKER)
    made.answer_all(found)
    step(payments.review, found, actor=SECOND)
    step(payments.approve, found, actor=THIRD)
    with pytest.raises(NotPayable, match="Nobody has looked"):
        step(payments.schedule, found, clock.today(), actor=ASKER)
    made.say_ok(payee, clock.today() + timedelta(days=3))
    with pytest.raises(NotPayable, match="over by then"):
        step(payments.schedule, found, clock.today() + timedelta(days=4), actor=ASKER)
    step(payments.schedule, found, clock.today() + timedelta(days=3), actor=ASKER)
    assert state(found) == _S.SCHEDULED


@pytest.mark.parametrize("answer", [Payability.BLOCKED, Payability.SANCTIONS, Payability.UNSAFE])
def test_a_no_about_the_payee_takes_everything_off_its_way(fund, answer):
    payee = made.payee()
    found = made.scheduled(fund, payee_id=payee)
    with transaction():
        version = session.get_one(Payee, payee).version
        payees.say_payability(payee, answer, None, seen_version=version, actor=SECOND)
    assert state(found) == _S.DRAFT
    step(payments.submit, found, actor=ASKER)
    made.answer_all(found)
    step(payments.review, found, actor=SECOND)
    step(payments.approve, found, actor=THIRD)
    with pytest.raises(NotPayable, match="may not be paid"):
        step(payments.schedule, found, clock.today(), actor=ASKER)


def test_another_account_after_the_yes_begins_anew(fund):
    payee = made.payee()
    found = made.scheduled(fund, payee_id=payee)
    with transaction():
        version = session.get_one(Payee, payee).version
        payees.change_details(payee, Details("Another", account="1234"), seen_version=version, actor=ASKER)
    assert state(found) == _S.DRAFT
    session.expire_all()
    row = session.get_one(Payee, payee)
    assert (row.payability, row.takes_sepa) == (Payability.UNCHECKED, False)


def exchange(payee, who):
    session.expire_all()
    with transaction():
        version = session.get_one(Payee, payee).version
        payees.change_details(payee, Details("Thief", account="1234"), seen_version=version, actor=who)


def test_who_wrote_an_account_never_says_that_it_may_be_paid(fund):
    payee = made.payee(is_ok=False)
    until = clock.today() + timedelta(days=30)

    def say(answer, day, who):
        session.expire_all()
        with transaction():
            version = session.get_one(Payee, payee).version
            payees.say_payability(payee, answer, day, seen_version=version, actor=who)

    with pytest.raises(Forbidden, match="somebody else"):
        say(Payability.OK, until, ASKER)
    say(Payability.UNSAFE, None, ASKER)
    say(Payability.OK, until, SECOND)
    exchange(payee, SECOND)
    with pytest.raises(Forbidden):
        say(Payability.OK, until, SECOND)
    say(Payability.OK, until, ASKER)
    with pytest.raises(IntegrityError, match="ok_by_another"), transaction():
        session.execute(update(Payee).where(Payee.id == payee).values(checked_by=SECOND))


def test_an_exchanged_account_is_asked_about_as_a_new_payee_is(fund):
    payee = made.payee()
    made.sent(fund, payee_id=payee)

    def kinds():
        found = made.draft(fund, 12_345, payee_id=payee)
        step(payments.submit, found, actor=ASKER)
        return {each.kind for each in reads.list_checks(found)}

    assert kinds() == {CheckKind.SAME_PAYEE}
    exchange(payee, ASKER)
    made.say_ok(payee)
    assert kinds() == {CheckKind.SAME_PAYEE, CheckKind.NEW_PAYEE}
    made.sent(fund, payee_id=payee)
    assert kinds() == {CheckKind.SAME_PAYEE}


def test_the_rules_raise_questions_and_a_person_answers_them(fund):
    made.limit(60_000)
    payee = made.payee()
    first = made.sent(fund, 40_000, payee_id=payee)
    found = made.draft(fund, 50_000, payee_id=payee)
    step(payments.submit, found, actor=ASKER)
    raised = {each.kind: each for each in reads.list_checks(found)}
    assert set(raised) == {CheckKind.SAME_PAYEE, CheckKind.MONTH_SUM, CheckKind.ROUND_NUMBER}
    assert raised[CheckKind.MONTH_SUM].facts == {"minor": 90_000}
    step(payments.review, found, actor=SECOND)
    with pytest.raises(ChecksOpen):
        step(payments.schedule, found, clock.today(), actor=ASKER)
    with pytest.raises(Forbidden), transaction():
        velocity.answer_check(raised[CheckKind.SAME_PAYEE].id, CheckAnswer.EXPECTED, actor=ASKER)
    made.answer_all(found)
    step(payments.schedule, found, clock.today(), actor=ASKER)
    assert reads.count_with_checks(SECOND) == 0
    assert state(first) == _S.SENT


def test_a_no_to_a_question_makes_a_draft_and_old_answers_count_no_more(fund):
    found = submitted(fund, 50_000)
    kinds = {each.kind for each in reads.list_checks(found)}
    assert kinds == {CheckKind.NEW_PAYEE, CheckKind.ROUND_NUMBER}
    assert reads.count_with_checks(SECOND) == 1
    assert reads.count_with_checks(ASKER) == 0
    one, other = reads.list_checks(found)
    with transaction():
        velocity.answer_check(one.id, CheckAnswer.EXPECTED, actor=SECOND)
    with transaction():
        velocity.answer_check(other.id, CheckAnswer.STOP, actor=SECOND)
    assert state(found) == _S.DRAFT
    with pytest.raises(NotThatStep), transaction():
        velocity.answer_check(other.id, CheckAnswer.EXPECTED, actor=SECOND)
    step(payments.submit, found, actor=ASKER)
    assert velocity.has_open_checks(found)


QUIET = Around(close=0, month=0, month_takes_three=False, alone_takes_three=False, was_paid_before=True, fund_has=10**9)


@pytest.mark.parametrize(
    ("minor", "currency", "around", "kinds"),
    [
        (49_900, "EUR", QUIET, set()),
        (50_000, "EUR", QUIET, {CheckKind.ROUND_NUMBER}),
        (50_001, "EUR", QUIET, set()),
        (500, "JPY", QUIET, {CheckKind.ROUND_NUMBER}),
        (400, "JPY", QUIET, set()),
        (1, "EUR", Around(1, 0, False, False, True, 10), {CheckKind.SAME_PAYEE}),
        (1, "EUR", Around(0, 9, True, True, True, 10), set()),
        (1, "EUR", Around(0, 9, True, False, False, 0),
         {CheckKind.MONTH_SUM, CheckKind.NEW_PAYEE, CheckKind.FUND_SHORT}),
    ],
)  # fmt: skip
def test_each_rule(minor, currency, around, kinds):
    assert set(questions(Money(minor, currency), around)) == kinds


@pytest.mark.parametrize("how", ["failed", "returned", "returned in part"])
def test_what_did_not_arrive_is_taken_back_in_the_books_once(fund, how):
    before = {(each.account, each.money.minor) for each in balances_at(clock.today())}
    found = made.sent(fund, 20_000, fee=100)
    today = clock.today()
    if how == "failed":
        step(sending.fail, found, today, actor=ASKER)
    else:
        back = Money(20_000 if how == "returned" else 19_000, "EUR")
        step(sending.came_back, found, back, today, actor=ASKER)
    after = {(each.account, each.money.minor) for each in balances_at(today)}
    if how == "failed":
        assert after == before
    else:
        fees = 100 if how == "returned" else 1_100
        assert ("expenses:fees", fees) in after
        assert not any(account == "expenses:lawyer" for account, _minor in after)
    for again in (
        lambda: step(sending.fail, found, today, actor=ASKER),
        lambda: step(sending.came_back, found, Money(1, "EUR"), today, actor=ASKER),
    ):
        with pytest.raises(NotThatStep):
            again()
    assert session.scalar(select(func.sum(LedgerPosting.amount))) == 0


def test_nothing_is_sent_twice_and_what_was_sent_is_not_edited(fund):
    found = made.sent(fund)
    with pytest.raises(NotThatStep):
        step(sending.mark_sent, found, Leaving(clock.today(), funds.BANK), actor=ASKER)
    draft = PaymentDraft(fund, Expense.LAWYER, Money(1, "EUR"))
    for act in (
        lambda payment_id, **more: payments.edit_payment(payment_id, draft, **more),
        lambda payment_id, **more: payments.cancel(payment_id, Reason.OTHER, **more),
        lambda payment_id, **more: payments.send_back(payment_id, Reason.OTHER, **more),
    ):
        with pytest.raises(NotThatStep):
            step(act, found, actor=SECOND)
    assert session.scalar(select(func.count()).where(LedgerEntry.memo == Memo.PAYMENT)) == 1


def test_a_receipt_has_to_be_there_to_confirm_by_it(fund):
    found = made.sent(fund)
    with pytest.raises(BadPayment):
        step(sending.confirm, found, ConfirmedBy.RECEIPT, actor=ASKER)
    with transaction():
        evidence.add_pages(found, evidence.draw(made.picture()), FileKind.RECEIPT, actor=ASKER)
    step(sending.confirm, found, ConfirmedBy.RECEIPT, actor=ASKER)
    with pytest.raises(BadPicture):
        evidence.draw(b"\x89PNG" + bytes(10 * 1024 * 1024))
    page = reads.list_files(found)[0]
    assert b"WEBP" not in page.content_sealed
    assert evidence.open_page(page)[8:12] == b"WEBP"
    with pytest.raises(NotThatStep), transaction():
        evidence.remove_page(found, page.id, actor=ASKER)


@pytest.mark.parametrize(
    ("money", "message"),
    [((0, "EUR"), "above zero"), ((-5, "EUR"), "above zero"), ((10**12 + 1, "EUR"), "too large")],
)
def test_amounts_that_cannot_be(fund, money, message):
    with pytest.raises(BadPayment, match=message), transaction():
        payments.draft_payment(fund, None, Expense.LAWYER, Money(*money), None, actor=ASKER)


def test_what_else_cannot_be(fund):
    for arguments in (
        (uuid.uuid4(), None, Expense.LAWYER), (fund, None, Expense.FEES), (fund, uuid.uuid4(), Expense.LAWYER),
    ):  # fmt: skip
        with pytest.raises(BadPayment), transaction():
            payments.draft_payment(*arguments, Money(5, "EUR"), None, actor=ASKER)
    with pytest.raises(NotThatStep):
        step(payments.submit, made.draft(fund), actor=ASKER)
    found = made.scheduled(fund)
    for day, account, fee in (
        (1, funds.BANK, 0), (-1, funds.BANK, 0), (0, funds.BANK, -1), (0, funds.BANK, 10**6), (0, "assets:none", 0),
    ):  # fmt: skip
        leaving = Leaving(clock.today() + timedelta(days=day), account, fee)
        with pytest.raises((BadPayment, ledger.BadEntry)):
            step(sending.mark_sent, found, leaving, actor=ASKER)
    assert state(found) == _S.SCHEDULED
    for ahead in (-1, 61):
        other = submitted(fund, 1_234)
        step(payments.review, other, actor=SECOND)
        with pytest.raises(BadPayment):
            step(payments.schedule, other, clock.today() + timedelta(days=ahead), actor=ASKER)


def test_a_round_makes_one_draft_for_one_thing(fund):
    source = Source("award", uuid.uuid4())
    one = made.draft(fund, source=source)
    assert made.draft(fund, source=source) == one
    assert session.scalar(select(func.count()).select_from(Payment)) == 1


def test_the_note_is_sealed_and_the_descriptor_is_of_a_list(fund):
    found = made.draft(fund, note="for the made-up aunt", descriptor=Descriptor.INVOICE)
    row = session.get_one(Payment, found)
    assert b"aunt" not in row.note_sealed
    assert payments.open_note(row) == "for the made-up aunt"


SQL_REFUSED = (
    "UPDATE payment SET state = 'scheduled', pay_on = current_date, needs_third = false WHERE state = 'submitted'",
    "UPDATE payment SET state = 'reviewed', reviewed_by = asked_by WHERE state = 'submitted'",
    "UPDATE payment SET state = 'reviewed' WHERE state = 'submitted'",
    "UPDATE payment SET amount = 1 WHERE state = 'submitted'",
    "UPDATE payment SET state = 'scheduled', pay_on = current_date, needs_third = false WHERE state = 'reviewed'",
    "UPDATE payment SET state = 'scheduled', pay_on = current_date WHERE state = 'reviewed'",
    "UPDATE payment SET state = 'approved', approved_by = reviewed_by WHERE state = 'reviewed'",
    "UPDATE payment SET state = 'approved', approved_by = asked_by WHERE state = 'reviewed'",
    "UPDATE payment SET state = 'scheduled', pay_on = current_date, amount = 2 WHERE state = 'approved'",
    "UPDATE payment SET state = 'sent', sent_on = current_date, account = 'assets:bank', entry_number = 1"
    " WHERE state IN ('submitted', 'reviewed', 'approved')",
    "UPDATE payment SET state = 'sent' WHERE state = 'scheduled'",
    "UPDATE payment SET state = 'scheduled' WHERE state = 'sent'",
)


def test_the_database_itself_refuses_what_lacks_a_person(fund):
    made.limit(10)
    submitted(fund)
    two = submitted(fund)
    step(payments.review, two, actor=SECOND)
    three = submitted(fund)
    step(payments.review, three, actor=SECOND)
    step(payments.approve, three, actor=THIRD)
    made.scheduled(fund)
    made.sent(fund)
    for statement in SQL_REFUSED:
        with pytest.raises(IntegrityError), transaction():
            assert session.execute(text(statement)).rowcount
