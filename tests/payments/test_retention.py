"""What of payments goes away by itself: papers and notes after three years, details of payees a year after."""

from datetime import UTC, datetime

import pytest
import time_machine

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import retention_rules
from campaign.payments.models import ConfirmedBy, FileKind, Payee, Payment
from campaign.payments.queries import payments as reads
from campaign.payments.service import evidence, payees, payments, sending
from campaign.payments.service.errors import BadPayee
from tests.funds import made as funds
from tests.payments import made
from tests.payments.made import ASKER, step

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def fund(app):
    funds.bank()
    return funds.fund()


def run(name):
    with transaction():
        return retention_rules[name].apply(clock.today())


def test_notes_and_papers_go_three_years_after_the_end(fund):
    with time_machine.travel(BEGIN, tick=False):
        ended, living = (made.draft(fund, note="made up") for _ in range(2))
        for each in (ended, living):
            with transaction():
                evidence.add_pages(each, evidence.draw(made.picture()), FileKind.BILL, actor=ASKER)
        step(payments.cancel, ended, "other", actor=ASKER)
    with time_machine.travel(datetime(2029, 2, 27, 12, tzinfo=UTC), tick=False):
        assert run("payment-evidence") == 0
    with time_machine.travel(datetime(2029, 3, 2, 12, tzinfo=UTC), tick=False):
        assert run("payment-evidence") == 2
        assert run("payment-evidence") == 0
    session.expire_all()
    assert (session.get_one(Payment, ended).note_sealed, reads.list_files(ended)) == (None, [])
    assert session.get_one(Payment, living).note_sealed
    assert len(reads.list_files(living)) == 1


def test_where_no_statement_comes_the_confirmation_is_the_end(fund):
    with time_machine.travel(BEGIN, tick=False):
        paid, waiting = (made.sent(fund, note="made up") for _ in range(2))
        with transaction():
            evidence.add_pages(paid, evidence.draw(made.picture()), FileKind.RECEIPT, actor=ASKER)
    with time_machine.travel(datetime(2026, 4, 1, 12, tzinfo=UTC), tick=False):
        step(sending.confirm, paid, ConfirmedBy.RECEIPT, actor=ASKER)
    with time_machine.travel(datetime(2029, 3, 30, 12, tzinfo=UTC), tick=False):
        assert run("payment-evidence") == 0
    with time_machine.travel(datetime(2029, 3, 31, 1, tzinfo=UTC), tick=False):
        assert run("payment-evidence") == 2
    session.expire_all()
    assert (session.get_one(Payment, paid).note_sealed, reads.list_files(paid)) == (None, [])
    assert session.get_one(Payment, waiting).note_sealed


def test_details_of_payees_go_a_year_after_they_are_paid_no_more(fund):
    with time_machine.travel(BEGIN, tick=False):
        payee, other = made.payee(), made.payee()
        under_way = made.scheduled(fund, payee_id=payee)
        with transaction():
            version = session.get_one(Payee, payee).version
            payees.set_active(payee, is_active=False, seen_version=version, actor=ASKER)
        session.expire_all()
        assert session.get_one(Payment, under_way).state == "draft"
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False):
        assert run("payee-details") == 0
    with time_machine.travel(datetime(2027, 3, 2, 12, tzinfo=UTC), tick=False):
        assert run("payee-details") == 1
    session.expire_all()
    gone = session.get_one(Payee, payee)
    assert gone.details_sealed is None
    assert session.get_one(Payee, other).details_sealed
    with pytest.raises(BadPayee), transaction():
        payees.set_active(payee, is_active=True, seen_version=gone.version, actor=ASKER)
