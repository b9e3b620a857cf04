"""What time does to assignments, what follows from a status change, and every mail as its reader gets it."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.kernel.registry import consequences, person_erasers
from campaign.penpals.models import Assignment, AssignmentState, EndReason, Health, MemberRole
from campaign.penpals.service import assignments
from campaign.penpals.service.assignments import clock_turn
from campaign.prisoners.models import (
    ChangeKind,
    DeathKind,
    FacilityKind,
    LibertyStatus,
    Prisoner,
    StatusChange,
    StatusConsequence,
)
from campaign.prisoners.service import publication
from campaign.prisoners.service.changes import follow
from campaign.prisoners.service.changes.draft import ChangeDraft
from tests.prisoners.changes import make_change, released, transferred, undo
from tests.support import make, pens
from workers.lines.penpals import turn_assignments
from workers.run_jobs import run_due_jobs


def ask(person, writer, **more) -> Assignment:
    with transaction():
        return assignments.offer(person.id, writer.id, actor=None, **more)


def running(person, writer, **more) -> Assignment:
    made = ask(person, writer, **more)
    with transaction():
        assignments.accept(made.id, actor=None)
    return made


def again(assignment) -> Assignment:
    session.expire_all()
    return session.get_one(Assignment, assignment.id)


def reachable(name="r@example.org", language="en", **more):
    writer = pens.writer(**more)
    pens.with_address(writer, name, language)
    return writer


def later(days):
    return time_machine.travel(clock.now() + timedelta(days=days))


def turn() -> None:
    """The timetable's line, twice."""
    for _ in range(2):
        turn_assignments()


@pytest.fixture
def read(app, mailserver):
    """Call it for the subjects and texts of what has arrived since the last call.

    Jobs and mail alone: the whole timetable, run days ahead, would destroy the keys of today for the tests to come.
    """

    def arrived():
        session.remove()
        run_due_jobs()
        for lane in Lane:
            deliver_lane(lane, in_context=app.app_context, threads=1)
        session.remove()
        found = [(str(mail.message["Subject"]), mail.text) for mail in mailserver.mails]
        mailserver.clear()
        return found

    return arrived


def test_an_offer_by_mail_reminded_and_run_out(app, read):
    person, writer = pens.addressee(), reachable(language="de")
    made = ask(person, writer)
    assert made.answer_by == clock.today() + timedelta(days=14)
    ((subject, text),) = read()
    assert subject == "Ein Brief wartet darauf, geschrieben zu werden"
    assert "/de/account/prisoners" in text
    for word in (person.slug, str(person.id), str(made.id), person.full_name_ru):
        assert word not in subject + text
    turn()
    assert read() == []
    with later(12):
        turn()
        ((subject, _text),) = read()
        assert subject == "Antworten Sie noch?"
    with later(14):
        turn()
        assert read() == []
    with later(15):
        turn()
        ((subject, _text),) = read()
        assert subject == "Keine Antwort mehr nötig"
    assert again(made).state == AssignmentState.EXPIRED


def test_without_an_address_the_lead_is_told_and_the_page_waits(app, read):
    group, lead, writer = pens.group(), reachable("lead@example.org"), pens.writer()
    pens.member(group, lead, MemberRole.LEAD)
    pens.member(group, writer)
    person = pens.addressee()
    with transaction():
        assignments.give_to_group(person.id, group.id, actor=None)
    read()
    made = ask(person, writer, group_id=group.id)
    assert made.answer_by == clock.today() + timedelta(days=30)
    ((subject, text),) = read()
    assert subject == "Something waits for you as a lead"
    assert "/account/groups" in text
    with later(20):
        turn()
        assert read() == []


def test_a_held_offer_does_not_run_out(app):
    person = pens.addressee()
    made = ask(person, pens.writer())
    with transaction():
        session.query(LibertyStatus).filter_by(prisoner_id=person.id).update({"status": "in_transit"})
    with later(40):
        turn()
        assert again(made).state == AssignmentState.OFFERED
        assert again(made).held_since_on is not None, "whoever wrote that they are on the way"


def test_the_promised_rhythm_is_looked_at(app, read):
    made = running(pens.addressee(), reachable(promise_days=20))
    read()
    seen = []
    for days in (30, 31, 50, 51):
        with later(days):
            with transaction():
                clock_turn.turn(clock.today())
                clock_turn.turn(clock.today())
            seen.append((again(made).health, [subject for subject, _text in read()]))
    assert seen == [
        (Health.FINE, []), (Health.AT_RISK, ["Is a letter on its way?"]), (Health.AT_RISK, []),
        (Health.LAPSED, ["We may ask somebody else, too"]),
    ]  # fmt: skip
    with transaction():
        assignments.note_letter(made.id, clock.today())
    assert again(made).health == Health.FINE


def test_a_pause_ends_by_itself(app):
    made = running(pens.addressee(), pens.writer())
    with transaction():
        assignments.pause(made.id, clock.today() + timedelta(days=5), actor=None)
    with later(4):
        turn()
        assert again(made).state == AssignmentState.PAUSED
    with later(5):
        turn()
        assert again(made).state == AssignmentState.ACCEPTED, "no letter yet"
        assert again(made).next_letter_on == clock.today() + timedelta(days=30)


@dataclass(frozen=True)
class Made:
    """An act that was made, whatever session one is in."""

    id: uuid.UUID
    prisoner_id: uuid.UUID


def changed(person, draft) -> Made:
    """Make the act, let what follows at once follow, twice; gives the act."""
    act = make_change(person.id, draft)
    made = Made(act.id, act.prisoner_id)
    follow_all(made)
    return made


def follow_all(change) -> None:
    for name in ("penpals.hold", "penpals.free", "penpals.end", "penpals.news"):
        for _ in range(2):
            with transaction():
                if waits(change, name):
                    follow.follow(change.id, name)


def waits(change, name) -> bool:

    return session.query(StatusConsequence).filter_by(change_id=change.id, name=name).count() > 0


def take_back(change) -> None:
    for name in ("penpals.hold", "penpals.free", "penpals.end", "penpals.news"):
        for _ in range(2):
            with transaction():
                if waits(change, name):
                    follow.take_back(change.id, name)


TODAY = date(2026, 3, 1)
DEATHS = {ChangeKind.DIED: next(iter(DeathKind))}


def on_the_way(on=TODAY) -> ChangeDraft:
    return ChangeDraft(ChangeKind.IN_TRANSIT, on)


def test_on_the_way_holds_and_arriving_lets_go(app, read):
    person = pens.addressee()
    runs, asked = running(person, reachable()), ask(person, reachable("s@example.org"))
    read()
    change = changed(person, on_the_way())
    assert again(runs).held_since_on is not None
    assert again(asked).held_since_on is not None
    with later(1):
        follow_all(change)
        ((subject, text),) = read()
        assert subject == "Please wait with your next letter"
        assert person.slug not in text
    with later(30):
        turn()
        assert again(asked).state == AssignmentState.OFFERED
        arrival = make.facility("ИК-7", kind=FacilityKind.IK_GENERAL)
        changed(person, transferred(arrival, date(2026, 3, 20)))
        assert again(runs).held_since_on is None
        assert again(runs).next_letter_on is not None


def test_undone_as_if_it_had_not_been(app, read):
    person = pens.addressee()
    runs = running(person, reachable())
    due = again(runs).next_letter_on
    change = changed(person, on_the_way())
    undo(change)
    take_back(change)
    assert (again(runs).held_since_on, again(runs).next_letter_on) == (None, due)


@pytest.mark.parametrize("kind", [ChangeKind.RELEASED, ChangeKind.EXCHANGED, ChangeKind.DIED])
def test_whoever_is_free_or_dead_is_written_to_no_more(app, read, kind):
    person = pens.addressee()
    runs, asked = running(person, reachable()), ask(person, reachable("s@example.org"))
    read()
    draft = released(TODAY) if kind is ChangeKind.RELEASED else ChangeDraft(kind, TODAY, death_kind=DEATHS.get(kind))
    change = changed(person, draft)
    assert again(runs).end_reason == (EndReason.DIED if kind is ChangeKind.DIED else EndReason.RELEASED)
    assert again(asked).state == AssignmentState.WITHDRAWN
    assert read() == [], "the mail waits as long as it can be undone"
    with later(1):
        follow_all(change)
        ((subject, text),) = read()
        assert subject == "There is news on your page"
        for word in ("release", "died", "dead", "free", person.slug):
            assert word not in (subject + text).lower()
        with transaction():
            seen = follow.seen(session.get_one(StatusChange, change.id), "penpals.news")
            amount = consequences["penpals.news"].correct(seen, {"told": [str(runs.id)]})
        assert amount == 1
        ((subject, _text),) = read()
        assert subject == "What we told you was not so"


def test_a_release_that_was_not_so_puts_everything_back_but_what_others_took(app):
    person, first, second = pens.addressee(), pens.writer(), pens.writer(capacity=1)
    runs, other = running(person, first), running(person, second)
    change = changed(person, released(TODAY))
    running(pens.addressee(), second)
    undo(change)
    take_back(change)
    assert again(runs).state == AssignmentState.ACCEPTED
    assert again(other).state == AssignmentState.ENDED, "the place is taken"
    turn()
    assert again(runs).state == AssignmentState.ACCEPTED


def test_a_page_that_is_withdrawn_ends_it(app, read):
    person = pens.addressee()
    runs, asked = running(person, reachable()), ask(person, pens.writer())
    read()
    with transaction():
        publication.withdraw(session.get_one(Prisoner, person.id), "the family asks", actor=None)
    assert again(runs).end_reason == EndReason.PAGE_WITHDRAWN
    assert again(asked).state == AssignmentState.WITHDRAWN
    assert [subject for subject, _text in read()] == ["There is news on your page"]


def test_what_goes_with_a_person_who_is_erased(app, read):
    person = pens.addressee()
    running(person, reachable())
    read()
    eraser = person_erasers["assignments"]
    assert eraser.count(person.id) == 1
    with transaction():
        assert eraser.erase(person.id) == 1
    assert session.query(Assignment).count() == 0
    assert [subject for subject, _text in read()] == ["Please write no more through us"]


def test_an_end_by_staff_is_told_and_one_of_ones_own_is_not(app, read):
    writer = reachable()
    one, two = running(pens.addressee(), writer), running(pens.addressee(), writer)
    read()
    with transaction():
        assignments.end(one.id, EndReason.MUTUAL, actor=uuid.uuid4(), by_staff=True)
        assignments.end(two.id, EndReason.MUTUAL, actor=uuid.uuid4())
    assert [subject for subject, _text in read()] == ["Something has come to an end"]
