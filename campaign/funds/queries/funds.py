"""Reads of funds."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Select, String, cast, func, or_, select

from campaign.funds.models import (
    POSTABLE,
    Fund,
    FundEvent,
    FundGiving,
    FundKind,
    FundState,
    GivingState,
)
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound

SORTS = {
    "number": (Fund.number,),
    "title": (func.lower(Fund.titles["en"].astext),),
    "state": (Fund.state,),
    "kind": (Fund.kind,),
    "goal": (Fund.goal,),
}


def get_fund(fund_id: uuid.UUID) -> Fund:
    """One fund in any state; raises NotFound."""
    found = session.get(Fund, fund_id)
    if found is None:
        raise NotFound
    return found


def find_general() -> Fund | None:
    """The general fund that is not closed; None where there is none."""
    return session.scalar(select(Fund).where(Fund.kind == FundKind.GENERAL, Fund.state != FundState.CLOSED))


def funds(*, search: str = "", kind: str = "", state: str = "", sort: str = "") -> Select[Fund]:
    """Funds for a list: by words of a title or by number ("F12"), kind and state; newest first unless sorted."""
    statement = select(Fund)
    if search:
        number = search.removeprefix("F").removeprefix("f")
        conditions = [cast(Fund.titles, String).icontains(search, autoescape=True), Fund.slug.icontains(search)]
        if number.isascii() and number.isdecimal() and len(number) < 10:
            conditions.append(Fund.number == int(number))
        statement = statement.where(or_(*conditions))
    if kind in set(FundKind):
        statement = statement.where(Fund.kind == kind)
    if state in set(FundState):
        statement = statement.where(Fund.state == state)
    columns = SORTS.get(sort.removeprefix("-"), ())
    orders = [each.desc().nulls_last() if sort.startswith("-") else each.asc().nulls_last() for each in columns]
    return statement.order_by(*orders, Fund.number.desc())


def list_postable(*, but: Collection[uuid.UUID] = ()) -> Sequence[Fund]:
    """Funds that take entries, by number."""
    return session.scalars(
        select(Fund).where(Fund.state.in_(POSTABLE), Fund.id.not_in(but)).order_by(Fund.number)
    ).all()  # fmt: skip


def names_of(funds: Collection[uuid.UUID], language: str) -> dict[uuid.UUID, str]:
    """What funds are called for staff: number and title."""
    found = session.scalars(select(Fund).where(Fund.id.in_(funds)))
    return {each.id: f"{each.code} {each.title_in(language)}" for each in found}


def list_events(fund_id: uuid.UUID) -> Sequence[FundEvent]:
    """Every move of a fund, oldest first."""
    return session.scalars(select(FundEvent).where(FundEvent.fund_id == fund_id).order_by(FundEvent.id)).all()


def list_givings(fund_id: uuid.UUID) -> Sequence[FundGiving]:
    """Everything that was written about where to give, newest first."""
    statement = select(FundGiving).where(FundGiving.fund_id == fund_id)
    return session.scalars(statement.order_by(FundGiving.asked_at.desc())).all()


def find_released(fund_id: uuid.UUID) -> FundGiving | None:
    """What two persons let be shown now; None where there is nothing."""
    statement = select(FundGiving).where(FundGiving.fund_id == fund_id, FundGiving.state == GivingState.RELEASED)
    return session.scalar(statement)


def count_review() -> int:
    """How many funds wait for a second person."""
    return session.scalar(select(func.count()).where(Fund.state == FundState.REVIEW)) or 0


def count_givings_waiting() -> int:
    """How many words about where to give wait for one."""
    return session.scalar(select(func.count()).where(FundGiving.state == GivingState.WAITING)) or 0
