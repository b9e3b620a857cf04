"""Reads of suggestions, of the search for them, and of records that were merged."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import (
    Consent,
    DoublesRun,
    DoubleState,
    DuplicateSuggestion,
    Interaction,
    Person,
    PersonFieldValue,
    PersonIdentity,
    PersonMerge,
    PersonNote,
    PersonTag,
    Volunteer,
)
from campaign.people.queries.likeness import Reason

PER_PAGE = 20


class Stays(StrEnum):
    """Why one of two records had better stay."""

    HELPS = "helps"
    """Somebody signs in with it."""
    RICHER = "richer"
    OLDER = "older"
    EITHER = "either"
    """Nothing speaks for one of them."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """One page of pairs."""

    items: Sequence[DuplicateSuggestion]
    number: int
    total: int


def list_pairs(state: DoubleState, reason: Reason | None, *, number: int) -> Pairs:
    """A page of suggestions, the most alike first; past the end the last one."""
    where = [DuplicateSuggestion.state == state]
    if reason is not None:
        where.append(DuplicateSuggestion.reasons.has_key(reason.value))
    total = session.scalar(select(func.count()).select_from(DuplicateSuggestion).where(*where)) or 0
    shown = min(max(number, 1), max(1, -(-total // PER_PAGE)))
    statement = select(DuplicateSuggestion).where(*where)
    by_score = statement.order_by(DuplicateSuggestion.score.desc(), DuplicateSuggestion.id)
    items = session.scalars(by_score.limit(PER_PAGE).offset((shown - 1) * PER_PAGE)).all()
    return Pairs(items, shown, total)


def find_pair(one: uuid.UUID, other: uuid.UUID) -> DuplicateSuggestion | None:
    """What was suggested of two, or None."""
    first, second = sorted((one, other))
    statement = select(DuplicateSuggestion).where(
        DuplicateSuggestion.one_id == first, DuplicateSuggestion.other_id == second
    )
    return session.scalar(statement)


def which_stays(one: Person, other: Person) -> tuple[uuid.UUID, Stays]:
    """Which of two records had better stay when they are merged, and why."""
    helps = set(session.scalars(select(Volunteer.person_id).where(Volunteer.person_id.in_([one.id, other.id]))))
    if len(helps) == 1:
        return (one.id if one.id in helps else other.id), Stays.HELPS
    held = {each.id: entries_of(each.id) for each in (one, other)}
    if held[one.id] != held[other.id]:
        return max((one, other), key=lambda each: held[each.id]).id, Stays.RICHER
    first = min((one, other), key=lambda each: (each.since_on, each.id)).id
    return first, Stays.EITHER if one.since_on == other.since_on else Stays.OLDER


def entries_of(person_id: uuid.UUID) -> int:
    """How much hangs on a record: ways to reach, consents, tags, fields, notes, lines of the timeline."""
    counts = [
        select(func.count()).where(table.person_id == person_id).scalar_subquery()
        for table in (PersonIdentity, Consent, PersonTag, PersonFieldValue, PersonNote, Interaction)
    ]
    return sum(session.execute(select(*counts)).one())


def find_run() -> DoublesRun | None:
    """The newest search, or None."""
    return session.scalar(select(DoublesRun).order_by(DoublesRun.started_at.desc()).limit(1))


def get_merge(merge_id: uuid.UUID) -> PersonMerge:
    """A merge. Raises NotFound."""
    found = session.get(PersonMerge, merge_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def list_merges_into(person_id: uuid.UUID) -> Sequence[PersonMerge]:
    """What went into a record and is there, newest first."""
    mine = PersonMerge.winner_id == person_id, PersonMerge.undone_at.is_(None)
    return session.scalars(select(PersonMerge).where(*mine).order_by(PersonMerge.merged_at.desc())).all()


def find_winner(person_id: uuid.UUID) -> uuid.UUID | None:
    """Into which record another went, or None."""
    gone = PersonMerge.loser_id == person_id, PersonMerge.undone_at.is_(None)
    return session.scalar(select(PersonMerge.winner_id).where(*gone))
