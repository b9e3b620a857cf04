"""Batches: letters by one channel to one place that are locked together, and how they fall out again.

Locks: prisoners by id, the batch, its letters by id. Whoever re-resolves addresses holds the prisoners, so that nobody
is transferred between the look and the envelope; every other step holds the batch, for which a transfer waits.
"""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select

from campaign.kernel import audit, clock, jobs
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.jobs import JobRow
from campaign.letters.jobs import RenderBatch
from campaign.letters.models import (
    IN_BATCH,
    BatchDocument,
    BatchEvent,
    BatchState,
    Letter,
    LetterBatch,
    LetterState,
    Relay,
)
from campaign.letters.queries.batches import BY_LETTER, OPEN, SERVICES, Unready, problem_of, queued_for
from campaign.letters.queries.by_group import Within
from campaign.letters.queries.destinations import Destination, find_destination, find_destinations
from campaign.letters.service.moves import move
from campaign.letters.service.queue import fall_out
from campaign.prisoners.models import Facility, Prisoner

MOST_LETTERS = 1000
NOTHING_WAITS = N_(
    "Nothing that can be locked waits there any more: somebody else has locked it meanwhile, or something is missing."
)


class NoSuchWay(Conflict):
    """The channel carries no letters, or the return address does not fit it."""


def lock_batch(
    channel: str, facility_id: uuid.UUID, *, relay_id: uuid.UUID | None, actor: uuid.UUID,
    letter_ids: Iterable[uuid.UUID] | None = None, language: str = "en", within: Within = None, group: str = "",
) -> LetterBatch:  # fmt: skip
    """Lock what waits there, or those of it that are named, each addressed by the newest facts.

    `within`: the groups whose letters the actor reaches, `group` the one that is chosen; no other's letter is locked.

    What does not resolve stays in the queue. Of two at once the second gets what the first left. Raises NotFound,
    NoSuchWay, and Conflict when nothing is left.
    """
    place = _check_way(channel, facility_id, relay_id)
    asked = None if letter_ids is None else set(letter_ids)
    rows = session.execute(queued_for(facility_id, channel, within, group)).all()
    wanted = [letter.id for letter, _person in rows if asked is None or letter.id in asked][:MOST_LETTERS]
    people = _lock_prisoners(wanted)
    place_of = {letter_id: number for number, letter_id in enumerate(wanted)}
    letters = sorted(_lock_queued(wanted), key=lambda each: place_of[each.id])
    ready = _addressed(letters, people, channel, facility_id)
    if not ready:
        raise Conflict(NOTHING_WAITS)
    batch = LetterBatch(
        id=uuid.uuid4(), channel=channel, facility_id=facility_id, relay_id=relay_id, state=BatchState.LOCKED,
        letters=len(ready), locked_by=actor, locked_on=clock.today(), is_demo=place.is_demo,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    for position, (letter, where) in enumerate(ready, start=1):
        letter.batch_id, letter.position = batch.id, position
        letter.address, letter.facility_id = where.snapshot(), facility_id
        move(letter, LetterState.BATCHED, actor=actor)
    _note(batch, "", actor)
    audit.record("letter_batch.lock", actor=actor, about=f"letter_batch:{batch.id}", amount=len(ready))
    _ask_for_documents(batch, language)
    return batch


def cancel_batch(batch_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Give every letter back to the queue and drop the documents. Safe to press twice.

    Raises Conflict once it was posted, or once a letter was handed to the service: that one would go twice.
    """
    batch = locked_batch(batch_id)
    if batch.state == BatchState.CANCELLED:
        return
    _check_open(batch)
    letters = locked_letters(batch)
    if any(each.state == LetterState.HANDED_TO_SERVICE for each in letters):
        raise Conflict(
            N_("A letter of this batch was handed to the service already. Take the others out and post the batch.")
        )
    for letter in letters:
        move(letter, LetterState.QUEUED, actor=actor)
    step(batch, BatchState.CANCELLED, actor)
    drop_documents(batch)
    audit.record("letter_batch.cancel", actor=actor, about=f"letter_batch:{batch.id}", amount=len(letters))


def drop_letter(batch_id: uuid.UUID, letter_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Take one letter out before the batch leaves; it goes back to the queue, or is held. Safe to press twice."""
    people = _lock_prisoners([letter_id])
    batch = locked_batch(batch_id)
    _check_open(batch)
    letter = next((each for each in locked_letters(batch) if each.id == letter_id), None)
    if letter is None:
        return
    take_out(letter, people, actor)
    audit.record("letter_batch.drop", actor=actor, about=f"letter_batch:{batch.id}")


def reprint(batch_id: uuid.UUID, *, actor: uuid.UUID, language: str = "en") -> int:
    """Address every letter anew and make the documents again; gives how many fell out. Raises Conflict.

    Whoever is held elsewhere by now, or cannot be written to, falls out; where nobody looked lately the old address
    stays, and so does what was handed to a service.
    """
    ids = session.scalars(select(Letter.id).where(Letter.batch_id == batch_id)).all()
    people = _lock_prisoners(ids)
    batch = locked_batch(batch_id)
    _check_open(batch)
    known, out = find_destinations(list(people), batch.channel, clock.today()), 0
    for letter in locked_letters(batch):
        if letter.state == LetterState.HANDED_TO_SERVICE:
            continue
        where = known[letter.prisoner_id]
        problem = problem_of(where, people[letter.prisoner_id], batch.facility_id)
        if problem is None:
            letter.address = where.snapshot()
        elif where.is_sure or problem is Unready.ELSEWHERE:
            _fall_out(letter, where, actor)
            out += 1
    batch.documents_version += 1
    batch.rendered = 0
    drop_documents(batch)
    if batch.state != BatchState.LOCKED and batch.channel not in SERVICES:
        step(batch, BatchState.LOCKED, actor)
    session.flush()
    audit.record("letter_batch.reprint", actor=actor, about=f"letter_batch:{batch.id}", amount=batch.letters)
    _ask_for_documents(batch, language)
    return out


def render_again(batch_id: uuid.UUID, *, language: str = "en") -> None:
    """Ask once more for the documents that are missing: where an error stopped it. Raises Conflict."""
    batch = locked_batch(batch_id)
    if batch.state != BatchState.LOCKED:
        raise Conflict(N_("The documents of this batch are made already."))
    stopped = find_rendering(batch)
    if stopped is None or not jobs.retry_failed(stopped.id):
        _ask_for_documents(batch, language)


def find_rendering(batch: LetterBatch) -> JobRow | None:
    """The job that makes the documents: it waits, tries again after an error, or has failed; None when all is done."""
    statement = select(JobRow).where(
        JobRow.kind == RenderBatch.kind, JobRow.payload["batch"].astext == str(batch.id),
        JobRow.payload["documents_version"].astext == str(batch.documents_version),
    )  # fmt: skip
    return session.scalar(statement.order_by(JobRow.id.desc()).limit(1).execution_options(populate_existing=True))


def locked_batch(batch_id: uuid.UUID) -> LetterBatch:
    """The batch under its lock. Raises NotFound."""
    statement = select(LetterBatch).where(LetterBatch.id == batch_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def locked_letters(batch: LetterBatch) -> Sequence[Letter]:
    """What lies in the batch and has not left, under its locks, in the order of the pile."""
    statement = select(Letter).where(Letter.batch_id == batch.id, Letter.state.in_(IN_BATCH)).order_by(Letter.id)
    found = session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda each: each.position or 0)


def step(batch: LetterBatch, state: BatchState, actor: uuid.UUID | None) -> None:
    """Let the batch stand elsewhere, with its event; the caller holds its lock and has looked where it stands."""
    was, batch.state = batch.state, state
    _note(batch, was, actor)


def drop_documents(batch: LetterBatch) -> None:
    """Delete what was rendered: the letters themselves still have their words."""
    session.execute(delete(BatchDocument).where(BatchDocument.batch_id == batch.id))


def take_out(letter: Letter, people: dict[uuid.UUID, Prisoner], actor: uuid.UUID | None) -> None:
    """Out of the batch to wherever the newest facts want it; the caller holds its prisoner, its batch and itself."""
    _fall_out(letter, find_destination(people[letter.prisoner_id].id, letter.channel, clock.today()), actor)


def lock_prisoners_of(letter_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Prisoner]:
    """Hold the readers of some letters, before the batch."""
    return _lock_prisoners(letter_ids)


def _check_way(channel: str, facility_id: uuid.UUID, relay_id: uuid.UUID | None) -> Facility:
    place = session.get(Facility, facility_id)
    if place is None:
        raise NotFound
    if channel not in BY_LETTER:
        raise NoSuchWay(N_("Letters do not go by this channel."))
    if channel in SERVICES:
        if relay_id is not None:
            raise NoSuchWay(N_("An e-letter service needs no return address."))
        return place
    relay = session.get(Relay, relay_id) if relay_id is not None else None
    if relay is None or not relay.is_active:
        raise NoSuchWay(N_("Choose a return address that is in use."))
    return place


def _lock_prisoners(letter_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Prisoner]:
    whose = select(Letter.prisoner_id).where(Letter.id.in_(letter_ids))
    statement = select(Prisoner).where(Prisoner.id.in_(whose)).order_by(Prisoner.id).with_for_update(key_share=True)
    return {each.id: each for each in session.scalars(statement.execution_options(populate_existing=True))}


def _lock_queued(letter_ids: Sequence[uuid.UUID]) -> Sequence[Letter]:
    statement = select(Letter).where(Letter.id.in_(letter_ids), Letter.state == LetterState.QUEUED)
    statement = statement.order_by(Letter.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _addressed(
    letters: Sequence[Letter], people: dict[uuid.UUID, Prisoner], channel: str, facility_id: uuid.UUID
) -> list[tuple[Letter, Destination]]:
    known = find_destinations(list(people), channel, clock.today())
    return [
        (letter, known[letter.prisoner_id])
        for letter in letters
        if problem_of(known[letter.prisoner_id], people[letter.prisoner_id], facility_id) is None
    ]


def _fall_out(letter: Letter, where: Destination, actor: uuid.UUID | None) -> None:
    # All at once: the database takes no letter that left on a day and lies in no batch.
    letter.external_number, letter.dispatched_on, letter.due_on = "", None, None
    fall_out(letter, where.hold, actor=actor)


def _check_open(batch: LetterBatch) -> None:
    if batch.state not in OPEN:
        raise Conflict(N_("This batch has left or was cancelled: nothing in it changes any more."))


def _note(batch: LetterBatch, was: str, actor: uuid.UUID | None) -> None:
    session.add(BatchEvent(batch_id=batch.id, was=was, now=batch.state, actor_id=actor, happened_on=clock.today()))
    session.flush()


def _ask_for_documents(batch: LetterBatch, language: str) -> None:
    """Nothing is printed for a service: its page is copied from."""
    if batch.channel not in SERVICES:
        jobs.enqueue(RenderBatch(str(batch.id), batch.documents_version, 1, language))
