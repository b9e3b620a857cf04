"""What a moderator says and decides."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from campaign.letters.forms.ready import CHANGES, REJECTIONS

LONGEST_REASON, LONGEST_WORDS = 300, 4000
YES_OR_NO = (("yes", _l("Yes")), ("no", _l("No")))


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """All that can be said of a letter, in one form with several buttons: whatever was typed is sent with each."""

    seen = HiddenField()
    """The version of the text that was read."""
    override_reason = StringField(
        _l("Why it may go all the same"), render_kw={"maxlength": LONGEST_REASON, "autocomplete": "off"}
    )
    changes_ready = SelectField(_l("To begin with"), validate_choice=False, default="")
    changes_words = TextAreaField(_l("What should be changed, and why"), render_kw={"maxlength": LONGEST_WORDS})
    reject_ready = SelectField(_l("To begin with"), validate_choice=False, default="")
    reject_words = TextAreaField(_l("Why it does not leave"), render_kw={"maxlength": LONGEST_WORDS})

    def offer(self) -> "DecisionForm":
        """With the sentences to choose from."""
        nothing = SelectChoice("", _l("My own words alone"))
        self.changes_ready.choices = [nothing, *(SelectChoice(key, _l(words)) for key, words in CHANGES.items())]
        self.reject_ready.choices = [nothing, *(SelectChoice(key, _l(words)) for key, words in REJECTIONS.items())]
        for field in (self.changes_words, self.reject_words):
            field.render_kw = {**(field.render_kw or {}), "rows": 4}
        return self

    @property
    def seen_version(self) -> int:
        """The version that was read, or 0 for what is no number."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0
