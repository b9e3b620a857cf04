"""What a gift writes into the ledger, line by line. Arithmetic alone: no database, no clock."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from campaign.funds.models import Expense, Income
from campaign.funds.service.ledger import Line
from campaign.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Share:
    """What one fund has of a gift, in minor units."""

    fund_id: uuid.UUID
    net: int
    fee: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        """Of its gross amount, what was not returned."""
        return self.net + self.fee - self.returned


def split(total: int, weights: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """`total` by weights, whole, exact in sum, and none more than its weight while the total is not: what is left over
    by rounding goes to the largest remainders."""
    whole = sum(weights.values())
    parts = {key: divmod(total * weight, whole) for key, weight in weights.items()}
    rest = total - sum(part for part, _rest in parts.values())
    by_rest = sorted(parts, key=lambda key: (-parts[key][1], key.bytes))
    return {key: parts[key][0] + (key in by_rest[:rest]) for key in parts}


def came_in(shares: Sequence[Share], account: str, currency: str) -> list[Line]:
    """It has settled: the place where it lies, the fee, and the income against both."""
    return _lines(shares, account, currency, 1, lambda each: (each.net, each.fee))


def went_back(shares: Sequence[Share], account: str, currency: str) -> list[Line]:
    """It is as if it had never come: the opposite of that, less what was returned before."""
    return _lines(shares, account, currency, -1, lambda each: (each.left - each.fee, each.fee))


def taken_away(shares: Sequence[Share], account: str, currency: str) -> list[Line]:
    """All that is left of it is gone for now; the fee stays paid."""
    return _lines(shares, account, currency, -1, lambda each: (each.left, 0))


def given_again(shares: Sequence[Share], account: str, currency: str) -> list[Line]:
    """The opposite of that: it was ours after all."""
    return _lines(shares, account, currency, 1, lambda each: (each.left, 0))


def returned(parts: Mapping[uuid.UUID, int], account: str, currency: str) -> list[Line]:
    """A refund, by fund: from the place where it lies, against the income; the fee stays paid."""
    shares = [Share(fund, amount) for fund, amount in parts.items()]
    return _lines(shares, account, currency, -1, lambda each: (each.net, 0))


def _lines(
    shares: Sequence[Share], account: str, currency: str, sign: int, amounts: Callable[[Share], tuple[int, int]]
) -> list[Line]:
    lines: list[Line] = []
    for each in shares:
        net, fee = amounts(each)
        for code, minor in ((account, net), (str(Expense.FEES), fee), (str(Income.GIFTS), -net - fee)):
            if minor:
                lines.append(Line(code, each.fund_id, Money(sign * minor, currency)))
    return lines
