"""Handing a letter in: to a translator where the writer has no Russian, through the checker, to a moderator."""

import uuid

from sqlalchemy import delete

from campaign.activities.models import TaskKind
from campaign.activities.service import tasks
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.switches import Switch, require
from campaign.letters.checker.findings import Report
from campaign.letters.models import EDITABLE, Letter, LetterFinding, LetterState, LetterThread
from campaign.letters.queries.pages import room_for
from campaign.letters.service import bodies
from campaign.letters.service.checking import check_letter
from campaign.letters.service.errors import NotThatStep, Unsendable
from campaign.letters.service.fingerprints import remember_text
from campaign.letters.service.moves import move
from campaign.letters.service.pictures import make_fit
from campaign.letters.service.together import check_not_apart
from campaign.penpals.service.reservations import give_way

RUSSIAN = "ru"


def submit(letter: Letter, *, actor: uuid.UUID | None, wants_translator: bool = False) -> None:
    """Hand it in; the caller holds the locks of prisoner and letter. Findings do not stop it here: a moderator decides.

    Raises NotThatStep for what was handed in already, Unsendable for an empty or too long text, KeptApart,
    SwitchedOff.
    """
    require(Switch.LETTERS)
    if letter.state not in EDITABLE | {LetterState.WAITING}:
        raise NotThatStep(N_("This letter has been handed in already."))
    check_not_apart(letter.prisoner_id, session.get_one(LetterThread, letter.thread_id).volunteer_id)
    text = bodies.read_body(letter).own
    if not text.strip():
        raise Unsendable(N_("The letter is empty. Write a few lines first."))
    room = room_for(letter.prisoner_id, letter.channel)
    if len(text) > room.most_characters:
        raise Unsendable(N_("The letter is longer than what this way of sending takes. Shorten it, or make two of it."))
    make_fit(letter)
    letter.submitted_on, letter.wants_translator = clock.today(), wants_translator
    move(letter, LetterState.SUBMITTED, actor=actor)
    if letter.reservation_id is not None:
        give_way(letter.reservation_id)
    if wants_translator:
        ask_translator(letter, actor=actor)
    else:
        bodies.write_body(letter, text)
        hand_to_moderation(letter, actor=actor)


def ask_translator(letter: Letter, *, actor: uuid.UUID | None) -> None:
    """Keep what was written in the writer's language beside a Russian text that somebody is asked to make.

    An earlier translation stays, for whoever goes on with it.
    """
    body = bodies.read_body(letter)
    bodies.write_body(letter, body.text if body.original else "", body.own)
    move(letter, LetterState.IN_TRANSLATION, actor=actor)
    tasks.open_task(
        TaskKind.TRANSLATE_LETTER, letter.id, from_language=letter.original_language, to_language=RUSSIAN,
        actor=actor, is_demo=letter.is_demo,
    )  # fmt: skip


def hand_to_moderation(letter: Letter, *, actor: uuid.UUID | None) -> Report:
    """Check it and put it into the queue; what the rules said is kept without the words."""
    move(letter, LetterState.CHECKING, actor=actor)
    text = bodies.read_body(letter).text
    report = check_letter(letter, text)
    note_findings(letter, report)
    remember_text(letter.prisoner_id, text)
    move(letter, LetterState.IN_MODERATION, actor=actor)
    return report


def note_findings(letter: Letter, report: Report) -> None:
    """Which rules spoke, how gravely and how often: for moderators, and for learning which of them foresee a censor."""
    session.execute(delete(LetterFinding).where(LetterFinding.letter_id == letter.id))
    for rule in sorted(report.rules):
        spoken = [each for each in report.findings if each.rule == rule]
        gravest = min(spoken, key=lambda each: each.severity.rank)
        session.add(
            LetterFinding(
                letter_id=letter.id, rule=rule, severity=gravest.severity, times=len(spoken),
                rules_version=report.rules_version,
            )
        )  # fmt: skip
    session.flush()
