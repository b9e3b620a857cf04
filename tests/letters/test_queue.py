"""What waits is held and freed by the newest facts, and a status change takes paper out of a pile."""

from datetime import date, timedelta

import time_machine

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.letters.models import BatchEvent, HoldReason, Letter, LetterState
from campaign.letters.queries.destinations import find_destination
from campaign.letters.service import moves, queue
from campaign.prisoners.models import ChangeKind, FacilityChannel, Prisoner
from campaign.prisoners.service import publication
from campaign.prisoners.service.changes.draft import ChangeDraft
from tests.prisoners.changes import make_change, released, transferred, undo
from tests.support import make, pens, post
from workers.lines.letters import turn_letters
from workers.run_jobs import run_due_jobs

IN_TRANSIT = ChangeDraft(ChangeKind.IN_TRANSIT, date(2026, 3, 1))


def again(letter) -> Letter:
    session.expire_all()
    return session.get_one(Letter, letter.id)


def change(person, draft):
    made = make_change(person.id, draft)
    run_due_jobs()
    return made


def approved(person, **more) -> Letter:
    letter = post.letter(LetterState.APPROVED, person, **more)
    with transaction():
        queue.enqueue_approved(moves.locked_with_prisoner(letter.id), actor=None)
    return again(letter)


def test_what_is_approved_waits_for_a_batch_or_is_held_at_once(app):
    person = pens.addressee()
    assert approved(person).state == LetterState.QUEUED
    change(person, IN_TRANSIT)
    held = approved(person)
    assert (held.state, held.held_reason) == (LetterState.HELD, HoldReason.IN_TRANSIT)


def test_a_transfer_holds_what_waits_and_arrival_frees_it(app, mailserver):
    person, writer = pens.addressee(), pens.writer()
    place = make.facility()
    pens.with_address(writer, "r@example.org")
    letter = approved(person, writer=writer)
    change(person, IN_TRANSIT)
    assert again(letter).held_reason == HoldReason.IN_TRANSIT
    deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
    change(person, transferred(place, on=clock.today()))
    assert again(letter).state == LetterState.QUEUED
    deliver_lane(Lane.LETTERS, in_context=app.app_context, threads=1)
    subjects = [str(mail.message["Subject"]) for mail in mailserver.mails]
    assert subjects == ["Your letter waits", "Your letter goes on"]
    assert all("/account/letters" in mail.text and person.last_latin not in mail.text for mail in mailserver.mails)


def test_paper_addressed_to_where_nobody_is_falls_out_of_its_batch(app):
    person = pens.addressee()
    letter = post.letter(LetterState.PRINTED, person)
    batch = letter.batch_id
    change(person, transferred(make.facility(), on=clock.today()))
    assert (again(letter).state, again(letter).batch_id) == (LetterState.QUEUED, None)
    (event,) = session.query(BatchEvent).filter_by(batch_id=batch).all()
    assert event.reason == f"out:1:{letter.code}"


def test_a_release_holds_for_good_until_a_person_decides_and_an_undone_one_frees(app):
    person = pens.addressee()
    letter = approved(person)
    act = change(person, released())
    assert again(letter).held_reason == HoldReason.GONE
    undo(act)
    run_due_jobs()
    assert again(letter).state == LetterState.QUEUED


def test_a_channel_that_closes_stops_letters_and_opens_again(app):
    person = pens.addressee()
    letter = approved(person)
    channel = session.query(FacilityChannel).one()
    for is_refused, state in ((True, LetterState.HELD), (False, LetterState.QUEUED)):
        with transaction():
            session.get_one(FacilityChannel, channel.id).strangers = "refused" if is_refused else "accepted"
        turn_letters()
        assert again(letter).state == state


def test_nothing_is_pulled_out_of_an_envelope_because_nobody_looked_lately(app):
    person = pens.addressee()
    waiting, packed = approved(person), post.letter(LetterState.PRINTED, person)
    with transaction():
        moves.locked(packed.id).address = {**post.ADDRESS, "custody_id": str(custody_of(person))}
    with time_machine.travel(clock.now() + timedelta(days=400)):
        turn_letters()
    assert again(waiting).held_reason == HoldReason.UNREACHABLE
    assert again(packed).state == LetterState.PRINTED


def test_what_a_person_stopped_goes_on_when_a_person_says_so(app):
    person = pens.addressee()
    letter, staff = approved(person), pens.writer().account_id
    with transaction():
        queue.hold_by_hand(moves.locked(letter.id), actor=staff)
    turn_letters()
    assert again(letter).held_reason == HoldReason.BY_STAFF
    with transaction():
        queue.free_by_hand(moves.locked(letter.id), actor=staff)
    assert again(letter).state == LetterState.QUEUED


def test_a_page_that_is_withdrawn_holds_their_letters(app):
    person = pens.addressee()
    letter = approved(person)
    with transaction():
        publication.withdraw(session.get_one(Prisoner, person.id), "the family asks", actor=None)
    assert again(letter).held_reason == HoldReason.UNREACHABLE


def custody_of(person):
    return find_destination(person.id, "post", clock.today()).custody_id
