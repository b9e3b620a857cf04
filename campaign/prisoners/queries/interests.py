"""Reads of the vocabulary of interests."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, cast, func, or_, select
from sqlalchemy.types import Text

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.prisoners.models import Interest, PrisonerInterest


def interests(*, search: str = "", sort: str = "", language: str) -> Select[Interest]:
    """The words that stand by themselves, by their label in `language`; those of which a label, or a label of what was
    merged into them, holds `search`. `sort`: "people" or "name", with - before it for descending."""
    statement = select(Interest).where(Interest.merged_into_id.is_(None))
    if search:
        holds = cast(Interest.labels, Text).icontains(search, autoescape=True)
        merged = select(Interest.merged_into_id).where(holds, Interest.merged_into_id.is_not(None))
        statement = statement.where(or_(holds, Interest.id.in_(merged)))
    label = func.lower(func.coalesce(Interest.labels[language].astext, Interest.labels["en"].astext))
    columns: dict[str, Any] = {"people": _people_of(), "name": label}
    column = columns.get(sort.removeprefix("-"))
    if column is not None:
        statement = statement.order_by(column.desc() if sort.startswith("-") else column.asc())
    return statement.order_by(label, Interest.id)


def _people_of() -> Any:
    bears = PrisonerInterest.interest_id == Interest.id
    return select(func.count()).select_from(PrisonerInterest).where(bears).correlate(Interest).scalar_subquery()


def count_people(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people each word is noted for; words without anybody are left out."""
    statement = (
        select(PrisonerInterest.interest_id, func.count())
        .where(PrisonerInterest.interest_id.in_(ids))
        .group_by(PrisonerInterest.interest_id)
    )
    return dict(session.execute(statement).all())


def list_merged(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Interest]]:
    """What was merged into each word."""
    found: dict[uuid.UUID, list[Interest]] = {}
    for each in session.scalars(select(Interest).where(Interest.merged_into_id.in_(ids)).order_by(Interest.slug)):
        if each.merged_into_id is not None:
            found.setdefault(each.merged_into_id, []).append(each)
    return found


def get_interest(interest_id: uuid.UUID) -> Interest:
    """A word of the vocabulary; raises NotFound."""
    interest = session.get(Interest, interest_id)
    if interest is None:
        raise NotFound
    return interest
