"""A letter that checking off puts back was never sent: what was promised is as due as it was before."""

from datetime import timedelta

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.letters.models import LetterState
from campaign.letters.service import posting
from campaign.letters.service.posting import Account
from campaign.penpals.models import Assignment, EndReason, Health
from campaign.penpals.service import assignments
from tests.letters.test_batches import lock
from tests.support import make, pens, post
from workers.run_jobs import run_due_jobs


def given(place):
    """A writer who accepted somebody, and the day on which their first letter is promised."""
    person, writer = pens.addressee(place), pens.writer()
    with transaction():
        made = assignments.accept(assignments.offer(person.id, writer.id, actor=None).id, actor=None)
    return person, writer, made.id, made.next_letter_on


def waiting(person, writer, assignment_id):
    letter = post.letter(LetterState.QUEUED, person, writer)
    with transaction():
        session.get_one(type(letter), letter.id).assignment_id = assignment_id
    return letter


def posted(place, on=None):
    batch = lock(place)
    run_due_jobs()
    with transaction():
        session.get_one(type(batch), batch.id).locked_on = clock.today() - timedelta(days=30)
        posting.mark_printed(batch.id, actor=batch.locked_by)
    with transaction():
        posting.post_batch(batch.id, on=on or clock.today(), actor=batch.locked_by)
    return batch


def put_back(batch, *letters):
    with transaction():
        posting.reconcile(batch.id, {each.id: Account.MISSING for each in letters}, actor=batch.locked_by)
    session.expire_all()


def assignment(known):
    session.expire_all()
    return session.get_one(Assignment, known)


def test_the_only_letter(app):
    place = make.facility()
    person, writer, known, promised_on = given(place)
    letter = waiting(person, writer, known)
    batch = posted(place)
    assert assignment(known).last_letter_on == clock.today()
    put_back(batch, letter)
    found = assignment(known)
    assert (found.last_letter_on, found.next_letter_on, found.state) == (None, promised_on, "accepted")
    again = posted(place)
    assert assignment(known).last_letter_on == clock.today(), "with the next post it counts"
    put_back(again, letter)
    assert assignment(known).last_letter_on is None


def test_an_earlier_letter_is_the_last_again(app):
    place = make.facility()
    person, writer, known, _promised = given(place)
    first_on = clock.today() - timedelta(days=9)
    waiting(person, writer, known)
    posted(place, on=first_on)
    due_on = assignment(known).next_letter_on
    letter = waiting(person, writer, known)
    put_back(posted(place), letter)
    found = assignment(known)
    assert (found.last_letter_on, found.next_letter_on, found.state) == (first_on, due_on, "active")


def test_two_of_one_writer_in_one_post(app):
    place = make.facility()
    person, writer, known, promised_on = given(place)
    one, two = waiting(person, writer, known), waiting(person, writer, known)
    batch = posted(place)
    put_back(batch, one)
    assert assignment(known).last_letter_on == clock.today(), "the other one left"
    put_back(batch, two)
    assert (assignment(known).last_letter_on, assignment(known).next_letter_on) == (None, promised_on)


def test_both_of_one_writer_at_once(app):
    place = make.facility()
    person, writer, known, promised_on = given(place)
    letters = waiting(person, writer, known), waiting(person, writer, known)
    put_back(posted(place), *letters)
    assert (assignment(known).last_letter_on, assignment(known).next_letter_on) == (None, promised_on)


def test_what_happened_since_stays_and_the_days_are_reckoned_anew(app):
    place = make.facility()
    person, writer, known, promised_on = given(place)
    letter = waiting(person, writer, known)
    batch = posted(place)
    with transaction():
        assignments.pause(known, clock.today() + timedelta(days=5), actor=None)
    with transaction():
        assignments.resume(known, actor=None)
    put_back(batch, letter)
    found = assignment(known)
    assert (found.last_letter_on, found.next_letter_on, found.health) == (None, promised_on, Health.FINE)


def test_a_letter_that_the_writer_told_of_stays(app):
    place = make.facility()
    person, writer, known, _promised = given(place)
    letter = waiting(person, writer, known)
    told_on = clock.today() - timedelta(days=3)
    with transaction():
        session.get_one(Assignment, known).created_on = told_on
        assignments.note_letter(known, told_on, actor=writer.account_id)
    put_back(posted(place), letter)
    assert assignment(known).last_letter_on == told_on


def test_one_that_ended_meanwhile_stays_ended(app):
    place = make.facility()
    person, writer, known, _promised = given(place)
    letter = waiting(person, writer, known)
    batch = posted(place)
    with transaction():
        assignments.end(known, EndReason.CAPACITY, actor=None, volunteer_id=writer.id)
    put_back(batch, letter)
    assert assignment(known).state == "ended"
