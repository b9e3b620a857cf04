"""The staff list of people, and what its filters count."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, case, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload

from campaign.kernel.db import session
from campaign.prisoners.models import (
    SHORT_STAYS,
    Custody,
    Facility,
    Fact,
    Gender,
    Interest,
    LettersPolicy,
    Liberty,
    LibertyStatus,
    Prisoner,
    PrisonerState,
    SearchEntry,
)
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.queries.situation import LONG_DAYS, SHORT_DAYS
from campaign.prisoners.regions import regions

ADULT_YEARS = 18


def people(
    *, folded: str = "", state: str = "", status: str = "", region: str = "", letters: str = "", only: str = "",
    sort: str = "", today: date, reader: uuid.UUID | None = None,
) -> Select[Prisoner]:  # fmt: skip
    """People in any state for the staff list. `folded`: what was typed, folded (service/names.fold).

    `region` is where they are held now. `only`: "women", "minors", "unsure" (a dative nobody has confirmed), "stale" (a
    stay that has to be looked up again) or "mine" (waits for `reader` as the second person). `sort`: "name", "changed"
    or "born", with - before it for descending; anything else is the best match of what was typed, else what changed
    last first.
    """
    statement = select(Prisoner).options(selectinload(Prisoner.texts))
    found: list[uuid.UUID] = []
    if folded:
        found = search_people(folded, published_only=False)
        statement = statement.where(Prisoner.id.in_(found))
    if state in set(PrisonerState):
        statement = statement.where(Prisoner.state == state)
    if status in set(Liberty):
        current = select(LibertyStatus.id).where(
            LibertyStatus.prisoner_id == Prisoner.id, LibertyStatus.until_on.is_(None), LibertyStatus.status == status
        )
        statement = statement.where(current.exists())
    if region in regions():
        held = select(Custody.id).join(Facility, Facility.id == Custody.facility_id)
        held = held.where(Custody.prisoner_id == Prisoner.id, Custody.until_on.is_(None), Facility.region == region)
        statement = statement.where(held.exists())
    if letters in set(LettersPolicy):
        statement = statement.where(Prisoner.letters_policy == letters)
    return _sorted(_narrowed(statement, only, today, reader), sort, found)


def _narrowed(statement: Select[Prisoner], only: str, today: date, reader: uuid.UUID | None) -> Select[Prisoner]:
    if only == "women":
        return statement.where(Prisoner.gender == Gender.FEMALE)
    if only == "minors":
        return statement.where(Prisoner.born_on > today.replace(year=today.year - ADULT_YEARS, day=min(today.day, 28)))
    if only == "unsure":
        return statement.where(Prisoner.is_dative_confirmed.is_(False), Prisoner.state != PrisonerState.ARCHIVED)
    if only == "stale":
        stale = select(Custody.prisoner_id).outerjoin(Facility, Facility.id == Custody.facility_id)
        return statement.where(Prisoner.id.in_(stale.where(stay_is_stale(today))))
    if only == "mine":
        return statement.where(Prisoner.state == PrisonerState.REVIEW, Prisoner.author_id.is_distinct_from(reader))
    return statement


def stay_is_stale(today: date) -> ColumnElement[bool]:
    """Whether a stay that goes on was looked up too long ago, in a statement that joins its facility
    (situation.stale_from says the same of one row)."""
    lasts_long = and_(Facility.id.is_not(None), Facility.kind.not_in(SHORT_STAYS))
    days = case((lasts_long, LONG_DAYS), else_=SHORT_DAYS)
    return and_(Custody.until_on.is_(None), today - Custody.verified_on > days)


def _sorted(statement: Select[Prisoner], sort: str, found: Sequence[uuid.UUID]) -> Select[Prisoner]:
    columns: dict[str, Any] = {
        "name": func.lower(func.coalesce(func.nullif(Prisoner.last_latin, ""), Prisoner.last_ru)),
        "changed": Prisoner.edited_at, "born": Prisoner.born_on,
    }  # fmt: skip
    column = columns.get(sort.removeprefix("-"))
    if column is not None:
        statement = statement.order_by((column.desc() if sort.startswith("-") else column.asc()).nulls_last())
    elif found:
        statement = statement.order_by(func.array_position(literal(list(found), ARRAY(Uuid)), Prisoner.id))
    return statement.order_by(Prisoner.edited_at.desc(), Prisoner.id)


def list_interests() -> Sequence[Interest]:
    """The vocabulary, without what was merged into another word."""
    return session.scalars(select(Interest).where(Interest.merged_into_id.is_(None)).order_by(Interest.slug)).all()


def list_person_facts(prisoner: uuid.UUID, *, field: str = "") -> Select[Fact]:
    """The facts about a person and all that belongs to them, newest first; those of one field of the person's own row
    where `field` names one."""
    statement = select(Fact).where(Fact.prisoner_id == prisoner).order_by(Fact.id.desc())
    return statement.where(Fact.field == field, Fact.subject_id == prisoner) if field else statement


def current_facts(prisoner: uuid.UUID) -> dict[str, Fact]:
    """The newest fact of each field of the person's own row: where what stands there is known from."""
    newest = (
        select(Fact)
        .where(Fact.subject_id == prisoner)
        .ext(distinct_on(Fact.field))
        .order_by(Fact.field, Fact.id.desc())
    )
    return {fact.field: fact for fact in session.scalars(newest.ext(distinct_on(Fact.field)))}


def find_namesakes(folded_last: str, born_year: int | None, besides: uuid.UUID | None = None) -> Sequence[Prisoner]:
    """People who might be the same: the same last name in some spelling, and no other year of birth."""
    statement = select(Prisoner).join(SearchEntry, SearchEntry.prisoner_id == Prisoner.id)
    statement = statement.where(SearchEntry.folded.contains(folded_last, autoescape=True))
    if born_year is not None:
        year = func.extract("year", Prisoner.born_on)
        statement = statement.where((Prisoner.born_on.is_(None)) | (year == born_year))
    if besides is not None:
        statement = statement.where(Prisoner.id != besides)
    return session.scalars(statement.order_by(Prisoner.last_latin, Prisoner.id).limit(5)).all()
