"""Made-up donors, pledges and gifts."""

import uuid
from datetime import date

from sqlalchemy import func, select

from campaign.funds.models import Fund, FundGiving, GivingState, Income, LedgerAccount, LedgerPosting, PublicLevel
from campaign.gifts.models import Gift, Pledge, PledgeState, Schedule, Visibility
from campaign.gifts.service import gifts, pledging
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.gifts import GiftDraft
from campaign.gifts.service.pledging import PledgeDraft
from campaign.kernel import clock
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money
from tests.funds import made

BANK, TREASURER = made.BANK, made.TREASURER
ADDRESS = "anna.made-up@example.org"


def open_fund(**more: object) -> Fund:
    """A public fund of which it is told where to give."""
    fund_id = made.fund(**({"public_level": PublicLevel.FIGURES} | more))
    with transaction():
        session.add(
            FundGiving(
                id=uuid.uuid4(), fund_id=fund_id, state=GivingState.RELEASED, texts={"en": "To the *made-up* account."},
                asked_by=uuid.uuid4(), asked_at=clock.now(), decided_by=uuid.uuid4(), decided_on=clock.today(),
            )
        )  # fmt: skip
    return session.get_one(Fund, fund_id)


def draft(address: str = ADDRESS, **more: object) -> PledgeDraft:
    """What a donor sends."""
    values: dict[str, object] = {
        "mailbox": read_address(address), "amount": Money(2_000, "EUR"), "schedule": Schedule.ONCE, "times": 1,
        "starts_on": clock.today(), "wants_reminders": True, "language": "en", "alias": "",
        "visibility": Visibility.SECRET,
    }  # fmt: skip
    return PledgeDraft(**(values | more))  # type: ignore[arg-type]


def pledge(fund: Fund, address: str = ADDRESS, *, confirmed: bool = True, **more: object) -> Pledge:
    """A committed pledge, confirmed unless it is said otherwise."""
    with transaction():
        pledging.pledge(fund, draft(address, **more))
    found = newest()
    if confirmed:
        with transaction():
            pledging.confirm(found.id)
    session.expire_all()
    return found


def newest() -> Pledge:
    """The pledge that was made last."""
    return session.scalars(
        select(Pledge).order_by((Pledge.state != PledgeState.PENDING), Pledge.confirmed_on.desc(), Pledge.id)
    ).first() or session.scalars(select(Pledge)).one()  # fmt: skip


def gift(fund: Fund | uuid.UUID, minor: int = 5_000, currency: str = "EUR", **more: object) -> Gift:
    """A committed gift that is announced."""
    fund_id = fund if isinstance(fund, uuid.UUID) else fund.id
    values: dict[str, object] = {
        "account": BANK,
        "gross": Money(minor, currency),
        "allocations": {fund_id: 0},
        "expected_on": clock.today(),
    }
    with transaction():
        return gifts.write_down(GiftDraft(**(values | more)), actor=TREASURER)  # type: ignore[arg-type]


def settled(fund: Fund | uuid.UUID, minor: int = 5_000, *, day: date | None = None, **more: object) -> Gift:
    """A committed gift that has come."""
    made_up = gift(fund, minor, **more)  # type: ignore[arg-type]
    with transaction():
        return gifts.settle(made_up.id, happened_on=day or clock.today(), actor=TREASURER)


def donor(address: str = ADDRESS, **more: object) -> DonorDraft:
    """Somebody whose name and address are known."""
    return DonorDraft(name="Anna Made-Up", mailbox=read_address(address), **more)  # type: ignore[arg-type]


def income(fund: Fund | uuid.UUID) -> int:
    """What the ledger says that gifts brought to a fund, in all currencies."""
    fund_id = fund if isinstance(fund, uuid.UUID) else fund.id
    statement = (
        select(func.coalesce(func.sum(LedgerPosting.amount), 0))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.fund_id == fund_id, LedgerAccount.code == Income.GIFTS)
    )
    return -int(session.scalar(statement) or 0)
