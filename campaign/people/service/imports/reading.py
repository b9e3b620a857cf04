"""A row of cells into what it says of a person, with its problems in words that repeat nothing of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from campaign.kernel import clock
from campaign.kernel.addresses import BadAddress
from campaign.kernel.errors import N_
from campaign.kernel.spreadsheets import bare
from campaign.kernel.tables import Row
from campaign.kernel.tables.cells import ERROR, NOTE, WARNING, Problems
from campaign.kernel.tables.days import NotADay, read_day
from campaign.kernel.tables.words import read_country, read_language
from campaign.kernel.text import one_line
from campaign.people.models import (
    LONGEST_FIELD_TEXT,
    LONGEST_NOTE,
    LONGEST_TAG,
    FieldKind,
    IdentityKind,
    PersonField,
)
from campaign.people.service.identities import BadIdentity, Reached, read_identity
from campaign.people.service.imports.fields import OWN
from campaign.people.service.imports.words import read_skill, read_yes_no
from campaign.people.service.records import LONGEST_NAME

MOST_IDENTITIES, MOST_TAGS = 10, 20
_WRITTEN_IN = frozenset({"en", "ru", "de"})
_LIST = re.compile(r"[,;|\n]+")
_APART = {"email": re.compile(r"[,;\s]+"), "phone": re.compile(r"[,;|\n]+"), "messenger": re.compile(r"[,;|\s]+")}
_NUMBER = re.compile(r"[+\d\s().\-/;,–]+")
_WITHOUT_PLUS = re.compile(r"\d{11,15}")
_LOOKS_LIKE_CONTACT = re.compile(r"@|\d{5}|https?:", re.IGNORECASE)
NO_NUMBERS = N_("Left out: a number is kept only of people who agreed to be called, which this list does not say.")
TAG_HOLDS_CONTACT = N_("A tag is not sealed, so it cannot hold an address or a number.")


@dataclass(slots=True)
class Reading:
    """What a row says, in the words of the record; JSON as it stands."""

    name: str = ""
    identities: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind, value as shown, value as compared."""
    country: str = ""
    language: str = ""
    spoken: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    """By the id of a field of our own: what it holds, as JSON."""
    since: str = ""
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def reached(self) -> list[Reached]:
        """Its ways to reach somebody."""
        return [Reached(IdentityKind(kind), value, compared) for kind, value, compared in self.identities]


@dataclass(frozen=True)
class Reader:
    """Reads the rows of one file."""

    headings: Sequence[str]
    mapping: Mapping[str, str]
    own: Mapping[str, PersonField]
    """The fields that staff defined, by slug."""
    region: str = ""
    may_call: bool = False
    """Whether its people agreed to be called; else numbers are left out."""

    @cached_property
    def _places(self) -> list[tuple[int, str]]:
        return [(place, self.mapping[each]) for place, each in enumerate(self.headings) if each in self.mapping]

    def read(self, row: Row) -> tuple[Reading, Problems]:
        """What one row says."""
        problems, cells = Problems(), self._cells(row)
        told: dict[str, list[str]] = {}
        for name, cell, is_formula in cells:
            if is_formula:
                problems.add(ERROR, name, N_("This cell holds a formula. Put its value there instead."))
            elif cell:
                told.setdefault(name, []).append(cell)
        if row.has_more:
            problems.add(ERROR, "", N_("This row has more cells than there are headings."))
        reading = Reading(name=_name(told, problems))
        _read_place(reading, told, problems)
        self._read_identities(reading, told, problems)
        _read_lists(reading, told, problems)
        _read_days_and_notes(reading, told, problems)
        self._read_own(reading, told, problems)
        return reading, problems

    def _cells(self, row: Row) -> Iterator[tuple[str, str, bool]]:
        for place, name in self._places:
            cell = row.cells[place]
            # "+49(30)…" looks like a function to a spreadsheet, and like a telephone number to everybody else.
            is_number = name == "phone" and _NUMBER.fullmatch(cell) is not None
            yield name, bare(cell), place in row.formulas and not is_number

    def _read_identities(self, reading: Reading, told: Mapping[str, list[str]], problems: Problems) -> None:
        seen, unreadable = set(), []
        regions: list[str | None] = [each for each in (reading.country, self.region) if each] or [None]
        if told.get(IdentityKind.PHONE) and not self.may_call:
            problems.add(NOTE, IdentityKind.PHONE, NO_NUMBERS)
            told = {name: cells for name, cells in told.items() if name != IdentityKind.PHONE}
        for kind in IdentityKind:
            for typed in _parts(told.get(kind, ()), _APART[kind]):
                try:
                    reached = _reached(kind, typed, regions)
                except (BadAddress, BadIdentity) as problem:
                    unreadable.append((kind, problem.message))
                    continue
                if (kind, reached.canonical) not in seen:
                    seen.add((kind, reached.canonical))
                    reading.identities.append((kind.value, reached.value, reached.canonical))
        for kind, message in unreadable:
            # One way that works is enough to keep the row.
            problems.add(WARNING if reading.identities else ERROR, kind, message)
            if reading.identities:
                problems.add(NOTE, kind, N_("Left out: the row says another way to reach them."))
        if not reading.identities and not problems.has_errors:
            problems.add(
                ERROR, "", N_("No way to reach anybody: an e-mail, a telephone number or a messenger is needed.")
            )
        if len(reading.identities) > MOST_IDENTITIES:
            problems.add(ERROR, "", N_("More than %(most)s ways to reach one person."), most=MOST_IDENTITIES)

    def _read_own(self, reading: Reading, told: Mapping[str, list[str]], problems: Problems) -> None:
        for name, cells in told.items():
            known = self.own.get(name.removeprefix(OWN)) if name.startswith(OWN) else None
            if known is None:
                continue
            value = read_value(known, cells[0])
            if value is None:
                problems.add(WARNING, name, N_("This field cannot hold that. Left out."))
            else:
                reading.values[str(known.id)] = value


def _reached(kind: IdentityKind, typed: str, regions: Sequence[str | None]) -> Reached:
    """A telephone number of the row's country, else of the list's: people keep theirs when they move."""
    region, *others = regions
    try:
        return read_identity(kind, typed, region=region)
    except BadIdentity:
        if others:
            return _reached(kind, typed, others)
        # Spreadsheets take +49… for a number and drop the plus.
        if kind is not IdentityKind.PHONE or not _WITHOUT_PLUS.fullmatch(typed):
            raise
        return read_identity(kind, f"+{typed}")


def read_value(known: PersonField, cell: str) -> Any:
    """What a cell gives for a field of our own, as JSON; None where the field holds no such thing."""
    kind = FieldKind(known.kind)
    if kind is FieldKind.TEXT:
        return cell if len(cell) <= LONGEST_FIELD_TEXT else None
    if kind is FieldKind.YES_NO:
        return read_yes_no(cell)
    if kind is FieldKind.CHOICE:
        plain = cell.casefold()
        return next((option for option in known.options if option.casefold() == plain), None)
    if kind is FieldKind.DATE:
        return _day(cell)
    return _number(cell)


def _number(cell: str) -> str | None:
    try:
        number = Decimal(cell.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return format(number.normalize(), "f") if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _day(cell: str) -> str | None:
    try:
        found = read_day(cell)
    except NotADay:
        return None
    return found.value.isoformat()


def _name(told: Mapping[str, list[str]], problems: Problems) -> str:
    """The name as one line: first name before last name, whatever the columns."""
    whole = " ".join(told.get("name", ()))
    first, middle, last = (" ".join(told.get(f"{each}_name", ())) for each in ("first", "middle", "last"))
    # "Name" beside "Vorname" is the last name.
    parts = [first, middle, last or whole] if first or last else [whole]
    line = one_line(" ".join(filter(None, parts)), LONGEST_NAME + 1)
    if len(line) > LONGEST_NAME:
        problems.add(ERROR, "name", N_("A name has at most %(most)s characters."), most=LONGEST_NAME)
        return ""
    return line


def _read_place(reading: Reading, told: Mapping[str, list[str]], problems: Problems) -> None:
    for cell in told.get("country", ()):
        reading.country = read_country(cell) or ""
        if not reading.country:
            problems.add(WARNING, "country", N_("This is no country that we know. Left out."))
    for cell in told.get("language", ()):
        language = read_language(cell) or ""
        if language in _WRITTEN_IN:
            reading.language = language
        else:
            problems.add(WARNING, "language", N_("We write in English, Russian and German. Left out."))


def _read_lists(reading: Reading, told: Mapping[str, list[str]], problems: Problems) -> None:
    for part in _parts(told.get("spoken", ()), _LIST):
        language = read_language(part)
        if language is None:
            problems.add(WARNING, "spoken", N_("One of these is no language that we know. Left out."))
        else:
            _add(reading.spoken, language)
    for part in _parts(told.get("skills", ()), _LIST):
        skill = read_skill(part)
        if skill is None:
            problems.add(WARNING, "skills", N_("One of these is no skill that we know. Left out."))
        else:
            _add(reading.skills, skill.value)
    for part in _parts(told.get("tags", ()), _LIST):
        tag = one_line(part, LONGEST_TAG + 1)
        if _LOOKS_LIKE_CONTACT.search(tag):
            problems.add(ERROR, "tags", TAG_HOLDS_CONTACT)
        elif len(tag) > LONGEST_TAG:
            problems.add(ERROR, "tags", N_("A tag has at most %(most)s characters."), most=LONGEST_TAG)
        elif tag and tag.casefold() not in {each.casefold() for each in reading.tags}:
            reading.tags.append(tag)
    if len(reading.tags) > MOST_TAGS:
        problems.add(ERROR, "tags", N_("More than %(most)s tags in one row."), most=MOST_TAGS)


def _read_days_and_notes(reading: Reading, told: Mapping[str, list[str]], problems: Problems) -> None:
    for cell in told.get("since", ()):
        day = _day(cell)
        if day is None or day > clock.today().isoformat():
            problems.add(WARNING, "since", N_("This is no date, or one in the future. Left out."))
        else:
            reading.since = day
    note = "\n".join(told.get("note", ()))
    if len(note) > LONGEST_NOTE:
        problems.add(ERROR, "note", N_("A note has at most 4,000 characters."))
    else:
        reading.note = note


def _parts(cells: Iterable[str], apart: re.Pattern[str]) -> Iterator[str]:
    for cell in cells:
        for part in apart.split(cell):
            if part.strip():
                yield part.strip()


def _add(words: list[str], word: str) -> None:
    if word not in words:
        words.append(word)
