"""Reads of the journal: entries with their lines, the chart of accounts, and what waits to be posted."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, func, select

from campaign.funds.models import (
    FIXED,
    AccountKind,
    LedgerAccount,
    LedgerEntry,
    LedgerPosting,
    LedgerProposal,
    Memo,
    ProposalState,
)
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Shown:
    """One line as a page shows it."""

    entry: int
    line: int
    account: str
    fund_id: uuid.UUID
    money: Money


def entries(
    *, fund_id: uuid.UUID | None = None, account: str = "", memo: str = "", since: date | None = None,
    until: date | None = None, number: int | None = None,
) -> Select[LedgerEntry]:  # fmt: skip
    """Entries for a list, newest day first."""
    statement = select(LedgerEntry)
    if fund_id is not None or account:
        line = select(LedgerPosting.line).where(LedgerPosting.entry_number == LedgerEntry.number)
        if fund_id is not None:
            line = line.where(LedgerPosting.fund_id == fund_id)
        if account:
            of = select(LedgerAccount.id).where(LedgerAccount.code == account).scalar_subquery()
            line = line.where(LedgerPosting.account_id == of)
        statement = statement.where(exists(line))
    if memo in set(Memo):
        statement = statement.where(LedgerEntry.memo == memo)
    if since is not None:
        statement = statement.where(LedgerEntry.happened_on >= since)
    if until is not None:
        statement = statement.where(LedgerEntry.happened_on <= until)
    if number is not None:
        statement = statement.where(LedgerEntry.number == number)
    return statement.order_by(LedgerEntry.happened_on.desc(), LedgerEntry.number.desc())


def postings_of(fund_id: uuid.UUID) -> Select[LedgerPosting, LedgerEntry, str]:
    """Lines of one fund with their entries and the codes of their accounts, newest day first."""
    return (
        select(LedgerPosting, LedgerEntry, LedgerAccount.code)
        .join(LedgerEntry, LedgerEntry.number == LedgerPosting.entry_number)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.fund_id == fund_id)
        .order_by(LedgerPosting.happened_on.desc(), LedgerPosting.entry_number.desc(), LedgerPosting.line)
    )


def lines_by_entry(numbers: Collection[int]) -> Mapping[int, Sequence[Shown]]:
    """The lines of some entries, by entry, in their order."""
    statement = (
        select(LedgerPosting, LedgerAccount.code)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.entry_number.in_(numbers))
        .order_by(LedgerPosting.entry_number, LedgerPosting.line)
    )
    found: dict[int, list[Shown]] = {number: [] for number in numbers}
    for each, code in session.execute(statement):
        money = Money(each.amount, each.currency)
        found[each.entry_number].append(Shown(each.entry_number, each.line, code, each.fund_id, money))
    return found


def get_entry(number: int) -> LedgerEntry:
    """One entry; raises NotFound."""
    found = session.get(LedgerEntry, number) if number < 2**63 else None
    if found is None:
        raise NotFound
    return found


def find_reversal(number: int) -> int | None:
    """The entry that took this one back; None while none did."""
    return session.scalar(select(LedgerEntry.number).where(LedgerEntry.reverses == number))


def list_assets(*, only_open: bool = False) -> Sequence[LedgerAccount]:
    """The places where money lies, by code."""
    statement = select(LedgerAccount).where(LedgerAccount.kind == AccountKind.ASSETS)
    if only_open:
        statement = statement.where(LedgerAccount.is_open)
    return session.scalars(statement.order_by(LedgerAccount.code)).all()


def list_codes(*, only_open: bool = False) -> list[str]:
    """Every account that can be chosen: ours first, then the fixed ones in their order."""
    return [*(each.code for each in list_assets(only_open=only_open)), *(str(each) for each in FIXED)]


def titles_of_assets() -> dict[str, str]:
    """What the places where money lies are called, by code."""
    return {each.code: each.title for each in list_assets()}


def proposals(*, state: str = ProposalState.WAITING) -> Select[LedgerProposal]:
    """Entries that wait for a second person, the oldest first; or those of another state, newest first."""
    statement = select(LedgerProposal)
    if state in set(ProposalState):
        statement = statement.where(LedgerProposal.state == state)
    order = LedgerProposal.asked_at if state == ProposalState.WAITING else LedgerProposal.asked_at.desc()
    return statement.order_by(order, LedgerProposal.id)


def get_proposal(proposal_id: uuid.UUID) -> LedgerProposal:
    """One of them; raises NotFound."""
    found = session.get(LedgerProposal, proposal_id)
    if found is None:
        raise NotFound
    return found


def count_proposals_waiting() -> int:
    """How many entries wait for a second person."""
    return session.scalar(select(func.count()).where(LedgerProposal.state == ProposalState.WAITING)) or 0
