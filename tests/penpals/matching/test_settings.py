"""Settings of the matching are numbers in their ranges, and survive being stored."""

import pytest

from campaign.penpals.matching.problem import Condition, decisive
from campaign.penpals.matching.weights import WEIGHTS, OutOfRange, Settings


def test_settings_survive_being_stored():
    chosen = Settings(floor=8, moves_running=True, interest=0)
    assert Settings.from_json(chosen.as_json()) == chosen
    assert Settings.from_json({"floor": 8, "gone": 1}) == Settings(floor=8)


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
@pytest.mark.parametrize("beyond", [-1, 1])
def test_a_weight_out_of_its_range_is_refused(weight, beyond):
    value = weight.least - 1 if beyond < 0 else weight.most + 1
    with pytest.raises(OutOfRange, match=weight.name):
        Settings.from_json({weight.name: value})


@pytest.mark.parametrize("stored", [{"floor": "12"}, {"floor": True}, {"language": 1.5}, {"moves_running": 1}])
def test_what_is_no_number_is_refused(stored):
    with pytest.raises(OutOfRange):
        Settings.from_json(stored)


def test_the_condition_that_ruled_out_most_is_decisive_and_the_earlier_among_equals():
    assert decisive({Condition.TRUST: 2, Condition.LANGUAGE: 3, Condition.CHANNEL: 3}) == Condition.LANGUAGE
    assert decisive({}) is None
