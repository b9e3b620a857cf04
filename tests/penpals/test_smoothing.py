"""Letters for a day spread over the weeks before it."""

import random
import uuid
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from campaign.penpals.drawing import Candidate, Field, Wish
from campaign.penpals.queries.addressees import list_addressees
from campaign.penpals.queries.field import occasion_of
from campaign.penpals.smoothing import (
    DAILY_BUDGET,
    LATE_BEFORE_RELEASE,
    PEAK,
    Occasion,
    next_anniversary,
    weight,
    weights,
)
from campaign.prisoners.models import Publicity
from tests.support import pens

TODAY = date(2026, 3, 1)


def born_in(days: int) -> Occasion:
    return Occasion(born_on=(TODAY + timedelta(days=days)).replace(year=1980))


@pytest.mark.parametrize(
    ("days", "factor"), [(0, 1.0), (36, 1.0), (200, 1.0), (25, PEAK), (15, PEAK), (8, PEAK), (4, 2.0), (30, 2.0909)]
)
def test_the_chance_rises_five_weeks_before_and_is_plain_again_on_the_day(days, factor):
    assert weight(born_in(days), TODAY) == pytest.approx(factor, abs=0.01)


def test_it_rises_to_a_level_and_falls_and_never_jumps_by_more_than_a_quarter_of_it():
    factors = [weight(born_in(days), TODAY) for days in range(40, -1, -1)]
    top = factors.index(PEAK)
    assert factors[: top + 1] == sorted(factors[: top + 1])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert max(abs(one - two) for one, two in pairwise(factors)) <= PEAK / 4


def test_a_release_is_written_to_before_and_not_when_nothing_would_arrive_any_more():
    assert weight(Occasion(release_on=TODAY + timedelta(days=20)), TODAY) == PEAK
    assert weight(Occasion(release_on=TODAY + timedelta(days=3)), TODAY) == LATE_BEFORE_RELEASE
    assert weight(Occasion(release_on=TODAY - timedelta(days=3)), TODAY) == 1.0


def test_each_letter_of_a_day_uses_up_a_part_of_what_the_occasion_adds():
    factors = [weight(born_in(15), TODAY, taken) for taken in range(DAILY_BUDGET + 2)]
    assert factors == sorted(factors, reverse=True)
    assert factors[DAILY_BUDGET:] == [1.0, 1.0]


def test_a_birthday_in_a_leap_year_is_kept_in_others():
    assert next_anniversary(date(2004, 2, 29), date(2026, 2, 20)) == date(2026, 3, 1)
    assert next_anniversary(date(2004, 2, 29), date(2028, 2, 20)) == date(2028, 2, 29)
    assert next_anniversary(date(1990, 1, 5), date(2026, 12, 20)) == date(2027, 1, 5)


def test_weights_for_many_are_those_of_each():
    one, two = uuid.uuid4(), uuid.uuid4()
    assert weights({one: born_in(15), two: Occasion()}, TODAY, {one: 3}) == {one: 1.0, two: 1.0}
    assert weights({one: born_in(15), two: Occasion()}, TODAY) == {one: PEAK, two: 1.0}


def test_only_a_public_birthday_known_to_the_day_counts(app):
    public = pens.addressee(born_on=date(1980, 3, 20), born_precision="day")
    limited = pens.addressee(born_on=date(1980, 3, 20), born_precision="day", publicity=Publicity.LIMITED)
    year = pens.addressee(born_on=date(1980, 1, 1), born_precision="year")
    found = {each.id: occasion_of(each, TODAY) for each in list_addressees(TODAY)}
    assert found[public.id] == Occasion(date(1980, 3, 20), TODAY)
    assert found[limited.id] == Occasion()
    assert found[year.id] == Occasion(None, TODAY)


MOST_OVER_MEAN = 3.0


def test_a_thousand_writers_in_forty_days_spread_over_people_and_days():
    """25 writers a day, 120 people of whom eight have their birthday on the 40th day; each letter counts as one.

    Stated: those with a birthday get more than others and at most three times the mean of everybody; on no day does
    one of them get more than the budget and one, and their letters of the busiest day are at most three times the mean
    of the five weeks.
    """
    chance = random.Random(4)
    party = {uuid.UUID(int=number) for number in range(1, 9)}
    people = [uuid.UUID(int=number) for number in range(1, 121)]
    birthday = TODAY + timedelta(days=40)
    letters: Counter[uuid.UUID] = Counter()
    by_day: Counter[int] = Counter()
    most_a_day = 0
    for day in range(40):
        today, taken = TODAY + timedelta(days=day), Counter[uuid.UUID]()
        for _writer in range(25):
            field = Field(
                [
                    Candidate(
                        each, str(each), 4 * letters[each], 4 * letters[each], 50, frozenset({("ru", "post")}),
                        weight(Occasion(birthday.replace(year=1980) if each in party else None), today, taken[each]),
                    )
                    for each in people
                ],
                48, 80,
            )  # fmt: skip
            drawn = field.draw(Wish(), chance.getrandbits(64))
            assert drawn is not None
            letters[drawn.id] += 1
            taken[drawn.id] += 1
            by_day[day] += drawn.id in party
        most_a_day = max(most_a_day, *(taken[each] for each in party))
    mean = 1000 / len(people)
    at_party = sum(letters[each] for each in party) / len(party)
    assert mean < at_party
    assert max(letters.values()) <= MOST_OVER_MEAN * mean
    assert most_a_day <= DAILY_BUDGET + 1
    window = [by_day[day] for day in range(5, 40)]
    assert max(window) <= MOST_OVER_MEAN * max(sum(window) / len(window), 1)
    assert min(letters[each] for each in people) > 0, "nobody is left out for a birthday"
