"""What has changed since a day: what to fetch anew, and what a copy has to take down.

Days and not minutes are kept of what the public sees, so a copy that has read to the end begins again with the day on
which it did: what changed later on that day would be missed otherwise. It gets some things twice, and nothing never.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Date, String, Subquery, case, cast, func, literal, select, tuple_, union_all

from campaign.api.queries.reader import Document, Reader, day
from campaign.kernel.db import session
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
    changed = _changed(reader)
    at = tuple_(changed.c.day, changed.c.kind, changed.c.key)
    statement = select(changed).where(at > tuple_(literal(since.day, Date), literal(since.kind), literal(since.key)))
    rows = session.execute(statement.order_by(changed.c.day, changed.c.kind, changed.c.key).limit(PER_PAGE + 1)).all()
    shown, is_last = rows[:PER_PAGE], len(rows) <= PER_PAGE
    last = shown[-1] if shown and not is_last else None
    again = Position(max(min((now - LATE).date(), now.date()), since.day))
    following = Position(last.day, last.kind, last.key) if last is not None else again
    return Changes([_document(row, reader) for row in shown], following, is_last)


def _changed(reader: Reader) -> Subquery:
    return _parts(reader).subquery()


def _parts(reader: Reader) -> CompoundSelect[Any]:
    people = select(
        Prisoner.changed_on.label("day"), literal("person").label("kind"), Prisoner.slug.label("key"),
        case((Prisoner.published_on == Prisoner.changed_on, "published"), else_="changed").label("what"),
    ).where(Prisoner.state == PrisonerState.PUBLISHED)  # fmt: skip
    gone = select(
        Withdrawal.since_on, literal("person"), cast(func.encode(Withdrawal.slug_digest, "hex"), String),
        literal("gone"),
    )  # fmt: skip
    happened = func.max(cast(PetitionEvent.at, Date))
    petitions = (
        select(
            happened, literal("petition"), Petition.slug,
            case((Petition.opened_on == happened, "published"), else_="changed"),
        )
        .join(PetitionEvent, PetitionEvent.petition_id == Petition.id)
        .where(Petition.state.in_(PUBLIC_STATES))
        .group_by(Petition.id)
    )  # fmt: skip
    if not reader.is_outside:
        petitions = petitions.where(Petition.audience == Audience.ANYWHERE)
    return union_all(people, gone, petitions)


def _document(row: Any, reader: Reader) -> Document:
    if row.what == "gone":
        return {
            "kind": row.kind, "what": "gone", "on": day(row.day), "slug": None, "slug_sha256": row.key, "url": None,
            "document": None,
        }  # fmt: skip
    page, document = PATHS[row.kind]
    return {
        "kind": row.kind, "what": row.what, "on": day(row.day), "slug": row.key, "slug_sha256": None,
        "url": reader.page(page + row.key), "document": reader.file(f"/api/v1{document}{row.key}"),
    }  # fmt: skip
