"""Reads about batches: what waits for one, what lies in one, and what is printed of it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select

from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.letters.models import (
    BatchDocument,
    BatchEvent,
    BatchState,
    HoldReason,
    Letter,
    LetterBatch,
    LetterState,
    LetterThread,
    Relay,
)
from campaign.letters.queries.by_group import FELL_OUT, Within, batches_within, holds_letters_of, of_groups
from campaign.letters.queries.destinations import Destination, find_destinations
from campaign.prisoners.models import Channel, Custody, Facility, Prisoner

OPEN = frozenset({BatchState.LOCKED, BatchState.RENDERED, BatchState.PRINTED})
"""It can still be cancelled."""
PAST = frozenset({BatchState.RECONCILED, BatchState.CANCELLED})
SERVICES = frozenset({Channel.F_PISMO, Channel.ZT})
BY_LETTER = frozenset({Channel.POST, *SERVICES})
CHECKED = "in"


class Unready(StrEnum):
    """Why a letter in the queue cannot be locked into a batch."""

    ELSEWHERE = "elsewhere"
    """Its reader is held in another place by now."""
    NO_ADDRESS = "no_address"
    NO_NAME = "no_name"
    """No name in Russian."""
    NO_BIRTH_YEAR = "no_birth_year"
    """There are namesakes: without the year a letter is not handed over (DOMAIN.md 1.2)."""


class Waiting(NamedTuple):
    """What waits for a batch in one place by one channel, of one group or of none."""

    facility: Facility | None
    channel: str
    letters: int
    since_on: date
    group_id: uuid.UUID | None
    """Those of one group stand for themselves: it may have a return address of its own."""


class Candidate(NamedTuple):
    """A letter in the queue, and what keeps it there."""

    letter: Letter
    person: Prisoner
    to: str
    is_dative_sure: bool
    problem: HoldReason | Unready | None


class InBatch(NamedTuple):
    """A letter in its batch."""

    letter: Letter
    person: Prisoner


class FellOut(NamedTuple):
    """A letter that was taken out: its paper is to be taken out of the pile."""

    position: int
    code: str
    happened_on: date


def problem_of(found: Destination, person: Prisoner, facility_id: uuid.UUID) -> HoldReason | Unready | None:
    """What keeps a letter to somebody out of a batch to `facility_id`; None where it may be locked in."""
    if found.hold is not None:
        return found.hold
    if found.facility_id != facility_id:
        return Unready.ELSEWHERE
    if not found.postal_index:
        return Unready.NO_ADDRESS
    if not person.last_ru:
        return Unready.NO_NAME
    return None if person.born_on is not None else Unready.NO_BIRTH_YEAR


def list_waiting(within: Within = None, group: str = "") -> Sequence[Waiting]:
    """What waits, by place, channel and group, the longest wait first."""
    since = func.min(func.coalesce(Letter.submitted_on, Letter.created_on))
    statement = (
        select(Facility, Letter.channel, func.count(Letter.id), since, LetterThread.group_id)
        .select_from(Letter)
        .join(LetterThread, LetterThread.id == Letter.thread_id)
        .join(Custody, (Custody.prisoner_id == Letter.prisoner_id) & Custody.until_on.is_(None), isouter=True)
        .join(Facility, Facility.id == Custody.facility_id, isouter=True)
        .where(Letter.state == LetterState.QUEUED, *of_groups(within, group))
        .group_by(Facility.id, Letter.channel, LetterThread.group_id)
        .order_by(since, Facility.name_ru, Letter.channel, LetterThread.group_id)
    )
    return [Waiting(*row) for row in session.execute(statement)]


def count_waiting(within: Within = None) -> tuple[int, date | None]:
    """How many letters wait for a batch, and the day of the oldest."""
    since = func.min(func.coalesce(Letter.submitted_on, Letter.created_on))
    waiting = select(func.count(), since).where(Letter.state == LetterState.QUEUED, *of_groups(within))
    row = session.execute(waiting).one()
    return row[0], row[1]


def count_to_check_off(within: Within, actor: uuid.UUID) -> int:
    """How many batches have left and are not checked off."""
    statement = select(func.count()).select_from(LetterBatch).where(LetterBatch.state == BatchState.POSTED)
    if within is not None:
        statement = statement.where(*batches_within(within, actor))
    return session.scalar(statement) or 0


def queued_for(
    facility_id: uuid.UUID, channel: str, within: Within = None, group: str = ""
) -> Select[Letter, Prisoner]:  # fmt: skip
    """Letters in the queue whose reader is in that place now, in the order in which a batch takes them."""
    return (
        select(Letter, Prisoner)
        .join(Prisoner, Prisoner.id == Letter.prisoner_id)
        .join(Custody, (Custody.prisoner_id == Letter.prisoner_id) & Custody.until_on.is_(None))
        .where(Letter.state == LetterState.QUEUED, Letter.channel == channel, Custody.facility_id == facility_id)
        .where(*of_groups(within, group))
        .order_by(Prisoner.last_ru, Prisoner.first_ru, Prisoner.id, Letter.number)
    )


def list_candidates(rows: Sequence[Any], facility_id: uuid.UUID, channel: str, today: date) -> Sequence[Candidate]:
    """What stands in the way of each of the letters that `queued_for` gave."""
    known = find_destinations(list({person.id for _letter, person in rows}), channel, today)
    return [
        Candidate(
            letter, person, known[person.id].to, known[person.id].is_dative_sure,
            problem_of(known[person.id], person, facility_id),
        )
        for letter, person in rows
    ]  # fmt: skip


def list_batches(
    *,
    is_past: bool,
    actor: uuid.UUID,
    within: Within = None,
    group: str = "",
    channel: str = "",
    facility: str = "",
    state: str = "",
) -> Select[LetterBatch, Facility]:
    """Batches with their place, the newest first; `facility` is a part of its name or code."""
    states = PAST if is_past else frozenset(BatchState) - PAST
    wanted: list[ColumnElement[bool]] = [LetterBatch.state.in_(states)]
    if within is not None:
        wanted += batches_within(within, actor)
    if group:
        wanted.append(holds_letters_of(group))
    if channel:
        wanted.append(LetterBatch.channel == channel)
    if state:
        wanted.append(LetterBatch.state == state)
    if facility:
        wanted.append(Facility.name_ru.icontains(facility, autoescape=True) | (Facility.code == facility))
    joined = select(LetterBatch, Facility).join(Facility, Facility.id == LetterBatch.facility_id).where(*wanted)
    return joined.order_by(LetterBatch.number.desc())


def get_batch(batch_id: uuid.UUID) -> LetterBatch:
    """One batch. Raises NotFound."""
    found = session.get(LetterBatch, batch_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def letters_of(batch_id: uuid.UUID) -> Select[Letter, Prisoner]:
    """Letters of a batch with their readers, in the order of the pile."""
    joined = select(Letter, Prisoner).join(Prisoner, Prisoner.id == Letter.prisoner_id)
    return joined.where(Letter.batch_id == batch_id).order_by(Letter.position, Letter.id)


def list_letters(batch_id: uuid.UUID) -> Sequence[InBatch]:
    """All of them."""
    return [InBatch(*row) for row in session.execute(letters_of(batch_id))]


def count_by_state(batch_id: uuid.UUID) -> Mapping[str, int]:
    """How many letters of a batch are in each state."""
    statement = select(Letter.state, func.count()).where(Letter.batch_id == batch_id).group_by(Letter.state)
    return dict(session.execute(statement).all())


def list_fallen_out(batch_id: uuid.UUID) -> Sequence[FellOut]:
    """Which papers are to be taken out of the pile, by their place in it."""
    statement = select(BatchEvent.reason, BatchEvent.happened_on).where(
        BatchEvent.batch_id == batch_id, BatchEvent.reason.startswith(f"{FELL_OUT}:")
    )
    found = []
    for reason, day in session.execute(statement):
        _word, position, code = reason.split(":")
        found.append(FellOut(int(position), code, day))
    return sorted(found)


def list_checked(batch_id: uuid.UUID) -> frozenset[str]:
    """The codes of the letters of a batch that were seen to have left."""
    statement = select(BatchEvent.reason).where(
        BatchEvent.batch_id == batch_id, BatchEvent.reason.startswith(f"{CHECKED}:")
    )
    return frozenset(reason.rpartition(":")[2] for reason in session.scalars(statement))


def list_unchecked(batch_id: uuid.UUID) -> Sequence[Letter]:
    """Letters that went out with a batch and of which nobody has seen, or heard, that they left."""
    statement = select(Letter).where(Letter.batch_id == batch_id, Letter.state == LetterState.DISPATCHED)
    checked = list_checked(batch_id)
    letters = session.scalars(statement.order_by(Letter.position, Letter.id)).all()
    return [each for each in letters if each.code not in checked]


def list_events(batch_id: uuid.UUID) -> Sequence[BatchEvent]:
    """What was done with a batch as a whole, oldest first."""
    statement = select(BatchEvent).where(BatchEvent.batch_id == batch_id, BatchEvent.was != BatchEvent.now)
    return session.scalars(statement.order_by(BatchEvent.id)).all()


def list_documents(batch: LetterBatch) -> Sequence[Any]:
    """What is printed of a batch: id, kind, part and letters of each part, without its content."""
    statement = select(BatchDocument.id, BatchDocument.kind, BatchDocument.part, BatchDocument.letters).where(
        BatchDocument.batch_id == batch.id, BatchDocument.documents_version == batch.documents_version
    )
    return session.execute(statement.order_by(BatchDocument.kind, BatchDocument.part)).all()


def list_relays(*, only_active: bool = False) -> Sequence[Relay]:
    """Return addresses, the default first."""
    statement = select(Relay).order_by(Relay.is_default.desc(), Relay.is_active.desc(), Relay.name, Relay.id)
    return session.scalars(statement.where(Relay.is_active) if only_active else statement).all()


def relays_for(within: Within, group: str) -> Sequence[Relay]:
    """Return addresses that a batch may bear: the chosen group's own first, then the default and the others.

    Whose role is narrowed to groups is offered theirs and those of no group.
    """
    found = [each for each in list_relays(only_active=True) if within is None or each.group_id in {None, *within}]
    return sorted(found, key=lambda each: not group or str(each.group_id) != group)
