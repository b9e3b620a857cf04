"""What is heard of a letter: what it counts for the prisoner, what its writer is told, when its words go."""

from datetime import timedelta

import pytest
import time_machine

from campaign.activities.models import Task
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterBatch, LetterPicture, LetterState
from campaign.letters.queries.deadlines import due_on_for
from campaign.letters.service import bodies, drafts, moves, outcomes, retention, submitting
from campaign.letters.service.errors import NotThatStep
from campaign.penpals.models import Assignment, Health
from campaign.penpals.service import assignments
from campaign.prisoners.models import Attention
from tests.support import accounts, pens, post
from workers.lines.letters import turn_letters


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def sent(person=None, **more) -> Letter:
    letter = post.letter(LetterState.PRINTED, person, **more)
    with transaction():
        outcomes.dispatch([moves.locked(letter.id)], clock.today(), actor=None)
    return again(letter)


def quarters(letter) -> int:
    session.expire_all()
    return session.get_one(Attention, letter.prisoner_id).quarters


def report(letter, state, **more) -> Letter:
    with transaction():
        return outcomes.report_outcome(letter.id, state, actor=None, **more)


@pytest.mark.parametrize(
    ("state", "counts"),
    [(LetterState.REPORTED, 4), (LetterState.RETURNED, 0), (LetterState.CENSORED, 0), (LetterState.LOST, 0)],
)
def test_each_outcome_counts_as_it_should_and_twice_is_once(app, state, counts):
    letter = sent()
    assert quarters(letter) == 2, "under way counts half"
    report(letter, state)
    report(letter, state)
    assert quarters(letter) == counts
    assert len(session.query(moves.LetterEvent).filter_by(letter_id=letter.id, now=state).all()) == 1


def test_silence_is_presumed_to_be_delivery_after_the_channels_time_and_gives_way_to_news(app):
    letter = sent()
    assert letter.due_on == due_on_for("post", clock.today())
    with time_machine.travel(clock.now() + timedelta(days=29)):
        turn_letters()
        assert again(letter).state == LetterState.DISPATCHED
    with time_machine.travel(clock.now() + timedelta(days=30)):
        turn_letters()
        turn_letters()
        assert (again(letter).state, quarters(letter)) == (LetterState.PRESUMED, 4)
        report(letter, LetterState.RETURNED)
    assert quarters(letter) == 0


def test_words_go_when_delivery_is_reported_unless_the_writer_keeps_them(app):
    plain, kept = sent(), sent()
    with transaction():
        moves.locked(kept.id).keeps_text = True
    for letter in (plain, kept):
        report(letter, LetterState.REPORTED)
    assert again(plain).body_erased_on == clock.today()
    assert bodies.read_body(again(kept)).text == post.TEXT


def test_words_go_a_fortnight_after_the_post_was_checked_off_but_not_those_that_came_back(app):
    under_way, back = sent(), sent()
    report(back, LetterState.RETURNED)
    with transaction():
        for letter in (under_way, back):
            batch = session.get_one(LetterBatch, letter.batch_id)
            batch.state, batch.posted_on, batch.reconciled_on = "reconciled", clock.today(), clock.today()
    for days, gone in ((13, 0), (14, 1)):
        with transaction():
            assert retention.erase_bodies(clock.today() + timedelta(days=days)) == gone
    assert again(under_way).body_erased_on is not None
    assert again(back).body_erased_on is None


def test_what_came_back_is_sent_again_as_a_letter_of_its_own_once(app):
    letter = sent()
    staff = accounts.person().id
    with transaction():
        session.add(
            LetterPicture(
                id=letter.id, letter_id=letter.id, position=1, width=1, height=1, is_grey=True, content_sealed=b"x",
                added_on=clock.today(),
            )
        )  # fmt: skip
    report(letter, LetterState.RETURNED)
    with transaction():
        new = outcomes.send_again(letter.id, actor=staff)
    assert (new.state, new.follows_id, new.batch_id) == (LetterState.QUEUED, letter.id, None)
    assert new.code != letter.code
    assert bodies.read_body(new).text == post.TEXT
    assert session.query(LetterPicture).filter_by(letter_id=new.id).count() == 1
    assert (again(letter).state, again(letter).text_sealed) == (LetterState.RETURNED, None)
    with pytest.raises(NotThatStep), transaction():
        outcomes.send_again(letter.id, actor=staff)


def test_what_is_given_up_ends_and_its_words_stay_a_month_but_go_at_once_with_what_came_back(app):
    waiting, back, staff = post.letter(LetterState.QUEUED), sent(), accounts.person().id
    report(back, LetterState.RETURNED)
    with transaction():
        for each in (waiting, waiting, back):
            outcomes.give_up(each.id, actor=staff)
    assert (again(waiting).state, again(back).state) == (LetterState.GIVEN_UP, LetterState.RETURNED)
    assert again(back).text_sealed is None
    assert again(waiting).text_sealed is not None
    with transaction():
        assert retention.erase_bodies(clock.today() + timedelta(days=30)) == 1
    assert again(waiting).text_sealed is None


def test_a_promise_is_kept_on_the_day_of_dispatch(app):
    person, writer = pens.addressee(), pens.writer()
    with transaction():
        promised = assignments.accept(assignments.offer(person.id, writer.id, actor=None).id, actor=None)
    letter = post.letter(LetterState.PRINTED, person, writer)
    with transaction():
        found = moves.locked(letter.id)
        found.assignment_id = promised.id
        outcomes.dispatch([found], clock.today(), actor=None)
    session.expire_all()
    kept = session.get_one(Assignment, promised.id)
    assert (kept.last_letter_on, kept.health, kept.state) == (clock.today(), Health.FINE, "active")


def test_nobody_translates_what_was_taken_back_or_given_up(app):
    letters = [post.draft(person) for person in (pens.addressee(), pens.addressee(), pens.addressee())]
    for each in letters:
        with transaction():
            submitting.submit(moves.locked_with_prisoner(each.id), actor=None, wants_translator=True)
    (taken_back, given_up, needed), staff = letters, accounts.person().id
    with transaction():
        drafts.withdraw(moves.locked(taken_back.id), actor=None)
        outcomes.give_up(given_up.id, actor=staff)
    turn_letters()
    session.expire_all()
    found = {each.subject_id: each.state for each in session.query(Task)}
    assert found == {taken_back.id: "cancelled", given_up.id: "cancelled", needed.id: "open"}


def test_no_letter_leaves_on_a_day_to_come(app):
    letter = post.letter(LetterState.PRINTED)
    with pytest.raises(outcomes.BadDay), transaction():
        outcomes.dispatch([moves.locked(letter.id)], clock.today() + timedelta(days=1), actor=None)
    assert again(letter).state == LetterState.PRINTED


def test_a_draft_that_nobody_touches_goes_after_half_a_year(app):
    old = post.draft()
    with transaction():
        assert retention.drop_drafts(clock.today() + timedelta(days=179)) == 0
        assert retention.drop_drafts(clock.today() + timedelta(days=180)) == 1
    assert session.get(Letter, old.id, populate_existing=True) is None
