"""Reports for treasurers, each as a table with its picture: to look at, to print, to save."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.accounting.forms import words
from campaign.accounting.queries import months, spending, waiting
from campaign.funds.forms.words import account_words
from campaign.funds.models import AccountKind, Expense
from campaign.funds.queries.balances import balances_at
from campaign.funds.queries.funds import names_of
from campaign.funds.queries.rates import worth
from campaign.kernel.money import Money
from campaign.kernel.months import Month, first_day, month_of, shifted, span
from campaign.web.i18n import current_language, day_of
from campaign.web.report_bars import Bar

LENGTHS = (3, 6, 12, 24)
Cell = str | int | Money


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    day: date
    """The last day that counts."""
    length: int
    """Months, of those reports that go by them."""
    currency: str

    @property
    def months(self) -> Sequence[Month]:
        """They, the oldest first."""
        last = month_of(self.day)
        return list(span(shifted(last, 1 - self.length), last))


@dataclass(frozen=True, slots=True)
class Table:
    """What a report says."""

    finding: str
    """The whole of it in a sentence, beside the picture and in place of it."""
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    """The first cell is the name of the row."""
    bars: Sequence[Bar] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kind:
    """One report."""

    title: object
    lead: object
    make: Callable[[Asked], Table]
    asks: frozenset[str]
    """What of `Asked` it goes by: day, length, currency."""


def bar_of(name: str, money: Money) -> Bar:
    """An amount as a bar."""
    return Bar(name, (max(money.minor, 0),), money.format(current_language()))


def cash(asked: Asked) -> Table:
    """What lies where, for which fund."""
    found = [each for each in balances_at(asked.day) if each.kind in {AccountKind.ASSETS, AccountKind.LIABILITIES}]
    accounts, funds = account_words(), names_of({each.fund_id for each in found}, current_language())
    rows: list[Sequence[Cell]] = sorted(
        ((funds[each.fund_id], accounts.get(each.account, each.account), each.money) for each in found),
        key=lambda row: (str(row[0]), str(row[1])),
    )
    together: dict[str, int] = defaultdict(int)
    unknown = set()
    for each in found:
        about = worth(each.money, asked.currency, asked.day)
        if about is None:
            unknown.add(each.money.currency)
        else:
            together[funds[each.fund_id]] += about.minor
    total = Money(sum(together.values()), asked.currency).format(current_language())
    finding = _("On %(day)s about %(total)s lay with us.", day=day_of(asked.day), total=total)
    if unknown:
        finding += " " + _("Not counted in: %(currencies)s.", currencies=", ".join(sorted(unknown)))
    bars = [bar_of(name, Money(minor, asked.currency)) for name, minor in sorted(together.items(), key=_largest)]
    return Table(finding, [_("Fund"), _("Account in the books"), _("Amount")], rows, bars)


def categories(asked: Asked) -> Table:
    """What help cost, by what it was for."""
    first, last = first_day(asked.months[0]), first_day(asked.months[-1])
    spent = spending.spent_by_month(first, last, asked.currency)
    known = [code for code in map(str, Expense) if code in spent]
    rows: list[Sequence[Cell]] = [
        (words.long_month(month), *(Money(spent[code].get(month, 0), asked.currency) for code in known))
        for month in reversed(asked.months)
    ]
    sums = {code: sum(spent[code].values()) for code in known}
    rows.append((_("Together"), *(Money(sums[code], asked.currency) for code in known)))
    total = Money(sum(sums.values()), asked.currency).format(current_language())
    finding = _("Spent in these months: %(total)s.", total=total)
    bars = [
        bar_of(words.category(code), Money(minor, asked.currency)) for code, minor in sorted(sums.items(), key=_largest)
    ]
    return Table(finding, [_("Month"), *(words.category(code) for code in known)], rows if known else [], bars)


def helped(asked: Asked) -> Table:
    """How many payments there were, and how many they helped."""
    rows, bars, everybody = [], [], set()
    for month in asked.months:
        payments, who = _helped_in(month)
        everybody |= who
        known = months.known_of(who)
        rows.append((words.long_month(month), payments, known))
        bars.append(Bar(words.short_month(month), (known,), str(format_decimal(known))))
    finding = _(
        "Helped in these months: %(count)s people and families.", count=format_decimal(months.known_of(everybody))
    )
    return Table(finding, [_("Month"), _("Payments"), _("People and families")], rows[::-1] if everybody else [], bars)


def unmatched(asked: Asked) -> Table:
    """Lines of statements that stand for nothing yet, by how long they have waited."""
    found, accounts = waiting.unmatched(asked.day), account_words()
    rows = [
        (
            accounts.get(each.account, each.account), _age(each.age), each.count, Money(each.came, each.currency),
            Money(each.went, each.currency),
        )
        for each in found
    ]  # fmt: skip
    counts = [sum(each.count for each in found if each.age == age) for age in range(len(waiting.AGES) + 1)]
    bars = [Bar(_age(age), (count,), str(format_decimal(count))) for age, count in enumerate(counts)]
    finding = _("Lines that stand for nothing yet: %(count)s.", count=format_decimal(sum(counts)))
    head = [_("Account in the books"), _("Waiting"), _("Lines"), _("Came in"), _("Went out")]
    return Table(finding, head, rows, bars)


def pledges(asked: Asked) -> Table:
    """What was promised and has not come, by how long ago its day was."""
    found = waiting.pledged(asked.day)
    rows = [(_late(each.age), each.currency, each.count, Money(each.amount, each.currency)) for each in found]
    counts = {age: sum(each.count for each in found if each.age == age) for age in range(-1, len(waiting.AGES) + 1)}
    bars = [Bar(_late(age), (count,), str(format_decimal(count))) for age, count in counts.items()]
    late = sum(count for age, count in counts.items() if age >= 0)
    finding = _("Parts of pledges whose day is over: %(count)s. Pledged is not given.", count=format_decimal(late))
    return Table(finding, [_("Day"), _("Currency"), _("Parts"), _("Not come yet")], rows, bars)


def _late(group: int) -> str:
    return str(_("still to come")) if group < 0 else _age(group)


def _age(group: int) -> str:
    """How long something in a group has waited."""
    if group == 0:
        return str(_("up to %(count)s days", count=waiting.AGES[0]))
    if group == len(waiting.AGES):
        return str(_("longer than %(count)s days", count=waiting.AGES[-1]))
    return str(_("%(first)s to %(last)s days", first=waiting.AGES[group - 1] + 1, last=waiting.AGES[group]))


def _helped_in(month: Month) -> tuple[int, set[str]]:
    sums = months.sums_between(first_day(month), words.last_day(first_day(month)))
    spent = {code: each for code, each in sums.items() if code in set(Expense) - {Expense.FEES}}
    numbers = {number for each in spent.values() for number in each.came - each.undone}
    return sum(each.count for each in spent.values()), set(months.helped_by(numbers).values())


def _largest(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


KINDS: Mapping[str, Kind] = {
    "cash": Kind(
        _l("What lies where"),
        _l("By fund and by account, at the end of any day; what is owed out of it is below zero."),
        cash, frozenset({"day"}),
    ),
    "categories": Kind(
        _l("What it was spent on"),
        _l("By category and month, in one currency, as it stands in the books."),
        categories, frozenset({"day", "length", "currency"}),
    ),
    "pledges": Kind(
        _l("Pledges that have not come"),
        _l("Parts of pledges that are kept, by how long ago their day was; who pledged is said nowhere here."),
        pledges, frozenset(),
    ),
    "unmatched": Kind(
        _l("Unmatched lines"),
        _l("Lines of statements that stand for nothing in the books yet, by account and by how long they have waited."),
        unmatched, frozenset({"day"}),
    ),
    "helped": Kind(
        _l("Who was helped"),
        _l("How many payments there were, and how many people and families they helped; who they are is said nowhere."),
        helped, frozenset({"day", "length"}),
    ),
}  # fmt: skip
