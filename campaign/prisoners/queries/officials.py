"""Reads of officials, for staff alone. No public page, feed, export or API may use this module."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Case, Fact, Office, Official, OfficialAct, Prisoner


class ActInCase(NamedTuple):
    """What an official did, in which case, against whom."""

    act: OfficialAct
    official: Official
    case: Case
    prisoner: Prisoner


def officials(*, words: Sequence[str] = (), office: str = "", sanctioned: str = "", sort: str = "") -> Select[Any]:
    """Officials for a list: by folded `words` of the name, by the office they acted in, by being on a sanctions list.

    `sanctioned`: "yes" or "no". `sort`: "name", "position" or "cases", with - before it for descending.
    """
    statement = select(Official)
    for word in words:
        statement = statement.where(Official.folded.contains(word, autoescape=True))
    if office in set(Office):
        acted = select(OfficialAct.id).where(OfficialAct.official_id == Official.id, OfficialAct.office == office)
        statement = statement.where(acted.exists())
    if sanctioned in {"yes", "no"}:
        on_a_list = func.jsonb_array_length(Official.sanctioned_by) > 0
        statement = statement.where(on_a_list if sanctioned == "yes" else ~on_a_list)
    columns: dict[str, Any] = {
        "name": func.lower(Official.name), "position": func.lower(Official.position), "cases": _cases()
    }  # fmt: skip
    column = columns.get(sort.removeprefix("-"))
    if column is not None:
        statement = statement.order_by(column.desc() if sort.startswith("-") else column.asc())
    return statement.order_by(func.lower(Official.name), Official.id)


def get_official(official_id: uuid.UUID) -> Official:
    """One official; raises NotFound."""
    official = session.get(Official, official_id)
    if official is None:
        raise NotFound
    return official


def count_cases_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """In how many cases each of these officials acted; those without any are left out."""
    count = func.count(OfficialAct.case_id.distinct())
    statement = select(OfficialAct.official_id, count).where(OfficialAct.official_id.in_(ids))
    return dict(session.execute(statement.group_by(OfficialAct.official_id)).all())


def list_acts_of(official_id: uuid.UUID) -> list[ActInCase]:
    """What an official did in every case, the latest first."""
    return _acts(OfficialAct.official_id == official_id)


def list_acts_in(case_id: uuid.UUID) -> list[ActInCase]:
    """Who did what in a case, the latest first."""
    return _acts(OfficialAct.case_id == case_id)


def list_official_facts(official_id: uuid.UUID, limit: int = 60) -> Sequence[Fact]:
    """What was written down of an official, newest first."""
    statement = select(Fact).where(Fact.subject_kind == "official", Fact.subject_id == official_id)
    return session.scalars(statement.order_by(Fact.id.desc()).limit(limit)).all()


def _acts(condition: Any) -> list[ActInCase]:
    statement = (
        select(OfficialAct, Official, Case, Prisoner)
        .join(Official, Official.id == OfficialAct.official_id)
        .join(Case, Case.id == OfficialAct.case_id)
        .join(Prisoner, Prisoner.id == Case.prisoner_id)
        .where(condition)
        .order_by(OfficialAct.acted_on.desc().nulls_last(), OfficialAct.id)
    )
    return [ActInCase(*row) for row in session.execute(statement)]


def _cases() -> Any:
    count = func.count(OfficialAct.case_id.distinct())
    return select(count).where(OfficialAct.official_id == Official.id).correlate(Official).scalar_subquery()
