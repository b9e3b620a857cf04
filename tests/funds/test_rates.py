"""Rates come in by files that somebody looks through first; what stands there is never changed."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaign.funds.queries import rates as queries
from campaign.funds.service import rates
from campaign.funds.service.rates import BadRates
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.money import Money

pytestmark = pytest.mark.usefixtures("app")
HISTORY = """Date,USD,JPY,BGN,RUB,
2026-01-30,1.0500,160.25,1.9558,N/A,
2026-01-29,1.0400,160,1.9558,,
2022-03-01,1.1162,128.65,1.9558,117.2010,
"""
OF_A_DAY = "Date, USD, JPY, \n02 February 2026, 1.0600, 161.00, \n"


def stage(text=HISTORY, source="ecb"):
    content = text if isinstance(text, bytes) else text.encode()
    with transaction():
        return rates.stage_rates(content, file_name="rates.csv", source=source, actor=None)


def take(text=HISTORY, source="ecb"):
    found = stage(text, source)
    with transaction():
        return rates.apply_rates(found.id, actor=None)


def test_a_file_is_looked_through_before_anything_is_taken():
    found = stage()
    assert found.figures == {
        "rates": 10, "new": 10, "same": 0, "different": 0, "days": 3, "currencies": 4, "first_on": "2022-03-01",
        "last_on": "2026-01-30",
    }  # fmt: skip
    assert queries.list_currencies() == []
    with transaction():
        assert rates.apply_rates(found.id, actor=None) == 10
    assert queries.list_currencies() == ["BGN", "JPY", "RUB", "USD"]
    with pytest.raises(Conflict), transaction():
        rates.apply_rates(found.id, actor=None)
    with pytest.raises(Conflict):
        stage()


def test_the_table_of_a_day_is_read_as_well():
    assert take(OF_A_DAY) == 2
    found = queries.find_rate("USD", date(2026, 2, 3))
    assert found is not None
    assert (found.on_date, found.per_euro) == (date(2026, 2, 2), Decimal("1.06"))


def test_what_stands_there_is_never_changed():
    take()
    again = stage("Date,USD\n2026-01-30,9.99\n2026-01-29,1.04\n2026-01-28,1.03\n")
    assert (again.figures["new"], again.figures["same"], again.figures["different"]) == (1, 1, 1)
    with transaction():
        assert rates.apply_rates(again.id, actor=None) == 1
    found = queries.find_rate("USD", date(2026, 1, 30))
    assert found is not None
    assert found.per_euro == Decimal("1.05")


def test_who_brought_a_file_does_not_take_its_rates():
    one, other = uuid.uuid4(), uuid.uuid4()
    with transaction():
        found = rates.stage_rates(HISTORY.encode(), file_name="rates.csv", source="ecb", actor=one)
    with pytest.raises(Forbidden), transaction():
        rates.apply_rates(found.id, actor=one)
    assert queries.list_currencies() == []
    assert (queries.count_waiting(one), queries.count_waiting(other)) == (0, 1)
    with transaction():
        assert rates.apply_rates(found.id, actor=other) == 10


def test_a_file_that_was_thrown_away_can_come_again():
    found = stage()
    with transaction():
        rates.discard_rates(found.id, actor=None)
    assert found.content is None
    assert take() == 10


def test_an_amount_in_another_currency_is_about_so_much():
    take()
    day = date(2026, 1, 30)
    assert queries.worth(Money(10_500, "USD"), "EUR", day) == Money(10_000, "EUR")
    assert queries.worth(Money(10_000, "EUR"), "JPY", day) == Money(16_025, "JPY")
    assert queries.worth(Money(10_500, "USD"), "JPY", day) == Money(16_025, "JPY")
    assert queries.worth(Money(5, "EUR"), "EUR", day) == Money(5, "EUR")
    assert queries.worth(Money(5, "RUB"), "EUR", day) is None, "the last rate is of years ago"
    assert queries.worth(Money(5, "USD"), "EUR", day + timedelta(days=11)) is None
    assert queries.missing_rates({"RUB", "USD", "EUR"}, day) == ["RUB"]


def test_rates_of_others_stand_behind_those_of_the_bank():
    take()
    take("Date,USD,RUB\n2026-01-30,7,95.5\n", source="cbr")
    found = queries.find_rate("USD", date(2026, 1, 30))
    assert found is not None
    assert found.per_euro == Decimal("1.05")
    assert queries.worth(Money(955_000, "RUB"), "EUR", date(2026, 1, 30)) == Money(10_000, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "", "nothing", "Date\n2026-01-30\n", "Date,USD\n", "Date,USD\n2026-01-30,N/A\n", "Date,dollars\n2026-01-30,1\n",
        b"PK\x03\x04\xff\xfe", "x" * 100, "x" * 140_000, 'Date,USD\n2026-01-30,"' + "1" * 140_000,
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(text):
    with pytest.raises(BadRates):
        stage(text)


@pytest.mark.parametrize("source", ["", "ECB", "the bank of somebody", "e"])
def test_whose_rates_they_are_is_a_short_word(source):
    with pytest.raises(BadRates):
        stage(source=source)


def test_lines_that_cannot_be_read_are_told_and_the_rest_is_taken():
    ahead = clock.today() + timedelta(days=1)
    found = stage(
        f"Date,USD,JPY\nsoon,1,1\n2026-13-01,1,1\n{ahead},1,1\n2026-01-30,-1,abc\n2026-01-29,1.04,NaN\n2026-01-29,1.05,\n"
    )
    assert found.figures["rates"] == 1
    assert found.problems == [
        "2: soon", "3: 2026-13-01", f"4: {ahead}", "5: USD -1", "5: JPY abc", "6: JPY NaN", "7: USD 1.05",
    ]  # fmt: skip
