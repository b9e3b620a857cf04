"""Reads of payees: what lists show of them. Their details are in the vault."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.payments.models import MOVABLE, Payability, Payee, PayeeKind, Payment

SOON = timedelta(days=14)
SORTS = {
    "code": (Payee.alias, Payee.number), "kind": (Payee.kind,), "payability": (Payee.payability, Payee.ok_until),
    "until": (Payee.ok_until,), "number": (Payee.number,),
}  # fmt: skip
OVER, WAITING = "over", "waiting"
"""Words of the filter: the look is over, or will be within two weeks; the same of those with a payment under way, and
those of them whom nobody has looked at yet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows a list."""

    search: str = ""
    kind: str = ""
    payability: str = ""
    is_active: bool = True
    sort: str = ""


def payees(wanted: Wanted, today: date) -> Select[Payee]:
    """Payees for a list, newest first unless sorted."""
    statement = select(Payee).where(Payee.is_active == wanted.is_active)
    if wanted.search:
        alias, _space, number = wanted.search.rpartition(" ")
        conditions = [Payee.alias.icontains(wanted.search, autoescape=True)]
        if number.isascii() and number.isdecimal() and len(number) < 10:
            conditions.append((Payee.number == int(number)) & Payee.alias.icontains(alias, autoescape=True))
        statement = statement.where(or_(*conditions))
    if wanted.kind in set(PayeeKind):
        statement = statement.where(Payee.kind == wanted.kind)
    if wanted.payability == OVER:
        statement = statement.where(Payee.payability == Payability.OK, Payee.ok_until <= today + SOON)
    elif wanted.payability == WAITING:
        statement = statement.where(_waits(today))
    elif wanted.payability in set(Payability):
        statement = statement.where(Payee.payability == wanted.payability)
    columns = SORTS.get(wanted.sort.removeprefix("-"), ())
    orders = [each.desc().nulls_last() if wanted.sort.startswith("-") else each.asc().nulls_last() for each in columns]
    return statement.order_by(*orders, Payee.number.desc())


def get_payee(payee_id: uuid.UUID) -> Payee:
    """One of them; raises NotFound."""
    found = session.get(Payee, payee_id)
    if found is None:
        raise NotFound
    return found


def list_active() -> Sequence[Payee]:
    """Those who can be chosen for a payment."""
    return session.scalars(select(Payee).where(Payee.is_active).order_by(Payee.alias, Payee.number)).all()


def count_running_out(today: date) -> int:
    """How many with something under way can be paid for two weeks at most, or not at all as yet."""
    return session.scalar(select(func.count()).select_from(Payee).where(_waits(today))) or 0


def _waits(today: date) -> ColumnElement[bool]:
    under_way = select(Payment.payee_id).where(Payment.state.in_(MOVABLE))
    late = or_(Payee.payability == Payability.UNCHECKED, Payee.ok_until <= today + SOON)
    return and_(Payee.id.in_(under_way), late)
