"""Letters are read by one moderator at a time, never by whoever wrote them, and come back with words."""

import threading
from datetime import timedelta

import pytest
import time_machine

from campaign.activities.models import Task, TaskState
from campaign.activities.service import tasks
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.letters.models import Letter, LetterFinding, LetterState
from campaign.letters.service import bodies, drafts, moderation, moves, submitting, translating
from campaign.letters.service.errors import NotThatStep, Unsendable
from tests.support import accounts, pens, post


def waiting(writer=None, text=post.TEXT, *, wants_translator=False, language="ru") -> Letter:
    letter = post.draft(writer=writer, text=text)
    with transaction():
        found = moves.locked_with_prisoner(letter.id)
        found.original_language = language
        submitting.submit(found, actor=found.written_by, wants_translator=wants_translator)
    return found


def moderator():
    return accounts.person(Role.MODERATOR).id


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def approve(letter, actor, **more) -> Letter:
    with transaction():
        return moderation.approve(letter.id, actor=actor, seen_text_version=letter.text_version, **more)


def test_approved_it_waits_for_its_batch(app):
    letter, actor = waiting(), moderator()
    approve(letter, actor)
    assert (again(letter).state, again(letter).approved_by) == (LetterState.QUEUED, actor)
    with pytest.raises(NotThatStep):
        approve(letter, moderator())


def test_two_moderators_never_hold_one_letter_and_a_forgotten_one_is_free_again(app):
    letter, first, second = waiting(), moderator(), moderator()
    with transaction():
        moderation.take(letter.id, actor=first)
    with pytest.raises(moderation.ReadByAnother), transaction():
        moderation.take(letter.id, actor=second)
    with pytest.raises(moderation.ReadByAnother):
        approve(letter, second)
    with time_machine.travel(clock.now() + moderation.HOLD):
        approve(letter, second)
    assert again(letter).approved_by == second


def test_let_go_it_is_free_at_once(app):
    letter, first, second = waiting(), moderator(), moderator()
    with transaction():
        moderation.take(letter.id, actor=first)
    with transaction():
        moderation.let_go(letter.id, actor=second)
        moderation.let_go(letter.id, actor=first)
    approve(again(letter), second)


def test_two_at_the_same_moment_one_gets_it(app):
    letter, outcomes = waiting(), []
    actors = [moderator(), moderator()]

    def grab(actor):
        with app.app_context():
            try:
                with transaction():
                    moderation.take(letter.id, actor=actor)
                outcomes.append("held")
            except moderation.ReadByAnother:
                outcomes.append("refused")
            finally:
                session.remove()

    threads = [threading.Thread(target=grab, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held", "refused"]


def test_whoever_wrote_it_does_not_decide(app):
    writer = pens.writer()
    letter = waiting(writer)
    with pytest.raises(moderation.OwnLetter):
        approve(letter, writer.account_id)


def test_what_the_checker_blocks_goes_only_with_a_reason_that_is_kept(app):
    letter, actor = waiting(text=post.TEXT + " Объявили мобилизацию, мобилизация идёт."), moderator()
    with pytest.raises(moderation.NoWords):
        approve(letter, actor)
    approve(letter, actor, override_reason="It is about the mobilisation of ants.")
    assert again(letter).override_reason
    assert session.query(LetterFinding).filter_by(letter_id=letter.id, rule="L07").one().is_overridden


def test_changes_are_asked_for_with_words_and_the_text_stays(app, mailserver):
    writer = pens.writer()
    pens.with_address(writer, "w@example.org")
    letter, actor = waiting(writer), moderator()
    with pytest.raises(moderation.NoWords), transaction():
        moderation.ask_for_changes(letter.id, " ", actor=actor, seen_text_version=letter.text_version)
    with transaction():
        moderation.ask_for_changes(letter.id, "Уберите фамилию.", actor=actor, seen_text_version=letter.text_version)
    found = again(letter)
    assert (found.state, bodies.read_words(found)) == (LetterState.CHANGES_REQUESTED, "Уберите фамилию.")
    assert bodies.read_body(found).own == post.TEXT
    deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
    (mail,) = mailserver.mails
    assert "Уберите" not in mail.text
    with transaction():
        held = moves.locked_with_prisoner(letter.id)
        drafts.save_draft(held, post.TEXT + " P.S.", seen_text_version=held.text_version)
        submitting.submit(held, actor=writer.account_id)
    assert again(letter).state == LetterState.IN_MODERATION


def test_rejected_it_ends_and_the_writer_keeps_the_words(app):
    letter, actor = waiting(), moderator()
    with transaction():
        moderation.reject(letter.id, "Так нельзя.", actor=actor, seen_text_version=letter.text_version)
    assert again(letter).state == LetterState.REJECTED
    assert bodies.read_body(again(letter)).own == post.TEXT


def test_a_decision_about_another_text_than_the_one_that_was_read_is_refused(app):
    letter, actor = waiting(), moderator()
    with pytest.raises(Conflict), transaction():
        moderation.approve(letter.id, actor=actor, seen_text_version=letter.text_version - 1)


def test_without_russian_a_volunteer_translates_and_both_texts_stand_side_by_side(app):
    letter = waiting(text="Hello, I grow tomatoes.", wants_translator=True, language="en")
    assert again(letter).state == LetterState.IN_TRANSLATION
    translator = pens.writer(languages=["en", "ru"])
    task, other = session.query(Task).one(), pens.writer()
    with transaction():
        tasks.claim(task.id, translator.id)
    with pytest.raises(tasks.TakenByAnother), transaction():
        tasks.claim(task.id, other.id)
    with pytest.raises(Unsendable), transaction():
        translating.hand_in(*translating.open_work(task.id, translator.id), actor=translator.account_id)
    with transaction():
        held, found = translating.open_work(task.id, translator.id)
        translating.save_translation(found, post.TEXT, seen_text_version=found.text_version)
        translating.hand_in(held, found, actor=translator.account_id)
    body = bodies.read_body(again(letter))
    assert (again(letter).state, body.text, body.original) == (
        LetterState.IN_MODERATION, post.TEXT, "Hello, I grow tomatoes.",
    )  # fmt: skip
    assert session.get_one(Task, task.id).state == TaskState.DONE
    actor = moderator()
    with transaction():
        translating.back_to_translator(letter.id, actor=actor, seen_text_version=again(letter).text_version)
    assert bodies.read_body(again(letter)).text == post.TEXT, "whoever goes on begins with what there is"
    assert session.query(Task).filter_by(state=TaskState.OPEN).count() == 1


def test_a_task_that_nobody_finishes_is_open_again_after_a_week(app):
    waiting(text="Hello.", wants_translator=True, language="en")
    task, translator = session.query(Task).one(), pens.writer()
    with transaction():
        tasks.claim(task.id, translator.id)
    with time_machine.travel(clock.now() + timedelta(days=8)), transaction():
        assert tasks.sweep(clock.today()) == 1
    session.expire_all()
    assert session.get_one(Task, task.id).state == TaskState.OPEN
