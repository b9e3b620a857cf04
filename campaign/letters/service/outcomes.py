"""From the day a letter left to whatever is heard of it: what counts for the prisoner, what the writer is told, and
when its words go."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, DomainError
from campaign.kernel.versions import check_version
from campaign.letters.models import GONE_OUT, Letter, LetterPicture, LetterState
from campaign.letters.queries.deadlines import due_on_for, list_deadlines
from campaign.letters.service import bodies
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.moves import begin, dispatch_on, locked, locked_with_prisoner, move, redate
from campaign.letters.service.queue import enqueue_approved
from campaign.letters.service.tidings import Tidings, tell
from campaign.penpals.models import AttentionSource, Counted
from campaign.penpals.service import assignments, attention
from campaign.penpals.service.attention import Count
from campaign.penpals.service.codes import new_code

COUNTS = {
    LetterState.DISPATCHED: Counted.UNDER_WAY,
    LetterState.REPORTED: Counted.REPORTED,
    LetterState.PRESUMED: Counted.PRESUMED,
    LetterState.RETURNED: Counted.RETURNED,
    LetterState.CENSORED: Counted.CENSORED,
    LetterState.LOST: Counted.LOST,
}
OUTCOMES = frozenset({LetterState.REPORTED, LetterState.RETURNED, LetterState.CENSORED, LetterState.LOST})
"""What a person can report."""
BATCH = 500


class BadDay(DomainError):
    """A day that lies where it cannot."""


def dispatch(letters: Sequence[Letter], on: date, *, actor: uuid.UUID | None) -> None:
    """All of these left together on that day: they count as under way, and what was promised is kept.

    The caller holds their locks. Raises BadDay for a day to come, NotThatStep.
    """
    if on > clock.today():
        raise BadDay(N_("This day has not come yet."))
    for letter in letters:
        dispatch_on(letter, on, due_on_for(letter.channel, on), actor=actor)
        _keep_promise(letter, on)
        tell(Tidings.SENT, letter)
    count(letters)


def report_outcome(
    letter_id: uuid.UUID, state: LetterState, *, actor: uuid.UUID | None, is_partly: bool = False, reason: str = "",
    on: date | None = None, seen_version: int | None = None,
) -> Letter:  # fmt: skip
    """Write down what was heard of a letter, and that it happened on that day (None: today). Twice does it once.

    Its words go at once when it was delivered; they stay with one that came back. For the prisoner it counts by what
    was heard and by the day it left. Raises NotThatStep, BadDay for a day to come or before it left, Conflict.
    """
    letter = locked(letter_id)
    is_partly = is_partly and state == LetterState.CENSORED
    if letter.state == state and letter.is_partly == is_partly:
        return letter
    if seen_version is not None:
        check_version(letter.version, seen_version)
    if state not in OUTCOMES:
        raise NotThatStep(N_("This is nothing that can be heard of a letter."))
    if letter.state == LetterState.RETURNED and find_second_try(letter.id) is not None:
        raise NotThatStep(N_("It came back and was sent again: report what is heard of the second letter."))
    if on is not None:
        _check_day(letter, on)
    if letter.state != state:
        move(letter, state, actor=actor, reason=reason, on=on)
    letter.is_partly = is_partly
    if state == LetterState.REPORTED and not letter.keeps_text:
        bodies.erase_body(letter)
    session.flush()
    count([letter])
    tell(Tidings.NEWS, letter)
    if actor is not None:
        audit.record("letter.outcome", actor=actor, about=f"letter:{letter.id}", reason=state)
    return letter


def put_day_right(letter_id: uuid.UUID, on: date, *, actor: uuid.UUID, seen_version: int) -> None:
    """What was heard of it holds, and happened on another day than was noted. Twice is once.

    Raises NotThatStep where nothing was heard, BadDay, Conflict.
    """
    letter = locked(letter_id)
    if letter.state not in OUTCOMES:
        raise NotThatStep(N_("Nothing was heard of this letter yet."))
    if letter.outcome_on == on:
        return
    check_version(letter.version, seen_version)
    _check_day(letter, on)
    redate(letter, on, actor=actor)
    audit.record("letter.redate", actor=actor, about=f"letter:{letter.id}", reason=letter.state)


def run_deadlines(today: date) -> int:
    """Presume or give up for lost what nobody spoke of in its time; gives how many. Writers see it on their page."""
    due = (
        select(Letter)
        .where(Letter.state == LetterState.DISPATCHED, Letter.due_on <= today)
        .order_by(Letter.prisoner_id, Letter.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found, deadlines = session.scalars(due).all(), list_deadlines()
    for letter in found:
        move(letter, deadlines[letter.channel].becomes, actor=None)
    count(found)
    return len(found)


def send_again(letter_id: uuid.UUID, *, actor: uuid.UUID) -> Letter:
    """Another letter with the words of one that came back, in the queue or held; the old one stays what it is.

    Raises NotThatStep for one that did not come back or was sent again before, TextGone.
    """
    old = locked_with_prisoner(letter_id)
    if old.state != LetterState.RETURNED or old.body_erased_on is not None:
        raise NotThatStep(N_("Only a letter that came back and still has its text can be sent again."))
    body = bodies.read_body(old)
    new = Letter(
        id=uuid.uuid4(), code=new_code(), thread_id=old.thread_id, prisoner_id=old.prisoner_id,
        assignment_id=old.assignment_id, follows_id=old.id, kind=old.kind, channel=old.channel,
        state=LetterState.APPROVED, original_language=old.original_language, characters=old.characters,
        pages=old.pages, wants_reply_form=old.wants_reply_form, keeps_text=old.keeps_text,
        approved_by=old.approved_by, written_by=old.written_by, contact_language=old.contact_language,
        override_reason=old.override_reason, created_on=clock.today(), edited_on=clock.today(),
        submitted_on=old.submitted_on, is_demo=old.is_demo,
    )  # fmt: skip
    bodies.write_body(new, body.text, body.original)
    contact = bodies.read_contact(old)
    if contact is not None:
        bodies.write_contact(new, contact)
        new.contact_index = old.contact_index
    begin(new, actor)
    _take_pictures(old, new)
    bodies.erase_body(old)
    enqueue_approved(new, actor=actor)
    audit.record("letter.send_again", actor=actor, about=f"letter:{new.id}")
    return new


def give_up(
    letter_id: uuid.UUID, *, actor: uuid.UUID, reason: str = "", seen_version: int | None = None
) -> Letter:  # fmt: skip
    """Nothing more is tried: what has not left ends, what came back loses its words. Doing it twice does it once.

    The words of what never left stay a month, so that the writer can take them elsewhere. Raises NotThatStep.
    """
    letter = locked_with_prisoner(letter_id)
    is_back = letter.state == LetterState.RETURNED
    if letter.state == LetterState.GIVEN_UP or (is_back and letter.body_erased_on is not None):
        return letter
    if seen_version is not None:
        check_version(letter.version, seen_version)
    if not is_back:
        move(letter, LetterState.GIVEN_UP, actor=actor, reason=reason)
        tell(Tidings.NEWS, letter)
    elif not letter.keeps_text:
        bodies.erase_body(letter)
    audit.record("letter.give_up", actor=actor, about=f"letter:{letter.id}", reason=reason)
    return letter


def find_second_try(letter_id: uuid.UUID) -> uuid.UUID | None:
    """The letter by which one that came back was sent again."""
    return session.scalar(select(Letter.id).where(Letter.follows_id == letter_id).limit(1))


def count(letters: Iterable[Letter]) -> None:
    """Let each count as what it is now; what has not left does not count."""
    attention.record_many([
        Count(each.prisoner_id, AttentionSource.LETTER, each.id, COUNTS[LetterState(each.state)], each.dispatched_on)
        for each in letters
        if each.state in GONE_OUT and each.dispatched_on is not None
    ])  # fmt: skip


def _check_day(letter: Letter, on: date) -> None:
    if on > clock.today():
        raise BadDay(N_("This day has not come yet."))
    if letter.dispatched_on is not None and on < letter.dispatched_on:
        raise BadDay(N_("On this day the letter had not left yet."))


def _keep_promise(letter: Letter, on: date) -> None:
    """Whoever promised letters to somebody has written one."""
    if letter.assignment_id is None:
        return
    with session.begin_nested():
        try:
            assignments.note_letter(letter.assignment_id, on, actor=None)
        except assignments.NotThatStep:
            # It ended meanwhile; the letter left all the same.
            return


def unkeep_promise(letter: Letter, on: date, *, actor: uuid.UUID | None) -> None:
    """It did not leave on that day after all: what was promised is as due as it was. The caller holds its lock."""
    if letter.assignment_id is None:
        return
    others = select(func.max(Letter.dispatched_on)).where(
        Letter.assignment_id == letter.assignment_id, Letter.id != letter.id, Letter.state.in_(GONE_OUT)
    )
    assignments.unnote_dispatch(letter.assignment_id, on, other_on=session.scalar(others), actor=actor)


def _take_pictures(old: Letter, new: Letter) -> None:
    for picture in session.scalars(select(LetterPicture).where(LetterPicture.letter_id == old.id)).all():
        picture.letter_id = new.id
    session.flush()
