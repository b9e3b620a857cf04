"""The letter of somebody without an account, as it stands in a page and nowhere else."""

import re
import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.letters.forms.own import LANGUAGES
from campaign.letters.forms.words import CHANNEL_WORDS
from campaign.letters.queries.pages import Room, room_for
from campaign.penpals.service.codes import BadCode, read_code

RUSSIAN = "ru"
# No page may hold these, so they come back as the sign for what cannot be shown; all else comes back as it was typed.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def _shown(text: str | None) -> str:
    return _UNFIT.sub("\ufffd", text or "")


class GuestLetterForm(FlaskForm):  # type: ignore[misc]
    """A letter, and how it goes on. No validator stands on the text: whatever was typed is given back."""

    class Meta:
        """Also for visitors without a session; Origin is checked instead (web/guards.py)."""

        csrf = False

    text = TextAreaField(_l("Your letter"), filters=[_shown], render_kw={"rows": 16})
    language = RadioField(
        _l("What you write in"),
        choices=[
            SelectChoice(RUSSIAN, LANGUAGES[0][1]),
            SelectChoice("en", _l("In English")),
            SelectChoice("de", _l("In German")),
        ],
        default=RUSSIAN,
        validate_choice=False,
    )
    channel = RadioField(_l("How it is sent"), validate_choice=False)
    group = SelectField(_l("Which group"), validate_choice=False)
    email = StringField(_l("E-mail address"))
    code = HiddenField()
    website = StringField(_l("Leave this empty"))

    def offering(self, channels: Sequence[str], groups: Sequence[tuple[uuid.UUID, str]] = ()) -> "GuestLetterForm":
        """With the ways that lead to this person and the groups that could take the letter; what is neither is not
        chosen.
        """
        self.channel.choices = [SelectChoice(each, CHANNEL_WORDS[each]) for each in channels]
        self.group.choices = [
            SelectChoice("", _l("whichever has time")), *(SelectChoice(str(key), name) for key, name in groups)
        ]  # fmt: skip
        if self.channel.data not in channels:
            self.channel.data = channels[0]
        if self.group.data not in {str(key) for key, _name in groups}:
            self.group.data = ""
        if self.language.data not in {code for code, _words in LANGUAGES}:
            self.language.data = RUSSIAN
        return self

    def room(self, prisoner_id: uuid.UUID) -> Room:
        """What fits by the chosen way."""
        return room_for(prisoner_id, self.channel.data or "")

    @property
    def is_trapped(self) -> bool:
        """Whether a field that people cannot see was filled in."""
        return bool(self.website.data)

    @property
    def is_russian(self) -> bool:
        """Whether it can be read in prison, and by the checker."""
        return bool(self.language.data == RUSSIAN)

    def chosen_group(self) -> uuid.UUID | None:
        """The group that was chosen; None: whichever has time."""
        return uuid.UUID(self.group.data) if self.group.data else None

    def known_code(self) -> str:
        """The code that this letter was given before; empty for what is none."""
        try:
            return read_code(self.code.data or "")
        except BadCode:
            return ""

    def read_mailbox(self) -> Mailbox | None:
        """The address, or None with what is wrong said beside the field."""
        typed = _shown(self.email.data)
        self.email.data = typed
        if not typed.strip():
            self.email.errors = [_("Enter your e-mail address: the letter is handed over once you confirm from there.")]
            return None
        try:
            return read_address(typed)
        except BadAddress as problem:
            self.email.errors = [_(problem.message)]
            return None
