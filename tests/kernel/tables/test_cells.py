"""What stands in a cell: dates with their precision, names in one piece, headings in two languages."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from campaign.kernel.tables import guess_mapping
from campaign.kernel.tables.days import NotADay, read_day
from campaign.kernel.tables.names import repair_lookalikes, split_name

MONTHS_RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = st.dates(date(1930, 1, 1), date(2060, 12, 31))


@given(DAYS)
def test_a_day_is_the_same_day_in_every_form(day):
    forms = [
        day.isoformat(), f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}",
        f"{day:%Y%m%d}", f"{day:%d.%m.%Y} г.", f"{day.isoformat()} 00:00:00", f"{day.isoformat()}T00:00:00",
        f"{day.day} {MONTHS_RU[day.month - 1]} {day.year}", f"{day.day} {MONTHS_RU[day.month - 1]} {day.year} года",
        f"{MONTHS_EN[day.month - 1]} {day.day}, {day.year}", f"{day.day} {MONTHS_EN[day.month - 1][:3]} {day.year}",
        str((day - date(1899, 12, 30)).days),
    ]  # fmt: skip
    for form in forms:
        read = read_day(form)
        assert (read.value, read.precision, read.is_guess) == (day, "day", False), form


@given(DAYS)
def test_what_is_known_to_the_month_or_year_stays_so(day):
    first = day.replace(day=1)
    for form in (f"{day:%m.%Y}", f"{day:%Y-%m}", f"{MONTHS_EN[day.month - 1]} {day.year}", f"{day:%m/%Y}"):
        assert (read_day(form).value, read_day(form).precision) == (first, "month"), form
    for form in (f"{day.year}", f"{day.year} г.р.", f"{day.year} года рождения"):
        assert (read_day(form).value, read_day(form).precision) == (date(day.year, 1, 1), "year"), form


def test_two_digits_mean_the_past():
    with time_machine.travel("2026-11-25", tick=False):
        assert read_day("17/05/80").value == date(1980, 5, 17)
        assert read_day("17.05.26").value == date(2026, 5, 17)
        assert read_day("17.05.27").value == date(1927, 5, 17)


def test_what_could_mean_something_else_is_called_a_guess():
    assert read_day("05/17/1980").value == date(1980, 5, 17)
    assert all(read_day(text).is_guess for text in ("05/17/1980", "около 1980", "ок. 1980", "~1980", "circa 1980"))


@pytest.mark.parametrize("text", ["", "abc", "31.02.1980", "2023-13-01", "1.1", "12", "1980-1980", "17 18 мая 1980",
                                  "мая", "99999", "0000", "17.05.1", "мартышка 1980"])  # fmt: skip
def test_no_date_is_made_of_what_is_none(text):
    with pytest.raises(NotADay):
        read_day(text)


@given(st.text(max_size=40))
def test_any_text_gives_a_date_of_these_centuries_or_none(text):
    try:
        day = read_day(text).value
    except NotADay:
        return
    assert date(1880, 1, 1) <= day <= date(2100, 12, 31)
    assert timedelta(0) <= day - date(1880, 1, 1)


@pytest.mark.parametrize(
    ("text", "last", "first", "patronymic"),
    [
        ("Вымышленный Пётр Ильич", "Вымышленный", "Пётр", "Ильич"),
        ("Пётр Ильич Вымышленный", "Вымышленный", "Пётр", "Ильич"),
        ("Вымышленный П.И.", "Вымышленный", "П.", "И."),
        ("П. И. Вымышленный", "Вымышленный", "П.", "И."),
        ("Вымышленный П", "Вымышленный", "П.", ""),
        ("Анна Придуманная", "Придуманная", "Анна", ""),
        ("Придуманная Анна", "Придуманная", "Анна", ""),
        ("ВЫМЫШЛЕННЫЙ ПЁТР ИЛЬИЧ", "Вымышленный", "Пётр", "Ильич"),
        ("Небывалов, Иван", "Небывалов", "Иван", ""),
        ("Небывалов Али Ахмед оглы", "Небывалов", "Али", "Ахмед оглы"),
        ("Выдумкина-Небылица Анна Ильинична", "Выдумкина-Небылица", "Анна", "Ильинична"),
        ("Придуманная (Прежняя) Анна Ильинична", "Придуманная", "Анна", "Ильинична"),
        ("Petr Vymyshlennyi", "Vymyshlennyi", "Petr", ""),
        ("NEBYVALOV Ivan", "Nebyvalov", "Ivan", ""),
        ("Nebyvalov, Ivan", "Nebyvalov", "Ivan", ""),
        ("Небывалов", "Небывалов", "", ""),
    ],
)
def test_a_name_in_one_cell_is_parted(text, last, first, patronymic):
    parts = split_name(text)
    assert (parts.last, parts.first, parts.patronymic) == (last, first, patronymic)


def test_confidence_says_what_somebody_should_look_at():
    order = ["Вымышленный Пётр Ильич", "Пётр Вымышленный", "Вымышленный П.И.", "Зыг Бурм", "Зыг"]
    found = [split_name(text).confidence for text in order]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.9
    assert found[-1] < 0.5
    assert split_name("Придуманная (Прежняя) Анна").aliases == ("Прежняя",)
    assert split_name("Ivan Nebyvalov").is_latin


@given(st.text(max_size=60))
def test_any_text_can_be_parted(text):
    parts = split_name(text)
    assert 0 <= parts.confidence <= 1


def test_letters_of_the_wrong_alphabet_inside_a_word_are_put_right():
    assert repair_lookalikes("Heбывaлoв Ивaн") == "Небывалов Иван"
    assert repair_lookalikes("Smith Иван") == "Smith Иван"


def test_headings_are_recognised_in_two_languages_and_with_slips():
    synonyms = {
        "last_ru": ("Фамилия", "Last name"), "first_ru": ("Имя", "First name"),
        "born_on": ("Дата рождения", "Date of birth", "Born"), "facility": ("Учреждение", "Facility"),
    }  # fmt: skip
    headings = ["ФАМИЛИЯ", "имя ", "Дата рожденья:", "Учережденние", "Born", "Рост", "born_on"]
    assert guess_mapping(headings, synonyms) == {
        "ФАМИЛИЯ": "last_ru", "имя ": "first_ru", "Born": "born_on", "Учережденние": "facility",
    }  # fmt: skip
    assert guess_mapping(["Фaмилия"], synonyms) == {"Фaмилия": "last_ru"}
