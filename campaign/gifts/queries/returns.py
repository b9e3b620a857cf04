"""Reads of gifts that go back: what was asked for, and what of it a line of a statement can be."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from campaign.funds.models import LedgerAccount, LedgerEntry, LedgerPosting
from campaign.gifts.models import COUNTED, Gift, GiftBanked, GiftMove, GiftReturn, GiftState, Pledge, ReturnState
from campaign.gifts.queries.pledges import code_in
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts

KIND = "gift_return"
"""What a match keeps."""
BEFORE, AFTER = timedelta(days=15), timedelta(days=45)
"""So long before the day that was entered, and after it, the line may be booked."""
_S = GiftState


@dataclass(frozen=True, slots=True)
class WentBack:
    """A move by which money of a gift left its place, or came there again after a dispute."""

    id: uuid.UUID
    gift_id: uuid.UUID
    number: str
    reference: str
    account: str
    amount: Money
    """What of it no line stands for yet; below zero for what went out."""
    day: date


def went_back_for(lines: Sequence[BankFacts]) -> dict[uuid.UUID, list[WentBack]]:
    """By line: what it names, and what has its amount near its day. One statement for all."""
    if not lines:
        return {}
    codes = {code for line in lines for each in line.references if (code := code_in(each))}
    numbers = {number for line in lines for each in line.references if (number := _number(each))}
    days = [line.day for line in lines]
    near = GiftMove.happened_on.between(min(days) - AFTER, max(days) + BEFORE)
    wanted = or_(Pledge.reference.in_(codes), Gift.number.in_(numbers), near)
    found = [each for each in _read(wanted) if each.amount.minor]
    return {line.line_id: [each for each in found if _is_for(each, line)] for line in lines}


def find_went_back(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, WentBack]:
    """Given ones, also when nothing of them is open any more."""
    return {each.id: each for each in _read(GiftMove.id.in_(ids))}


def list_returns(gift_id: uuid.UUID) -> Sequence[GiftReturn]:
    """What was asked for of a gift, newest first."""
    mine = select(GiftReturn).where(GiftReturn.gift_id == gift_id)
    return session.scalars(mine.order_by(GiftReturn.asked_at.desc()).execution_options(populate_existing=True)).all()


def banked_of(gift_id: uuid.UUID) -> Mapping[uuid.UUID, int]:
    """How much of each of its moves stands on statements."""
    mine = select(GiftBanked.move_id, func.sum(GiftBanked.amount)).join(GiftMove, GiftMove.id == GiftBanked.move_id)
    rows = session.execute(mine.where(GiftMove.gift_id == gift_id).group_by(GiftBanked.move_id))
    return {move: int(amount) for move, amount in rows}


def count_returns_waiting(actor: uuid.UUID) -> int:
    """How many wait to be carried out, but for those that this person asked for."""
    statement = select(func.count()).where(GiftReturn.state == ReturnState.WAITING, GiftReturn.asked_by != actor)
    return session.scalar(statement) or 0


def _number(reference: str) -> int | None:
    digits = reference.removeprefix("G").removeprefix("-")
    is_one = reference.startswith("G") and digits.isascii() and digits.isdecimal() and len(digits) < 16
    return int(digits) if is_one else None


def _is_for(each: WentBack, line: BankFacts) -> bool:
    same = each.account == line.account and each.amount.currency == line.amount.currency
    if not same or each.amount.minor * line.amount.minor <= 0:
        return False
    named = each.reference in line.references | {code_in(one) for one in line.references} or each.number in {
        f"G-{_number(one)}" for one in line.references
    }
    return named or (each.amount == line.amount and each.day - BEFORE <= line.day <= each.day + AFTER)


def _read(wanted: ColumnElement[bool]) -> list[WentBack]:
    rows = session.execute(_statement().where(wanted))
    return [
        WentBack(
            move, gift.id, gift.code, reference or gift.code, gift.account,
            Money(int(moved) - int(known), gift.currency), day,
        )
        for move, day, gift, reference, moved, known in rows if moved
    ]  # fmt: skip


def _statement() -> Select[uuid.UUID, date, Gift, str, int, int]:
    moved = (
        select(func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.entry_number == GiftMove.entry_number, LedgerAccount.code == Gift.account)
        .scalar_subquery()
    )
    known = select(func.sum(GiftBanked.amount)).where(GiftBanked.move_id == GiftMove.id).scalar_subquery()
    # A reversal is a mistake of ours, or a line that was taken back: no money moved.
    went = and_(GiftMove.was.in_(COUNTED | {_S.DISPUTED}), LedgerEntry.reverses.is_(None))
    return (
        select(GiftMove.id, GiftMove.happened_on, Gift, Pledge.reference, moved, func.coalesce(known, 0))
        .join(Gift, Gift.id == GiftMove.gift_id)
        .join(LedgerEntry, LedgerEntry.number == GiftMove.entry_number)
        .outerjoin(Pledge, Pledge.id == Gift.pledge_id)
        .where(went)
        .order_by(GiftMove.happened_on, GiftMove.id)
    )
