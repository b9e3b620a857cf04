"""What has changed since a day: what to fetch anew, and what a copy has to take down.

Days and not minutes are kept of what the public sees, so a copy that has read to the end begins again with the day on
which it did: what changed later on that day would be missed otherwise. It gets some things twice, and nothing never.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    String,
    Text,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from campaign.api.queries.reader import Document, Reader, day
from campaign.kernel.reads import Read
from campaign.petitions.models import PUBLIC_STATES, Audience, Petition, PetitionEvent
from campaign.prisoners.models import Prisoner, PrisonerState, Withdrawal

PER_PAGE = 200
FIRST_DAY = date(2020, 1, 1)
LATE = timedelta(hours=1)
"""What is written down before midnight may be committed after it."""
PATHS = {"person": ("/prisoners/", "/people/"), "petition": ("/petitions/", "/petitions/")}


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where somebody has read."""

    day: date
    kind: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of changes; `is_last`: there is nothing more at this moment."""

    items: list[Document]
    next: Position
    is_last: bool


def list_changes(reader: Reader, since: Position, now: datetime) -> Changes:
    """What changed after `since`, the oldest first: in one statement."""
    rows = _changed(outside=reader.is_outside).rows(day=since.day, kind=since.kind, key=since.key, most=PER_PAGE + 1)
    shown, is_last = rows[:PER_PAGE], len(rows) <= PER_PAGE
    last = shown[-1] if shown and not is_last else None
    again = Position(max(min((now - LATE).date(), now.date()), since.day))
    following = Position(last.day, last.kind, last.key) if last is not None else again
    return Changes([_document(row, reader) for row in shown], following, is_last)


@cache
def _changed(*, outside: bool) -> Read:
    """Made once: making it takes longer than answering it."""
    changed = _parts(outside=outside).subquery()
    position = (changed.c.day, changed.c.kind, changed.c.key)
    after = tuple_(bindparam("day", type_=Date), bindparam("kind", type_=Text), bindparam("key", type_=Text))
    statement = select(changed).where(tuple_(*position) > after).order_by(*position)
    return Read(statement.limit(bindparam("most", type_=Integer)))


def _parts(*, outside: bool) -> CompoundSelect[Any]:
    people = select(
        Prisoner.changed_on.label("day"), _word("person").label("kind"), Prisoner.slug.label("key"),
        case((Prisoner.published_on == Prisoner.changed_on, _word("published")), else_=_word("changed")).label("what"),
        _word("").label("asks"),
    ).where(Prisoner.state == PrisonerState.PUBLISHED)  # fmt: skip
    gone = select(
        Withdrawal.since_on, _word("person"), cast(func.encode(Withdrawal.slug_digest, "hex"), String),
        _word("gone"), _word(""),
    )  # fmt: skip
    happened = func.max(cast(PetitionEvent.at, Date))
    petitions = (
        select(
            happened, _word("petition"), Petition.slug,
            case((Petition.opened_on == happened, _word("published")), else_=_word("changed")),
            case((Petition.audience == Audience.OUTSIDE_RUSSIA, _word("?place=out")), else_=_word("")),
        )
        .join(PetitionEvent, PetitionEvent.petition_id == Petition.id)
        .where(Petition.state == any_(literal(sorted(PUBLIC_STATES), ARRAY(Text))))
        .group_by(Petition.id)
    )  # fmt: skip
    if not outside:
        petitions = petitions.where(Petition.audience == Audience.ANYWHERE)
    return union_all(people, gone, petitions)


def _word(word: str) -> ColumnElement[str]:
    """A word of ours as it stands: of a parameter the server would not know the type."""
    return literal_column(f"'{word}'::text", Text)


def _document(row: Any, reader: Reader) -> Document:
    if row.what == "gone":
        return {
            "kind": row.kind, "what": "gone", "on": day(row.day), "slug": None, "slug_sha256": row.key, "url": None,
            "document": None,
        }  # fmt: skip
    page, document = PATHS[row.kind]
    return {
        "kind": row.kind, "what": row.what, "on": day(row.day), "slug": row.key, "slug_sha256": None,
        "url": reader.page(page + row.key), "document": reader.file(f"/api/v1{document}{row.key}{row.asks}"),
    }  # fmt: skip
