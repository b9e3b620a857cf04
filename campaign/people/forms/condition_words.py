"""Conditions of segments in words: what somebody does of whom they hold, in the reader's language."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from campaign.people.forms.words import (
    AVAILABILITY_WORDS,
    IDENTITY_WORDS,
    KEPT_FOR_WORDS,
    PURPOSE_WORDS,
    SKILL_WORDS,
    language_word,
    word_of,
)
from campaign.people.models import FieldKind, IdentityKind, InteractionKind, Purpose
from campaign.people.models import VolunteerState as State
from campaign.people.queries import segment_options
from campaign.people.queries.conditions import ANY, NONE
from campaign.web.countries import country_choices, country_name
from campaign.web.i18n import LANGUAGES, current_language, day_of
from campaign.web.spans import in_days, when

Options = Sequence[tuple[str, str]]
SPOKEN = (
    "ru", "en", "de", "uk", "be", "fr", "es", "it", "pl", "cs", "lt", "lv", "et", "fi", "nl", "sv", "tr", "ka", "hy",
    "kk", "he",
)  # fmt: skip
"""Languages that are offered, of people; any other can stand in the address of the list."""
STATE_WORDS = {
    ANY: _l("in whatever state"),
    State.APPLIED: _l("offered help, not answered yet"),
    State.SCREENING: _l("being looked at"),
    State.PROBATION: _l("on probation"),
    State.ACTIVE: _l("active"),
    State.PAUSED: _l("on a break"),
    State.INACTIVE: _l("not seen for long"),
}
DID_WORDS = {
    InteractionKind.CALLED: (_l("got a call"), _l("got no call")),
    InteractionKind.MET: (_l("met one of us"), _l("met none of us")),
    InteractionKind.MESSAGED: (_l("exchanged messages with us"), _l("exchanged no messages with us")),
    InteractionKind.GAVE_TIME: (_l("gave some of their time"), _l("gave no time")),
    InteractionKind.SHARED: (_l("passed something on"), _l("passed nothing on")),
    InteractionKind.ASKED: (_l("was asked for something"), _l("was asked for nothing")),
    InteractionKind.CAME: (_l("was at an event"), _l("was at no event")),
}


def said(text: str, **words: Callable[[Any], str]) -> Callable[[Mapping[str, Any]], str]:
    """A description out of a sentence marked with N_ that holds places for the values."""

    def describe(values: Mapping[str, Any]) -> str:
        shown = {name: words.get(name, str)(value) for name, value in values.items() if value is not None}
        return str(_(text)) % shown

    return describe


def of_words(words: Mapping[Any, Any], *left_out: str) -> Callable[[], Options]:
    """The options that a table of words is."""
    return lambda: [(str(value), str(word)) for value, word in words.items() if value not in left_out]


def in_words(words: Mapping[Any, Any]) -> Callable[[Any], str]:
    """A value by a table of words."""
    return lambda value: word_of(words, value)


def countries() -> Options:
    """Every country, and none known."""
    return [(NONE, str(_("not known"))), *country_choices(current_language())]


def country(code: str) -> str:
    """A country in words."""
    return str(_("not known")) if code == NONE else country_name(code, current_language())


def spoken() -> Options:
    """Languages somebody may speak, by name."""
    return sorted(((code, language_word(code)) for code in SPOKEN), key=lambda pair: pair[1].casefold())


def site_languages() -> Options:
    """Languages in which somebody is written to."""
    return [(code, language_word(code)) for code in LANGUAGES]


def purposes() -> Options:
    """Purposes of a consent that are not about one petition."""
    return [*((each.value, word_of(PURPOSE_WORDS, each)) for each in Purpose), (ANY, str(_("anything")))]


def purpose(value: str) -> str:
    """A purpose in words."""
    return str(_("anything")) if value == ANY else word_of(PURPOSE_WORDS, value)


def kinds() -> Options:
    """Ways to reach somebody."""
    return [*((each.value, word_of(IDENTITY_WORDS, each)) for each in IdentityKind), (ANY, str(_("anything")))]


def kind_of_identity(value: str) -> str:
    """Such a way in words."""
    return str(_("anything")) if value == ANY else word_of(IDENTITY_WORDS, value)


def tag_name(value: str) -> str:
    """A tag in words."""
    return dict(segment_options.list_tags()).get(value, str(_("a tag that is gone")))


def fields_of(kind: FieldKind) -> Callable[[], Options]:
    """Our own fields of one kind."""
    return lambda: [(str(each.id), each.label_in(current_language())) for each in segment_options.list_fields(kind)]


def every_field() -> Options:
    """Our own fields of whatever kind."""
    return [pair for kind in FieldKind for pair in fields_of(kind)()]


def field_name(value: str) -> str:
    """A field of our own in words."""
    found = segment_options.find_field(uuid.UUID(value))
    return str(_("a field that is gone")) if found is None else found.label_in(current_language())


def field_options() -> Options:
    """Every option of every field of kind choice."""
    language = current_language()
    return [
        (f"{each.id}:{option}", f"{each.label_in(language)}: {option}")
        for each in segment_options.list_fields(FieldKind.CHOICE)
        for option in each.options
    ]


def field_option(value: str) -> str:
    """Such an option in words."""
    field, _colon, option = value.partition(":")
    return f"{field_name(field)}: {option}"


def sources() -> Options:
    """Where records come from."""
    return [(each, each) for each in segment_options.list_sources()]


def did(values: Mapping[str, Any]) -> str:
    """That something happened with somebody, at some time or within some days."""
    return when(word_did(values["kind"], 0), values["days"])


def did_not(values: Mapping[str, Any]) -> str:
    """That it did not."""
    return when(word_did(values["kind"], 1), values["days"])


def word_did(kind: str, place: int) -> str:
    """A kind of happening, as something one did or did not."""
    return str(DID_WORDS[InteractionKind(kind)][place])


def done_kinds() -> Options:
    """The kinds of happenings that are no conditions of their own."""
    own = {InteractionKind.ASKED, InteractionKind.CAME}
    return [(kind.value, str(words[0])) for kind, words in DID_WORDS.items() if kind not in own]


SKILLS, TIMES = of_words(SKILL_WORDS), of_words(AVAILABILITY_WORDS)
REASONS, STATES = of_words(KEPT_FOR_WORDS), of_words(STATE_WORDS)
skill, time = in_words(SKILL_WORDS), in_words(AVAILABILITY_WORDS)
reason, state = in_words(KEPT_FOR_WORDS), in_words(STATE_WORDS)
language, day = language_word, day_of
number, days = format_decimal, in_days
