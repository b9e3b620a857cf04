"""The translator's form."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from campaign.letters.models import Letter
from campaign.letters.service.bodies import Body

LANGUAGE_WORDS = {
    "en": _l("English"), "ru": _l("Russian"), "de": _l("German"), "uk": _l("Ukrainian"), "be": _l("Belarusian"),
}  # fmt: skip


class TranslationForm(FlaskForm):  # type: ignore[misc]
    """The Russian text. No validator stands on it: whatever was typed is kept."""

    text = TextAreaField(_l("In Russian"), render_kw={"rows": 16})
    seen = HiddenField()
    """The version of the text that was loaded."""

    @classmethod
    def of(cls, letter: Letter, body: Body) -> "TranslationForm":
        """Filled in with what is stored."""
        return cls(formdata=None, text=body.text, seen=str(letter.text_version))

    @property
    def seen_version(self) -> int:
        """The version that was loaded, or 0 for what is no number."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0
