"""Reads of exchange rates, and what an amount was worth in another currency on a day."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from sqlalchemy import Select, case, func, select

from campaign.funds.models import ECB, ExchangeRate, RateImport, RateImportState
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.money import Money, exponent

EURO = "EUR"
OLDEST = timedelta(days=10)
"""A rate of so long ago still says what a currency was worth on a day: banks rest over the holidays."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one euro was worth."""

    currency: str
    on_date: date
    source: str
    per_euro: Decimal


def find_rate(currency: str, day: date) -> Rate | None:
    """The rate of that day or the newest of the ten days before it, of the European Central Bank where there are
    several; None where there is none."""
    if currency == EURO:
        return Rate(EURO, day, ECB, Decimal(1))
    is_other = case((ExchangeRate.source == ECB, 0), else_=1)
    statement = (
        select(ExchangeRate)
        .where(
            ExchangeRate.currency == currency, ExchangeRate.on_date <= day, ExchangeRate.on_date >= day - OLDEST,
        )
        .order_by(ExchangeRate.on_date.desc(), is_other, ExchangeRate.source)
        .limit(1)
    )  # fmt: skip
    found = session.scalar(statement)
    return None if found is None else Rate(found.currency, found.on_date, found.source, found.per_euro)


def worth(money: Money, currency: str, day: date) -> Money | None:
    """About what an amount was worth in another currency on a day; None where a rate is missing.

    For people to read: nothing is ever posted by it.
    """
    if money.currency == currency:
        return money
    one, other = find_rate(money.currency, day), find_rate(currency, day)
    if one is None or other is None:
        return None
    major = money.decimal / one.per_euro * other.per_euro
    return Money(int(major.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_EVEN)), currency)


def rates(*, currency: str = "", source: str = "") -> Select[ExchangeRate]:
    """Rates for a list, newest first."""
    statement = select(ExchangeRate)
    if currency:
        statement = statement.where(ExchangeRate.currency == currency)
    if source:
        statement = statement.where(ExchangeRate.source == source)
    return statement.order_by(ExchangeRate.on_date.desc(), ExchangeRate.currency, ExchangeRate.source)


def list_currencies() -> Sequence[str]:
    """Currencies of which there is a rate."""
    return session.scalars(select(ExchangeRate.currency).distinct().order_by(ExchangeRate.currency)).all()


def last_rate_on() -> date | None:
    """The day of the newest rate."""
    return session.scalar(select(func.max(ExchangeRate.on_date)))


def missing_rates(currencies: Collection[str], day: date) -> list[str]:
    """Of which of these nobody knows what they were worth on a day."""
    return sorted(each for each in currencies if find_rate(each, day) is None)


def imports() -> Select[RateImport]:
    """Files of rates, newest first."""
    return select(RateImport).order_by(RateImport.made_at.desc())


def count_waiting(actor: uuid.UUID) -> int:
    """How many files wait to be taken, but for those that this person brought."""
    others = RateImport.made_by.is_distinct_from(actor)
    return session.scalar(select(func.count()).where(RateImport.state == RateImportState.STAGED, others)) or 0


def get_import(import_id: uuid.UUID) -> RateImport:
    """One file; raises NotFound."""
    found = session.get(RateImport, import_id)
    if found is None:
        raise NotFound
    return found
