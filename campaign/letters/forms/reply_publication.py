"""The form in which words of an answer are chosen for the public."""

from collections.abc import Mapping

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms.fields import Field

from campaign.kernel.text import one_line
from campaign.letters.service.reply_publication import LANGUAGES, LONGEST
from campaign.web.fields import VersionForm, area

LONGEST_NAME, MOST_NAMES = 200, 300
TYPED = 60_000
"""A whole transcription may stand there while somebody cuts it down; what is too long is told when it is proposed."""


class ExcerptForm(VersionForm):
    """The words in each language, and which of the names found in them may stand."""

    ru = area(_l("In Russian"), TYPED, rows=10)
    en = area(_l("In English"), TYPED, rows=10)
    de = area(_l("In German"), TYPED, rows=10)

    longest = LONGEST

    @property
    def fields(self) -> list[Field]:
        """The fields of the words, side by side."""
        return [self[language] for language in LANGUAGES]

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by language."""
        return {language: self[language].data or "" for language in LANGUAGES}

    @property
    def may_name(self) -> set[str]:
        """The names that were ticked."""
        return {one_line(each, LONGEST_NAME) for each in request.form.getlist("may_name")[:MOST_NAMES]}

    def begin(self, texts: Mapping[str, str], version: int) -> None:
        """Fill in what there is to choose from."""
        for language in LANGUAGES:
            self[language].data = texts.get(language, "")
        self.version.data = str(version)
