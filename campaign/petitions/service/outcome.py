"""What came of a petition: handing it in, and what was answered."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.images import encode, read_picture
from campaign.kernel.versions import check_version
from campaign.petitions.models import (
    AddresseeAnswer,
    AddresseeAnswerText,
    EventKind,
    HandIn,
    Petition,
    PetitionState,
)
from campaign.petitions.queries import totals_of
from campaign.petitions.service.record import note, note_step
from campaign.petitions.service.states import NotPossible, change_state

RECEIPT_SIDE, RECEIPT_BYTES = 1600, 300_000
ENDED = frozenset({PetitionState.CLOSED, PetitionState.DELIVERED})


class NotInTime(DomainError):
    """The date cannot be right."""


class NoAnswerText(DomainError):
    """An answer says something in one language at least."""


@dataclass(frozen=True, slots=True)
class HandInDraft:
    """Who handed the petition to whom, when, and what was given in return."""

    handed_on: date
    handed_by: str
    received_by: str
    receipt_number: str
    receipt_picture: bytes | None


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What an addressee answered, by language."""

    answered_on: date
    answered_by: str
    is_public: bool
    texts: Sequence[tuple[str, str]]


def record_hand_in(petition: Petition, draft: HandInDraft, *, actor: uuid.UUID | None) -> HandIn:
    """Keep who handed it in, with the count of this moment; the first makes a closed petition delivered.

    Raises NotPossible unless it is closed, NotInTime, BadPicture.
    """
    if petition.state not in ENDED:
        raise NotPossible(N_("A petition is closed before it is handed in, so that the number handed in is final."))
    _check_date(petition, draft.handed_on)
    receipt = _receipt(draft.receipt_picture)
    hand_in = HandIn(
        id=uuid.uuid4(), petition_id=petition.id, handed_on=draft.handed_on, handed_by=draft.handed_by,
        received_by=draft.received_by, receipt_number=draft.receipt_number, receipt_picture=receipt,
        has_receipt_picture=receipt is not None, signatures=totals_of([petition])[petition.id],
        recorded_by=actor, recorded_at=clock.now(),
    )  # fmt: skip
    session.add(hand_in)
    if petition.state == PetitionState.CLOSED:
        change_state(petition, PetitionState.DELIVERED, actor=actor)
    session.flush()
    note(petition, EventKind.HAND_IN, actor)
    return hand_in


def remove_hand_in(petition: Petition, hand_in: HandIn, *, actor: uuid.UUID | None) -> None:
    """Undo a record made by mistake; without any left the petition is merely closed again."""
    if petition.state not in ENDED:
        raise NotPossible(N_("An archived petition stays as it is."))
    session.delete(hand_in)
    session.flush()
    left = session.scalar(select(func.count()).select_from(HandIn).where(HandIn.petition_id == petition.id))
    before = PetitionState(petition.state)
    if not left:
        petition.state = PetitionState.CLOSED
    session.flush()
    note_step(petition, before, PetitionState(petition.state), actor, "hand-in removed", kind=EventKind.UNDONE)


def record_answer(
    petition: Petition, draft: AnswerDraft, *, actor: uuid.UUID | None, answer: AddresseeAnswer | None = None,
    seen_version: int = 0,
) -> AddresseeAnswer:  # fmt: skip
    """Keep an addressee's answer, or change `answer`. Raises NotPossible, NotInTime, NoAnswerText, Conflict."""
    if petition.state not in ENDED:
        raise NotPossible(N_("An answer is recorded once the petition is closed."))
    _check_date(petition, draft.answered_on)
    written = [(language, body) for language, body in draft.texts if body]
    if not written:
        raise NoAnswerText(N_("Write what was answered, in one language at least."))
    if answer is None:
        answer = AddresseeAnswer(id=uuid.uuid4(), petition_id=petition.id)
        session.add(answer)
    else:
        check_version(answer.version, seen_version)
    answer.answered_on, answer.answered_by, answer.is_public = draft.answered_on, draft.answered_by, draft.is_public
    answer.recorded_by, answer.recorded_at = actor, clock.now()
    known = {text.language: text for text in answer.texts}
    answer.texts = [_filled(known.get(language), language, body) for language, body in written]
    session.flush()
    note(petition, EventKind.ANSWER, actor)
    return answer


def remove_answer(petition: Petition, answer: AddresseeAnswer, *, actor: uuid.UUID | None) -> None:
    """Undo a record made by mistake."""
    if petition.state not in ENDED:
        raise NotPossible(N_("An archived petition stays as it is."))
    session.delete(answer)
    session.flush()
    note(petition, EventKind.UNDONE, actor, "answer removed")


def _check_date(petition: Petition, day: date) -> None:
    # A day is forgiven: it may be tomorrow already where the petition was handed in.
    if (day - clock.today()).days > 1:
        raise NotInTime(N_("The date lies in the future."))
    if petition.opened_on is not None and day < petition.opened_on:
        raise NotInTime(N_("The date lies before the petition was opened."))


def _receipt(raw: bytes | None) -> bytes | None:
    if raw is None:
        return None
    return encode(read_picture(raw), longest_side=RECEIPT_SIDE, most_bytes=RECEIPT_BYTES).content


def _filled(row: AddresseeAnswerText | None, language: str, body: str) -> AddresseeAnswerText:
    row = row or AddresseeAnswerText(language=language)
    row.body = body
    return row
