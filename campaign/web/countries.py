"""Countries by their ISO 3166-1 alpha-2 codes, named and sorted in the reader's language."""

from functools import cache

from babel import Locale
from wtforms.fields import SelectChoice

from campaign.kernel.tables.words import COUNTRIES

CODES = COUNTRIES


@cache
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, by name."""
    names = Locale.parse(language).territories
    return tuple(sorted(((code, names.get(code, code)) for code in CODES), key=lambda pair: pair[1].casefold()))


@cache
def country_options(language: str) -> tuple[SelectChoice, ...]:
    """The same as choices of a form's field."""
    return tuple(SelectChoice(code, name) for code, name in country_choices(language))


def country_name(code: str, language: str) -> str:
    """The name of one country; the code itself where there is none."""
    name: str = Locale.parse(language).territories.get(code, code)
    return name
