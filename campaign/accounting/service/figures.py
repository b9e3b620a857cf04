"""The figures of a report for the public: sums by category, rounded, and never of fewer than five."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from campaign.accounting.queries import months
from campaign.accounting.queries.months import Sum
from campaign.accounting.service.disclosure import FEWEST, Cell, coarse, shown_of, with_fees
from campaign.funds.models import AccountKind, Expense
from campaign.funds.queries.funds import find_general
from campaign.funds.queries.rates import EURO, worth
from campaign.kernel.money import Money, exponent

OTHER = "other"
"""What is too little to be shown by itself, together."""
Content = dict[str, Any]


def draw_up(first: date, last: date) -> Content | None:
    """What may be said of these days; None where too little lies behind it.

    All amounts in one currency, at about what they were worth on the last day, in full tens. None of the sums can be
    subtracted from another to find what fewer than five gave or got: income is shown from five gifts on or not at all,
    and so is spending; what is left follows from both and from the report before, so it is shown with both alone.
    """
    currency, sums = base_currency(), months.sums_between(first, last)
    scale = _Scale(currency, last)
    income = {code: each for code, each in sums.items() if code.startswith(f"{AccountKind.INCOME}:")}
    received = sum(scale.worth_of(each.amounts) for each in income.values())
    gifts = months.gifts_of(sums)
    if income and (min(gifts, months.givers_of(sums)) < FEWEST or received <= 0):
        return None
    cells = {code: _cell(each, scale) for code, each in sums.items() if code not in income}
    fees = cells.pop(Expense.FEES, Cell())
    shown = shown_of(cells, never_alone=frozenset({Expense.OTHER}))
    shown = with_fees(shown, Expense.FEES, fees) if shown else None
    if shown is None:
        return None
    lines = [[code, scale.in_tens(cell.minor)] for code, cell in shown.cells]
    if shown.rest is not None:
        lines.append([OTHER, scale.in_tens(shown.rest.minor)])
    spent = sum(cell.minor for cell in (*cells.values(), fees))
    helped = {who for cell in cells.values() for who in cell.helped}
    return {
        "currency": currency, "received": scale.in_tens(received), "gifts": coarse(gifts), "lines": lines,
        "spent": scale.in_tens(spent), "helped": coarse(months.known_of(helped)),
        "left": scale.in_tens(scale.worth_of(months.left_at(last))), "is_about": scale.is_about,
        "is_short": scale.is_short, "corrects": months.has_corrections(first, last),
    }  # fmt: skip


def base_currency() -> str:
    """The currency in which the public is told: that of the general fund."""
    general = find_general()
    return general.currency if general is not None else EURO


class _Scale:
    """Amounts of any currency in one, of a day; remembers what it could not tell."""

    def __init__(self, currency: str, day: date) -> None:
        self.currency, self.day = currency, day
        self.is_about, self.is_short = False, False

    def worth_of(self, amounts: Mapping[str, int]) -> int:
        """About what they were worth together."""
        total = 0
        for code, minor in amounts.items():
            found = worth(Money(minor, code), self.currency, self.day)
            self.is_about |= code != self.currency
            # Which currency has no rate is not said: it may be the one of a single giver.
            self.is_short |= found is None
            total += found.minor if found else 0
        return total

    def in_tens(self, minor: int) -> int:
        """In full tens, down."""
        step: int = 10 * 10 ** exponent(self.currency)
        return max(minor, 0) // step * step


def _cell(found: Sum, scale: _Scale) -> Cell:
    helped = frozenset(months.helped_by(found.came - found.undone).values())
    return Cell(scale.worth_of(found.amounts), found.count, helped)
