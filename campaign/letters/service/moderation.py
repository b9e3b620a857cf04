"""Reading letters before they leave: one moderator at a time, and never whoever wrote it."""

import uuid
from datetime import timedelta

from sqlalchemy import select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.letters.models import Letter, LetterFinding, LetterState, Severity
from campaign.letters.service import bodies
from campaign.letters.service.errors import NotThatStep
from campaign.letters.service.moves import locked_with_prisoner, move
from campaign.letters.service.queue import enqueue_approved
from campaign.letters.service.tidings import Tidings, tell

HOLD = timedelta(minutes=20)
"""So long a letter is kept for whoever reads it; each look prolongs it."""


class ReadByAnother(Conflict):
    """Another moderator has it open."""


class OwnLetter(DomainError):
    """Whoever wrote a letter does not decide on it."""


class NoWords(DomainError):
    """A decision without the words that it needs."""


def take(letter_id: uuid.UUID, *, actor: uuid.UUID) -> Letter:
    """Hold a letter in order to read it, which is on record; doing it again prolongs it.

    Raises ReadByAnother, OwnLetter, NotThatStep.
    """
    letter = locked_with_prisoner(letter_id)
    if letter.state != LetterState.IN_MODERATION:
        raise NotThatStep(N_("This letter waits for no decision any more: somebody has decided."))
    if letter.written_by == actor:
        raise OwnLetter(N_("This is your own letter. Somebody else has to read it."))
    now = clock.now()
    is_held = letter.held_by is not None and letter.held_until is not None and letter.held_until > now
    if is_held and letter.held_by != actor:
        raise ReadByAnother(N_("Somebody else is reading this letter just now. Take the next one."))
    if not is_held:
        audit.record("letter.read", actor=actor, about=f"letter:{letter.id}")
    letter.held_by, letter.held_until = actor, now + HOLD
    session.flush()
    return letter


def let_go(letter_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put it back for others; nothing where one does not hold it."""
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.held_by == actor)
        .values(held_by=None, held_until=None, version=Letter.version + 1)
    )


def approve(letter_id: uuid.UUID, *, actor: uuid.UUID, seen_text_version: int, override_reason: str = "") -> Letter:
    """Let it go: into the queue, or held where nothing leaves now. What the checker blocks needs a reason.

    Raises NoWords, ReadByAnother, OwnLetter, NotThatStep, Conflict for a text other than what was read.
    """
    letter = held(letter_id, actor, seen_text_version)
    blocking = session.scalars(
        select(LetterFinding).where(LetterFinding.letter_id == letter.id, LetterFinding.severity == Severity.BLOCK)
    ).all()
    if blocking and not override_reason.strip():
        raise NoWords(N_("The checker would stop this letter. Say why it may go all the same."))
    for finding in blocking:
        finding.is_overridden = True
    letter.approved_by, letter.override_reason = actor, override_reason.strip() if blocking else ""
    bodies.write_words(letter, "")
    move(letter, LetterState.APPROVED, actor=actor)
    enqueue_approved(letter, actor=actor)
    _note("approve", letter, actor)
    return letter


def ask_for_changes(letter_id: uuid.UUID, words: str, *, actor: uuid.UUID, seen_text_version: int) -> Letter:
    """Back to the writer with what to change; the text stays as it is, in the language in which they wrote it.

    Raises NoWords and what `approve` raises.
    """
    letter = held(letter_id, actor, seen_text_version)
    _say(letter, words, N_("Say what should be changed, and why."))
    letter.text_version += 1
    move(letter, LetterState.CHANGES_REQUESTED, actor=actor)
    tell(Tidings.CHANGES, letter)
    _note("ask_for_changes", letter, actor)
    return letter


def reject(letter_id: uuid.UUID, words: str, *, actor: uuid.UUID, seen_text_version: int) -> Letter:
    """It does not leave; the writer is told why, kindly, and keeps the text. Raises what `ask_for_changes` raises."""
    letter = held(letter_id, actor, seen_text_version)
    _say(letter, words, N_("Say why, so that the writer need not guess."))
    move(letter, LetterState.REJECTED, actor=actor)
    tell(Tidings.REJECTED, letter)
    _note("reject", letter, actor)
    return letter


def held(letter_id: uuid.UUID, actor: uuid.UUID, seen_text_version: int) -> Letter:
    """Take it with the text that was read. Raises what `take` raises, Conflict for another text."""
    letter = take(letter_id, actor=actor)
    if letter.text_version != seen_text_version:
        raise Conflict(N_("The text has changed since you loaded it. Read it again."))
    return letter


def _say(letter: Letter, words: str, refusal: str) -> None:
    if not words.strip():
        raise NoWords(refusal)
    bodies.write_words(letter, words.strip())


def _note(action: str, letter: Letter, actor: uuid.UUID) -> None:
    audit.record(f"letter.{action}", actor=actor, about=f"letter:{letter.id}")
