"""The attention ledger: what counts and for how long, by events as by rebuilding, whatever happened and when."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from campaign.kernel import clock
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.penpals.models import AttentionDay, AttentionEntry, AttentionSource, Counted
from campaign.penpals.queries.attention import WEIGHTS, list_days, setting, spread_of
from campaign.penpals.service import attention, posted
from campaign.prisoners.models import Attention, LettersPolicy, Prisoner
from campaign.prisoners.queries.public_directory import directory
from tests.support import make, pens
from workers.lines.penpals import drop_expired_reservations, keep_attention

LETTER, RESERVATION, BROADCAST = AttentionSource.LETTER, AttentionSource.RESERVATION, AttentionSource.BROADCAST
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def count(person, counted, days=0, *, source=None, hours=48, key=None):
    """Record it as of so many days ago; a reservation is live for so many hours more."""
    key = key or uuid.uuid4()
    kind = source or {Counted.RESERVED: RESERVATION, Counted.BROADCAST: BROADCAST}.get(counted, LETTER)
    until = clock.now() + timedelta(hours=hours) if counted == Counted.RESERVED else None
    with transaction():
        attention.record(person.id, kind, key, counted, clock.today() - timedelta(days=days), until)
    return key


def kept(person):
    """Quarters, day of the last letter, waiting since: as they stand beside the person."""
    row = session.execute(
        select(Attention.quarters, Attention.last_letter_on, Attention.waiting_since_on).where(
            Attention.prisoner_id == person.id
        )
    ).one_or_none()
    session.rollback()
    return tuple(row) if row else (0, None, None)


@pytest.mark.parametrize(("counted", "quarters"), [(each, weight) for each, weight in WEIGHTS.items()])
def test_each_state_of_a_letter_has_its_weight(app, counted, quarters):
    person = make.public_prisoner()
    count(person, counted)
    assert kept(person)[0] == quarters


def test_the_weights_are_those_of_the_product():
    whole, half, quarter = 4, 2, 1
    assert {
        Counted.REPORTED: whole, Counted.PRESUMED: whole, Counted.UNDER_WAY: half, Counted.RESERVED: half,
        Counted.BROADCAST: quarter, Counted.RETURNED: 0, Counted.CENSORED: 0, Counted.LOST: 0,
    } == WEIGHTS  # fmt: skip


def test_all_reservations_together_are_one_letter_at_most(app):
    person = make.public_prisoner()
    for expected in (2, 4, 4, 4):
        count(person, Counted.RESERVED)
        assert kept(person)[0] == expected
    count(person, Counted.UNDER_WAY)
    assert kept(person)[0] == 6


def test_a_letter_counts_on_its_day_and_ninety_days_after_it(app):
    person = make.public_prisoner()
    count(person, Counted.REPORTED, days=90)
    assert kept(person)[0] == 4
    count(person, Counted.REPORTED, days=91)
    assert kept(person)[0] == 4


def test_the_same_letter_moves_along_and_counts_once(app):
    person = make.public_prisoner()
    key = count(person, Counted.UNDER_WAY)
    for counted, expected in ((Counted.REPORTED, 4), (Counted.REPORTED, 4), (Counted.RETURNED, 0)):
        count(person, counted, key=key)
        assert kept(person)[0] == expected
    assert session.scalar(select(AttentionEntry.counted)) == Counted.RETURNED


def test_a_broadcast_counts_for_each_who_gets_it(app):
    people, key = [make.public_prisoner() for _ in range(3)], uuid.uuid4()
    with transaction():
        attention.record_many(
            [attention.Count(each.id, BROADCAST, key, Counted.BROADCAST, clock.today()) for each in people]
        )
    assert [kept(each)[0] for each in people] == [1, 1, 1]
    with transaction():
        assert attention.forget(BROADCAST, key) == 3
    assert [kept(each) for each in people] == [(0, None, None)] * 3


def test_a_day_to_come_is_taken_for_today(app):
    person = make.public_prisoner()
    count(person, Counted.UNDER_WAY, days=-3)
    assert kept(person) == (2, clock.today(), clock.today())


def test_only_reservations_are_live_until_a_moment(app):
    person = make.public_prisoner()
    with pytest.raises(ValueError, match="live"), transaction():
        attention.record(person.id, RESERVATION, uuid.uuid4(), Counted.RESERVED, clock.today())
    with pytest.raises(ValueError, match="live"), transaction():
        attention.record(person.id, LETTER, uuid.uuid4(), Counted.REPORTED, clock.today(), clock.now())


def test_who_has_a_live_reservation_does_not_wait_and_waits_again_when_it_runs_out(app):
    person, today = make.public_prisoner(), clock.today()
    count(person, Counted.REPORTED, days=30)
    before = kept(person)
    assert before == (4, today - timedelta(days=30), today - timedelta(days=30))
    count(person, Counted.RESERVED, hours=48)
    assert kept(person) == (6, today - timedelta(days=30), today)
    with time_machine.travel(clock.now() + timedelta(hours=47)):
        assert not attention.drop_expired()
        session.rollback()
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        drop_expired_reservations()
        assert kept(person) == before


def test_returned_and_lost_letters_do_not_end_the_waiting(app):
    person = make.public_prisoner()
    count(person, Counted.RETURNED, days=1)
    count(person, Counted.LOST, days=2)
    assert kept(person) == (0, None, None)
    count(person, Counted.PRESUMED, days=100)
    assert kept(person) == (0, clock.today() - timedelta(days=100), clock.today() - timedelta(days=100))


def test_what_grows_too_old_counts_no_longer_without_an_event(app):
    person = pens.addressee()
    count(person, Counted.REPORTED, days=90)
    keep_attention()
    assert kept(person)[0] == 4
    assert directory().entries[0].quarters == 4
    session.rollback()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        keep_attention()
        assert kept(person) == (0, clock.today() - timedelta(days=91), clock.today() - timedelta(days=91))
        assert directory().entries[0].quarters == 0


def test_the_day_is_noted_once_over_those_whom_a_letter_reaches(app):
    place = make.facility()
    people = [pens.addressee(place) for _ in range(4)]
    silent = make.public_prisoner(letters_policy=LettersPolicy.NONE)
    count(silent, Counted.REPORTED)
    for _ in range(3):
        count(people[0], Counted.REPORTED)
    count(people[1], Counted.UNDER_WAY)
    keep_attention()
    count(people[1], Counted.REPORTED)
    keep_attention()
    (day,) = list_days()
    assert (day.prisoners, day.with_none, day.below_floor, day.quarters) == (4, 2, 3, 14)
    assert day.deciles == list(spread_of([0, 0, 2, 12]).deciles)


@given(st.lists(st.integers(0, 400), max_size=60))
def test_the_tenths_share_everything_and_the_least_come_first(quarters):
    spread = spread_of(quarters)
    assert sum(spread.deciles) == (1000 if sum(quarters) else 0)
    assert len(spread.deciles) == 10
    # Neighbours may differ by the rounding alone.
    assert all(later >= earlier - 1 for earlier, later in zip(spread.deciles, spread.deciles[1:], strict=False))
    assert 0 <= spread.gini < 1000 or quarters == []
    assert spread_of(quarters[::-1]) == spread
    if quarters:
        mean = sum(quarters) / len(quarters)
        apart = sum(abs(one - other) for one in quarters for other in quarters)
        exact = apart / (2 * len(quarters) ** 2 * mean) if mean else 0
        assert spread.gini == pytest.approx(1000 * exact, abs=0.51)


@pytest.mark.parametrize(
    ("quarters", "deciles", "gini"),
    [
        ([], (0,) * 10, 0),
        ([0, 0, 0], (0,) * 10, 0),
        ([4] * 20, (100,) * 10, 0),
        ([0] * 9 + [7], (0,) * 9 + (1000,), 900),
        ([1, 3], (50,) * 5 + (150,) * 5, 250),
    ],
)
def test_how_attention_is_spread(quarters, deciles, gini):
    assert spread_of(quarters) == type(spread_of([]))(deciles, gini)


def test_two_at_once_for_one_person_are_both_counted(app):
    person, gate = make.public_prisoner(), threading.Barrier(4)

    def post():
        with app.app_context():
            gate.wait()
            for _ in range(5):
                count(person, Counted.UNDER_WAY)
            session.remove()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for each in threads:
        each.start()
    with app.app_context():
        for _ in range(5):
            with transaction():
                attention.rebuild()
    for each in threads:
        each.join()
    assert kept(person)[0] == 20 * 2


def test_the_newest_letter_outlives_the_four_hundred_days(app):
    person, other = make.public_prisoner(), make.public_prisoner()
    for days in (500, 450, 401):
        count(person, Counted.REPORTED, days=days)
    count(person, Counted.LOST, days=401)
    count(other, Counted.REPORTED, days=450)
    count(other, Counted.REPORTED, days=400)
    before = kept(person), kept(other)
    with transaction():
        assert attention.forget_old(clock.today()) == 4
        attention.rebuild()
    assert (kept(person), kept(other)) == before
    with transaction():
        assert attention.forget_old(clock.today()) == 0


def test_floor_and_cap_are_set_once_for_who_saw_them(app):
    actor = uuid.uuid4()
    assert (setting().floor, setting().soft_cap, setting().version) == (12, 80, 0)
    with transaction():
        assert attention.change_setting(8, 40, seen_version=0, actor=actor)
    with transaction():
        assert not attention.change_setting(8, 40, seen_version=1, actor=actor)
    for seen in (0, 2):
        with pytest.raises(Conflict), transaction():
            attention.change_setting(16, 40, seen_version=seen, actor=actor)
    with transaction():
        assert attention.change_setting(16, 40, seen_version=1, actor=actor)
    assert (setting().floor, setting().version) == (16, 2)
    entries = session.scalars(select(AuditEntry.action)).all()
    assert entries == ["attention.setting"] * 2


@pytest.mark.parametrize(("floor", "cap"), [(0, 80), (401, 1000), (12, 11), (12, 4001)])
def test_a_floor_or_cap_that_cannot_be_is_refused(app, floor, cap):
    with pytest.raises(attention.BadSetting), transaction():
        attention.change_setting(floor, cap, seen_version=0, actor=uuid.uuid4())


# One step of a random history: who, which of a few letters, what becomes of it, how many days ago, hours to live.
STEPS = st.tuples(
    st.integers(0, 2), st.integers(0, 4), st.sampled_from([*Counted, None]), st.integers(0, 200), st.integers(1, 100)
)
WAITS = st.integers(1, 24 * 60)
# One that is posted, or taken back: whom to, by which writer, how many days ago, told again or not so.
POSTED = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 100), st.booleans())
WRITERS = [uuid.UUID(int=900), uuid.UUID(int=901)]


def reference(history, person, now):
    """The figures by a plain reading of the rules."""
    mine = [entry for (_key, owner), entry in history.items() if owner == person]
    since = now.date() - timedelta(days=90)
    live = [on for counted, on, until in mine if until is not None and until > now]
    letters = [(WEIGHTS[counted], on) for counted, on, until in mine if until is None and WEIGHTS[counted]]
    total = sum(weight for weight, on in letters if on >= since) + min(2 * sum(on >= since for on in live), 4)
    days = [on for _weight, on in letters]
    return total, max(days, default=None), max(days + live, default=None)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(STEPS, POSTED, WAITS), min_size=1, max_size=25))
def test_events_and_rebuilding_give_the_same_whatever_happened(app, steps):
    people = session.scalars(select(Prisoner)).all() or [make.public_prisoner() for _ in range(3)]
    history = {}
    moment = NOON
    with time_machine.travel(moment, tick=False) as traveller:
        for step in steps:
            if isinstance(step, int):
                moment += timedelta(hours=step)
                traveller.move_to(moment, tick=False)
                drop_expired_reservations()
                keep_attention()
            elif len(step) == 4:
                _post(step, people, history)
            else:
                _happen(step, people, history)
            assert [kept(each) for each in people] == [reference(history, each.id, moment) for each in people]
        before = [kept(each) for each in people]
        with transaction():
            assert attention.rebuild() == 0
            session.execute(delete(Attention))
            attention.rebuild()
        assert [kept(each) for each in people] == before
    with transaction():
        session.execute(delete(AttentionEntry))
        session.execute(delete(AttentionDay))
        session.execute(delete(Attention))


def _post(step, people, history):
    who, which, days, is_so = step
    person, writer, on = people[who], WRITERS[which], clock.today() - timedelta(days=days)
    with transaction():
        if is_so:
            assert posted.record_posted(person.id, writer, on) == (((writer, on), person.id) not in history)
            assert not posted.record_posted(person.id, writer, on), "told again, it is the same letter"
            history[((writer, on), person.id)] = (Counted.REPORTED, on, None)
        else:
            posted.forget_posted(person.id, writer, on)
            history.pop(((writer, on), person.id), None)


def _happen(step, people, history):
    who, which, counted, days, hours = step
    person, key = people[who], uuid.UUID(int=which)
    source = [LETTER, RESERVATION, BROADCAST][which % 3]
    if counted is None:
        with transaction():
            attention.forget(source, key)
        for owner in people:
            history.pop((key, owner.id), None)
        return
    count(person, counted, days, source=source, hours=hours, key=key)
    until = clock.now() + timedelta(hours=hours) if counted == Counted.RESERVED else None
    history[(key, person.id)] = (counted, clock.today() - timedelta(days=days), until)


def test_the_boundary_is_the_one_that_is_written_down(app):
    person = make.public_prisoner()
    with time_machine.travel(datetime(2026, 1, 1, 9, tzinfo=UTC), tick=False) as traveller:
        count(person, Counted.REPORTED)
        for day, expected in ((date(2026, 4, 1), 4), (date(2026, 4, 2), 0)):
            traveller.move_to(datetime(day.year, day.month, day.day, 0, 1, tzinfo=UTC), tick=False)
            keep_attention()
            assert kept(person)[0] == expected
