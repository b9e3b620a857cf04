"""Whose group a letter belongs to: what those see whose role is narrowed to some groups, and how lists are filtered."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, func, select

from campaign.kernel.db import session
from campaign.letters.models import BatchEvent, Letter, LetterBatch, LetterThread

Within = Collection[uuid.UUID] | None
"""The groups whose letters somebody sees; None: all letters."""
NO_GROUP = "none"
"""In an address: letters of no group."""
FELL_OUT = "out"


def of_groups(within: Within, group: str = "") -> list[ColumnElement[bool]]:
    """What narrows letters to `within`, and to one group (its id, or NO_GROUP) where one is chosen."""
    found = [] if within is None else [_is_theirs(within)]
    if group == NO_GROUP:
        found.append(Letter.thread_id.in_(select(LetterThread.id).where(LetterThread.group_id.is_(None))))
    elif group:
        found.append(_is_theirs([uuid.UUID(group)]))
    return found


def is_letter_within(letter_id: uuid.UUID, within: Collection[uuid.UUID]) -> bool:
    """Whether it is a letter of one of these groups."""
    return session.scalar(select(Letter.id).where(Letter.id == letter_id, _is_theirs(within))) is not None


def batches_within(within: Collection[uuid.UUID], actor: uuid.UUID) -> list[ColumnElement[bool]]:
    """What narrows batches to those in which letters of these groups lie, and never lay any other.

    What fell out counts too: its words may still stand in the documents. One in which nothing lies any more is shown
    to whoever locked it.
    """
    inside = select(Letter.id).where(Letter.batch_id == LetterBatch.id)
    fallen = (
        select(Letter.id)
        .join(BatchEvent, Letter.code == func.split_part(BatchEvent.reason, ":", 3))
        .where(BatchEvent.batch_id == LetterBatch.id, BatchEvent.reason.startswith(f"{FELL_OUT}:"))
    )
    theirs = _is_theirs(within)
    return [
        ~exists(inside.where(~theirs)),
        ~exists(fallen.where(~theirs)),
        exists(inside.where(theirs)) | exists(fallen.where(theirs)) | (LetterBatch.locked_by == actor),
    ]


def is_batch_within(batch_id: uuid.UUID, within: Collection[uuid.UUID], actor: uuid.UUID) -> bool:
    """Whether somebody whose role is narrowed to these groups may see this batch."""
    mine = select(LetterBatch.id).where(LetterBatch.id == batch_id, *batches_within(within, actor))
    return session.scalar(mine) is not None


def holds_letters_of(group: str) -> ColumnElement[bool]:
    """What narrows batches to those in which a letter of this group lies."""
    return exists(select(Letter.id).where(Letter.batch_id == LetterBatch.id, *of_groups(None, group)))


def _is_theirs(groups: Collection[uuid.UUID]) -> ColumnElement[bool]:
    return Letter.thread_id.in_(select(LetterThread.id).where(LetterThread.group_id.in_(groups)))
