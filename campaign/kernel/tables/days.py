"""Dates as people write them in tables, with how exactly they are meant."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from campaign.kernel import clock

_MONTHS = (
    "январь января january januar", "февраль февраля february februar", "март марта march märz", "апрель апреля april",
    "май мая may mai", "июнь июня june juni", "июль июля july juli", "август августа august",
    "сентябрь сентября september", "октябрь октября october oktober", "ноябрь ноября november",
    "декабрь декабря december dezember",
)  # fmt: skip
_ORDINALS = frozenset({"st", "nd", "rd", "th", "of", "го", "е"})
_ENDING = re.compile(r"(?:\s*\b(?:год(?:а|у)?|г|р|рождения|born|year)\b\.?)+\s*$|\s+\d{1,2}:\d{2}(?::\d{2})?$")
_ABOUT = re.compile(r"^(?:ок(?:оло|\.)?|примерно|ca\.?|circa|about|~|≈)\s*")
_NUMBERS = re.compile(r"(\d{1,4})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,4})$")
_YEAR_MONTH = re.compile(r"(\d{4})\s*[./-]\s*(\d{1,2})$")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{4})$")
# Days since 30 December 1899 as Excel and LibreOffice keep them: 1927 to 2064, so that no year is taken for one.
_SERIALS = range(10_000, 60_001)
_FIRST_SERIAL = date(1899, 12, 30)
_YEARS = range(1880, 2101)


class NotADay(ValueError):
    """A text in which no date can be found, or one that does not exist."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date; parts beyond its precision are the first."""

    value: date
    precision: str
    """day, month or year."""
    is_guess: bool = False
    """Whether the text could mean another date as well, or says "about"."""


def read_day(text: str) -> Day:
    """The date that `text` gives; raises NotADay.

    Understands 17.05.1980, 1980-05-17, 17/05/80, 5 мая 1980 г., May 5 1980, a spreadsheet's number of days, 05.1980,
    май 1980 and a year alone. With slashes and dots the day stands first, unless only the other order exists.
    """
    plain = " ".join(text.lower().replace("ё", "е").replace(",", " ").split()).replace("t00:00:00", "")
    bare = _ABOUT.sub("", plain)
    is_about = bare != plain
    # Twice, for "17.05.1980 г. 00:00" and "1980 г. р.".
    bare = _ENDING.sub("", _ENDING.sub("", bare)).strip()
    found = _digits(bare) or _numbers(bare) or _month_and_year(bare) or _words(bare)
    if found is None:
        raise NotADay(text)
    return Day(found.value, found.precision, found.is_guess or is_about)


def _digits(text: str) -> Day | None:
    if not re.fullmatch(r"[0-9]{4,8}", text):
        return None
    number = int(text)
    if len(text) == 4:
        return Day(date(number, 1, 1), "year") if number in _YEARS else None
    if len(text) == 8:
        return _made(number // 10_000, number // 100 % 100, number % 100)
    return Day(_FIRST_SERIAL + timedelta(days=number), "day") if number in _SERIALS else None


def _numbers(text: str) -> Day | None:
    found = _NUMBERS.match(text)
    if found is None:
        return None
    first, second, third = (int(group) for group in found.groups())
    if len(found.group(1)) == 4:
        return _made(first, second, third)
    if len(found.group(1)) == 3 or len(found.group(3)) in {1, 3}:
        return None
    year = third if len(found.group(3)) == 4 else _century(third)
    if second > 12 >= first:
        # Only month first gives a date here, which is how Americans write it.
        return _made(year, first, second, is_guess=True)
    return _made(year, second, first)


def _month_and_year(text: str) -> Day | None:
    found = _YEAR_MONTH.match(text)
    if found is not None:
        return _made(int(found.group(1)), int(found.group(2)))
    found = _MONTH_YEAR.match(text)
    return _made(int(found.group(2)), int(found.group(1))) if found is not None else None


def _words(text: str) -> Day | None:
    """A month by its name, a year, and perhaps a day, in any order."""
    words = re.findall(r"\d+|[^\W\d_]+", text)
    numbers = [word for word in words if word.isdecimal()]
    others = [word for word in words if not word.isdecimal() and word not in _ORDINALS]
    months = [_month_of(word) for word in others]
    if len(months) != 1 or months[0] is None:
        return None
    years = [int(word) for word in numbers if len(word) == 4]
    days = [int(word) for word in numbers if len(word) <= 2]
    if len(years) != 1 or len(days) > 1 or len(numbers) != 1 + len(days):
        return None
    return _made(years[0], months[0], days[0] if days else None)


def _month_of(word: str) -> int | None:
    """The number of a month whose name begins with `word`."""
    if len(word) < 3:
        return None
    return next((number for number, names in enumerate(_MONTHS, 1)
                 if any(name.startswith(word) for name in names.split())), None)  # fmt: skip


def _made(year: int, month: int, day: int | None = None, *, is_guess: bool = False) -> Day | None:
    if year not in _YEARS:
        return None
    try:
        return Day(date(year, month, day or 1), "month" if day is None else "day", is_guess)
    except ValueError:
        return None


def _century(year: int) -> int:
    """Two digits mean the past: 80 is 1980, and 24 is 2024 from that year on."""
    return 2000 + year if year <= clock.today().year % 100 else 1900 + year
