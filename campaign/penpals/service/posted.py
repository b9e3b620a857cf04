"""Letters that somebody posts and tells us of: what each counts, and which tellings are of one letter.

Whoever posts a letter themselves and says so is the last that will be heard of it, so it counts as reported from the
day of posting. What one writer posts to one person on one day is one letter, whether it is told in a turn of a group,
under "my prisoners" or by a code; a code behind which no writer is known stands for one letter. What leaves in our own
batches is counted by campaign/letters, as its state moves on.
"""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.penpals.models import (
    Assignment,
    AttentionEntry,
    AttentionSource,
    Counted,
    GroupTurn,
    Reservation,
    ReservationState,
    TurnState,
)
from campaign.penpals.service import attention

_SPACE = uuid.UUID("5b0a3d5e-58a8-4b0c-9a3f-7f1f5a9e4f10")


def record_posted(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, on: date) -> bool:
    """Count a letter that a writer posted on that day; False when it is counted already."""
    key = _key(prisoner_id, volunteer_id, on)
    known = select(AttentionEntry.id).where(
        AttentionEntry.source == AttentionSource.LETTER, AttentionEntry.source_id == key,
        AttentionEntry.prisoner_id == prisoner_id,
    )  # fmt: skip
    is_known = session.scalar(known) is not None
    _count([(prisoner_id, key)], on)
    return not is_known


def record_codes(reservations: Sequence[Reservation], on: date) -> None:
    """Count what was posted on that day by the codes of promises; told twice, each counts once."""
    _count([(each.prisoner_id, _key_of(each, on)) for each in reservations], on)


def forget_posted(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, on: date) -> None:
    """It was not posted after all. Whoever calls it looks at `is_told_elsewhere` first."""
    attention.forget(AttentionSource.LETTER, _key(prisoner_id, volunteer_id, on))


def forget_codes(reservations: Sequence[Reservation]) -> None:
    """What was told by these codes was not posted; `written_on` still says when it was to have been."""
    keys = [_key_of(each, each.written_on) for each in reservations if each.written_on is not None]
    attention.forget_many(AttentionSource.LETTER, keys)


def is_told_elsewhere(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, on: date) -> bool:
    """Whether a turn of a group or a code says that this writer posted a letter to them on that day."""
    by_turn = (
        select(GroupTurn.id)
        .join(Assignment, Assignment.id == GroupTurn.assignment_id)
        .where(
            Assignment.prisoner_id == prisoner_id, GroupTurn.volunteer_id == volunteer_id,
            GroupTurn.state == TurnState.WRITTEN, GroupTurn.done_on == on,
        )
    )  # fmt: skip
    by_code = select(Reservation.id).where(
        Reservation.prisoner_id == prisoner_id, Reservation.volunteer_id == volunteer_id,
        Reservation.state == ReservationState.WRITTEN, Reservation.written_on == on,
    )  # fmt: skip
    return any(session.scalar(each.limit(1)) is not None for each in (by_turn, by_code))


def _count(letters: Sequence[tuple[uuid.UUID, uuid.UUID]], on: date) -> None:
    letter, reported = AttentionSource.LETTER, Counted.REPORTED
    attention.record_many([attention.Count(person, letter, key, reported, on) for person, key in letters])


def _key_of(reservation: Reservation, on: date) -> uuid.UUID:
    if reservation.volunteer_id is None:
        return reservation.id
    return _key(reservation.prisoner_id, reservation.volunteer_id, on)


def _key(prisoner_id: uuid.UUID, volunteer_id: uuid.UUID, on: date) -> uuid.UUID:
    return uuid.uuid5(_SPACE, f"{volunteer_id} {prisoner_id} {on.isoformat()}")
