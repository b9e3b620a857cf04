"""Forms of staff around an answer."""

import uuid

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from campaign.kernel.text import id_in
from campaign.letters.forms.reply_words import INCIDENT_WORDS, LANGUAGE_WORDS, NEED_WORDS
from campaign.letters.forms.words import CHANNEL_WORDS
from campaign.letters.service.replies import EnvelopeDraft
from campaign.web.fields import DayField, VersionForm, area, line

LONGEST_NOTE = 4_000
LONGEST_REASON = 300


class EnvelopeForm(FlaskForm):  # type: ignore[misc]
    """An envelope before it is opened."""

    code = line(_l("Code of the letter that it answers"), 100)
    person = HiddenField()
    channel = RadioField(
        _l("How it came"), choices=[SelectChoice(code, word) for code, word in CHANNEL_WORDS.items()],
        default="post",
    )  # fmt: skip
    written_on = DayField(_l("Written or stamped on"), validators=[Optional()])
    office = line(_l("Where the paper lies"), 100)
    is_another = BooleanField(_l("It is another envelope"))

    @property
    def prisoner_id(self) -> uuid.UUID | None:
        """Who wrote it, where the name was searched for."""
        return id_in(self.person.data or "")

    def draft(self) -> EnvelopeDraft:
        """What was typed."""
        return EnvelopeDraft(
            channel=self.channel.data, code=self.code.data or "", prisoner_id=self.prisoner_id,
            written_on=self.written_on.data, office=self.office.data or "", is_another=bool(self.is_another.data),
        )  # fmt: skip


class ScanForm(FlaskForm):  # type: ignore[misc]
    """Scanned pages."""

    files = MultipleFileField(_l("Scanned pages"))

    def contents(self) -> list[bytes]:
        """The bytes of every file that was chosen."""
        chosen = [each for each in self.files.data or [] if getattr(each, "filename", "")]
        return [content for each in chosen if (content := each.stream.read())]


class IncidentForm(FlaskForm):  # type: ignore[misc]
    """What must not wait."""

    kind = RadioField(
        _l("What is it?"), choices=[SelectChoice(kind.value, word) for kind, word in INCIDENT_WORDS.items()],
        validate_choice=False,
    )  # fmt: skip
    words = area(_l("What you read, and on which page"), LONGEST_NOTE, rows=6)


class NeedForm(FlaskForm):  # type: ignore[misc]
    """What is asked for."""

    kind = SelectField(
        _l("What is asked for?"), choices=[SelectChoice(kind.value, word) for kind, word in NEED_WORDS.items()],
    )  # fmt: skip
    words = area(_l("In a few words"), LONGEST_NOTE, rows=3)
    is_urgent = BooleanField(_l("It cannot wait"))


class StepForm(VersionForm):
    """A step of an incident, with what was done."""

    state = HiddenField()
    words = area(_l("What was done, or why"), LONGEST_NOTE, rows=4)


class TextForm(FlaskForm):  # type: ignore[misc]
    """What an answer says."""

    language = SelectField(
        _l("Language"), choices=[SelectChoice(code, word) for code, word in LANGUAGE_WORDS.items()],
    )  # fmt: skip
    text = area(_l("What it says"), 60_000, rows=18)
    seen = HiddenField()

    @property
    def seen_revision(self) -> int:
        """The revision that was loaded, or 0."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0
