"""Whom a row means: names in any spelling, patronymics and births compared, with the reasons for the score.

The registry's trigram index gives a few dozen people a row, so a file of any length never compares all with all.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from campaign.kernel.errors import N_, DomainError
from campaign.prisoners.models import Precision
from campaign.prisoners.queries.imports import Candidate, find_near, list_born_on, list_candidates, list_ids_of_slugs
from campaign.prisoners.service.names import fold

SURE = 90
WORTH_SHOWING = 60
MOST_SHOWN = 5
folded = lru_cache(maxsize=50_000)(fold)


class NobodyMeant(DomainError):
    """Whoever was named is not on record."""


@dataclass(frozen=True, slots=True)
class Match:
    """One person a row may mean."""

    score: int
    why: tuple[str, ...]
    """Codes of the reasons, the weightiest first: name, similar, initials, patronymic, day, year, other_year, …"""
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Spelled:
    """What is compared of a person: names folded once, however many they are compared with."""

    lasts: frozenset[str]
    firsts: frozenset[str]
    patronymic: str
    born: date | None
    has_day: bool

    @classmethod
    def of_row(cls, person: Mapping[str, Any]) -> "Spelled":
        """Of a parsed row."""
        born = person.get("born_on")
        return cls(
            _folded_set(person.get("last_ru"), person.get("last_latin")),
            _folded_set(person.get("first_ru") or person.get("first_latin")), folded(person.get("patronymic_ru", "")),
            date.fromisoformat(born) if born else None, person.get("born_precision") == Precision.DAY,
        )  # fmt: skip

    @classmethod
    def of(cls, person: Candidate) -> "Spelled":
        """Of somebody on record."""
        return cls(
            _folded_set(person.last_ru, person.last_latin, *person.aliases),
            _folded_set(person.first_ru, person.first_latin), folded(person.patronymic_ru), person.born_on,
            person.born_precision == Precision.DAY,
        )  # fmt: skip


def _folded_set(*names: str | None) -> frozenset[str]:
    return frozenset(folded(name) for name in names if name) - {""}


def find_matches(rows: Sequence[Mapping[str, Any]]) -> list[list[tuple[uuid.UUID, Match]]]:
    """For each parsed row: the people it may mean, best first."""
    named = _ids_given(rows)
    near = _near(rows)
    people = list_candidates([each for ids in (*near, named.values()) for each in ids])
    spelled = {each: Spelled.of(person) for each, person in people.items()}
    found = []
    for number, (row, ids) in enumerate(zip(rows, near, strict=True)):
        if number in named and named[number] in people:
            found.append([(named[number], Match(100, ("id",), is_sure=True))])
            continue
        ours = Spelled.of_row(row["person"])
        scored = [(each, compare(ours, spelled[each])) for each in dict.fromkeys(ids) if each in spelled]
        shown = [pair for pair in scored if pair[1].score >= WORTH_SHOWING]
        found.append(sorted(shown, key=lambda pair: (-pair[1].score, str(pair[0])))[:MOST_SHOWN])
    return found


def compare(ours: Spelled, other: Spelled) -> Match:
    """How likely two are one person: half by the last name, a quarter each by first name and birth."""
    last, is_same_last = _last(ours, other)
    first, first_reason = _first(ours, other)
    birth, birth_reason = _birth(ours, other)
    patronymic, patronymic_reason = _patronymic(ours.patronymic, other.patronymic)
    score = max(0, min(100, round(last * 0.5 + first * 0.25 + birth + patronymic)))
    if score < WORTH_SHOWING:
        return Match(score, (), is_sure=False)
    why = ["name" if is_same_last and first_reason == "name" else "similar", first_reason, patronymic_reason,
           birth_reason]  # fmt: skip
    reasons = tuple(dict.fromkeys(reason for reason in why if reason))
    is_sure = score >= SURE and is_same_last and first_reason == "name" and birth_reason != "other_year"
    return Match(score, reasons, is_sure)


def match_key(person: Mapping[str, Any]) -> str:
    """What two rows of one file have in common if they mean the same person: the last name and the first initial."""
    last = folded(person.get("last_ru") or person.get("last_latin") or "")
    first = folded(person.get("first_ru") or person.get("first_latin") or "")
    return f"{last}|{first[:1]}" if last else ""


def is_same_within(person: Mapping[str, Any], other: Mapping[str, Any]) -> Match | None:
    """Whether two rows of one file mean the same person; None where anything speaks against it."""
    match = compare(Spelled.of_row(person), Spelled.of_row(other))
    unknown_births = not person.get("born_on") and not other.get("born_on")
    return match if match.is_sure or (match.score >= SURE - 5 and unknown_births and "name" in match.why) else None


def _ids_given(rows: Sequence[Mapping[str, Any]]) -> dict[int, uuid.UUID]:
    """Row position > the person whose identifier or address the row names."""
    given: dict[int, uuid.UUID] = {}
    slugs = list_ids_of_slugs([row["id"].lower() for row in rows if row.get("id")])
    for number, row in enumerate(rows):
        text = row.get("id", "").lower()
        try:
            given[number] = uuid.UUID(text)
        except ValueError:
            if text in slugs:
                given[number] = slugs[text]
    return given


def _near(rows: Sequence[Mapping[str, Any]]) -> list[list[uuid.UUID]]:
    """For each row the people with a similar last name, and those born on the very day."""
    names, places = [], []
    for place, row in enumerate(rows):
        person = row["person"]
        first = folded(person.get("first_ru") or person.get("first_latin") or "")
        grams = _grams(person.get("last_ru") or person.get("last_latin") or "", first[:1])
        if grams:
            names.append(grams)
            places.append(place)
    found: list[list[uuid.UUID]] = [[] for _ in rows]
    for place, ids in zip(places, find_near(names), strict=True):
        found[place].extend(ids)
    days = [_exact_day(row["person"]) for row in rows]
    born = list_born_on([day for day in days if day])
    for place, day in enumerate(days):
        found[place].extend(born.get(day, ()) if day else ())
    return found


def _grams(last: str, initial: str) -> tuple[str, str, str] | None:
    """The trigrams of the longest word of a last name, in their order, then its halves; each with the initial's own."""
    words = folded(last).split()
    if not words:
        return None
    word = max(words, key=len)
    grams = [f"  {word} "[start : start + 3] for start in range(len(word) + 1)]
    middle = max(1, len(grams) // 2)
    given = [f"  {initial}"] if initial else []
    whole, head, tail = ("|".join(part + given) for part in (grams, grams[:middle], grams[middle:]))
    return whole, head, tail


def _exact_day(person: Mapping[str, Any]) -> date | None:
    if person.get("born_precision") != Precision.DAY or not person.get("born_on"):
        return None
    return date.fromisoformat(person["born_on"])


def _last(ours: Spelled, other: Spelled) -> tuple[float, bool]:
    if not ours.lasts.isdisjoint(other.lasts):
        return 100.0, True
    return max((fuzz.ratio(one, two) for one in ours.lasts for two in other.lasts), default=0.0), False


def _first(ours: Spelled, other: Spelled) -> tuple[float, str]:
    if not ours.firsts or not other.firsts:
        return 60.0, ""
    [name] = ours.firsts
    if name in other.firsts:
        return 100.0, "name" if len(name) > 1 else "initials"
    if len(name) == 1 or any(len(each) == 1 for each in other.firsts):
        fits = any(each[0] == name[0] for each in other.firsts)
        return (80.0, "initials") if fits else (0.0, "other_first")
    ratio = max(fuzz.ratio(name, each) for each in other.firsts)
    return (ratio, "") if ratio >= 75 else (ratio / 2, "other_first")


def _patronymic(ours: str, theirs: str) -> tuple[float, str]:
    if not ours or not theirs:
        return 0.0, ""
    if ours == theirs:
        return 5.0, "patronymic"
    if len(ours) == 1 or len(theirs) == 1:
        return (0.0, "") if ours[0] == theirs[0] else (-20.0, "other_patronymic")
    return (0.0, "") if fuzz.ratio(ours, theirs) >= 80 else (-20.0, "other_patronymic")


def _birth(ours: Spelled, other: Spelled) -> tuple[float, str]:
    if ours.born is None or other.born is None:
        return 12.0, ""
    both_days = ours.has_day and other.has_day
    if both_days and ours.born == other.born:
        return 25.0, "day"
    if ours.born.year == other.born.year:
        # The same year and another day: a slip in one of them, or a namesake.
        return (12.0, "other_day") if both_days else (20.0, "year")
    return (3.0 if abs(ours.born.year - other.born.year) == 1 else 0.0), "other_year"


def match_by_hand(text: str) -> uuid.UUID:
    """The person that somebody names by identifier, by the last part of the page's address or by that address.

    Raises NobodyMeant.
    """
    named = text.strip().rstrip("/").rpartition("/")[2].lower()
    try:
        wanted = uuid.UUID(named)
    except ValueError:
        found = list_ids_of_slugs([named]).get(named)
        if found is None:
            raise NobodyMeant(N_("Nobody is on record under that address. Copy it from the person's page.")) from None
        return found
    if wanted not in list_candidates([wanted]):
        raise NobodyMeant(N_("Nobody is on record under that address. Copy it from the person's page."))
    return wanted
