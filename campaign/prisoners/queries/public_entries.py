"""What the public list sorts and filters by: one small row for each person whose page is public."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

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
    SearchEntry,
)
from campaign.prisoners.queries.reach import Reach, Stay, reach_of

FEW_LETTERS = 5
MANY_LETTERS = 20
QUARTERS = 4
OF_AGE = 18


class Entry(NamedTuple):
    """One public person as the list knows them; names and texts are read when they are shown.

    A tuple, since twenty thousand of them are made anew every minute.
    """

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
    folded: str
    """Their names as they are searched for."""

    @property
    def needs_letters(self) -> bool:
        """Whether a letter would reach them, and few do."""
        return self.reach is Reach.OPEN and self.quarters < FEW_LETTERS * QUARTERS


def read_entries(today: date) -> Iterator[Entry]:
    """Everybody whose page is public, in one statement, in no order."""
    rows = session.connection().execute(_ENTRIES)
    return (_entry(row, today) for row in rows)


def attention_bucket(quarters: int) -> str:
    """How much somebody is written to, as it is said to programs (CONTRACT.md): none, 1-4, 5-19 or 20+."""
    letters = quarters / QUARTERS
    if not letters:
        return "none"
    if letters < FEW_LETTERS:
        return "1-4"
    return "5-19" if letters < MANY_LETTERS else "20+"


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
            LibertyStatus.since_precision, arrested.c.day, SearchEntry.folded,
            in_force.c.articles, prosecuted.c.regions, listed.c.sources,
        )
        .select_from(Prisoner)
        .outerjoin(LibertyStatus, current_status)
        .outerjoin(Custody, and_(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None)))
        .outerjoin(Facility, Facility.id == Custody.facility_id)
        .outerjoin(FacilityAddress, current_address)
        .outerjoin(Attention, Attention.prisoner_id == Prisoner.id)
        .outerjoin(SearchEntry, SearchEntry.prisoner_id == Prisoner.id)
        .outerjoin(arrested, arrested.c.prisoner_id == Prisoner.id)
        .outerjoin(in_force, in_force.c.prisoner_id == Prisoner.id)
        .outerjoin(prosecuted, prosecuted.c.prisoner_id == Prisoner.id)
        .outerjoin(listed, listed.c.prisoner_id == Prisoner.id)
        .where(Prisoner.state == PrisonerState.PUBLISHED)
    )  # fmt: skip


_ENTRIES = _statement()


def _entry(row: Row[*tuple[Any, ...]], today: date) -> Entry:
    # Unpacked in the order of the statement: by name it would take twice as long.
    (
        identity, last_ru, last_latin, gender, born_on, born_precision, publicity, policy, home_region, certainty,
        verified_on, kind, region, address, quarters, last_letter_on, waiting_since, status, since_on, since_precision,
        arrested_on, folded, articles, regions, sources,
    ) = row  # fmt: skip
    stay = Stay(certainty, kind, verified_on, address is not None) if certainty else None
    return Entry(
        identity,
        (last_ru or last_latin).lower(),
        (last_latin or last_ru).lower(),
        gender == Gender.FEMALE,
        is_minor(born_on, born_precision, today),
        born_on,
        born_precision,
        publicity,
        status,
        since_on,
        since_precision or Precision.DAY,
        region or (regions or ("",))[0] or home_region or "",
        tuple({article_key(*each.split(" ", 1)) for each in articles}) if articles else (),
        tuple(sources or ()),
        reach_of(status=status, policy=policy, stay=stay, today=today),
        quarters or 0,
        last_letter_on,
        waiting_since,
        arrested_on,
        folded or "",
    )


def is_minor(born_on: date | None, precision: str | None, today: date) -> bool:
    """Whether somebody is under 18 for all we know; with a year alone, until the year in which they turn 18 is over."""
    if born_on is None or today.year - born_on.year > OF_AGE:
        return False
    if precision == Precision.DAY:
        return (today.year - born_on.year, today.month, today.day) < (OF_AGE, born_on.month, born_on.day)
    return True
