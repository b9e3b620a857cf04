"""The composer's form."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice

from campaign.letters.forms.words import CHANNEL_WORDS
from campaign.letters.models import Letter
from campaign.letters.service.bodies import Body

LANGUAGES = (
    ("ru", _l("In Russian")), ("en", _l("In English, and somebody translates it")),
    ("de", _l("In German, and somebody translates it")),
)  # fmt: skip
OPENINGS = (
    "Здравствуйте! Мы с вами не знакомы. Меня зовут …, я …",
    "Добрый день! Пишу вам впервые и немного волнуюсь. Расскажу, как прошла моя неделя …",
    "Здравствуйте! Прочёл, что вы любите …, и решил написать: я тоже …",
)
"""Ways to begin, in the language of the letter."""


class ComposeForm(FlaskForm):  # type: ignore[misc]
    """Everything a writer decides about a letter. No validator stands on the text: whatever was typed is kept."""

    text = TextAreaField(_l("Your letter"), render_kw={"rows": 16})
    seen = HiddenField()
    """The version of the text that was loaded."""
    channel = RadioField(_l("How it is sent"), validate_choice=False)
    language = RadioField(_l("What you write in"), choices=[SelectChoice(*each) for each in LANGUAGES], default="ru")
    wants_reply_form = BooleanField(_l("Enclose what is needed for an answer"))
    picture = FileField(_l("A picture, JPEG, PNG or WebP"))
    keeps_text = BooleanField(_l("Keep my text after it has arrived, until I erase it"))

    @classmethod
    def of(cls, letter: Letter, body: Body, channels: list[str]) -> "ComposeForm":
        """Filled in with what is stored."""
        form = cls(
            formdata=None, text=body.own, seen=str(letter.text_version), channel=letter.channel,
            language=letter.original_language, wants_reply_form=letter.wants_reply_form, keeps_text=letter.keeps_text,
        )  # fmt: skip
        return form.offering(channels)

    def offering(self, channels: list[str]) -> "ComposeForm":
        """With the ways that lead to this person."""
        self.channel.choices = [SelectChoice(each, CHANNEL_WORDS[each]) for each in channels]
        return self

    @property
    def seen_version(self) -> int:
        """The version that was loaded, or 0 for what is no number."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def choices_made(self, channels: list[str]) -> dict[str, Any]:
        """What `save_draft` takes beside the text; what is not on offer is left as it was."""
        known = {code for code, _words in LANGUAGES}
        return {
            "channel": self.channel.data if self.channel.data in channels else None,
            "language": self.language.data if self.language.data in known else None,
            "wants_reply_form": bool(self.wants_reply_form.data),
            "keeps_text": bool(self.keeps_text.data),
        }
