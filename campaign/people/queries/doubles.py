"""Reads of suggestions, of the search for them, and of records that were merged."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.people.models import DoublesRun, DoubleState, DuplicateSuggestion, PersonMerge
from campaign.people.queries.likeness import Reason

PER_PAGE = 20


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
