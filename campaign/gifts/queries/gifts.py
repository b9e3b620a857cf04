"""Reads of gifts."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select

from campaign.funds.models import Fund
from campaign.gifts.models import (
    EXPECTED,
    Gift,
    GiftAllocation,
    GiftImport,
    GiftMove,
    GiftReturn,
    GiftState,
    Pledge,
    ReturnState,
)
from campaign.gifts.queries.pledges import code_in
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

TO_CARRY_OUT = "to_carry_out"
"""What somebody asked to be taken out of the books, and another has not carried out yet."""
SORTS = {
    "number": (Gift.number,), "day": (func.coalesce(Gift.settled_on, Gift.expected_on),), "state": (Gift.state,),
    "gross": (Gift.currency, Gift.gross),
}  # fmt: skip


def get_gift(gift_id: uuid.UUID) -> Gift:
    """One gift; raises NotFound."""
    found = session.get(Gift, gift_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def gifts(
    *, search: str = "", state: str = "", fund_id: uuid.UUID | None = None, account: str = "",
    since: date | None = None, until: date | None = None, sort: str = "", index: bytes | None = None,
) -> Select[Gift]:  # fmt: skip
    """Gifts for a list: by number ("G-17"), the code of a pledge or the index of a service's number; newest first
    unless sorted."""
    statement, day = select(Gift), func.coalesce(Gift.settled_on, Gift.expected_on)
    if search:
        plain = search.upper().replace(" ", "")
        number = plain.removeprefix("G").removeprefix("-")
        pledge = select(Pledge.id).where(Pledge.reference == code_in(search))
        found: list[ColumnElement[bool]] = [Gift.pledge_id.in_(pledge)]
        if index is not None:
            found.append(Gift.external_index == index)
        if number.isascii() and number.isdecimal() and len(number) < 16:
            found.append(Gift.number == int(number))
        statement = statement.where(or_(*found))
    if state in set(GiftState):
        statement = statement.where(Gift.state == state)
    if state == TO_CARRY_OUT:
        waiting = select(GiftReturn.gift_id).where(GiftReturn.state == ReturnState.WAITING)
        statement = statement.where(Gift.id.in_(waiting))
    if fund_id is not None:
        statement = statement.where(
            Gift.id.in_(select(GiftAllocation.gift_id).where(GiftAllocation.fund_id == fund_id))
        )
    if account:
        statement = statement.where(Gift.account == account)
    if since is not None:
        statement = statement.where(day >= since)
    if until is not None:
        statement = statement.where(day <= until)
    columns = SORTS.get(sort.removeprefix("-"), ())
    orders = [each.desc() if sort.startswith("-") else each.asc() for each in columns]
    return statement.order_by(*orders, Gift.number.desc())


def allocations_of(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[GiftAllocation]]:
    """For what they are, by gift."""
    statement = select(GiftAllocation).where(GiftAllocation.gift_id.in_(ids)).order_by(GiftAllocation.fund_id)
    found: dict[uuid.UUID, list[GiftAllocation]] = {each: [] for each in ids}
    for each in session.scalars(statement.execution_options(populate_existing=True)):
        found[each.gift_id].append(each)
    return found


def funds_of(gift_id: uuid.UUID) -> Sequence[Fund]:
    """The funds of a gift, by number."""
    statement = select(Fund).join(GiftAllocation, GiftAllocation.fund_id == Fund.id)
    return session.scalars(statement.where(GiftAllocation.gift_id == gift_id).order_by(Fund.number)).all()


def list_moves(gift_id: uuid.UUID) -> Sequence[GiftMove]:
    """Every move of a gift, oldest first."""
    return session.scalars(select(GiftMove).where(GiftMove.gift_id == gift_id).order_by(GiftMove.at)).all()


def gifts_of_pledge(pledge_id: uuid.UUID) -> Sequence[Gift]:
    """What has come or is announced for a pledge, newest first."""
    return session.scalars(select(Gift).where(Gift.pledge_id == pledge_id).order_by(Gift.number.desc())).all()


def references_of(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """The codes of pledges."""
    rows = session.execute(select(Pledge.id, Pledge.reference).where(Pledge.id.in_(ids)))
    return {row.id: row.reference for row in rows}


def count_holding(fund_id: uuid.UUID) -> int:
    """How many of a fund are expected or disputed: what becomes of them is still to be entered for it."""
    mine = select(GiftAllocation.gift_id).where(GiftAllocation.fund_id == fund_id)
    statement = select(func.count()).where(Gift.id.in_(mine), Gift.state.in_(EXPECTED | {GiftState.DISPUTED}))
    return session.scalar(statement) or 0


def count_disputed() -> int:
    """How many gifts are disputed now."""
    return session.scalar(select(func.count()).where(Gift.state == GiftState.DISPUTED)) or 0


def imports() -> Select[GiftImport]:
    """Files of gifts, newest first."""
    return select(GiftImport).order_by(GiftImport.made_at.desc())


def get_import(import_id: uuid.UUID) -> GiftImport:
    """One of them; raises NotFound."""
    found = session.get(GiftImport, import_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found
