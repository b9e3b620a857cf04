"""What a rule means at one facility."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice

from campaign.letters.checker.rulebook import current_rulebook
from campaign.letters.models import Adjustment

LONGEST_REASON = 300
ADJUSTMENT_WORDS = {
    Adjustment.BLOCK: _l("Stops a letter"), Adjustment.WARN: _l("Warns"), Adjustment.INFO: _l("Gives a hint"),
    Adjustment.OFF: _l("Says nothing"),
}  # fmt: skip


def rule_words(rule: str, language: str) -> str:
    """A rule by its first advice: rules have no other name that is translated."""
    book = current_rulebook()
    key = next((each for each in sorted(book.wordings) if each.split(".")[0] == rule), None)
    return f"{rule}: {book.wording(key, language)}" if key is not None else rule


class RuleForm(FlaskForm):  # type: ignore[misc]
    """One adjustment."""

    rule = SelectField(_l("Rule"))
    becomes = SelectField(
        _l("What it does with letters to this place"),
        choices=[SelectChoice(each.value, words) for each, words in ADJUSTMENT_WORDS.items()],
    )
    reason = StringField(_l("Why"), render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"})

    def offer(self, language: str) -> "RuleForm":
        """With the rules of today."""
        self.rule.choices = [SelectChoice(each, rule_words(each, language)) for each in current_rulebook().rules]
        return self


class RemoveForm(FlaskForm):  # type: ignore[misc]
    """Why an adjustment holds no longer."""

    reason = StringField(_l("Why"), render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"})
