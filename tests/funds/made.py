"""Made-up funds, accounts and entries."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import count
from unittest.mock import patch

from campaign.funds.models import Expense, Fund, FundKind, FundState, Income, Memo, PublicLevel, Rail
from campaign.funds.service import ledger
from campaign.funds.service.ledger import Line, Source
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.money import Money

_numbers = count(1)
_givers: dict[int, str] = {}
BANK = "assets:bank"
TREASURER = uuid.UUID("0d000000-0000-4000-8000-000000000001")


def fund(kind: FundKind = FundKind.CAUSE, state: FundState = FundState.OPEN, **more: object) -> uuid.UUID:
    """A committed fund."""
    number = next(_numbers)
    values: dict[str, object] = {
        "id": uuid.uuid4(), "slug": f"made-up-{number}", "kind": kind, "state": state, "currency": "EUR",
        "titles": {"en": f"Made-up fund {number}"}, "created_on": clock.today(), "submitted_by": uuid.uuid4(),
        "public_level": PublicLevel.HIDDEN, "summaries": {}, "abouts": {},
    }  # fmt: skip
    with transaction():
        made = Fund(**(values | more))
        session.add(made)
        session.flush()
    session.expunge_all()
    return made.id


def bank(title: str = "Bank", rail: Rail = Rail.BANK, currency: str | None = None) -> str:
    """A committed account of ours."""
    with transaction():
        return ledger.open_account(title, rail, currency, actor=None).code


def known_givers(numbers: Collection[int]) -> dict[int, frozenset[str]]:
    """What `gift` said of who gave; stands for the words that gifts have of their donors."""
    return {number: frozenset({_givers[number]}) for number in numbers if _givers.get(number)}


def forget_givers() -> None:
    """Forget whoever gave in the test before."""
    _givers.clear()


@contextmanager
def posted_on(day: date) -> Iterator[None]:
    """What is posted within this is posted at noon of that day."""
    with patch.object(clock, "now", lambda: datetime.combine(day, time(12), UTC)):
        yield


def gift_lines(fund_id: uuid.UUID, minor: int, currency: str = "EUR", account: str = BANK) -> list[Line]:
    """A gift that came in."""
    return [
        Line(account, fund_id, Money(minor, currency)), Line(Income.GIFTS, fund_id, Money(-minor, currency))
    ]  # fmt: skip


def gift(
    fund_id: uuid.UUID, minor: int, currency: str = "EUR", *, day: date | None = None, source: Source | None = None,
    account: str = BANK, giver: str | None = None,
) -> int:  # fmt: skip
    """A committed gift of somebody else each time, or of `giver`, of nobody known where that is empty; gives the number
    of its entry."""
    with transaction():
        number = ledger.post(
            gift_lines(fund_id, minor, currency, account), memo=Memo.GIFT, happened_on=day or clock.today(),
            actor=TREASURER, source=source,
        ).number  # fmt: skip
    _givers[number] = f"giver {number}" if giver is None else giver
    return number


def payment(
    fund_id: uuid.UUID, minor: int, currency: str = "EUR", *, day: date | None = None,
    category: Expense = Expense.LAWYER, account: str = BANK,
) -> int:  # fmt: skip
    """A committed payment; gives the number of its entry."""
    lines = [Line(category, fund_id, Money(minor, currency)), Line(account, fund_id, Money(-minor, currency))]
    with transaction():
        return ledger.post(
            lines, memo=Memo.PAYMENT, happened_on=day or clock.today(), actor=TREASURER, reference="P-17"
        ).number
