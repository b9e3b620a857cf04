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


def find_matches(rows: Sequence[Mapping[str, Any]]) -> list[list[tuple[uuid.UUID, Match]]]:
    """For each parsed row: the people it may mean, best first."""
    named = _ids_given(rows)
    near = _near(rows)
    people = list_candidates([each for ids in (*near, named.values()) for each in ids])
    found = []
    for number, (row, ids) in enumerate(zip(rows, near, strict=True)):
        if number in named and named[number] in people:
            found.append([(named[number], Match(100, ("id",), is_sure=True))])
            continue
        scored = [(each, compare(row["person"], people[each])) for each in dict.fromkeys(ids) if each in people]
        shown = [pair for pair in scored if pair[1].score >= WORTH_SHOWING]
        found.append(sorted(shown, key=lambda pair: (-pair[1].score, str(pair[0])))[:MOST_SHOWN])
    return found


def compare(person: Mapping[str, Any], other: Candidate) -> Match:
    """How likely a row's person is `other`: half by the last name, a quarter each by first name and birth."""
    last, is_same_last = _last(person, other)
    first, first_reason = _first(person, other)
    birth, birth_reason = _birth(person, other)
    patronymic, patronymic_reason = _patronymic(person, other)
    score = max(0, min(100, round(last * 0.5 + first * 0.25 + birth + patronymic)))
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
    match = compare(person, candidate_of(other))
    unknown_births = not person.get("born_on") and not other.get("born_on")
    return match if match.is_sure or (match.score >= SURE - 5 and unknown_births and "name" in match.why) else None


def candidate_of(person: Mapping[str, Any]) -> Candidate:
    """A parsed person in the shape of a known one."""
    born = person.get("born_on")
    return Candidate(
        uuid.UUID(int=0), "", person.get("last_ru", ""), person.get("first_ru", ""), person.get("patronymic_ru", ""),
        person.get("last_latin", ""), person.get("first_latin", ""), tuple(person.get("aliases", ())),
        date.fromisoformat(born) if born else None, person.get("born_precision"),
    )  # fmt: skip


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


def _last(person: Mapping[str, Any], other: Candidate) -> tuple[float, bool]:
    ours = {folded(name) for name in (person.get("last_ru"), person.get("last_latin")) if name}
    theirs = {folded(name) for name in (other.last_ru, other.last_latin, *other.aliases) if name}
    if ours & theirs:
        return 100.0, True
    return max((fuzz.ratio(one, two) for one in ours for two in theirs), default=0.0), False


def _first(person: Mapping[str, Any], other: Candidate) -> tuple[float, str]:
    ours = folded(person.get("first_ru") or person.get("first_latin") or "")
    theirs = {folded(name) for name in (other.first_ru, other.first_latin) if name}
    if not ours or not theirs:
        return 60.0, ""
    if ours in theirs:
        return 100.0, "name" if len(ours) > 1 else "initials"
    if len(ours) == 1 or any(len(name) == 1 for name in theirs):
        return (80.0, "initials") if any(name[0] == ours[0] for name in theirs) else (0.0, "other_first")
    ratio = max(fuzz.ratio(ours, name) for name in theirs)
    return (ratio, "") if ratio >= 75 else (ratio / 2, "other_first")


def _patronymic(person: Mapping[str, Any], other: Candidate) -> tuple[float, str]:
    ours, theirs = folded(person.get("patronymic_ru", "")), folded(other.patronymic_ru)
    if not ours or not theirs:
        return 0.0, ""
    if ours == theirs:
        return 5.0, "patronymic"
    if len(ours) == 1 or len(theirs) == 1:
        return (0.0, "") if ours[0] == theirs[0] else (-20.0, "other_patronymic")
    return (0.0, "") if fuzz.ratio(ours, theirs) >= 80 else (-20.0, "other_patronymic")


def _birth(person: Mapping[str, Any], other: Candidate) -> tuple[float, str]:
    born = date.fromisoformat(person["born_on"]) if person.get("born_on") else None
    if born is None or other.born_on is None:
        return 12.0, ""
    both_days = person.get("born_precision") == Precision.DAY == other.born_precision
    if both_days and born == other.born_on:
        return 25.0, "day"
    if born.year == other.born_on.year:
        # The same year and another day: a slip in one of them, or a namesake.
        return (12.0, "other_day") if both_days else (20.0, "year")
    return (3.0 if abs(born.year - other.born_on.year) == 1 else 0.0), "other_year"


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
