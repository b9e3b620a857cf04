"""The draw leads to those who get least, spreads a crowd over them, and makes no new star."""

import uuid
from collections import Counter

import pytest

from campaign.penpals.drawing import LEAST_POOL, Candidate, Field, Wish

RU = frozenset({("ru", "post")})
FLOOR, CAP = 12, 80
POST = Wish()


def candidate(number: int, load: int = 0, **changes: object) -> Candidate:
    known = Candidate(uuid.UUID(int=number), f"person-{number}", load, load, 100, RU)
    return known._replace(**changes)


def field_of(loads: list[int], **changes: object) -> Field:
    return Field([candidate(number, load, **changes) for number, load in enumerate(loads, 1)], FLOOR, CAP)


def draw_many(field: Field, amount: int, wish: Wish = POST) -> Counter[int]:
    return Counter(drawn.id.int for seed in range(amount) if (drawn := field.draw(wish, seed)))


def test_ten_thousand_draws_spread_evenly_over_those_who_get_nothing():
    drawn = draw_many(field_of([0] * 200 + [40] * 100 + [400] * 5), 10_000)
    assert set(drawn) <= set(range(1, 201)), "nobody who gets letters, and no star"
    assert len(drawn) == 200
    expected = 10_000 / 200
    chi_square = sum((drawn[number] - expected) ** 2 / expected for number in range(1, 201))
    # 199 degrees of freedom: 99.9% of fair draws stay below 267.
    assert chi_square < 267


def test_who_does_worse_is_drawn_more_and_nobody_is_a_star():
    drawn = draw_many(field_of([0] * 10 + [4] * 10 + [8] * 10 + [200] * 70), 10_000)
    worst, middle, best = (sum(drawn[n] for n in range(first, first + 10)) for first in (1, 11, 21))
    assert worst > middle > best > 0
    assert not any(drawn[number] for number in range(31, 101))
    assert max(drawn.values()) < 3 * 10_000 / 30


def test_all_who_do_as_badly_as_the_last_of_the_pool_are_in_it():
    field = field_of([0] * 30 + [2] * 500 + [4] * 100)
    pool = field.pool(Wish()).candidates
    assert len(pool) == 530 > LEAST_POOL
    assert {each.load for each in pool} == {0, 2}


def test_where_everybody_has_reached_the_floor_those_with_least_come_first():
    field = field_of([*range(20, 220)])
    assert {each.load for each in field.pool(Wish()).candidates} == set(range(20, 20 + LEAST_POOL))


def test_waiting_longer_counts_up_to_a_year():
    field = Field(
        [candidate(1, waiting_days=0), candidate(2, waiting_days=365), candidate(3, waiting_days=9999)], 12, 80
    )
    drawn = draw_many(field, 10_000)
    assert drawn[2] == pytest.approx(4000, rel=0.1)
    assert drawn[3] == pytest.approx(drawn[2], rel=0.1)
    assert drawn[1] == pytest.approx(2000, rel=0.1)


def test_who_shares_a_topic_comes_up_more_often_and_need_decides_first():
    chess = frozenset({"chess"})
    wish = Wish(topics=chess)
    drawn = draw_many(Field([candidate(1), candidate(2, interests=chess)], 12, 80), 9_000, wish)
    assert drawn[2] == pytest.approx(6000, rel=0.1)
    drawn = draw_many(Field([candidate(1), candidate(2, load=8, interests=chess)], 12, 80), 9_000, wish)
    assert drawn[1] > 3 * drawn[2]


def test_the_same_seed_shows_the_same_person_and_someone_else_is_somebody_else():
    field = field_of([0] * 20)
    first = field.draw(Wish(), 7)
    assert first is not None
    assert first == field.draw(Wish(), 7)
    assert all(field.draw(Wish(), seed, {first.id}) != first for seed in range(300))


def test_the_last_one_left_is_found_and_then_nobody():
    field = field_of([0, 0])
    one, two = (each.id for each in field.candidates)
    assert field.draw(Wish(), 1, {one}).id == two
    assert field.draw(Wish(), 1, {one, two}) is None
    assert field_of([]).draw(Wish(), 1) is None


def test_several_are_different():
    found = field_of([0] * 5).draw_several(3, Wish(), 1)
    assert len({each.id for each in found}) == 3
    assert len(field_of([0, 0]).draw_several(3, Wish(), 1)) == 2


@pytest.mark.parametrize(
    ("changes", "wish", "fits"),
    [
        ({}, Wish(), True),
        ({}, Wish(frozenset({("de", "post")})), False),
        ({}, Wish(frozenset({("ru", "e-letter")})), False),
        ({"ways": frozenset({("de", "e-letter")})}, Wish(frozenset({("de", "e-letter")})), True),
        ({"is_risky": True}, Wish(), False),
        ({"is_risky": True}, Wish(is_outside=True), True),
        ({"trust_needed": 1}, Wish(is_outside=True), False),
        ({"trust_needed": 1}, Wish(trust=1), True),
        ({"trust_needed": 2}, Wish(trust=1), False),
        ({"is_minor": True}, Wish(is_outside=True, trust=2), False),
        ({}, Wish(frozenset({("de", "post"), ("ru", "post")})), True),
        ({"traits": frozenset({"military"})}, Wish(), True),
        ({"traits": frozenset({"military"})}, Wish(avoids=frozenset({"military"})), False),
    ],
)
def test_only_who_fits_is_offered(changes, wish, fits):
    field = Field([candidate(1, **changes)], FLOOR, CAP)
    assert (field.draw(wish, 1) is not None) == fits
    assert field.is_offered(uuid.UUID(int=1), wish) == fits


def test_a_star_cannot_be_reserved_by_an_offer_from_the_draw():
    field = field_of([0] * 60 + [200])
    assert field.is_offered(uuid.UUID(int=1), Wish())
    assert not field.is_offered(uuid.UUID(int=61), Wish())
    assert not field.is_offered(uuid.uuid4(), Wish())


def test_a_crowd_that_promises_is_led_on_to_others():
    """Two hundred visitors one after another; each promise is a letter, and every fifth sees a field ten draws old."""
    loads = dict.fromkeys(range(1, 101), 0)
    field = field_of(list(loads.values()))
    for visitor in range(200):
        if visitor % 5 == 0:
            field = field_of(list(loads.values()))
        drawn = field.draw(Wish(), visitor)
        assert drawn is not None
        loads[drawn.id.int] += 4
    assert max(loads.values()) <= 16
    assert sum(load == 0 for load in loads.values()) < 20
