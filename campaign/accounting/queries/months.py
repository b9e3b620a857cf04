"""What came in and went out over some days, with what lies behind each sum."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BigInteger, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from campaign.funds.models import AccountKind, Income, LedgerAccount, LedgerEntry, LedgerPosting
from campaign.funds.queries.balances import account_balances_at
from campaign.funds.queries.givers import count_apart, words_of
from campaign.kernel.db import session
from campaign.needs.models import Need
from campaign.payments.models import Payment


@dataclass(slots=True)
class Sum:
    """What one account took up."""

    amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By currency; above zero is what one expects of it: income that came, an expense that was made."""
    came: set[int] = field(default_factory=set)
    """Numbers of entries that take nothing back."""
    gone: set[int] = field(default_factory=set)
    """Numbers of those that took something back."""
    undone: set[int] = field(default_factory=set)
    """Numbers of the entries that were taken back by them."""

    @property
    def count(self) -> int:
        """How many it was, less those taken back."""
        return len(self.came) - len(self.gone)


def sums_between(first: date, last: date) -> Mapping[str, Sum]:
    """By code: every account of income and of expenses that took up anything on these days."""
    posting, entry = LedgerPosting, LedgerEntry
    is_income = LedgerAccount.kind == AccountKind.INCOME
    is_more = (posting.amount < 0) == is_income
    number = posting.entry_number
    statement = (
        select(
            LedgerAccount.code, posting.currency, func.sum(posting.amount),
            func.array_agg(number.distinct()).filter(is_more, entry.reverses.is_(None)),
            func.array_agg(number.distinct()).filter(~is_more),
            func.array_agg(entry.reverses.distinct()).filter(entry.reverses.is_not(None)),
        )
        .join(entry, entry.number == number)
        .join(LedgerAccount, LedgerAccount.id == posting.account_id)
        .where(
            posting.happened_on.between(first, last), LedgerAccount.kind.in_((AccountKind.INCOME, AccountKind.EXPENSES))
        )
        .group_by(LedgerAccount.code, posting.currency)
    )  # fmt: skip
    found: dict[str, Sum] = defaultdict(Sum)
    for code, currency, amount, came, gone, undone in session.execute(statement):
        each = found[code]
        each.amounts[currency] += -int(amount) if code.startswith(f"{AccountKind.INCOME}:") else int(amount)
        each.came |= set(came or ())
        each.gone |= set(gone or ())
        each.undone |= {one for one in undone or () if one is not None}
    return found


def gifts_of(sums: Mapping[str, Sum]) -> int:
    """How many gifts and grants came, less those that went back."""
    return sum(each.count for each in _given(sums))


def givers_of(sums: Mapping[str, Sum]) -> int:
    """How many people gave them at least, as far as that is known."""
    return count_apart(words_of({number for each in _given(sums) for number in each.came - each.undone}).values())


def _given(sums: Mapping[str, Sum]) -> list[Sum]:
    return [each for code, each in sums.items() if code in {Income.GIFTS, Income.GRANTS}]


def left_at(day: date) -> dict[str, int]:
    """What lay with us at the end of a day, less what was owed out of it, by currency."""
    found: dict[str, int] = defaultdict(int)
    for code, amounts in account_balances_at(day).items():
        if code.partition(":")[0] in {AccountKind.ASSETS, AccountKind.LIABILITIES}:
            for each in amounts:
                found[each.currency] += each.minor
    return {currency: minor for currency, minor in found.items() if minor}


def has_corrections(first: date, last: date) -> bool:
    """Whether an entry of before was taken back on these days."""
    before = aliased(LedgerEntry)
    statement = (
        select(LedgerEntry.number)
        .join(before, before.number == LedgerEntry.reverses)
        .where(LedgerEntry.happened_on.between(first, last), before.happened_on < first)
        .limit(1)
    )
    return session.scalar(statement) is not None


def helped_by(numbers: Collection[int]) -> Mapping[int, str]:
    """Whom each of these entries helped, as a word that tells two apart and is never shown: the prisoner of the need
    that it was for, else whoever was paid; an entry of which nobody knows more counts by itself."""
    wanted = literal(list(numbers), ARRAY(BigInteger))
    statement = (
        select(Payment.entry_number, Need.prisoner_id, Payment.payee_id)
        .outerjoin(Need, Need.id == Payment.need_id)
        .where(Payment.entry_number == any_(wanted))
    )
    found = {number: f"entry:{number}" for number in numbers}
    for number, prisoner, payee in session.execute(statement):
        if number is not None and (prisoner or payee):
            found[number] = f"prisoner:{prisoner}" if prisoner else f"payee:{payee}"
    return found


def known_of(helped: Iterable[str]) -> int:
    """How many of these are people or families of whom something is known: what may be claimed."""
    return sum(1 for who in set(helped) if not who.startswith("entry:"))
