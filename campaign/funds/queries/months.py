"""Reads of closed months, and what the ledger itself has open before one is closed."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from campaign.funds.models import (
    UNASSIGNED,
    AccountKind,
    LedgerMonth,
    LedgerProposal,
    MonthState,
    ProposalState,
)
from campaign.funds.queries.balances import account_balances_at
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_money import MonthCheck


def list_closed() -> Sequence[LedgerMonth]:
    """Closed months, the last one first."""
    statement = select(LedgerMonth).where(LedgerMonth.state == MonthState.CLOSED)
    return session.scalars(statement.order_by(LedgerMonth.starts_on.desc())).all()


def find_proposed() -> LedgerMonth | None:
    """The month that waits for a second person."""
    return session.scalar(select(LedgerMonth).where(LedgerMonth.state == MonthState.PROPOSED))


def list_checks(first: date, last: date) -> Sequence[MonthCheck]:
    """What the ledger itself has open of a month."""
    waiting = select(func.count()).where(
        LedgerProposal.state == ProposalState.WAITING, LedgerProposal.happened_on <= last
    )
    standing = account_balances_at(last)
    below = sum(
        1 for code, amounts in standing.items() for each in amounts
        if code.startswith(f"{AccountKind.ASSETS}:") and each.minor < 0
    )  # fmt: skip
    unassigned = len(standing.get(UNASSIGNED, ()))
    return [
        # Once the month is closed they could not be posted any more.
        MonthCheck(
            N_("Entries of this month, or of one before, that wait for a second person"),
            session.scalar(waiting) or 0, "funds_staff.list_proposals", is_blocking=True,
        ),
        MonthCheck(
            N_("Accounts of ours that stood below zero at the end of the month"), below, "funds_staff.list_accounts"
        ),
        MonthCheck(
            N_("Currencies in which money lay with us whose purpose was not known"), unassigned,
            "funds_staff.list_entries", {"account": str(UNASSIGNED)},
        ),
    ]  # fmt: skip
