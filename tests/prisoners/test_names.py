"""Names between two alphabets, on envelopes and in search."""

import pytest

from campaign.prisoners.models import Gender
from campaign.prisoners.service.codes import code_key
from campaign.prisoners.service.names import clean_name, dative_of, fold, latin_of, trigrams


@pytest.mark.parametrize(
    ("russian", "latin"),
    [("Щукина", "Shchukina"), ("Юрий", "Iurii"), ("Ёжиков-Вымышленный", "Ezhikov-Vymyshlennyi"), ("Anna", "Anna")],
)
def test_a_name_is_spelled_as_in_passports(russian, latin):
    assert latin_of(russian) == latin


@pytest.mark.parametrize("spelling", ["Яшин", "Yashin", "Iashin", "Jashin", "YASHIN", "яшин"])
def test_spellings_of_one_name_meet(spelling):
    assert fold(spelling) == fold("Яшин")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Щербаков", "Shcherbakov"), ("Хабаров", "Khabarov"), ("Алексей", "Alexey"), ("Соловьёв", "Solovyev"),
     ("Цой", "Tsoy"), ("Кара-Мурза", "Kara-Murza"), ("Чайка", "Chaika")],
)  # fmt: skip
def test_both_alphabets_fold_alike(one, other):
    assert fold(one) == fold(other)


def test_different_names_stay_apart():
    assert len({fold(name) for name in ("Иванов", "Иванова", "Петров", "Петренко", "Сидоров")}) == 5


def test_a_slip_leaves_most_trigrams():
    right, wrong = set(trigrams(["Вымышленный"])), set(trigrams(["Вымышленый", "Вымшленный"]))
    assert len(right & wrong) > len(right) / 2
    assert trigrams([""]) == []


@pytest.mark.parametrize(
    ("gender", "parts", "dative"),
    [
        (Gender.MALE, ("Вымышленный", "Пётр", "Ильич"), "Вымышленному Петру Ильичу"),
        (Gender.FEMALE, ("Небывалова", "Анна", "Петровна"), "Небываловой Анне Петровне"),
        (Gender.UNKNOWN, ("Ким", "Саша", ""), "Ким Саша"),
    ],
)
def test_the_dative_is_suggested(gender, parts, dative):
    last, first, patronymic = parts
    assert dative_of(last=last, first=first, patronymic=patronymic, gender=gender) == dative


def test_a_name_keeps_its_letters_and_loses_odd_spaces_and_hyphens():
    assert clean_name("  Кара\u2011Мурза\u00a0 Пётр ") == "Кара-Мурза Пётр"


@pytest.mark.parametrize("code", ["Т-2", "T-2", "т – 02", "Т2", "T\u00a0‑ 2", "№ Т-2"])
def test_codes_typed_in_any_way_are_one(code):
    assert code_key(code) == "Т2"


def test_codes_of_different_facilities_stay_apart():
    assert len({code_key(code) for code in ("ИК-6", "ИК-16", "ИК-60", "СИЗО-6", "Т-6")}) == 5
