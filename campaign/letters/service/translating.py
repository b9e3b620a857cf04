"""A volunteer puts a letter into Russian: the writer's words and theirs side by side, each in its place."""

import uuid

from sqlalchemy import select

from campaign.activities.models import OPEN_TASKS, Task, TaskKind
from campaign.activities.service import tasks
from campaign.kernel import audit
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.letters.models import Letter, LetterState
from campaign.letters.queries.pages import pages_of
from campaign.letters.service import bodies
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep, Unsendable
from campaign.letters.service.moderation import held
from campaign.letters.service.moves import locked_with_prisoner, move
from campaign.letters.service.submitting import hand_to_moderation
from campaign.letters.service.typed import clean_text


def open_work(task_id: uuid.UUID, volunteer_id: uuid.UUID) -> tuple[Task, Letter]:
    """The task that this volunteer holds and its letter, both locked. Raises NotFound, TakenByAnother, NotThatStep."""
    task = tasks.locked(task_id)
    if task.kind != TaskKind.TRANSLATE_LETTER or task.claimed_by != volunteer_id:
        raise NotFound
    if task.state not in tasks.HELD:
        raise tasks.TakenByAnother(N_("This is no longer yours: the days ran out, or it was finished."))
    letter = locked_with_prisoner(task.letter_id)
    if letter.state != LetterState.IN_TRANSLATION:
        raise NotThatStep(N_("This letter needs no translation any more. Thank you all the same."))
    return task, letter


def note_reading(task_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Put on record that whoever has just taken the task reads the letter, for as long as it is theirs."""
    audit.record("letter.read_to_translate", actor=actor, about=f"letter:{session.get_one(Task, task_id).subject_id}")


def save_translation(letter: Letter, text: str, *, seen_text_version: int) -> bool:
    """Keep what was translated so far; gives whether it changed. The caller holds the lock.

    Raises ChangedElsewhere when another window saved meanwhile and this text differs, and keeps that one.
    """
    body, plain = bodies.read_body(letter), clean_text(text)
    if plain == body.text:
        return False
    if letter.text_version != seen_text_version:
        raise ChangedElsewhere(
            N_("This translation was changed in another window meanwhile. Put together what you want from both.")
        )
    bodies.write_body(letter, plain, body.original)
    letter.characters, letter.pages = len(plain), pages_of(letter.prisoner_id, letter.channel, plain)
    letter.text_version += 1
    return True


def hand_in(task: Task, letter: Letter, *, actor: uuid.UUID) -> None:
    """The translation is done: through the checker, to a moderator. Raises Unsendable for an empty one."""
    if not bodies.read_body(letter).text.strip():
        raise Unsendable(N_("There is no translation yet. Write it into the right-hand field first."))
    tasks.finish(task)
    hand_to_moderation(letter, actor=actor)


def back_to_translator(letter_id: uuid.UUID, *, actor: uuid.UUID, seen_text_version: int) -> Letter:
    """The translation needs another look: a new task, with what there is so far. Raises what `moderation.held` raises,
    NotThatStep for a letter that was not translated."""
    letter = held(letter_id, actor, seen_text_version)
    if not bodies.read_body(letter).original:
        raise NotThatStep(N_("This letter was written in Russian, so nobody translates it."))
    move(letter, LetterState.IN_TRANSLATION, actor=actor)
    tasks.open_task(
        TaskKind.TRANSLATE_LETTER, letter.id, from_language=letter.original_language, to_language="ru", actor=actor,
        is_demo=letter.is_demo,
    )  # fmt: skip
    audit.record("letter.back_to_translator", actor=actor, about=f"letter:{letter.id}")
    return letter


def cancel_needless() -> int:
    """Cancel tasks of letters that were taken back or given up meanwhile; gives how many.

    What somebody works on just now waits for the next round, so that nobody waits for anybody in a circle.
    """
    statement = (
        select(Task)
        .join(Letter, Letter.id == Task.subject_id)
        .where(
            Task.kind == TaskKind.TRANSLATE_LETTER, Task.state.in_(OPEN_TASKS),
            Letter.state != LetterState.IN_TRANSLATION,
        )
        .order_by(Task.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    found = session.scalars(statement).all()
    return sum(tasks.cancel(TaskKind.TRANSLATE_LETTER, task.letter_id) for task in found)
