"""Forms of the vocabulary of interests."""

import json
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from campaign.prisoners.models import Interest
from campaign.prisoners.service.interests import WordExists
from campaign.web.fields import line
from campaign.web.i18n import LANGUAGES

LONGEST_WORD = 60


class WordForm(FlaskForm):  # type: ignore[misc]
    """A word in each language, and how it was called when the form was opened."""

    label_en = line(_l("In English"), LONGEST_WORD, required=True)
    label_ru = line(_l("In Russian"), LONGEST_WORD, required=True)
    label_de = line(_l("In German"), LONGEST_WORD)
    seen = HiddenField()

    def labels(self) -> dict[str, str]:
        """What was typed, by language."""
        return {code: self[f"label_{code}"].data or "" for code in LANGUAGES}

    @property
    def seen_labels(self) -> dict[str, Any]:
        """How the word was called when the form was opened; empty for what no form of ours carries."""
        try:
            seen = json.loads(self.seen.data or "{}")
        except ValueError:
            return {}
        return seen if isinstance(seen, dict) else {}

    def remember(self, interest: Interest) -> None:
        """Carry how the word is called now."""
        self.seen.data = json.dumps(interest.labels, ensure_ascii=False, sort_keys=True)

    def show(self, interest: Interest) -> None:
        """Fill in what is stored."""
        self.remember(interest)
        for code in LANGUAGES:
            self[f"label_{code}"].data = interest.labels.get(code, "")

    def refuse(self, problem: WordExists, words: str) -> None:
        """Put what the service refused beside its field."""
        field = self[f"label_{problem.language}"]
        field.errors = [*field.errors, words]


class MergeForm(FlaskForm):  # type: ignore[misc]
    """Which word is to stand for this one."""

    winner = SelectField(_l("The word that stays"), validators=[InputRequired(_l("Choose one."))])

    def offer(self, words: list[tuple[str, str]]) -> None:
        """The words to choose from: id and label."""
        self.winner.choices = [SelectChoice("", _l("Choose one.")), *(SelectChoice(*each) for each in words)]
