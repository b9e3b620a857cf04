"""Reads of facilities."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import SHORT_STAYS, Custody, Facility, FacilityKind, Fact, Prisoner
from campaign.prisoners.regions import regions

SHORT_DAYS, LONG_DAYS = 60, 180


def get_facility(facility_id: uuid.UUID) -> Facility:
    """A place with its addresses, channels and rules; raises NotFound."""
    facility = session.get(
        Facility,
        facility_id,
        options=[selectinload(Facility.addresses), selectinload(Facility.channels), selectinload(Facility.rules)],
    )
    if facility is None:
        raise NotFound
    return facility


def is_stale(today: date) -> ColumnElement[bool]:
    """Places that nobody has looked up within 60 days (where people do not stay) or 180."""
    short = Facility.kind.in_(SHORT_STAYS)
    days = func.coalesce(today - Facility.verified_on, LONG_DAYS + 1)
    return or_(and_(short, days > SHORT_DAYS), days > LONG_DAYS)


def facilities(
    *, search: str = "", key: str = "", kind: str = "", region: str = "", only: str = "", sort: str = "", today: date
) -> Select[Facility]:
    """Places for a list: by words of the name, by code (`key`: code_key of what was typed), kind and region.

    `only`: "stale" or "no-address". `sort`: "name", "region", "verified" or "people", with - before it for descending;
    anything else is by region and code.
    """
    statement = select(Facility).options(selectinload(Facility.addresses), selectinload(Facility.channels))
    if search:
        named = or_(
            Facility.name_ru.icontains(search, autoescape=True), Facility.name_latin.icontains(search, autoescape=True)
        )
        statement = statement.where(or_(named, Facility.code_key.startswith(key, autoescape=True)) if key else named)
    if kind in set(FacilityKind):
        statement = statement.where(Facility.kind == kind)
    if region in regions():
        statement = statement.where(Facility.region == region)
    if only == "stale":
        statement = statement.where(is_stale(today), Facility.is_active)
    if only == "no-address":
        statement = statement.where(~Facility.addresses.any(until_on=None), Facility.is_active)
    columns: dict[str, Any] = {
        "name": func.lower(Facility.name_ru), "region": Facility.region, "verified": Facility.verified_on,
        "people": _residents(),
    }  # fmt: skip
    column = columns.get(sort.removeprefix("-"))
    if column is not None:
        statement = statement.order_by((column.desc() if sort.startswith("-") else column.asc()).nulls_first())
    return statement.order_by(Facility.region, Facility.code_key, Facility.name_ru, Facility.id)


def _residents() -> Any:
    current = (Custody.facility_id == Facility.id) & Custody.until_on.is_(None)
    return select(func.count()).select_from(Custody).where(current).scalar_subquery()


def count_residents(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people are held in each place now, as far as we know; places without anybody are left out."""
    statement = (
        select(Custody.facility_id, func.count())
        .where(Custody.facility_id.in_(ids), Custody.until_on.is_(None))
        .group_by(Custody.facility_id)
    )
    return {facility: count for facility, count in session.execute(statement) if facility is not None}


def residents(facility_id: uuid.UUID) -> Select[Prisoner]:
    """The people held in a place now, by name."""
    here = select(Custody.prisoner_id).where(Custody.facility_id == facility_id, Custody.until_on.is_(None))
    return select(Prisoner).where(Prisoner.id.in_(here)).order_by(Prisoner.last_latin, Prisoner.id)


def list_facility_facts(facility_id: uuid.UUID, limit: int = 50) -> Sequence[Fact]:
    """What was changed of a place, newest first."""
    statement = select(Fact).where(Fact.facility_id == facility_id).order_by(Fact.id.desc()).limit(limit)
    return session.scalars(statement).all()


def count_stale_facilities(today: date) -> int:
    """How many active places wait to be looked up again."""
    return session.scalar(select(func.count()).select_from(Facility).where(is_stale(today), Facility.is_active)) or 0


def find_facilities(key: str, words: str, limit: int = 10) -> Sequence[Facility]:
    """Places for a picker: those whose code begins with `key` (a code_key) or whose name holds `words`."""
    named = or_(
        Facility.name_ru.icontains(words, autoescape=True), Facility.name_latin.icontains(words, autoescape=True)
    )
    matches = or_(named, Facility.code_key.startswith(key, autoescape=True)) if key else named
    statement = select(Facility).where(Facility.is_active, matches)
    return session.scalars(statement.order_by(Facility.region, Facility.code_key).limit(limit)).all()
