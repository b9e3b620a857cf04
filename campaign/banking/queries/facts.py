"""What a line says to other parts: day, account, amount and references, and nothing of whom it is from."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Row, Select, select

from campaign.banking.models import BankLine
from campaign.funds.models import LedgerAccount
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts


def find_line(line_id: uuid.UUID) -> BankLine | None:
    """One line, or None."""
    return session.get(BankLine, line_id)


def get_line(line_id: uuid.UUID) -> BankLine:
    """One line. Raises NotFound."""
    found = find_line(line_id)
    if found is None:
        raise NotFound
    return found


def facts_of(line_id: uuid.UUID) -> BankFacts:
    """What a line says; its amount is what is still open of it, zero once all of it is told. Raises NotFound."""
    found = facts_by_line([line_id])
    if not found:
        raise NotFound
    return found[0]


def facts_by_line(line_ids: Collection[uuid.UUID]) -> Sequence[BankFacts]:
    """The same of many, the oldest first; what is gone is left out."""
    return [_facts(row) for row in session.execute(_statement().where(BankLine.id.in_(line_ids)))]


def _statement() -> Select[uuid.UUID, str, date, int, str, list[str]]:
    return (
        select(BankLine.id, LedgerAccount.code, BankLine.day, BankLine.open_amount, BankLine.currency, BankLine.codes)
        .join(LedgerAccount, LedgerAccount.id == BankLine.account_id)
        .order_by(BankLine.day, BankLine.id)
    )


def _facts(row: Row[uuid.UUID, str, date, int, str, list[str]]) -> BankFacts:
    line_id, code, day, amount, currency, codes = row
    return BankFacts(line_id, code, day, Money(amount, currency), frozenset(codes))
