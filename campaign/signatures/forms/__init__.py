"""The sign form as it is shown; what is sent is read in entry.py. No CSRF token: no sign-in stands behind it."""

import uuid
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from campaign.signatures.forms.entry import Entry, read_entry
from campaign.signatures.models import Visibility
from campaign.web.countries import country_options
from campaign.web.i18n import LANGUAGES, current_language

__all__ = ["Entry", "PackForm", "SignForm", "read_entry"]


class SignForm(FlaskForm):  # type: ignore[misc]
    """The fields a signer sees, empty or with what they typed and what is wrong with it."""

    class Meta:
        """No session stands behind this form; Origin is checked instead (web/guards.py)."""

        csrf = False

    email = StringField(_l("E-mail address"))
    display_name = StringField(_l("Name"))
    country = SelectField(_l("Country"))
    visibility = RadioField(
        _l("How your signature is shown"),
        choices=[
            SelectChoice(Visibility.COUNT.value, _l("Counted only: your name is not stored")),
            SelectChoice(Visibility.INITIALS.value, _l("Initials only")),
            SelectChoice(Visibility.NAME.value, _l("Your name, in public")),
        ],
        default=Visibility.COUNT.value,
    )
    updates = BooleanField(_l("Write to me about this petition"))
    stamp = HiddenField()
    website = StringField(_l("Leave this empty"))
    seconds = HiddenField()

    def __init__(self, entry: Entry | None = None) -> None:
        super().__init__(formdata=None, obj=entry)
        self.ticks: Mapping[uuid.UUID, int] = entry.ticks if entry is not None else {}
        """Partners that were ticked, by the number of the sentence that was read."""
        self.country.choices = [SelectChoice("", _l("Prefer not to say")), *country_options(current_language())]
        for name, message in (entry.problems if entry is not None else {}).items():
            self[name].errors = [message]


class PackForm(FlaskForm):  # type: ignore[misc]
    """What kind of delivery pack."""

    language = RadioField(
        _l("Language"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    file_format = RadioField(
        _l("Format"),
        choices=[
            SelectChoice("pdf", _l("PDF, to print and hand over")),
            SelectChoice("xlsx", _l("XLSX, a workbook with one sheet a part")),
            SelectChoice("csv", _l("CSV, plain table")),
        ],
        default="pdf",
        validators=[InputRequired(_l("Choose one."))],
    )
