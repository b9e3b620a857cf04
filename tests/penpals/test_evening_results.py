"""What came of an evening: lists of codes with and without mistakes, twice, corrected, and taken back."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from campaign.activities.models import Event, EventState
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.penpals.models import AttentionEntry, Counted, Evening, EveningState, Reservation, ReservationState
from campaign.penpals.queries import evenings as queries
from campaign.penpals.service import attention
from campaign.penpals.service import evening_results as results
from campaign.penpals.service.codes import show_code
from campaign.penpals.service.evenings import NotPossible
from campaign.prisoners.models import Attention
from tests.penpals.evenings import ACTOR, planned, reserved
from tests.support import make, pens

HELD_ON = clock.today() + timedelta(days=40)


@pytest.fixture
def evening(app):
    """An evening in forty days with four addressees."""
    place = make.facility()
    for _each in range(4):
        pens.addressee(place)
    return reserved(4, held_on=HELD_ON)


@pytest.fixture
def codes(evening):
    return [each.code for each in queries.list_reservations(evening.event.id)]


@pytest.fixture(autouse=True)
def the_day_after(evening):
    with time_machine.travel(f"{HELD_ON + timedelta(days=1)}T10:00:00Z", tick=False):
        yield


def record(evening, typed, *, is_whole=True):
    with transaction():
        lines = results.read_lines(evening.event.id, typed)
        return results.record(evening.event.id, lines, is_whole=is_whole, actor=ACTOR)


def states(evening):
    session.expire_all()
    return [each.state for each in queries.list_reservations(evening.event.id)]


def problems(evening, typed):
    return {each.number: each.problem for each in results.read_lines(evening.event.id, typed) if each.problem}


def test_written_letters_count_from_the_day_of_the_evening_and_the_rest_is_given_back(evening, codes):
    done = record(evening, f"{codes[0]}\n{show_code(codes[1])} taken home\n{codes[2]}, not written")
    assert (done.changed, done.unchanged, done.released) == (3, 0, 1)
    assert states(evening) == ["written", "live", "released", "released"]
    rows = queries.list_reservations(evening.event.id)
    entries = {each.source_id: each for each in session.scalars(select(AttentionEntry))}
    assert {each: entries[each].counted for each in entries} == {
        rows[0].id: Counted.REPORTED, rows[1].id: Counted.RESERVED,
    }  # fmt: skip
    assert (entries[rows[0].id].source, entries[rows[0].id].counted_on) == ("letter", HELD_ON)
    assert [session.get_one(Attention, each.prisoner_id).quarters for each in rows] == [4, 2, 0, 0]
    stored = session.get_one(Evening, evening.event.id)
    assert (stored.state, stored.recorded_on) == (EveningState.RECORDED, clock.today())
    assert session.get_one(Event, evening.event.id).state == EventState.HELD


def test_the_same_list_twice_changes_nothing(evening, codes):
    typed = "\n".join(codes[:2])
    record(evening, typed)
    before = states(evening), sorted(each.id for each in session.scalars(select(AttentionEntry)))
    done = record(evening, typed)
    assert (done.changed, done.unchanged, done.released) == (0, 2, 0)
    assert (states(evening), sorted(each.id for each in session.scalars(select(AttentionEntry)))) == before


def test_a_letter_reported_by_its_writer_at_the_same_moment_is_not_lost(app, evening, codes):
    first, *_rest = queries.list_reservations(evening.event.id)
    done = threading.Event()

    def run():
        with app.app_context():
            record(evening, codes[1])
            session.remove()
            done.set()

    with transaction():
        row = session.get_one(Reservation, first.id, with_for_update=True)
        other = threading.Thread(target=run)
        other.start()
        assert not done.wait(0.3)
        row.state, row.written_on = ReservationState.WRITTEN, clock.today()
        attention.forget("reservation", row.id)
        attention.record(row.prisoner_id, "letter", row.id, Counted.REPORTED, clock.today())
    other.join()
    assert states(evening) == ["written", "written", "released", "released"]
    assert {each.counted for each in session.scalars(select(AttentionEntry))} == {Counted.REPORTED}


def test_a_later_list_changes_only_whom_it_names(evening, codes):
    record(evening, f"{codes[0]}\n{codes[1]} taken home")
    record(evening, f"{codes[2]}")
    assert states(evening) == ["written", "live", "written", "released"]
    record(evening, f"{codes[0]} not written\n{codes[1]} written")
    assert states(evening) == ["released", "written", "written", "released"]
    assert [each.quarters for each in session.scalars(select(Attention).order_by(Attention.quarters))] == [0, 0, 4, 4]


def test_a_part_of_the_list_gives_nobody_back(evening, codes):
    record(evening, codes[0], is_whole=False)
    assert states(evening) == ["written", "live", "live", "live"]
    assert session.get_one(Evening, evening.event.id).state == EveningState.RESERVED
    record(evening, codes[1])
    assert states(evening) == ["written", "written", "released", "released"]


def test_each_wrong_line_says_what_is_wrong(evening, codes):
    other = reserved(1, held_on=HELD_ON + timedelta(days=2))
    [theirs] = queries.list_reservations(other.event.id) or [None]
    wrong = codes[1][:-1] + ("0" if codes[1][-1] != "0" else "1")
    typed = f"{codes[0]}\n\n{wrong}\nhello\n{codes[0]}\n{codes[2]}, maybe\n0000000000\n"
    found = problems(evening, typed)
    assert set(found) == {3, 4, 5, 6, 7}
    assert "One letter or digit" in found[3]
    assert "ten letters" in found[4]
    assert "twice" in found[5]
    assert "written, not written, taken home" in found[6]
    assert "No card" in found[7]
    if theirs is not None:
        assert "no card of this evening" in problems(evening, theirs.code)[1]


def test_those_that_are_right_can_be_recorded_beside_wrong_ones(evening, codes):
    done = record(evening, f"{codes[0]}\nhello", is_whole=False)
    assert done.changed == 1
    assert states(evening) == ["written", "live", "live", "live"]


@pytest.mark.parametrize(
    "written", ["{0}\t{1}", "{0};{1}", "{0},{1}", "{0} {1}", '"{0}","{1}"', " {0} ,  {1} "]
)  # fmt: skip
@pytest.mark.parametrize(("word", "state"), [("written", "written"), ("Не написано", "released"), ("HOME", "live")])
def test_results_are_read_as_people_type_them(evening, codes, written, word, state):
    record(evening, "code,result\r\n" + written.format(show_code(codes[0]).lower(), word) + "\r\n", is_whole=False)
    assert states(evening)[0] == state


def test_one_line_can_be_taken_back(evening, codes):
    record(evening, codes[0])
    first, second, *_rest = queries.list_reservations(evening.event.id)
    with transaction():
        results.undo_line(evening.event.id, first.id, actor=ACTOR)
    with transaction():
        results.undo_line(evening.event.id, second.id, actor=ACTOR)
    assert states(evening) == ["live", "live", "released", "released"]
    assert {each.counted for each in session.scalars(select(AttentionEntry))} == {Counted.RESERVED}
    with pytest.raises(NotPossible), transaction():
        results.undo_line(evening.event.id, first.id, actor=ACTOR)


def test_a_line_taken_back_after_the_time_is_held_no_more(evening, codes):
    record(evening, codes[0])
    first, second, *_rest = queries.list_reservations(evening.event.id)
    with time_machine.travel(f"{HELD_ON + timedelta(days=40)}T10:00:00Z", tick=False):
        with transaction():
            results.undo_line(evening.event.id, first.id, actor=ACTOR)
        with pytest.raises(NotPossible), transaction():
            results.undo_line(evening.event.id, second.id, actor=ACTOR)
    assert states(evening)[0] == ReservationState.EXPIRED
    assert session.scalars(select(AttentionEntry)).all() == []


def test_figures_tell_who_was_reached_for_the_first_time(evening, codes):
    rows = queries.list_reservations(evening.event.id)
    with transaction():
        attention.record(rows[0].prisoner_id, "letter", ACTOR, Counted.REPORTED, HELD_ON - timedelta(days=50))
    record(evening, f"{codes[0]}\n{codes[1]}\n{codes[2]} taken home")
    assert queries.figures_of([evening.event.id])[evening.event.id] == queries.Figures(4, 1, 2, 1, 1)


def test_nothing_is_recorded_before_the_day(evening, codes):
    with (
        time_machine.travel(f"{HELD_ON - timedelta(days=1)}T10:00:00Z", tick=False),
        pytest.raises(NotPossible, match="ahead"),
        transaction(),
    ):
        results.record(evening.event.id, [], is_whole=True, actor=ACTOR)
    assert states(evening) == ["live"] * 4


def test_what_is_over_and_not_recorded_is_counted(evening, codes):
    with time_machine.travel(f"{HELD_ON}T23:00:00Z", tick=False):
        assert queries.count_unrecorded(None, clock.today()) == 0
    assert queries.count_unrecorded(None, clock.today()) == 1
    assert queries.count_unrecorded(frozenset(), clock.today()) == 0
    record(evening, codes[0])
    assert queries.count_unrecorded(None, clock.today()) == 0


def test_too_many_lines_are_refused(evening):
    with pytest.raises(results.TooManyLines):
        results.read_lines(evening.event.id, "x\n" * 1001)


def test_an_evening_that_nobody_was_reserved_for_is_not_waited_for(evening):
    planned(held_on=HELD_ON + timedelta(days=3))
    with time_machine.travel(f"{HELD_ON + timedelta(days=9)}T10:00:00Z", tick=False):
        assert queries.count_unrecorded(None, clock.today()) == 1
