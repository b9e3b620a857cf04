"""What the public list sorts and filters by: one small row for each person whose page is public."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from campaign.kernel.db import session
from campaign.prisoners.models import (
    Attention,
    Case,
    Charge,
    Code,
    Custody,
    Episode,
    Facility,
    FacilityAddress,
    Gender,
    LibertyStatus,
    Listing,
    ListingStatus,
    Precision,
    Prisoner,
    PrisonerState,
)
from campaign.prisoners.queries.reach import Reach, Stay, reach_of

FEW_LETTERS = 5
QUARTERS = 4
OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Entry:
    """One public person as the list knows them; names and texts are read when they are shown."""

    id: uuid.UUID
    last_ru: str
    last_latin: str
    is_woman: bool
    is_minor: bool
    born_on: date | None
    born_precision: str | None
    publicity: str
    status: str | None
    since_on: date | None
    since_precision: str
    region: str
    """Where they are held; where that is not known, where they are prosecuted; else where they are from, or nothing."""
    articles: tuple[str, ...]
    listings: tuple[str, ...]
    reach: Reach
    quarters: int
    """Letters through us in the last 90 days, in quarters of one."""
    last_letter_on: date | None
    waiting_since: date | None
    arrested_on: date | None

    @property
    def needs_letters(self) -> bool:
        """Whether a letter would reach them, and few do."""
        return self.reach is Reach.OPEN and self.quarters < FEW_LETTERS * QUARTERS


def read_entries(today: date) -> Iterator[Entry]:
    """Everybody whose page is public, in one statement, in no order."""
    return (_entry(row, today) for row in session.execute(_ENTRIES))


def article_key(code: str, article: str) -> str:
    """An article as addresses name it: 207.3, or koap-20.3.3 for the code of administrative offences."""
    return article if code == Code.UK else f"{code.lower()}-{article}"


def _statement() -> Select[*tuple[Any, ...]]:
    in_force = (
        select(
            Case.prisoner_id,
            func.array_agg(Charge.code + " " + Charge.article).label("articles"),
        )
        .join(Charge, Charge.case_id == Case.id)
        .where(Charge.until_on.is_(None))
        .group_by(Case.prisoner_id)
        .subquery()
    )
    prosecuted = (
        select(
            Case.prisoner_id,
            func.array_agg(aggregate_order_by(Case.region, Case.opened_on.desc().nulls_last())).label("regions"),
        )
        .where(Case.region.is_not(None))
        .group_by(Case.prisoner_id)
        .subquery()
    )
    listed = (
        select(Listing.prisoner_id, func.array_agg(Listing.source).label("sources"))
        .where(Listing.status == ListingStatus.RECOGNISED)
        .group_by(Listing.prisoner_id)
        .subquery()
    )
    arrested = (
        select(Episode.prisoner_id, func.max(Episode.arrested_on).label("day")).group_by(Episode.prisoner_id).subquery()
    )
    person = (
        Prisoner.id, Prisoner.last_ru, Prisoner.last_latin, Prisoner.gender, Prisoner.born_on, Prisoner.born_precision,
        Prisoner.publicity, Prisoner.letters_policy, Prisoner.home_region,
    )  # fmt: skip
    held = (Custody.certainty, Custody.verified_on, Facility.kind, Facility.region, FacilityAddress.id.label("address"))
    written_to = (Attention.quarters, Attention.last_letter_on, Attention.waiting_since_on)
    current_status = and_(LibertyStatus.prisoner_id == Prisoner.id, LibertyStatus.until_on.is_(None))
    current_address = and_(FacilityAddress.facility_id == Facility.id, FacilityAddress.until_on.is_(None))
    return (
        select(
            *person, *held, *written_to, LibertyStatus.status, LibertyStatus.since_on,
            LibertyStatus.since_precision, arrested.c.day,
            in_force.c.articles, prosecuted.c.regions, listed.c.sources,
        )
        .select_from(Prisoner)
        .outerjoin(LibertyStatus, current_status)
        .outerjoin(Custody, and_(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)))
        .outerjoin(Facility, Facility.id == Custody.facility_id)
        .outerjoin(FacilityAddress, current_address)
        .outerjoin(Attention, Attention.prisoner_id == Prisoner.id)
        .outerjoin(arrested, arrested.c.prisoner_id == Prisoner.id)
        .outerjoin(in_force, in_force.c.prisoner_id == Prisoner.id)
        .outerjoin(prosecuted, prosecuted.c.prisoner_id == Prisoner.id)
        .outerjoin(listed, listed.c.prisoner_id == Prisoner.id)
        .where(Prisoner.state == PrisonerState.PUBLISHED)
    )  # fmt: skip


_ENTRIES = _statement()


def _entry(row: Row[*tuple[Any, ...]], today: date) -> Entry:
    stay = Stay(row.certainty, row.kind, row.verified_on, row.address is not None) if row.certainty else None
    return Entry(
        id=row.id,
        last_ru=(row.last_ru or row.last_latin).lower(),
        last_latin=(row.last_latin or row.last_ru).lower(),
        is_woman=row.gender == Gender.FEMALE,
        is_minor=is_minor(row.born_on, row.born_precision, today),
        born_on=row.born_on,
        born_precision=row.born_precision,
        publicity=row.publicity,
        status=row.status,
        since_on=row.since_on,
        since_precision=row.since_precision or Precision.DAY,
        region=row.region or (row.regions or ("",))[0] or row.home_region or "",
        articles=tuple(sorted({article_key(*each.split(" ", 1)) for each in row.articles or ()})),
        listings=tuple(row.sources or ()),
        reach=reach_of(status=row.status, policy=row.letters_policy, stay=stay, today=today),
        quarters=row.quarters or 0,
        last_letter_on=row.last_letter_on,
        waiting_since=row.waiting_since_on,
        arrested_on=row.day,
    )


def is_minor(born_on: date | None, precision: str | None, today: date) -> bool:
    """Whether somebody is under 18 for all we know; with a year alone, until the year in which they turn 18 is over."""
    if born_on is None:
        return False
    if precision == Precision.DAY:
        return (today.year - born_on.year, today.month, today.day) < (OF_AGE, born_on.month, born_on.day)
    return today.year - born_on.year <= OF_AGE
