"""Words from somebody's letters as a page shows them: in the reader's language where there is one, by month alone."""

from dataclasses import dataclass
from datetime import date

from babel import Locale

from campaign.letters.queries.published import Excerpt, Words
from campaign.prisoners.models import Precision
from campaign.prisoners.spoken import day_in_words
from campaign.web.i18n import current_language
from campaign.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class ShownWords:
    """An excerpt with what stands below it. Never who the letter was for, nor where it came from."""

    language: str
    text: str
    caption: str


def show_words(words: Words) -> ShownWords:
    """The excerpt that a reader of the page at hand gets."""
    return show_excerpt(words.in_language(current_language()), words.written_in, words.month)


def show_excerpt(excerpt: Excerpt, written_in: str, month: date) -> ShownWords:
    """One language of it, with its caption in the language of the page."""
    caption = _("From a letter, %(month)s", month=day_in_words(month, Precision.MONTH))
    if excerpt.language != written_in:
        name = Locale(current_language()).languages.get(written_in, written_in)
        caption += " · " + _("translated; language of the letter: %(language)s", language=name)
    return ShownWords(excerpt.language, excerpt.text, caption)
