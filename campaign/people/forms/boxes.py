"""Several of a few words, each with a box to tick; among them the languages that people speak."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.people.forms.words import language_word

SPOKEN = (
    "ru", "en", "de", "uk", "be", "pl", "cs", "lt", "lv", "et", "ka", "hy", "kk", "tt", "he", "tr", "fr", "es", "it",
    "nl", "fi", "sv",
)  # fmt: skip
"""Offered to tick; what a record has beside them is kept."""


class Boxes(SelectMultipleField):  # type: ignore[misc]
    """Several of a few words, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def offered(words: Mapping[Any, Any]) -> list[SelectChoice]:
    """Words to choose from."""
    return [SelectChoice(str(value), word) for value, word in words.items()]


def language_choices(held: Iterable[str] = ()) -> list[SelectChoice]:
    """Languages to tick, those that somebody has among them, by name."""
    codes = [*SPOKEN, *(each for each in held if each not in SPOKEN)]
    pairs = sorted(((code, language_word(code)) for code in codes), key=lambda pair: pair[1].casefold())
    return offered(dict(pairs))
