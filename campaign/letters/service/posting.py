"""From the printed pile to the post: printed, handed to a service, posted, and every letter accounted for."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.kernel.text import one_line
from campaign.letters.models import BatchEvent, BatchState, Letter, LetterBatch, LetterState
from campaign.letters.queries.batches import CHECKED, OPEN, SERVICES, list_unchecked
from campaign.letters.service.batches import (
    drop_documents,
    lock_prisoners_of,
    locked_batch,
    locked_letters,
    step,
    take_out,
)
from campaign.letters.service.moves import move
from campaign.letters.service.outcomes import BadDay, dispatch, unkeep_promise
from campaign.letters.service.tidings import Tidings, tell
from campaign.penpals.models import AttentionSource
from campaign.penpals.service import attention

LONGEST_NUMBER, LONGEST_RECEIPT = 60, 200


class Account(StrEnum):
    """What became of one letter of a batch that has left."""

    POSTED = "posted"
    MISSING = "missing"
    """It was not in the pile that left; it waits for the next batch."""
    SPOILED = "spoiled"
    """Its paper was spoiled and did not leave; it is printed anew with the next batch."""


class NoNumber(Conflict):
    """The service gave no number."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How far a batch has been checked off."""

    left: int
    """Letters of which nobody has said anything yet."""
    back: int
    """Those that turned out not to have left."""


def mark_printed(batch_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """The documents are on paper. Safe to press twice. Raises Conflict before they are made or after it left."""
    batch = locked_batch(batch_id)
    if batch.state == BatchState.PRINTED:
        return
    if batch.state != BatchState.RENDERED:
        raise Conflict(N_("The documents of this batch are not there to be printed. Look at it again."))
    for letter in locked_letters(batch):
        if letter.state == LetterState.BATCHED:
            move(letter, LetterState.PRINTED, actor=actor)
    step(batch, BatchState.PRINTED, actor)
    audit.record("letter_batch.printed", actor=actor, about=f"letter_batch:{batch.id}", amount=batch.letters)


def hand_over(batch_id: uuid.UUID, letter_id: uuid.UUID, number: str, receipt: str = "", *, actor: uuid.UUID) -> Letter:
    """The letter was typed into the service, which gave it a number; a number may be put right until it left.

    Raises NoNumber, Conflict.
    """
    number, receipt = one_line(number, LONGEST_NUMBER), one_line(receipt, LONGEST_RECEIPT)
    batch = locked_batch(batch_id)
    if batch.channel not in SERVICES or batch.state not in OPEN:
        raise Conflict(N_("Nothing of this batch can be handed to a service any more."))
    letters = locked_letters(batch)
    letter = next((each for each in letters if each.id == letter_id), None)
    if letter is None:
        raise Conflict(N_("This letter lies in this batch no more: do not send it."))
    if not number:
        raise NoNumber(N_("Type in the number that the service gave."))
    letter.external_number = number
    if letter.state == LetterState.BATCHED:
        move(letter, LetterState.HANDED_TO_SERVICE, actor=actor, reason=receipt)
    session.flush()
    if batch.state != BatchState.PRINTED and all(each.state == LetterState.HANDED_TO_SERVICE for each in letters):
        step(batch, BatchState.PRINTED, actor)
    return letter


def post_batch(batch_id: uuid.UUID, *, on: date, actor: uuid.UUID) -> int:
    """All that lies in it left on that day; gives how many letters. A second press gives 0 and changes nothing.

    Raises BadDay, and Conflict when something in it was not printed or handed over, or nothing is left in it.
    """
    batch = locked_batch(batch_id)
    if batch.state in {BatchState.POSTED, BatchState.RECONCILED}:
        return 0
    if batch.state not in OPEN:
        raise Conflict(N_("This batch was cancelled, and nothing of it leaves."))
    if on < batch.locked_on:
        raise BadDay(N_("On this day the batch did not exist yet."))
    letters = locked_letters(batch)
    is_on_paper = batch.state == BatchState.PRINTED or batch.channel in SERVICES
    if not is_on_paper or any(each.state == LetterState.BATCHED for each in letters):
        raise Conflict(
            N_("Not every letter of this batch is printed, or handed to the service. Finish them, or take them out.")
        )
    if not letters:
        raise Conflict(N_("Nothing lies in this batch any more. Cancel it."))
    dispatch(letters, on, actor=actor)
    batch.posted_on = on
    step(batch, BatchState.POSTED, actor)
    audit.record("letter_batch.post", actor=actor, about=f"letter_batch:{batch.id}", amount=len(letters))
    return len(letters)


def reconcile(batch_id: uuid.UUID, accounts: Mapping[uuid.UUID, Account], *, actor: uuid.UUID) -> Reconciled:
    """Say of some letters, or of all, what became of them; once all are accounted for the batch is over.

    Whatever was heard of since it left is accounted for by that. Raises Conflict before it was posted.
    """
    back = [letter_id for letter_id, account in accounts.items() if account is not Account.POSTED]
    people = lock_prisoners_of(back)
    batch = locked_batch(batch_id)
    if batch.state == BatchState.RECONCILED:
        return Reconciled(0, 0)
    if batch.state != BatchState.POSTED:
        raise Conflict(N_("Only a batch that has been posted is checked off."))
    open_ones = {each.id: each for each in list_unchecked(batch.id)}
    for letter_id, account in accounts.items():
        if letter_id in open_ones and account is Account.POSTED:
            _check_off(batch, open_ones[letter_id], actor)
    returned = [each for each in _locked_again(open_ones, back) if each.state == LetterState.DISPATCHED]
    left_on = {each.id: each.dispatched_on for each in returned}
    for letter in returned:
        take_out(letter, people, actor)
    for letter in returned:
        # Once all of them are out: two of the same writer are not each other's reason to count as gone.
        unkeep_promise(letter, left_on[letter.id] or clock.today(), actor=actor)
    attention.forget_many(AttentionSource.LETTER, [each.id for each in returned])
    for letter in returned:
        tell(Tidings.NEWS, letter)
    session.flush()
    left = len(list_unchecked(batch.id))
    if not left:
        _end(batch, actor)
    amount = len(accounts)
    audit.record("letter_batch.reconcile", actor=actor, about=f"letter_batch:{batch.id}", amount=amount)
    return Reconciled(left, len(returned))


def _check_off(batch: LetterBatch, letter: Letter, actor: uuid.UUID) -> None:
    session.add(
        BatchEvent(
            batch_id=batch.id, was=batch.state, now=batch.state, actor_id=actor, happened_on=clock.today(),
            reason=f"{CHECKED}:{letter.position}:{letter.code}",
        )
    )  # fmt: skip


def _locked_again(open_ones: Mapping[uuid.UUID, Letter], wanted: Collection[uuid.UUID]) -> list[Letter]:
    ids = [each for each in wanted if each in open_ones]
    statement = select(Letter).where(Letter.id.in_(ids)).order_by(Letter.id).with_for_update()
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _end(batch: LetterBatch, actor: uuid.UUID) -> None:
    batch.reconciled_on = clock.today()
    step(batch, BatchState.RECONCILED, actor)
    drop_documents(batch)
