"""Pledges and gifts of the demo, each at another point of its way. All of it is invented, and nobody is behind it."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.funds.models import Fund, FundState
from campaign.gifts.models import Donor, Gift, Pledge, Returning, Schedule, Visibility
from campaign.gifts.service import gifts, instalments, pledging, returning, shown
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.gifts import GiftDraft
from campaign.gifts.service.pledging import PledgeDraft
from campaign.kernel import clock
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.site.demo_funds import BANK, SERVICE

PLEDGES: tuple[tuple[int, Schedule, int | None, str, int], ...] = (
    (2_000, Schedule.MONTHLY, None, "", 40), (5_000, Schedule.MONTHLY, 12, "A neighbour", 35),
    (1_000, Schedule.QUARTERLY, None, "", 30), (10_000, Schedule.ONCE, 1, "Choir of Thursday", 6),
    (2_500, Schedule.ONCE, 1, "", 25), (1_500, Schedule.MONTHLY, 6, "Marmot", 3), (3_000, Schedule.ONCE, 1, "", 1),
)  # fmt: skip
"""Amount, how often, how many times, what they are called, and how many days ago they pledged."""


def make_gifts() -> None:
    """Make them in the open transaction; after the funds, before their months are closed."""
    account = find_account_by_name("treasurer-1")
    funds = session.scalars(
        select(Fund).where(Fund.is_demo, Fund.state == FundState.OPEN).order_by(Fund.number)
    ).all()  # fmt: skip
    actor, today = account.id if account else None, clock.today()
    takes = [each for each in funds if pledging.takes_pledges(each)]
    if not takes:
        return
    made = [_pledge(takes[0], number, today) for number in range(len(PLEDGES))]
    for pledge in made[:3]:
        came = _gift(
            takes[0], Money(pledge.amount, "EUR"), today - timedelta(days=20), actor, account=BANK, pledge=pledge
        )
        gifts.settle(came.id, happened_on=came.expected_on, actor=actor)
    _gifts_by_hand(funds, today, actor)
    shown.move_on(today)


def _gifts_by_hand(funds: Sequence[Fund], today: date, actor: uuid.UUID | None) -> None:
    """Announced, partly given back, disputed, to go back in part, and for two funds: one of each."""
    first, second = funds[:2]
    _gift(first, Money(7_500, "EUR"), today, actor, account=SERVICE, fee=225)
    for at, fund in enumerate((first, second, first)):
        came = _gift(fund, Money(4_000 + 500 * at, "EUR"), today - timedelta(days=4), actor, account=SERVICE, fee=120)
        gifts.settle(came.id, happened_on=came.expected_on, actor=actor)
        if at == 0:
            gifts.refund(came.id, Money(1_000, "EUR"), happened_on=today, seen_version=None, actor=actor)
        if at == 1:
            gifts.dispute(came.id, happened_on=today, seen_version=None, actor=actor)
        if at == 2 and actor is not None:
            returning.ask(
                came.id, Returning.REFUND, happened_on=today, seen_version=came.version, actor=actor,
                amount=Money(2_000, "EUR"),
            )  # fmt: skip
    both = gifts.write_down(
        GiftDraft(
            account=BANK, gross=Money(20_000, "EUR"), allocations={first.id: 12_000, second.id: 8_000},
            expected_on=today - timedelta(days=2), donor=DonorDraft(name="Made-Up Giver", alias="Made-up choir"),
        ),
        actor=actor, is_demo=True,
    )  # fmt: skip
    gifts.settle(both.id, happened_on=both.expected_on, actor=actor)


def _gift(
    fund: Fund, gross: Money, day: date, actor: uuid.UUID | None, *, account: str, fee: int = 0,
    pledge: Pledge | None = None,
) -> Gift:  # fmt: skip
    draft = GiftDraft(
        account=account, gross=gross, fee=fee, allocations={fund.id: 0}, expected_on=day,
        pledge_id=pledge.id if pledge else None,
    )  # fmt: skip
    return gifts.write_down(draft, actor=actor, is_demo=True)


def _pledge(fund: Fund, number: int, today: date) -> Pledge:
    """One that was confirmed some days ago."""
    amount, schedule, times, alias, ago = PLEDGES[number]
    draft = PledgeDraft(
        mailbox=read_address(f"made-up-giver-{number}@example.org"), amount=Money(amount, "EUR"), schedule=schedule,
        times=times, starts_on=today, wants_reminders=True, language="en", alias=alias,
        visibility=Visibility.PRIVATE if alias else Visibility.SECRET,
    )  # fmt: skip
    pledging.pledge(fund, draft, is_demo=True)
    known = set(session.scalars(select(Pledge.id).where(Pledge.confirmed_on.is_not(None))))
    found = session.scalars(select(Pledge).where(Pledge.fund_id == fund.id, Pledge.id.not_in(known))).one()
    pledging.confirm(found.id)
    found.made_on = found.confirmed_on = found.starts_on = today - timedelta(days=ago)
    for each in instalments.list_instalments(found.id):
        each.due_on = instalments.day_of(found, each.number)
    donor = session.get_one(Donor, found.donor_id)
    donor.made_on = found.made_on
    session.flush()
    return found
