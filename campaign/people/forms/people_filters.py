"""What narrows a list of people, as it stands in the address: read, written back in one form only, and put in words."""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from babel import Locale
from flask_babel import format_decimal
from flask_babel import gettext as _

from campaign.kernel.registry import role_scopes
from campaign.kernel.text import id_in, one_line
from campaign.people.forms.ladder_words import list_places, place_words
from campaign.people.forms.words import (
    AVAILABILITY_WORDS,
    IDENTITY_WORDS,
    KEPT_FOR_WORDS,
    PURPOSE_WORDS,
    SKILL_WORDS,
    language_word,
    word_of,
    yes_or_no,
)
from campaign.people.models import Availability, FieldKind, IdentityKind, KeptFor, PersonField, Skill
from campaign.people.queries.wanted import GROUP, NONE, SORTS, Wanted, WantedField
from campaign.web.countries import CODES, country_name
from campaign.web.i18n import LANGUAGES, current_language, day_of

LONGEST_SEARCH = 80
MOST_TAGS = 8
MOST_COLUMNS = 24
ANY = "any"
SEARCH, SORT, COLUMNS, VIEW, PAGE = "find", "sort", "columns", "view", "page"
TYPED = "q"
"""The field of the form; what is typed there stands in the address sealed (ADR 0014), under SEARCH."""
DEFAULT_COLUMNS = ("country", "language", "tags", "since", "active")
OWN_COLUMNS = (
    "country", "language", "spoken", "skills", "availability", "tasks", "tags", "consents", "kept", "source", "since",
    "active", "reached",
)  # fmt: skip
_SPOKEN = re.compile("[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that narrows the list, and by which parameter."""

    name: str
    words: str
    rest: str | None = None
    """What remains of the parameter when this is taken off."""


@dataclass(frozen=True, slots=True)
class Filters:
    """A list as its address describes it."""

    wanted: Wanted
    arguments: Mapping[str, str]
    """The same as parameters of an address, in one form only."""
    columns: tuple[str, ...]
    chips: Sequence[Chip] = field(default_factory=tuple)
    is_search_lost: bool = False
    """Whether something was searched for that opens no more: then more people fit than were meant."""

    @property
    def kept(self) -> dict[str, str]:
        """What a saved view keeps: everything but what was searched for."""
        return {name: value for name, value in self.arguments.items() if name != SEARCH}


class Reader:
    """Reads an address; whatever means nothing is left out."""

    def __init__(
        self, given: Mapping[str, Sequence[str]], fields: Sequence[PersonField], tags: Mapping[uuid.UUID, str],
        segment_title: Callable[[uuid.UUID], str | None], audience: str, open_search: Callable[[str], str | None],
    ) -> None:  # fmt: skip
        self._given, self._fields, self._tags = given, fields, tags
        self._segment_title, self._audience, self._open_search = segment_title, audience, open_search
        self._is_search_lost = False
        self._arguments: dict[str, str] = {}
        self._chips: list[Chip] = []

    def read(self) -> Filters:
        """All of it."""
        wanted = Wanted(
            text=self._text(), country=self._country(), language=self._language(), spoken=self._spoken(),
            skill=self._choice("skill", Skill, lambda word: word_of(SKILL_WORDS, word)),
            availability=self._choice("time", Availability, lambda word: word_of(AVAILABILITY_WORDS, word)),
            tags=self._tagged("tag", lambda name: _("with “%(tag)s”", tag=name)),
            without_tags=self._tagged("no-tag", lambda name: _("without “%(tag)s”", tag=name)),
            consent=self._choice("consent", [*PURPOSE_WORDS, NONE], _consent_words),
            without_consent=self._choice("no-consent", list(PURPOSE_WORDS), _no_consent_words),
            kept_for=self._choice("kept", KeptFor, lambda word: word_of(KEPT_FOR_WORDS, word)),
            since_from=self._day("from", lambda day: _("since %(day)s or later", day=day)),
            since_to=self._day("to", lambda day: _("since %(day)s or earlier", day=day)),
            active_from=self._day("active.from", lambda day: _("active on %(day)s or later", day=day)),
            active_to=self._day("active.to", lambda day: _("not active after %(day)s", day=day)),
            reached=self._choice("has", [*IdentityKind, NONE], _reached_words),
            not_reached=self._choice("has-not", IdentityKind, _not_reached_words),
            group=self._group(), segment=self._segment(), ladder=self._choice("ladder", list_places(), place_words),
            fields=tuple(filter(None, map(self._field, self._fields))), sort=self._sort(),
        )  # fmt: skip
        columns = self._columns()
        return Filters(wanted, self._arguments, columns, self._chips, self._is_search_lost)

    def _one(self, name: str) -> str:
        """The last that is not empty, of a parameter that may have been sent twice."""
        return next((value for value in reversed(self._given.get(name, ())) if value), "")

    def _keep(self, name: str, value: str, words: str = "") -> None:
        self._arguments[name] = value
        if words:
            self._chips.append(Chip(name, words))

    def _text(self) -> str:
        sealed = self._one(SEARCH)
        opened = self._open_search(sealed) if sealed else ""
        self._is_search_lost = opened is None
        text = one_line(opened or "", LONGEST_SEARCH)
        if text:
            self._keep(SEARCH, sealed)
        return text

    def _choice(self, name: str, known: Iterable[str], words: Callable[[str], str]) -> str:
        value = self._one(name)
        if value not in set(known):
            return ""
        self._keep(name, value, words(value))
        return value

    def _country(self) -> str:
        value = self._one("country")
        if value == NONE:
            self._keep("country", NONE, _("no country known"))
        elif value in CODES:
            self._keep("country", value, country_name(value, current_language()))
        else:
            return ""
        return value

    def _language(self) -> str:
        return self._choice("language", LANGUAGES, lambda code: _("written to in %(name)s", name=language_word(code)))

    def _spoken(self) -> str:
        value = self._one("spoken")
        if not _SPOKEN.fullmatch(value) or value not in Locale("en").languages:
            return ""
        self._keep("spoken", value, _("speaks %(name)s", name=language_word(value)))
        return value

    def _tagged(self, name: str, words: Callable[[str], str]) -> tuple[uuid.UUID, ...]:
        texts = ",".join(self._given.get(name, ())).split(",")
        found = [tag for tag in dict.fromkeys(map(id_in, texts)) if tag in self._tags][:MOST_TAGS]
        tags = [tag for tag in found if tag is not None]
        if tags:
            self._keep(name, ",".join(map(str, tags)))
        for tag in tags:
            rest = ",".join(str(other) for other in tags if other != tag)
            self._chips.append(Chip(name, words(self._tags[tag]), rest or None))
        return tuple(tags)

    def _day(self, name: str, words: Callable[[str], str]) -> date | None:
        day = _date(self._one(name))
        if day is not None:
            self._keep(name, day.isoformat(), words(day_of(day)))
        return day

    def _group(self) -> uuid.UUID | None:
        group = id_in(self._one("group"))
        if group is None or GROUP not in role_scopes:
            return None
        names = role_scopes[GROUP].names_of(frozenset({group}))
        if group not in names:
            return None
        self._keep("group", str(group), names[group])
        return group

    def _segment(self) -> tuple[uuid.UUID, str] | None:
        segment = id_in(self._one("segment"))
        if segment is None:
            return None
        title = self._segment_title(segment)
        # One that is gone means nobody: left out, it would show everybody to whoever meant a few.
        words = _("in a segment that is gone") if title is None else _("in the segment “%(title)s”", title=title)
        self._keep("segment", str(segment), words)
        return (uuid.UUID(int=0) if title is None else segment), self._audience

    def _sort(self) -> str:
        sort = self._one(SORT)
        if sort.removeprefix("-") not in SORTS or sort == SORTS[0]:
            return SORTS[0]
        self._arguments[SORT] = sort
        return sort

    def _columns(self) -> tuple[str, ...]:
        known = {*OWN_COLUMNS, *(f"f.{each.slug}" for each in self._fields)}
        asked = ",".join(self._given.get(COLUMNS, ())).split(",")
        columns = tuple(each for each in dict.fromkeys(asked) if each in known)[:MOST_COLUMNS]
        if not columns:
            return DEFAULT_COLUMNS
        if columns != DEFAULT_COLUMNS:
            self._arguments[COLUMNS] = ",".join(columns)
        return columns

    def _field(self, of: PersonField) -> WantedField | None:
        kind, name, label = FieldKind(of.kind), f"f.{of.slug}", of.label_in(current_language())
        word = self._one(name)
        if word in _words_of(of):
            self._keep(name, word, f"{label}: {field_word(of, word)}")
            return WantedField(of.id, kind, word)
        if kind not in {FieldKind.NUMBER, FieldKind.DATE}:
            return None
        least, most = self._bound(of, "from"), self._bound(of, "to")
        return None if least is None and most is None else WantedField(of.id, kind, ANY, least, most)

    def _bound(self, of: PersonField, end: str) -> Decimal | date | None:
        name, label = f"f.{of.slug}.{end}", of.label_in(current_language())
        text = self._one(name)
        value: Decimal | date | None = _date(text) if of.kind == FieldKind.DATE else _number(text)
        if value is None:
            return None
        shown = day_of(value) if isinstance(value, date) else format_decimal(value)
        words = _("%(what)s: from %(value)s") if end == "from" else _("%(what)s: to %(value)s")
        self._keep(name, text.strip(), words % {"what": label, "value": shown})
        return value


def field_word(of: PersonField, word: str) -> str:
    """What a field is asked to hold, in words."""
    if word == NONE:
        return str(_("not filled in"))
    if word == ANY:
        return str(_("filled in"))
    return yes_or_no(word == "yes") if of.kind == FieldKind.YES_NO else word


def _words_of(of: PersonField) -> frozenset[str]:
    options = {FieldKind.CHOICE: of.options, FieldKind.YES_NO: ["yes", "no"]}.get(FieldKind(of.kind), [])
    return frozenset({ANY, NONE, *options})


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _consent_words(purpose: str) -> str:
    if purpose == NONE:
        return str(_("agreed to nothing"))
    return str(_("agreed: %(what)s", what=word_of(PURPOSE_WORDS, purpose)))


def _no_consent_words(purpose: str) -> str:
    return str(_("did not agree: %(what)s", what=word_of(PURPOSE_WORDS, purpose)))


def _reached_words(kind: str) -> str:
    return str(_("cannot be reached") if kind == NONE else _("has: %(what)s", what=word_of(IDENTITY_WORDS, kind)))


def _not_reached_words(kind: str) -> str:
    return str(_("has no: %(what)s", what=word_of(IDENTITY_WORDS, kind)))
