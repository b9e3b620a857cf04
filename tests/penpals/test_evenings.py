"""A letter evening: who is chosen, what is held for them, swapping, moving and calling it off."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from campaign.activities.models import Event, EventState
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.penpals.models import (
    AttentionEntry,
    AttentionSource,
    Counted,
    Evening,
    EveningState,
    PrisonerCare,
    Reservation,
    ReservationState,
)
from campaign.penpals.queries import evenings as queries
from campaign.penpals.service import attention
from campaign.penpals.service import evenings as service
from campaign.prisoners.models import Attention, Liberty, LibertyStatus, Prisoner, PrisonerState
from tests.penpals.evenings import ACTOR, draft, planned, reserved
from tests.support import make, pens

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def place(app):
    return make.facility()


def give_letters(person: Prisoner, letters: int, on: date | None = None) -> None:
    with transaction():
        for _each in range(letters):
            attention.record(
                person.id,
                AttentionSource.LETTER,
                uuid.uuid4(),
                Counted.REPORTED,
                on or clock.today() - timedelta(days=9),
            )


def held(event_id: uuid.UUID) -> set[uuid.UUID]:
    return {each.prisoner_id for each in queries.list_reservations(event_id, ReservationState.LIVE)}


def quarters(person: Prisoner) -> int:
    session.expire_all()
    found = session.get(Attention, person.id)
    return found.quarters if found else 0


def test_those_who_get_least_are_reserved_and_counted_until_two_weeks_after(place):
    famous, known, unknown = (pens.addressee(place) for _each in range(3))
    give_letters(famous, 5)
    give_letters(known, 1)
    evening = reserved(2)
    rows = queries.list_reservations(evening.event.id)
    assert {each.prisoner_id for each in rows} == {known.id, unknown.id}
    until = datetime.combine(evening.event.held_on, datetime.min.time(), UTC) + timedelta(days=15)
    assert {each.expires_at for each in rows} == {until}
    assert (quarters(unknown), quarters(known), quarters(famous)) == (2, 6, 20)
    assert session.get_one(Evening, evening.event.id).state == EveningState.RESERVED


def test_of_those_who_get_the_same_the_longest_waiting_come_first(place):
    lately, long_ago = pens.addressee(place), pens.addressee(place)
    give_letters(lately, 1, clock.today() - timedelta(days=5))
    give_letters(long_ago, 1, clock.today() - timedelta(days=80))
    assert held(reserved(1).event.id) == {long_ago.id}


def test_nobody_is_taken_whom_a_stranger_cannot_write_to(place):
    fine = pens.addressee(place)
    guarded, risky, moved, hidden = (pens.addressee(place) for _each in range(4))
    with transaction():
        today = clock.today()
        session.add(PrisonerCare(prisoner_id=guarded.id, trust_needed=1, changed_on=today))
        session.add(PrisonerCare(prisoner_id=risky.id, is_risky_in_russia=True, changed_on=today))
        session.get_one(Prisoner, hidden.id).state = PrisonerState.HIDDEN
        lose(moved)
    assert held(reserved(5).event.id) == {fine.id}


def lose(person: Prisoner, to: Liberty = Liberty.IN_TRANSIT) -> None:
    session.scalars(select(LibertyStatus).where(LibertyStatus.prisoner_id == person.id)).one().status = to


def test_reserving_twice_is_once_and_more_raises_what_is_wanted(place):
    for _each in range(4):
        pens.addressee(place)
    evening = reserved(2)
    with transaction():
        assert service.reserve(evening.event.id, actor=ACTOR) == []
    with transaction():
        assert len(service.reserve(evening.event.id, actor=ACTOR, more=1)) == 1
    assert len(held(evening.event.id)) == 3
    assert session.get_one(Evening, evening.event.id).addressees == 3
    with transaction():
        assert len(service.reserve(evening.event.id, actor=ACTOR, more=9)) == 1
    with pytest.raises(service.NobodyLeft), transaction():
        service.reserve(evening.event.id, actor=ACTOR, more=1)
    with pytest.raises(service.NotPossible), transaction():
        service.reserve(evening.event.id, actor=ACTOR, more=500)


def test_whoever_another_evening_holds_is_taken_last(place):
    first, second = pens.addressee(place), pens.addressee(place)
    give_letters(second, 3)
    assert held(reserved(1).event.id) == {first.id}
    assert held(reserved(1).event.id) == {second.id}
    assert held(reserved(2).event.id) == {first.id, second.id}


def test_two_evenings_that_reserve_at_once_take_different_people(app: Flask, place):
    people = {pens.addressee(place).id for _each in range(6)}
    evenings = [planned(addressees=3), planned(addressees=3)]
    start, problems = threading.Barrier(2), []

    def run(event_id: uuid.UUID) -> None:
        with app.app_context():
            try:
                start.wait(timeout=5)
                with transaction():
                    service.reserve(event_id, actor=ACTOR)
            except BaseException as problem:
                problems.append(problem)
            finally:
                session.remove()

    threads = [threading.Thread(target=run, args=(each.event.id,)) for each in evenings]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert problems == []
    one, two = (held(each.event.id) for each in evenings)
    assert (len(one), len(two), one | two) == (3, 3, people)


def test_the_second_evening_waits_until_the_first_has_chosen(app: Flask, place):
    first, second = pens.addressee(place), pens.addressee(place)
    mine, theirs = planned(addressees=1), planned(addressees=1)
    done = threading.Event()

    def run() -> None:
        with app.app_context():
            with transaction():
                service.reserve(theirs.event.id, actor=ACTOR)
            session.remove()
            done.set()

    with transaction():
        service.reserve(mine.event.id, actor=ACTOR)
        other = threading.Thread(target=run)
        other.start()
        assert not done.wait(0.3)
    other.join()
    assert held(mine.event.id) | held(theirs.event.id) == {first.id, second.id}


def test_one_is_swapped_for_who_was_chosen_or_for_the_neediest(place):
    first, second, third = (pens.addressee(place) for _each in range(3))
    give_letters(second, 1)
    give_letters(third, 2)
    evening = reserved(1)
    [old] = queries.list_reservations(evening.event.id)
    with transaction():
        new = service.swap(evening.event.id, old.id, actor=ACTOR, prisoner_id=third.id)
    assert held(evening.event.id) == {third.id}
    assert quarters(first) == 0
    assert queries.figures_of([evening.event.id])[evening.event.id].reserved == 1
    with transaction():
        service.swap(evening.event.id, new.id, actor=ACTOR)
    assert held(evening.event.id) == {first.id}
    with pytest.raises(service.NotPossible), transaction():
        service.swap(evening.event.id, old.id, actor=ACTOR)


def test_who_died_or_was_moved_since_is_found_and_swapped(place):
    first, second = pens.addressee(place), pens.addressee(place)
    evening = reserved(2)
    third = pens.addressee(place)
    with transaction():
        lose(first, Liberty.DIED)
        lose(second)
    assert {each.prisoner_id for each in service.find_unreachable(evening.event.id)} == {first.id, second.id}
    with transaction():
        assert service.swap_unreachable(evening.event.id, actor=ACTOR) == (2, 1)
    assert held(evening.event.id) == {third.id}
    with transaction():
        assert service.swap_unreachable(evening.event.id, actor=ACTOR) == (0, 0)


def test_reservations_follow_the_day(place):
    person = pens.addressee(place)
    evening = reserved(1)
    later = evening.event.held_on + timedelta(days=30)
    with transaction():
        service.change_evening(
            evening.event.id, draft(held_on=later, addressees=1, title="Later"),
            seen_version=queries.get_evening(evening.event.id).version, actor=ACTOR,
        )  # fmt: skip
    [row] = queries.list_reservations(evening.event.id)
    entry = session.scalars(select(AttentionEntry).where(AttentionEntry.prisoner_id == person.id)).one()
    assert row.expires_at == entry.live_until
    assert row.expires_at.date() == later + timedelta(days=15)


def test_a_change_on_an_old_page_or_below_what_is_reserved_is_refused(place):
    for _each in range(2):
        pens.addressee(place)
    evening = planned()
    seen = queries.get_evening(evening.event.id).version
    with transaction():
        service.change_evening(evening.event.id, draft(title="Mine"), seen_version=seen, actor=ACTOR)
    with pytest.raises(Conflict), transaction():
        service.change_evening(evening.event.id, draft(title="Theirs"), seen_version=seen, actor=ACTOR)
    assert session.get_one(Event, evening.event.id).title == "Mine"
    with transaction():
        service.reserve(evening.event.id, actor=ACTOR)
    now = queries.get_evening(evening.event.id).version
    with pytest.raises(service.NotPossible, match="More people"), transaction():
        service.change_evening(evening.event.id, draft(addressees=1), seen_version=now, actor=ACTOR)


def test_giving_one_back_frees_them(place):
    person = pens.addressee(place)
    evening = reserved(1)
    [row] = queries.list_reservations(evening.event.id)
    with transaction():
        service.give_back(evening.event.id, row.id, actor=ACTOR)
    assert (held(evening.event.id), quarters(person)) == (set(), 0)


def test_calling_it_off_frees_everybody_and_is_final(place):
    people = [pens.addressee(place) for _each in range(2)]
    evening = reserved(2)
    with transaction():
        assert service.cancel_evening(evening.event.id, actor=ACTOR) == 2
    assert [quarters(each) for each in people] == [0, 0]
    assert session.get_one(Event, evening.event.id).state == EventState.CANCELLED
    assert {each.state for each in session.scalars(select(Reservation))} == {ReservationState.RELEASED}
    for act in (service.cancel_evening, service.reserve):
        with pytest.raises(service.NotPossible), transaction():
            act(evening.event.id, actor=ACTOR)


def test_nothing_is_planned_or_reserved_for_a_day_that_has_passed(place):
    pens.addressee(place)
    with pytest.raises(service.NotPossible), transaction():
        service.plan_evening(draft(held_on=clock.today() - timedelta(days=1)), actor=ACTOR)
    evening = planned()
    with (
        time_machine.travel(clock.now() + timedelta(days=8), tick=False),
        pytest.raises(service.NotPossible, match="over"),
        transaction(),
    ):
        service.reserve(evening.event.id, actor=ACTOR)


def test_nobody_is_held_for_an_evening_that_is_far_ahead(place):
    pens.addressee(place)
    far = clock.today() + timedelta(days=61)
    evening = planned(held_on=far)
    with pytest.raises(service.NotPossible, match="60 days"), transaction():
        service.reserve(evening.event.id, actor=ACTOR)
    near = reserved(1)
    version = queries.get_evening(near.event.id).version
    with pytest.raises(service.NotPossible, match="60 days"), transaction():
        service.change_evening(near.event.id, draft(held_on=far), seen_version=version, actor=ACTOR)


def test_two_evenings_of_one_title_and_day_have_addresses_of_their_own():
    assert planned().event.slug != planned().event.slug


def test_the_public_hears_of_evenings_ahead_of_public_groups_only():
    shown, hidden = pens.group(), pens.group(is_public=False)
    today = planned(group_id=shown.id, held_on=clock.today(), title="Today")
    planned(group_id=hidden.id)
    planned()
    called_off = planned(group_id=shown.id)
    with transaction():
        service.cancel_evening(called_off.event.id, actor=ACTOR)
    assert [each.title for each in queries.list_upcoming_public(clock.today())] == ["Today"]
    assert queries.list_upcoming_public(today.event.held_on + timedelta(days=1)) == []
