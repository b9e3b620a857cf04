"""Who writes to whom: asked, answered, running, held, ended, taken over."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.penpals.models import Assignment, AssignmentEvent, AssignmentState, EndReason, Health, PairBlock
from campaign.penpals.queries.succession import needs_successor
from campaign.penpals.service import assignments
from campaign.penpals.service.assignments.running import BadDay
from campaign.people.models import VolunteerState
from campaign.prisoners.models import LibertyStatus, PrisonerState
from tests.support import pens


def ask(person, writer, **more) -> Assignment:
    with transaction():
        return assignments.offer(person.id, writer.id, actor=None, **more)


def do(call, *given, **more):
    with transaction():
        return call(*given, **{"actor": None, **more})


def again(assignment) -> Assignment:
    session.expire_all()
    return session.get_one(Assignment, assignment.id)


def steps(assignment) -> list[tuple[str, str]]:
    rows = session.scalars(
        select(AssignmentEvent).where(AssignmentEvent.assignment_id == assignment.id).order_by(AssignmentEvent.id)
    )
    return [(row.now, row.reason) for row in rows]


def move_person(person, status: str) -> None:
    with transaction():
        session.query(LibertyStatus).filter_by(prisoner_id=person.id).update({"status": status})


def waiting_for_successor() -> set:
    return set(session.scalars(select(Assignment.prisoner_id).where(needs_successor())))


def test_from_the_offer_to_the_end(app):
    person, writer = pens.addressee(), pens.writer(promise_days=30)
    made = ask(person, writer)
    assert made.state == AssignmentState.OFFERED
    assert made.answer_by == clock.today() + timedelta(days=30), "no address: only the page tells"
    do(assignments.accept, made.id)
    do(assignments.accept, made.id)
    assert again(made).next_letter_on == clock.today() + timedelta(days=30)
    with transaction():
        assert assignments.note_letter(made.id, clock.today() - timedelta(days=2))
    with transaction():
        assert not assignments.note_letter(made.id, clock.today() - timedelta(days=2)), "a double click"
    assert again(made).state == AssignmentState.ACTIVE
    assert again(made).next_letter_on == clock.today() + timedelta(days=28)
    do(assignments.pause, made.id, clock.today() + timedelta(days=10))
    assert again(made).next_letter_on is None
    do(assignments.resume, made.id)
    do(assignments.end, made.id, EndReason.LOST_INTEREST, wants_another=True)
    do(assignments.end, made.id, EndReason.OTHER)
    assert again(made).end_reason == EndReason.LOST_INTEREST
    assert [now for now, _reason in steps(made)] == [
        "proposed", "offered", "accepted", "active", "paused", "active", "ended", "ended", "ended",
    ]  # fmt: skip
    assert waiting_for_successor() == {person.id}


def test_a_successor_ends_the_waiting_unless_they_decline(app):
    person, first = pens.addressee(), pens.writer()
    made = ask(person, first)
    do(assignments.accept, made.id)
    do(assignments.end, made.id, EndReason.CAPACITY)
    second = ask(person, pens.writer())
    assert second.successor_of_id == made.id
    assert waiting_for_successor() == set()
    do(assignments.decline, second.id)
    assert waiting_for_successor() == {person.id}
    do(assignments.settle_succession, made.id, actor=first.id, reason="nobody wanted")
    assert waiting_for_successor() == set()


@pytest.mark.parametrize(("reason", "is_remembered"), [("", False), ("not_now", False), ("not_a_fit", True)])
def test_declining_needs_no_reason_and_some_reasons_are_remembered(app, reason, is_remembered):
    person, writer = pens.addressee(), pens.writer()
    made = ask(person, writer)
    do(assignments.decline, made.id, reason=reason)
    do(assignments.decline, made.id)
    assert bool(session.query(PairBlock).count()) is is_remembered
    if is_remembered:
        with pytest.raises(assignments.PairBlocked):
            ask(person, writer)
        (block,) = session.query(PairBlock)
        do(assignments.lift_block, block.id)
    assert ask(person, writer).state == AssignmentState.OFFERED


def test_what_is_over_goes_nowhere(app):
    made = ask(pens.addressee(), pens.writer())
    do(assignments.withdraw, made.id)
    for call in (assignments.accept, assignments.decline):
        with pytest.raises(assignments.NotThatStep):
            do(call, made.id)
    with pytest.raises(assignments.NotThatStep), transaction():
        assignments.note_letter(made.id, clock.today())
    assert again(made).state == AssignmentState.WITHDRAWN


def test_another_writer_answers_nothing(app):
    made = ask(pens.addressee(), pens.writer())
    for call in (assignments.accept, assignments.decline):
        with pytest.raises(NotFound):
            do(call, made.id, volunteer_id=pens.writer().id)


def test_conditions_of_an_offer(app):
    person = pens.addressee(languages_read=["ru"])
    with pytest.raises(assignments.AlreadyTheirs):
        writer = pens.writer()
        ask(person, writer)
        ask(person, writer)
    with pytest.raises(assignments.WriterTakesNobody):
        ask(person, pens.writer(VolunteerState.PAUSED))
    with pytest.raises(assignments.WriterTakesNobody):
        ask(person, pens.volunteer())
    with pytest.raises(assignments.NoPlaceLeft):
        ask(person, pens.writer(capacity=0))
    with pytest.raises(assignments.Unfit):
        ask(person, pens.writer(languages=["de"]))
    move_person(person, "in_transit")
    with pytest.raises(assignments.OnTheWay):
        ask(person, pens.writer())
    move_person(person, "died")
    with pytest.raises(assignments.NotReachable):
        ask(person, pens.writer())
    assert session.query(Assignment).count() == 1


def test_an_answer_finds_out_what_happened_meanwhile(app):
    person = pens.addressee()
    made = ask(person, pens.writer())
    move_person(person, "in_transit")
    with pytest.raises(assignments.OnTheWay):
        do(assignments.accept, made.id)
    move_person(person, "released")
    with pytest.raises(assignments.NotReachable):
        do(assignments.accept, made.id)
    assert again(made).state == AssignmentState.OFFERED


def test_a_group_begins_at_once_and_is_one(app):
    person, group = pens.addressee(), pens.group()
    made = do(assignments.give_to_group, person.id, group.id)
    assert (made.state, made.promise_days) == (AssignmentState.ACTIVE, 30)
    with pytest.raises(assignments.AlreadyTheirs):
        do(assignments.give_to_group, person.id, pens.group().id)
    with pytest.raises(assignments.GroupClosed):
        do(assignments.give_to_group, pens.addressee().id, pens.group(state="closed").id)


def test_held_while_on_the_way(app):
    person, writer = pens.addressee(), pens.writer()
    running, asked = ask(person, writer), ask(person, pens.writer())
    do(assignments.accept, running.id)
    with transaction():
        assert len(assignments.hold_prisoner(person.id)) == 2
        assert assignments.hold_prisoner(person.id) == []
    assert again(running).next_letter_on is None
    answer_by = again(asked).answer_by
    with time_machine.travel(clock.now() + timedelta(days=9)), transaction():
        assert len(assignments.release_prisoner(person.id)) == 2
    assert again(asked).answer_by == answer_by + timedelta(days=9)
    assert again(running).next_letter_on == clock.today() + timedelta(days=39)


def test_who_leaves_is_relieved_and_nobody_is_dropped(app):
    writer = pens.writer()
    running, asked = ask(pens.addressee(), writer), ask(pens.addressee(), writer)
    do(assignments.accept, running.id)
    assert do(assignments.relieve_writer, writer.id, EndReason.WRITER_LEFT) == 2
    assert do(assignments.relieve_writer, writer.id, EndReason.WRITER_LEFT) == 0
    assert (again(running).state, again(asked).state) == (AssignmentState.ENDED, AssignmentState.WITHDRAWN)
    assert waiting_for_successor() == {running.prisoner_id}


def test_a_closed_group_lets_everybody_go(app):
    group, person, writer = pens.group(), pens.addressee(), pens.writer()
    pens.member(group, writer)
    whole = do(assignments.give_to_group, person.id, group.id)
    one = ask(person, writer, group_id=group.id)
    do(assignments.accept, one.id)
    assert do(assignments.relieve_group, group.id) == 2
    assert {again(each).end_reason for each in (whole, one)} == {EndReason.GROUP_CLOSED}


def test_days_that_cannot_be(app):
    made = ask(pens.addressee(), pens.writer())
    do(assignments.accept, made.id)
    with pytest.raises(BadDay), transaction():
        assignments.note_letter(made.id, clock.today() + timedelta(days=1))
    with pytest.raises(BadDay):
        do(assignments.pause, made.id, clock.today())
    assert again(made).health == Health.FINE


def race(app, *calls) -> list:
    """Do each on a connection of its own at once; what each gave or raised."""
    ready, came = threading.Barrier(len(calls)), []

    def run(call) -> None:
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    call()
                came.append("done")
            except Exception as problem:
                came.append(type(problem).__name__)
            session.remove()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    return sorted(came)


def test_two_coordinators_offer_the_same_pair_at_once(app):
    person, writer = pens.addressee().id, pens.writer().id
    offer = lambda: assignments.offer(person, writer, actor=None)  # noqa: E731
    assert race(app, offer, offer) == ["AlreadyTheirs", "done"]
    assert session.query(Assignment).count() == 1


def test_two_coordinators_take_the_last_place_at_once(app):
    writer = pens.writer(capacity=1).id
    people = [pens.addressee().id, pens.addressee().id]
    calls = [lambda each=each: assignments.offer(each, writer, actor=None) for each in people]
    assert race(app, *calls) == ["NoPlaceLeft", "done"]
    assert session.query(Assignment).count() == 1


def test_a_prisoner_is_given_to_two_groups_at_once(app):
    person, groups = pens.addressee().id, [pens.group().id, pens.group().id]
    calls = [lambda each=each: assignments.give_to_group(person, each, actor=None) for each in groups]
    assert race(app, *calls) == ["AlreadyTheirs", "done"]


def test_an_offer_is_accepted_and_withdrawn_at_once(app):
    made = ask(pens.addressee(), pens.writer()).id
    came = race(
        app, lambda: assignments.accept(made, actor=None), lambda: assignments.withdraw(made, actor=None)
    )  # fmt: skip
    assert came == ["NotThatStep", "done"]


def test_a_hidden_page_gets_no_offers(app):
    person = pens.addressee()
    with transaction():
        person = session.merge(person)
        person.state = PrisonerState.HIDDEN
    with pytest.raises(assignments.NotReachable):
        ask(person, pens.writer())
