"""Every step of a letter is allowed and written down, and the database itself refuses two places at once."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import HoldReason, Letter, LetterEvent, LetterState
from campaign.letters.service import bodies, moves, threads
from campaign.letters.service.errors import NotThatStep, TextGone
from tests.support import pens, post


def test_a_letter_goes_the_plain_way_and_each_step_is_written_down(app):
    letter = post.letter(LetterState.REPORTED)
    steps = session.execute(
        select(LetterEvent.was, LetterEvent.now).where(LetterEvent.letter_id == letter.id).order_by(LetterEvent.id)
    ).all()
    assert [now for _was, now in steps] == ["draft", *post.WAY, "reported"]
    assert [was for was, _now in steps] == ["", "draft", *post.WAY]
    assert letter.outcome_on == clock.today()


@pytest.mark.parametrize("was", post.WAY)
def test_no_other_step_is_possible_and_a_refused_one_changes_nothing(app, was):
    letter = post.letter(was)
    for step in set(LetterState) - moves.STEPS[was]:
        with pytest.raises(NotThatStep), transaction():
            moves.move(moves.locked(letter.id), step, actor=None)
    assert session.get(Letter, letter.id, populate_existing=True).state == was


def test_every_state_is_reached_and_left_by_known_steps():
    reached = set().union(*moves.STEPS.values())
    assert set(moves.STEPS) == set(LetterState)
    assert reached | {LetterState.DRAFT, LetterState.WAITING} == set(LetterState)


def test_whoever_falls_out_of_a_batch_lies_in_none(app):
    letter = post.letter(LetterState.PRINTED)
    with transaction():
        moves.move(moves.locked(letter.id), LetterState.HELD, actor=None, held_reason=HoldReason.IN_TRANSIT)
    found = session.get(Letter, letter.id, populate_existing=True)
    assert (found.batch_id, found.address, found.held_reason) == (None, None, HoldReason.IN_TRANSIT)
    with transaction():
        moves.move(moves.locked(letter.id), LetterState.QUEUED, actor=None)
    assert found.held_reason is None


@pytest.mark.parametrize(
    "harm",
    [
        {"batch_id": None}, {"address": None}, {"state": "queued"}, {"held_reason": "gone"}, {"state": "dispatched"},
        {"text_sealed": None}, {"body_erased_on": clock.today()},
    ],
)  # fmt: skip
def test_the_database_refuses_a_letter_in_two_places_or_without_its_text(app, harm):
    letter = post.letter(LetterState.PRINTED)
    with pytest.raises(IntegrityError), transaction():
        found = moves.locked(letter.id)
        for name, value in harm.items():
            setattr(found, name, value)
        session.flush()


def test_words_are_sealed_and_gone_for_good_once_erased(app):
    letter = post.letter(LetterState.REPORTED)
    assert "помидоры" not in str(letter.text_sealed)
    assert bodies.read_body(letter).text == post.TEXT
    with transaction():
        assert bodies.erase_body(moves.locked(letter.id))
        assert not bodies.erase_body(moves.locked(letter.id))
    with pytest.raises(TextGone):
        bodies.read_body(session.get(Letter, letter.id, populate_existing=True))


def test_two_have_one_thread_and_somebody_without_an_account_one_for_each_letter(app):
    person, writer = pens.addressee(), pens.writer()
    with transaction():
        assert threads.open_thread(person.id, writer.id).id == threads.open_thread(person.id, writer.id).id
        assert threads.open_thread(person.id, None).id != threads.open_thread(person.id, None).id
