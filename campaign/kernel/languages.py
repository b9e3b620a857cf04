"""The languages of public texts, and the choice among the versions of one text."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

KNOWN_LANGUAGE = "language IN ('en', 'ru', 'de')"
"""A check for tables that hold one row a language."""


class _HasLanguage(Protocol):
    @property
    def language(self) -> str: ...


Said = TypeVar("Said", bound=_HasLanguage)


def in_language(texts: Sequence[Said], language: str) -> Said:
    """The one of `texts` (at least one) in `language`, else in English, else whichever there is."""
    by_language = {text.language: text for text in texts}
    return by_language.get(language) or by_language.get("en") or texts[0]
