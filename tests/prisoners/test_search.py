"""Finding people by what somebody types: either alphabet, beginnings, slips of the hand."""

import pytest

from campaign.prisoners.queries.find import find_people
from campaign.prisoners.queries.public_directory import directory
from campaign.prisoners.queries.search import search_people
from campaign.prisoners.service.names import fold
from tests.support import make


@pytest.fixture
def people(app):
    return {
        name: make.prisoner(last_ru=name, first_ru=first).id
        for name, first in (("Небывалова", "Анна"), ("Выдуманцев", "Юрий"), ("Придуманова", "Анна"))
    }


def found(text, **options):
    return search_people(fold(text), **{"published_only": False, **options})


@pytest.mark.parametrize(
    "typed", ["Небывалова", "Nebyvalova", "небыв", "Анна Небывалова", "Nebyvalowa", "Небывлова", "небывалвоа"]
)
def test_somebody_is_found_however_the_name_is_typed(people, typed):
    assert found(typed)[0] == people["Небывалова"]


def test_whoever_fits_best_comes_first_and_a_first_name_finds_all_who_bear_it(people):
    assert set(found("Анна")) == {people["Небывалова"], people["Придуманова"]}
    assert found("Анна Придум") == [people["Придуманова"]]
    assert len(found("Анна", limit=1)) == 1


@pytest.mark.parametrize("typed", ["", " ", "ъ", "Несуществующий", "%", "_____", "'; --"])
def test_what_is_nobodys_name_finds_nobody(people, typed):
    assert found(typed) == []


def test_the_public_finds_who_is_public_and_staff_find_everybody(people):
    public = make.public_prisoner(last_ru="Выдуманская")
    assert found("Выдуман", published_only=True) == [public.id]
    assert {each.id for each in find_people(fold("Выдуман"))} == {public.id, people["Выдуманцев"]}


@pytest.mark.parametrize(
    "typed",
    [
        "Выдуманская",
        "vydum",
        "Юрий",
        "Юрий выд",
        "Выдумнская",
        "Vydumanskaja",
        "дуыманская",
        "Юрпй Выдуманская",
        "ц",
        "Нет",
    ],
)
def test_the_list_in_memory_finds_the_same_people(app, typed):
    for last, first in (("Выдуманская", "Юлия"), ("Выдуманский", "Юрий"), ("Придуманов", "Юрий"), ("Вы", "Ян")):
        make.public_prisoner(last_ru=last, first_ru=first)
    assert sorted(each.id for each in directory().named(fold(typed))) == sorted(found(typed, published_only=True))
