"""Days ahead on which somebody can be thought of: birthdays, days in court, the end of a term."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.prisoners.models import OVER, Case, Hearing, Liberty, Precision, Prisoner, PrisonerState, Publicity
from campaign.prisoners.queries.cases import list_expected_releases
from campaign.prisoners.queries.public_directory import Directory

DAYS_AHEAD = 60
MOST_OF_A_KIND = 2000


class DateKind(StrEnum):
    """What a day is."""

    BIRTHDAY = "birthday"
    HEARING = "hearing"
    RELEASE = "release"


class Upcoming(NamedTuple):
    """One day ahead, and whose it is."""

    on: date
    kind: DateKind
    subject: uuid.UUID
    """The hearing, the sentence, or for a birthday the person: what it is known by over time."""
    prisoner_id: uuid.UUID
    region: str
    turns: int | None = None
    """The age on a birthday; None where the year of birth is nobody's business."""
    starts_at: str = ""
    court: str = ""
    openness: str = ""


def list_upcoming(people: Directory, today: date, *, kind: str = "", region: str = "") -> list[Upcoming]:
    """What is known of the next DAYS_AHEAD days, soonest first; of one kind and one region where these are given."""
    until = today + timedelta(days=DAYS_AHEAD)
    sources = {DateKind.BIRTHDAY: _birthdays, DateKind.HEARING: _hearings, DateKind.RELEASE: _releases}
    found = (each for name, find in sources.items() if kind in {"", name} for each in find(people, today, until))
    return sorted(
        (each for each in found if region in {"", each.region}),
        key=lambda each: (each.on, each.kind, each.starts_at, str(each.subject)),
    )


def next_birthday(born_on: date, today: date) -> date:
    """The next birthday from `today` on; who was born on 29 February has it on 1 March in other years."""
    for year in (today.year, today.year + 1):
        try:
            day = born_on.replace(year=year)
        except ValueError:
            day = date(year, 3, 1)
        if day >= today:
            return day
    raise AssertionError("one of two years in a row has a birthday ahead")


def _birthdays(people: Directory, today: date, until: date) -> Iterator[Upcoming]:
    for entry in people.entries:
        if entry.born_on is None or entry.born_precision != Precision.DAY or entry.status == Liberty.DIED:
            continue
        day = next_birthday(entry.born_on, today)
        if day <= until:
            turns = None if entry.publicity == Publicity.LIMITED else day.year - entry.born_on.year
            yield Upcoming(day, DateKind.BIRTHDAY, entry.id, entry.id, entry.region, turns)


def _hearings(people: Directory, today: date, until: date) -> Iterator[Upcoming]:
    # Columns and no objects: two thousand of them would take longer than all the rest of the page.
    columns = Case.prisoner_id, Hearing.id, Hearing.held_on, Hearing.starts_at, Hearing.court, Hearing.openness
    statement = (
        select(*columns)
        .join(Case, Case.id == Hearing.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(Prisoner.state == PrisonerState.PUBLISHED, Hearing.state == "set")
        .where(Hearing.held_on.between(today, until))
        .order_by(Hearing.held_on, Hearing.id)
        .limit(MOST_OF_A_KIND)
    )
    for prisoner_id, identity, held_on, starts_at, court, openness in session.execute(statement):
        region = _region(people, prisoner_id)
        if region is not None:
            yield Upcoming(held_on, DateKind.HEARING, identity, prisoner_id, region, None, starts_at, court, openness)


def _releases(people: Directory, today: date, until: date) -> Iterator[Upcoming]:
    for prisoner, sentence in list_expected_releases(today, until, most=MOST_OF_A_KIND):
        region = _region(people, prisoner.id)
        if region is not None and sentence.expected_release_on is not None:
            yield Upcoming(sentence.expected_release_on, DateKind.RELEASE, sentence.id, prisoner.id, region)


def _region(people: Directory, prisoner_id: uuid.UUID) -> str | None:
    """Where somebody is; None for who is not public, or free by now whatever a sentence says."""
    at = people.position.get(prisoner_id)
    if at is None or people.entries[at].status in OVER:
        return None
    return people.entries[at].region
