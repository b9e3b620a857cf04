"""What was approved and has not left: it waits for a batch, or is held for as long as no letter reaches its reader.

`settle_prisoner` is the one place that decides; a status change calls it at once, the timetable for what nobody told.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.letters.models import IN_BATCH, BatchEvent, HoldReason, Letter, LetterBatch, LetterState
from campaign.letters.queries.by_group import FELL_OUT
from campaign.letters.queries.destinations import Destination, find_destination
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.moves import move
from campaign.letters.service.tidings import Tidings, tell
from campaign.prisoners.service.situation import lock_prisoner

WAITS = frozenset({LetterState.QUEUED, LetterState.HELD})
IN_HAND = frozenset({LetterState.BATCHED, LetterState.PRINTED})
"""In a pile that can still be opened; what was typed into a service has left our hands."""
BY_HAND = frozenset({HoldReason.BY_STAFF, HoldReason.RULE_CHANGE})
"""Holds that end when a person ends them."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done for one prisoner: ids of letters."""

    held: Sequence[uuid.UUID]
    freed: Sequence[uuid.UUID]

    @property
    def amount(self) -> int:
        """How many letters moved."""
        return len(self.held) + len(self.freed)


def enqueue_approved(letter: Letter, *, actor: uuid.UUID | None) -> None:
    """From approved to the queue, or held at once where nothing leaves now; the caller holds prisoner and letter."""
    hold = find_destination(letter.prisoner_id, letter.channel, clock.today()).hold
    if hold is None:
        move(letter, LetterState.QUEUED, actor=actor)
        return
    move(letter, LetterState.HELD, actor=actor, held_reason=hold)
    tell(Tidings.HELD, letter)


def settle_prisoner(prisoner_id: uuid.UUID, *, actor: uuid.UUID | None) -> Settled:
    """Hold what must not leave, free what may, and take out of open batches what is addressed to where nobody is.

    Doing it again changes nothing. Their writers are told of a hold and of its end. The prisoner, their batches
    and letters are locked in this order.
    """
    lock_prisoner(prisoner_id)
    _lock_batches(prisoner_id)
    today = clock.today()
    known: dict[str, Destination] = {}
    held, freed = [], []
    for letter in _list_open(prisoner_id):
        if letter.channel not in known:
            known[letter.channel] = find_destination(prisoner_id, letter.channel, today)
        now = known[letter.channel]
        if letter.state == LetterState.HELD:
            if _settle_held(letter, now, actor):
                freed.append(letter.id)
        elif letter.state == LetterState.QUEUED:
            if now.hold is not None:
                _hold(letter, now.hold, actor)
                held.append(letter.id)
        elif _take_out(letter, now, actor):
            held.append(letter.id)
    return Settled(held, freed)


def list_prisoners_to_settle() -> Sequence[uuid.UUID]:
    """Everybody for whom something waits, is held or lies in an open batch."""
    statement = select(Letter.prisoner_id).where(Letter.state.in_([*WAITS, *IN_HAND])).distinct()
    return session.scalars(statement.order_by(Letter.prisoner_id)).all()


def hold_by_hand(letter: Letter, *, actor: uuid.UUID) -> None:
    """A person stops what has not been locked into a batch; it goes on when a person says so. Twice is once.

    Raises NotThatStep: out of a batch it goes by `batches.drop_letter`, so that its paper is taken out of the pile.
    """
    if letter.state not in WAITS:
        raise NotThatStep(N_("Only a letter that waits for its batch can be held. Take it out of its batch first."))
    if letter.held_reason != HoldReason.BY_STAFF:
        _hold(letter, HoldReason.BY_STAFF, actor)


def free_by_hand(letter: Letter, *, actor: uuid.UUID) -> None:
    """A person lets it go on; whatever else stands in its way holds it again at once. Twice is once.

    Raises NotThatStep for what is not held.
    """
    if letter.state == LetterState.QUEUED:
        return
    if letter.state != LetterState.HELD:
        raise NotThatStep(N_("This letter is not held any more. Look where it is by now."))
    hold = find_destination(letter.prisoner_id, letter.channel, clock.today()).hold
    if hold is None:
        move(letter, LetterState.QUEUED, actor=actor)
        tell(Tidings.FREED, letter)
    elif letter.held_reason != hold:
        _hold(letter, hold, actor)


def fall_out(letter: Letter, reason: HoldReason | None, *, actor: uuid.UUID | None) -> None:
    """Out of its batch, to the queue or held; the batch remembers which paper is to be taken out of the pile."""
    batch = session.get_one(LetterBatch, letter.batch_id)
    session.add(
        BatchEvent(
            batch_id=batch.id, was=batch.state, now=batch.state, actor_id=actor, happened_on=clock.today(),
            reason=f"{FELL_OUT}:{letter.position}:{letter.code}",
        )
    )  # fmt: skip
    if reason is None:
        move(letter, LetterState.QUEUED, actor=actor)
    else:
        _hold(letter, reason, actor)


def _settle_held(letter: Letter, now: Destination, actor: uuid.UUID | None) -> bool:
    if letter.held_reason in BY_HAND:
        return False
    if now.hold is None:
        move(letter, LetterState.QUEUED, actor=actor)
        tell(Tidings.FREED, letter)
        return True
    if letter.held_reason != now.hold:
        _hold(letter, now.hold, actor)
    return False


def _take_out(letter: Letter, now: Destination, actor: uuid.UUID | None) -> bool:
    is_elsewhere = letter.address is not None and letter.address.get("custody_id") != str(now.custody_id)
    if not is_elsewhere and (now.hold is None or not now.is_sure):
        return False
    fall_out(letter, now.hold, actor=actor)
    return True


def _hold(letter: Letter, reason: HoldReason, actor: uuid.UUID | None) -> None:
    move(letter, LetterState.HELD, actor=actor, held_reason=reason)
    tell(Tidings.HELD, letter)


def _lock_batches(prisoner_id: uuid.UUID) -> None:
    """Whoever works on a batch holds it before its letters, and so do we, or the two would wait for each other."""
    mine = select(Letter.batch_id).where(Letter.prisoner_id == prisoner_id, Letter.state.in_(IN_BATCH))
    session.scalars(
        select(LetterBatch.id).where(LetterBatch.id.in_(mine)).order_by(LetterBatch.id).with_for_update()
    ).all()


def _list_open(prisoner_id: uuid.UUID) -> Sequence[Letter]:
    statement = select(Letter).where(Letter.prisoner_id == prisoner_id, Letter.state.in_([*WAITS, *IN_HAND]))
    statement = statement.order_by(Letter.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).all()
