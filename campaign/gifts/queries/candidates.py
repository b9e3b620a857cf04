"""What a line of a statement can be: gifts that are announced, instalments that are waited for."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select, tuple_

from campaign.gifts.models import EXPECTED, Gift, InstalmentState, Pledge, PledgeInstalment, PledgeState
from campaign.gifts.queries.pledges import code_in
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts

KIND = "gift"
"""What a match keeps."""
BEFORE, AFTER = timedelta(days=45), timedelta(days=15)
"""So long before its day, and after it, something may come."""
OPEN = (InstalmentState.DUE, InstalmentState.MISSED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A gift or an instalment that a line may be."""

    id: uuid.UUID
    gift_id: uuid.UUID | None
    pledge_id: uuid.UUID | None
    reference: str
    number: str
    """Of the gift, or of the instalment within its pledge."""
    amount: Money
    due_on: date


def waiting_for(lines: Sequence[BankFacts]) -> dict[uuid.UUID, list[Waiting]]:
    """By line: what it names, and what is open near its day with its amount and currency. Two statements for all."""
    came_in = [line for line in lines if line.amount.minor > 0]
    if not came_in:
        return {}
    codes = {code for line in came_in for code in _codes(line)}
    numbers = {int(each[2:]) for line in came_in for each in line.references if _is_number(each)}
    amounts = {(line.amount.currency, line.amount.minor) for line in came_in}
    days = [line.day for line in came_in]
    near = (min(days) - AFTER - BEFORE, max(days) + AFTER + BEFORE)
    found = [*_gifts(codes, numbers, amounts, near), *_instalments(codes, amounts, near)]
    by_reference: dict[str, list[Waiting]] = defaultdict(list)
    by_amount: dict[tuple[str, int], list[Waiting]] = defaultdict(list)
    for each in found:
        by_reference[each.reference].append(each)
        by_amount[each.amount.currency, each.amount.minor].append(each)
    return {line.line_id: _of(line, by_reference, by_amount) for line in came_in}


def find(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Waiting]:
    """Given ones, in any state; what is gone is left out."""
    gifts = select(Gift, Pledge.reference).outerjoin(Pledge, Pledge.id == Gift.pledge_id).where(Gift.id.in_(ids))
    found = {each.id: _of_gift(each, reference) for each, reference in session.execute(gifts)}
    parts = select(PledgeInstalment, Pledge).join(Pledge, Pledge.id == PledgeInstalment.pledge_id)
    rows = session.execute(parts.where(PledgeInstalment.id.in_(ids)))
    return found | {each.id: _of_instalment(each, pledge) for each, pledge in rows}


def _of(
    line: BankFacts, by_reference: dict[str, list[Waiting]], by_amount: dict[tuple[str, int], list[Waiting]]
) -> list[Waiting]:
    named = [each for code in sorted(_codes(line) | line.references) for each in by_reference.get(code, ())]
    same = by_amount.get((line.amount.currency, line.amount.minor), ())
    close = [each for each in same if line.day - AFTER - BEFORE <= each.due_on <= line.day + BEFORE]
    return list({each.id: each for each in (*named, *close)}.values())


def _codes(line: BankFacts) -> frozenset[str]:
    """Codes of pledges among the references of a line, however they were parted."""
    return frozenset(filter(None, map(code_in, line.references)))


def _is_number(reference: str) -> bool:
    return reference.startswith("G-") and reference[2:].isdecimal() and len(reference) < 16


def _gifts(
    codes: Iterable[str], numbers: Iterable[int], amounts: Iterable[tuple[str, int]], near: tuple[date, date]
) -> list[Waiting]:
    statement = (
        select(Gift, Pledge.reference)
        .outerjoin(Pledge, Pledge.id == Gift.pledge_id)
        .where(
            Gift.state.in_(EXPECTED),
            or_(
                Pledge.reference.in_(codes), Gift.number.in_(numbers),
                tuple_(Gift.currency, Gift.gross - Gift.fee).in_(amounts) & Gift.expected_on.between(*near),
            ),
        )
        .order_by(Gift.expected_on, Gift.number)
    )  # fmt: skip
    return [_of_gift(each, reference) for each, reference in session.execute(statement)]


def _instalments(
    codes: Iterable[str], amounts: Iterable[tuple[str, int]], near: tuple[date, date]
) -> list[Waiting]:  # fmt: skip
    part = PledgeInstalment
    statement = (
        select(part, Pledge)
        .join(Pledge, Pledge.id == part.pledge_id)
        .where(
            part.state.in_(OPEN),
            or_(
                Pledge.reference.in_(codes),
                tuple_(Pledge.currency, part.amount - part.received).in_(amounts)
                & part.due_on.between(*near) & (Pledge.state == PledgeState.ACTIVE),
            ),
        )
        .order_by(part.due_on, part.number)
    )  # fmt: skip
    return [_of_instalment(each, pledge) for each, pledge in session.execute(statement)]


def _of_gift(each: Gift, reference: str | None) -> Waiting:
    left = each.net if each.state in EXPECTED else 0
    return Waiting(
        each.id, each.id, each.pledge_id, reference or each.code, each.code, Money(left, each.currency),
        each.settled_on or each.expected_on,
    )  # fmt: skip


def _of_instalment(each: PledgeInstalment, pledge: Pledge) -> Waiting:
    left = each.amount - each.received if each.state in OPEN else 0
    return Waiting(
        each.id, None, pledge.id, pledge.reference, str(each.number), Money(left, pledge.currency), each.due_on
    )
