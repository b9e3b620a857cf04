"""How many parcels a regime allows: what the programme brings, and what staff wrote down in its place."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.needs.models import Conditions, ParcelKind, ParcelQuota, ParcelRegime, Period

DATA = Path(__file__).parent.parent / "data" / "quotas.toml"
ONE_WAY = frozenset({ParcelRegime.REMAND, ParcelRegime.SETTLEMENT, ParcelRegime.WOMEN, ParcelRegime.JUVENILE})
"""Regimes in which parcels do not depend on the conditions."""
OLD_AFTER = timedelta(days=365)
Key = tuple[ParcelRegime, Conditions]


@dataclass(frozen=True, slots=True)
class Quota:
    """What one regime allows in a period. Units of a kind that is None have no limit."""

    regime: ParcelRegime
    conditions: Conditions
    period: Period
    parcels: int | None = None
    packets: int | None = None
    kilograms: int | None = None
    is_unlimited: bool = False
    is_sourced: bool = False
    source_title: str = ""
    source_url: str = ""
    note: str = ""
    checked_on: date = date.min
    is_ours: bool = False
    """Written by staff in the place of what the programme brings."""

    @property
    def kinds(self) -> tuple[ParcelKind, ...]:
        """What can take a slot."""
        return (ParcelKind.WEIGHT,) if self.kilograms is not None else (ParcelKind.PARCEL, ParcelKind.PACKET)

    def most(self, kind: ParcelKind) -> int | None:
        """How many units of a kind there are in a period; None: without a limit."""
        if self.is_unlimited:
            return None
        return {
            ParcelKind.PARCEL: self.parcels, ParcelKind.PACKET: self.packets, ParcelKind.WEIGHT: self.kilograms,
        }[kind]  # fmt: skip

    def span(self, day: date) -> tuple[date, date]:
        """First and last day of the period in which a day lies."""
        if self.period == Period.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def quotas() -> Mapping[Key, Quota]:
    """All that are known, in the order of regimes and conditions."""
    found = dict(_brought())
    for row in session.scalars(select(ParcelQuota).where(ParcelQuota.is_current)):
        ours = quota_of(row)
        found[ours.regime, ours.conditions] = ours
    order = [(regime, each) for regime in ParcelRegime for each in Conditions]
    return {key: found[key] for key in order if key in found}


def find_quota(regime: ParcelRegime, conditions: Conditions) -> Quota | None:
    """The one that holds; None where nothing is known."""
    return quotas().get(key_of(regime, conditions))


def key_of(regime: ParcelRegime, conditions: Conditions) -> Key:
    """Under which a quota stands: where conditions do not matter, ordinary ones."""
    return regime, Conditions.ORDINARY if regime in ONE_WAY else conditions


def list_earlier(regime: ParcelRegime, conditions: Conditions) -> Sequence[ParcelQuota]:
    """What staff wrote down for it, newest first."""
    mine = select(ParcelQuota).where(ParcelQuota.regime == regime, ParcelQuota.conditions == conditions)
    return session.scalars(mine.order_by(ParcelQuota.is_current.desc(), ParcelQuota.written_on.desc())).all()


def quota_of(row: ParcelQuota) -> Quota:
    """What a row says."""
    return Quota(
        ParcelRegime(row.regime), Conditions(row.conditions), Period(row.period), row.parcels, row.packets,
        row.kilograms, row.is_unlimited, row.is_sourced, row.source_title, row.source_url, row.note, row.checked_on,
        is_ours=True,
    )  # fmt: skip


@cache
def _brought() -> Mapping[Key, Quota]:
    content = tomllib.loads(DATA.read_text())
    found = [
        Quota(
            **{
                **each, "regime": ParcelRegime(each["regime"]), "conditions": Conditions(each["conditions"]),
                "period": Period(each["period"]),
            },
            checked_on=content["checked_on"],
        )
        for each in content["quota"]
    ]  # fmt: skip
    return {(each.regime, each.conditions): each for each in found}
