"""A writer's own letter: begun once, saved from two tabs without a loss, handed in, taken back."""

import pytest

from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.switches import Switch, SwitchedOff, set_switch
from campaign.letters.models import Letter, LetterFinding, LetterFingerprint, LetterState
from campaign.letters.service import bodies, drafts, moves, submitting
from campaign.letters.service.errors import ChangedElsewhere, NotThatStep, Unsendable
from tests.support import pens, post


def begun(writer=None, person=None) -> Letter:
    writer, person = writer or pens.writer(), person or pens.addressee()
    with transaction():
        return drafts.begin_draft(person.id, writer.id, channel="post", actor=writer.account_id)


def save(letter, text, *, seen=None, **more) -> bool:
    with transaction():
        found = moves.locked(letter.id)
        return drafts.save_draft(found, text, seen_text_version=seen or found.text_version, **more)


def hand_in(letter, **more) -> Letter:
    with transaction():
        found = moves.locked_with_prisoner(letter.id)
        submitting.submit(found, actor=found.written_by, **more)
    return found


def text_of(letter) -> str:
    session.expire_all()
    return bodies.read_body(session.get_one(Letter, letter.id)).own


def test_beginning_twice_goes_on_with_the_same_letter(app):
    writer, person = pens.writer(), pens.addressee()
    first = begun(writer, person)
    assert begun(writer, person).id == first.id
    assert begun(writer, pens.addressee()).id != first.id


def test_nobody_elses_letter_is_found(app):
    letter = begun()
    with pytest.raises(NotFound):
        drafts.get_own(letter.id, pens.writer().id)


def test_two_tabs_lose_nothing(app):
    letter = begun()
    assert save(letter, "Здравствуйте!", seen=1)
    with pytest.raises(ChangedElsewhere):
        save(letter, "Добрый день!", seen=1)
    assert text_of(letter) == "Здравствуйте!"
    assert not save(letter, "Здравствуйте!", seen=1), "the same text from an old tab is no conflict"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("раз\r\nдва\rтри", "раз\nдва\nтри"),
        ("<b>Привет</b> #let x", "<b>Привет</b> #let x"),
        ("тай\u200bна \u202eнаоборот\u202c", "тайна наоборот"),
        ("й\u0306"[:1] + "и\u0306", "йй"),
        ("а\n\n\n\n\n\nб\x00\x07", "а\n\n\nб"),
    ],
)
def test_what_nobody_sees_is_taken_out_and_nothing_else(app, typed, kept):
    letter = begun()
    save(letter, typed)
    assert text_of(letter) == kept


def test_a_text_beyond_all_bounds_is_refused_and_the_old_one_stays(app):
    letter = begun()
    save(letter, "Здравствуйте!")
    with pytest.raises(Unsendable):
        save(letter, "а" * 200_001)
    assert text_of(letter) == "Здравствуйте!"


def test_two_hundred_pages_are_kept_and_not_handed_in(app):
    letter = begun()
    save(letter, "слово " * 30_000)
    with pytest.raises(Unsendable):
        hand_in(letter)
    assert session.get(Letter, letter.id, populate_existing=True).state == LetterState.DRAFT
    assert len(text_of(letter)) > 170_000


def test_handed_in_it_is_checked_and_waits_for_a_moderator_with_what_the_rules_said(app):
    letter = begun()
    save(letter, post.TEXT + " У нас тут объявили мобилизацию, и мобилизация всех касается.")
    assert hand_in(letter).state == LetterState.IN_MODERATION
    found = {each.rule: each for each in session.query(LetterFinding).filter_by(letter_id=letter.id)}
    assert "L07" in found
    assert session.query(LetterFingerprint).one().prisoner_id == letter.prisoner_id
    with pytest.raises(NotThatStep):
        hand_in(letter)
    with pytest.raises(NotThatStep):
        save(letter, "иначе")


def test_an_empty_letter_is_not_handed_in(app):
    with pytest.raises(Unsendable):
        hand_in(begun())


def test_taken_back_it_ends_and_can_be_written_anew_with_its_words(app):
    letter = begun()
    save(letter, post.TEXT)
    hand_in(letter)
    with transaction():
        drafts.withdraw(moves.locked(letter.id), actor=None)
        drafts.withdraw(moves.locked(letter.id), actor=None)
        new = drafts.write_anew(moves.locked(letter.id), actor=letter.written_by)
    assert (new.state, text_of(new)) == (LetterState.DRAFT, post.TEXT)


def test_ones_own_words_are_erased_early_only_when_nobody_needs_them(app):
    waiting, gone = post.letter(LetterState.QUEUED), post.letter(LetterState.DISPATCHED)
    with transaction():
        assert drafts.erase_text(moves.locked(gone.id))
    with pytest.raises(NotThatStep), transaction():
        drafts.erase_text(moves.locked(waiting.id))


def test_while_letters_are_switched_off_nothing_is_begun_saved_or_handed_in(app):
    letter = begun()
    save(letter, post.TEXT)
    with transaction():
        set_switch(Switch.LETTERS, on=False, reason="test")
    for act in (begun, lambda: save(letter, "иначе"), lambda: hand_in(letter)):
        with pytest.raises(SwitchedOff):
            act()
    assert text_of(letter) == post.TEXT
