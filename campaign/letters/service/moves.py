"""The one way in which a letter changes its state."""

import uuid
from datetime import date

from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.versions import check_version
from campaign.letters.models import ENDED, GONE_OUT, IN_BATCH, HoldReason, Letter, LetterEvent, LetterState
from campaign.letters.service.errors import NotThatStep
from campaign.prisoners.service.situation import lock_prisoner

REDATED = "redated"
"""In the history: what was heard stays, its day was put right."""
S = LetterState
STEPS: dict[LetterState, frozenset[LetterState]] = {
    S.WAITING: frozenset({S.SUBMITTED}),
    S.DRAFT: frozenset({S.SUBMITTED}),
    S.SUBMITTED: frozenset({S.IN_TRANSLATION, S.CHECKING, S.WITHDRAWN, S.GIVEN_UP}),
    S.IN_TRANSLATION: frozenset({S.CHECKING, S.CHANGES_REQUESTED, S.WITHDRAWN, S.GIVEN_UP}),
    S.CHECKING: frozenset({S.IN_MODERATION}),
    S.IN_MODERATION: frozenset(
        {S.APPROVED, S.CHANGES_REQUESTED, S.REJECTED, S.IN_TRANSLATION, S.WITHDRAWN, S.GIVEN_UP}
    ),
    S.CHANGES_REQUESTED: frozenset({S.SUBMITTED, S.WITHDRAWN, S.GIVEN_UP}),
    S.APPROVED: frozenset({S.QUEUED, S.HELD}),
    # A rule that changed may send what has not left back to a moderator.
    S.QUEUED: frozenset({S.HELD, S.BATCHED, S.IN_MODERATION, S.WITHDRAWN, S.GIVEN_UP}),
    # Held for another reason than before.
    S.HELD: frozenset({S.HELD, S.QUEUED, S.IN_MODERATION, S.WITHDRAWN, S.GIVEN_UP}),
    S.BATCHED: frozenset({S.PRINTED, S.HANDED_TO_SERVICE, S.QUEUED, S.HELD}),
    S.PRINTED: frozenset({S.DISPATCHED, S.QUEUED, S.HELD}),
    S.HANDED_TO_SERVICE: frozenset({S.DISPATCHED, S.QUEUED, S.HELD}),
    # Back to the queue, or held: checking the post off showed that it was not in the pile.
    S.DISPATCHED: frozenset({S.REPORTED, S.PRESUMED, S.RETURNED, S.CENSORED, S.LOST, S.QUEUED, S.HELD}),
    # What is only presumed gives way to whatever somebody comes to know.
    S.PRESUMED: frozenset({S.REPORTED, S.RETURNED, S.CENSORED, S.LOST}),
    S.LOST: frozenset({S.REPORTED, S.RETURNED, S.CENSORED}),
    # A slip of the finger is put right, as long as nothing rests on it.
    S.REPORTED: frozenset({S.RETURNED, S.CENSORED}),
    S.RETURNED: frozenset({S.REPORTED, S.CENSORED}),
    S.CENSORED: frozenset({S.REPORTED, S.RETURNED}),
    S.REJECTED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.GIVEN_UP: frozenset(),
}


def locked(letter_id: uuid.UUID, *, seen_version: int | None = None) -> Letter:
    """The letter under its lock. Raises NotFound, and Conflict when it is not what was seen.

    Whoever takes several locks goes from the prisoners (by id) to the batch, its letters (by id) and assignments.
    """
    statement = select(Letter).where(Letter.id == letter_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    if seen_version is not None:
        check_version(found.version, seen_version)
    return found


def locked_with_prisoner(letter_id: uuid.UUID, *, seen_version: int | None = None) -> Letter:
    """The same after the lock of the prisoner, so that nobody is transferred between the look and the move."""
    prisoner_id = session.scalar(select(Letter.prisoner_id).where(Letter.id == letter_id))
    if prisoner_id is None:
        raise NotFound
    lock_prisoner(prisoner_id)
    return locked(letter_id, seen_version=seen_version)


def begin(letter: Letter, actor: uuid.UUID | None) -> None:
    """Store a new letter with its first event."""
    session.add(letter)
    session.flush()
    session.add(_event(letter, "", actor, ""))
    session.flush()


def move(
    letter: Letter, state: LetterState, *, actor: uuid.UUID | None, reason: str = "",
    held_reason: HoldReason | None = None, on: date | None = None,
) -> None:  # fmt: skip
    """Take one step, with its event; the caller holds the row's lock. Raises NotThatStep and changes nothing then.

    `on`: the day on which it happened, where that is not today.

    Falling out of a batch leaves its place and address there. Batch, position and address are set beforehand by
    whoever locks a batch, the day of dispatch by `dispatch_on`.
    """
    was = LetterState(letter.state)
    if state not in STEPS[was]:
        raise NotThatStep(N_("This is no longer possible: the letter stands elsewhere by now. Look at it again."))
    letter.state = state
    letter.held_reason = held_reason if state is S.HELD else None
    if state not in IN_BATCH and state not in GONE_OUT:
        letter.batch_id, letter.position, letter.address = None, None, None
    if state is not S.IN_MODERATION:
        letter.held_by, letter.held_until = None, None
    if state in ENDED or (state in GONE_OUT and state is not S.DISPATCHED):
        letter.outcome_on = on or clock.today()
    session.add(_event(letter, was, actor, held_reason or reason, on))
    session.flush()


def redate(letter: Letter, on: date, *, actor: uuid.UUID | None) -> None:
    """Say that what was heard of it happened on another day; the caller holds the row's lock."""
    letter.outcome_on = on
    session.add(_event(letter, letter.state, actor, REDATED, on))
    session.flush()


def dispatch_on(letter: Letter, day: date, due_on: date, *, actor: uuid.UUID | None) -> None:
    """Say that it left on that day; from `due_on` on it counts as presumed or lost. Raises NotThatStep."""
    letter.dispatched_on, letter.due_on = day, due_on
    move(letter, S.DISPATCHED, actor=actor)


def _event(
    letter: Letter, was: str, actor: uuid.UUID | None, reason: str, on: date | None = None
) -> LetterEvent:  # fmt: skip
    return LetterEvent(
        letter_id=letter.id, was=was, now=letter.state, actor_id=actor, happened_on=on or clock.today(),
        reason=str(reason),
    )  # fmt: skip
