"""What was heard of a letter is dated by the day on which it happened, and figures go by that day."""

from datetime import timedelta

import pytest

from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.letters.models import Letter, LetterEvent, LetterStat
from campaign.letters.models import LetterState as S
from campaign.letters.service import moves, outcomes, replies
from campaign.penpals.models import AttentionEntry
from campaign.prisoners.models import Attention
from tests.letters.replies import STAFF, reply
from tests.support import pens, post
from tests.support.accounts import submit
from tests.support.pages import field_values
from workers.lines.letters import count_letters

PAGE, MANY = "/staff/letters", "/staff/letters/outcomes"


@pytest.fixture
def coordinator(sign_in):
    return sign_in(Role.COORDINATOR)


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def ago(days: int):
    return clock.today() - timedelta(days=days)


def sent(person=None, days=20) -> Letter:
    letter = post.letter(S.PRINTED, person)
    with transaction():
        outcomes.dispatch([moves.locked(letter.id)], ago(days), actor=None)
    return again(letter)


def heard(letter, state=S.REPORTED, **more):
    with transaction():
        outcomes.report_outcome(letter.id, state, actor=None, **more)
    return again(letter)


def test_the_day_it_happened_is_kept_and_today_is_the_default(app):
    letter, other = sent(), sent()
    assert heard(letter, on=ago(6)).outcome_on == ago(6)
    assert heard(other).outcome_on == clock.today()
    event = session.query(LetterEvent).filter_by(letter_id=letter.id, now=S.REPORTED).one()
    assert event.happened_on == ago(6)
    assert heard(letter, on=ago(2)).outcome_on == ago(6), "noted again among many, the first day stands"


@pytest.mark.parametrize(("days", "words"), [(-1, "has not come"), (21, "had not left")])
def test_no_day_that_cannot_be(app, days, words):
    letter = sent()
    with pytest.raises(outcomes.BadDay, match=words):
        heard(letter, on=ago(days))
    assert again(letter).state == S.DISPATCHED


def test_median_days_are_reckoned_from_the_day_it_happened(app):
    person = pens.addressee()
    for days in (1, 5, 9, 13, 17):
        heard(sent(person), on=ago(20 - days))
    count_letters()
    assert session.query(LetterStat).one().median_days == 9


def test_what_is_put_right_counts_with_its_own_day(app):
    person = pens.addressee()
    letters = [sent(person) for _ in range(5)]
    for letter in letters:
        heard(letter, on=ago(19))
        heard(letter, S.RETURNED, on=ago(10))
        heard(letter, S.REPORTED, on=ago(8))
    count_letters()
    assert session.query(LetterStat).one().median_days == 12


def test_for_the_prisoner_it_counts_by_the_day_it_left(app):
    letter = sent(days=40)
    heard(letter, on=ago(3))
    entry = session.query(AttentionEntry).filter_by(source_id=letter.id).one()
    assert (entry.counted, entry.counted_on) == ("reported", ago(40))
    assert session.get_one(Attention, letter.prisoner_id).quarters == 4


@pytest.mark.parametrize(("written", "arrived"), [(7, 7), (21, 0), (None, 0)])
def test_an_answer_says_by_when_the_letter_was_there(app, written, arrived):
    letter = sent()
    made = reply(letter=letter)
    with transaction():
        session.get_one(type(made), made.id).state = "scanned"
        session.get_one(type(made), made.id).written_on = ago(written) if written is not None else None
    with transaction():
        replies.match(made.id, letter_id=letter.id, has_arrived=True, actor=STAFF)
    assert (again(letter).state, again(letter).outcome_on) == (S.REPORTED, ago(arrived))


def test_the_form_asks_for_the_day_and_keeps_what_was_typed(coordinator):
    letter = sent()
    path = f"{PAGE}/{letter.id}"
    html = coordinator.get(path).text
    assert field_values(html, "/outcome")["on"] == clock.today().isoformat()
    for day in (ago(-1), ago(21)):
        answer = submit(coordinator, path, "/outcome", outcome="returned", why="refused", on=day.isoformat())
        assert answer.status_code == 422
        kept = field_values(answer.text, "/outcome")
        assert (kept["outcome"], kept["why"], kept["on"]) == ("returned", "refused", day.isoformat())
    answer = submit(coordinator, path, "/outcome", outcome="returned", on="soon")
    assert answer.status_code == 422
    assert "Enter a date" in answer.text
    assert submit(coordinator, path, "/outcome", outcome="returned", on=ago(4).isoformat()).status_code == 303
    assert again(letter).outcome_on == ago(4)


def test_a_wrong_day_is_put_right_and_nothing_else(coordinator):
    letter = heard(sent(), S.CENSORED, is_partly=True)
    path = f"{PAGE}/{letter.id}"
    for _turn in range(2):
        answer = submit(coordinator, path, "/outcome", outcome="censored_partly", on=ago(5).isoformat())
        assert answer.status_code == 303
    found = again(letter)
    assert (found.state, found.is_partly, found.outcome_on) == (S.CENSORED, True, ago(5))
    assert session.query(AuditEntry).filter_by(action="letter.redate").count() == 1
    assert "The day was put right" in coordinator.get(path).text
    unheard = sent()
    with pytest.raises(outcomes.NotThatStep), transaction():
        outcomes.put_day_right(unheard.id, ago(1), actor=STAFF, seen_version=1)


def test_many_are_noted_with_one_day_and_a_letter_that_left_later_stays(coordinator):
    early, late = sent(), sent(days=2)
    values = {"outcome": "lost", "on": ago(9).isoformat(), "codes": f"{early.code} {late.code}".replace(" ", "\n")}
    answer = submit(coordinator, MANY, MANY, **values)
    assert "1 letter is noted." in answer.text
    assert "On this day the letter had not left yet." in answer.text
    assert (again(early).outcome_on, again(late).state) == (ago(9), S.DISPATCHED)
