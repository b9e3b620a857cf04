"""A payment for a need: nobody else sees to it meanwhile, what arrived fulfils it, and else it is open again."""

import pytest
from sqlalchemy import delete, func, select

from campaign.funds.models import Expense
from campaign.funds.service import rates
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.money import Money
from campaign.needs.models import Need, NeedState, NeedVisibility
from campaign.needs.queries.needs import public_needs
from campaign.needs.service import fulfilment
from campaign.needs.service import needs as needs_service
from campaign.payments.models import ConfirmedBy, Payment, PaymentState, Reason
from campaign.payments.service import payments, sending
from campaign.payments.service.errors import BadPayment
from campaign.prisoners.models import Prisoner
from tests.funds import made as funds
from tests.needs import made as needs
from tests.payments import made
from tests.payments.made import ASKER, SECOND, step
from tests.people.pages import send, staff


@pytest.fixture
def fund(app):
    funds.bank()
    return funds.fund()


@pytest.fixture
def need(app):
    return needs.need(NeedState.APPROVED, amount=Money(12_300, "EUR"))


def test_what_arrived_fulfils_it(fund, need):
    found = made.sent(fund, need_id=need.id)
    assert needs.again(need).state == NeedState.IN_FULFILMENT
    step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    assert needs.again(need).state == NeedState.FULFILLED


@pytest.mark.parametrize("end", ["taken back", "cancelled", "failed", "returned", "returned later"])
def test_what_ended_otherwise_leaves_it_open(fund, need, end):
    if end in {"taken back", "cancelled"}:
        found = made.scheduled(fund, need_id=need.id)
        act = payments.send_back if end == "taken back" else payments.cancel
        step(act, found, Reason.NOT_NEEDED, actor=SECOND)
    else:
        found = made.sent(fund, need_id=need.id)
        if end == "failed":
            step(sending.fail, found, clock.today(), actor=ASKER)
        else:
            if end == "returned later":
                step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
            step(sending.came_back, found, Money(12_300, "EUR"), clock.today(), actor=ASKER)
    assert needs.again(need).state == NeedState.APPROVED


def test_two_payments_never_see_to_one_need(fund, need):
    one, other = (made.draft(fund, need_id=need.id, payee_id=made.payee()) for _ in range(2))
    step(payments.submit, one, actor=ASKER)
    with pytest.raises(Conflict):
        step(payments.submit, other, actor=SECOND)
    session.expire_all()
    assert session.get_one(Payment, other).state == PaymentState.DRAFT


def arrive(fund, minor, need, **more):
    found = made.sent(fund, minor, need_id=need.id, **more)
    step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    return found


def test_a_part_leaves_it_in_fulfilment_until_all_of_it_has_arrived(app, fund, need):
    first, client = arrive(fund, 5_000, need), staff(app, Role.COORDINATOR)
    assert needs.again(need).state == NeedState.IN_FULFILMENT
    page = client.get(f"/staff/needs/{need.id}").text
    assert "still open: €73.00" in page
    assert "A part of it is paid" in page
    payer = staff(app, Role.TREASURER)
    assert 'value="73.00"' in payer.get(f"/staff/payments/new?need={need.id}").text, "what is open is suggested"
    assert "Approved needs that nobody pays for yet" in payer.get("/staff").text
    second = made.sent(fund, 7_300, need_id=need.id)
    assert "Approved needs that nobody pays for yet" not in payer.get("/staff").text
    with pytest.raises(Conflict):
        made.scheduled(fund, 7_300, need_id=need.id)
    step(sending.confirm, second, ConfirmedBy.RELATIVE, actor=ASKER)
    assert needs.again(need).state == NeedState.FULFILLED
    step(sending.came_back, second, Money(7_300, "EUR"), clock.today(), actor=ASKER)
    assert needs.again(need).state == NeedState.IN_FULFILMENT, "the first part has not come back"
    assert needs.again(need).still_open == Money(7_300, "EUR")
    step(sending.came_back, first, Money(5_000, "EUR"), clock.today(), actor=ASKER)
    assert needs.again(need).state == NeedState.APPROVED
    assert needs.again(need).still_open is None


def test_what_left_in_another_currency_counts_at_what_it_was_worth_or_a_person_decides(app, fund, need):
    client, page = staff(app, Role.COORDINATOR), f"/staff/needs/{need.id}"
    arrive(fund, 9_000, need, currency="USD")
    assert needs.again(need).state == NeedState.IN_FULFILMENT
    assert "nobody can reckon what is still open" in client.get(page).text
    assert send(client, page, "/back").status_code == 303
    with transaction():
        found = rates.stage_rates(
            f"Date,USD\n{clock.today()},1.25\n".encode(), file_name="", source="ecb", actor=None
        )  # fmt: skip
        rates.apply_rates(found.id, actor=None)
    arrive(fund, 1_000, need)
    assert needs.again(need).still_open == Money(12_300 - 7_200 - 1_000, "EUR")
    assert send(client, page, "/fulfil").status_code == 303
    assert needs.again(need).state == NeedState.FULFILLED, "somebody says that nothing more is needed"
    assert "still open" not in client.get(page).text


def test_things_are_fulfilled_by_whatever_pays_for_them(fund):
    glasses = needs.need(NeedState.APPROVED, amount=Money(50_000, "EUR"), is_in_kind=True)
    arrive(fund, 12_000, glasses)
    assert needs.again(glasses).state == NeedState.FULFILLED


def test_the_public_sees_about_what_is_open_in_full_tens(app, fund, client):
    who = needs.agreeing()
    need = needs.need(NeedState.APPROVED, prisoner=who, visibility=NeedVisibility.AMOUNT)
    arrive(fund, 12_345, need)
    [shown] = public_needs(who)
    assert (shown.money, shown.still_open) == (Money(30_000, "EUR"), Money(18_000, "EUR"))
    page = client.get(f"/prisoners/{session.get_one(Prisoner, who).slug}").text
    assert "of which about €180.00 are still open" in page


def test_it_is_entered_as_what_the_need_is_for(fund, need):
    with pytest.raises(BadPayment):
        made.draft(fund, need_id=need.id, category=Expense.PARCELS)


def test_a_need_that_was_erased_with_its_person_stops_nothing(fund, need):
    found = made.sent(fund, need_id=need.id)
    with transaction():
        session.execute(delete(Need))
    step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    assert session.get_one(Payment, found).state == PaymentState.CONFIRMED


def test_who_pays_is_told_of_needs_that_nobody_pays_for(fund, need, sign_in):
    treasurer, admin, said = sign_in(Role.TREASURER), sign_in(Role.ADMIN), "Approved needs that nobody pays for yet"
    assert said in treasurer.get("/staff").text
    assert said in treasurer.get("/staff/accounting").text
    assert said not in admin.get("/staff").text
    step(payments.submit, made.draft(fund, need_id=need.id, payee_id=made.payee()), actor=ASKER)
    assert said not in treasurer.get("/staff").text


@pytest.mark.parametrize("act", ["confirm", "fail", "came back", "cancel"])
def test_a_need_that_went_elsewhere_never_keeps_the_money_from_moving_on(fund, need, act):
    found = (made.scheduled if act == "cancel" else made.sent)(fund, need_id=need.id)
    with transaction():
        fulfilment.back_to_approved(need.id, actor=SECOND)
    with transaction():
        needs_service.decline(need.id, "made up", seen_version=needs.again(need).version, actor=SECOND)
    if act == "confirm":
        step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    elif act == "fail":
        step(sending.fail, found, clock.today(), actor=ASKER)
    elif act == "came back":
        step(sending.came_back, found, Money(12_300, "EUR"), clock.today(), actor=ASKER)
    else:
        step(payments.cancel, found, Reason.NOT_NEEDED, actor=SECOND)
    assert needs.again(need).state == NeedState.DECLINED
    assert session.scalar(select(func.count()).where(AuditEntry.action == "need.left")) == 1


def test_nobody_moves_by_hand_what_a_payment_sees_to(app, fund, need):
    client, page = staff(app, Role.COORDINATOR), f"/staff/needs/{need.id}"
    found = made.sent(fund, need_id=need.id)
    for ended in (NeedState.IN_FULFILMENT, NeedState.FULFILLED):
        assert needs.again(need).state == ended
        shown = client.get(page).text
        assert "There is a payment for this need" in shown
        assert "open again" not in shown
        assert "It is fulfilled" not in shown
        for button in ("back", "fulfil"):
            answer = send(client, page, f"/{button}")
            assert answer.status_code == 409
            assert "Nothing was changed" in answer.text
        if ended == NeedState.IN_FULFILMENT:
            step(sending.confirm, found, ConfirmedBy.RELATIVE, actor=ASKER)
    step(sending.came_back, found, Money(12_300, "EUR"), clock.today(), actor=ASKER)
    assert send(client, page, "/begin").status_code == 303
    assert send(client, page, "/fulfil").status_code == 303
    assert needs.again(need).state == NeedState.FULFILLED
