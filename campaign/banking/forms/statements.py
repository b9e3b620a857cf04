"""The forms of a statement: its file, and what its columns mean."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from campaign.banking.forms.words import ORDER_WORDS, POINT_WORDS
from campaign.banking.service.reading import Layout


class FileForm(FlaskForm):  # type: ignore[misc]
    """A statement of one account."""

    account = SelectField(_l("Account"), coerce=int, validators=[InputRequired(_l("Choose the account."))])
    file = FileField(_l("File: CSV, MT940, CAMT.053 or OFX"))

    def offer(self, accounts: Sequence[tuple[int, str]]) -> None:
        """The accounts to choose from."""
        self.account.choices = [SelectChoice(*each) for each in accounts]


class LayoutForm(FlaskForm):  # type: ignore[misc]
    """How days and amounts are written in a table; its columns are read from the request."""

    days = SelectField(_l("How days are written"), choices=[SelectChoice(*each) for each in ORDER_WORDS.items()])
    point = SelectField(_l("What parts the cents"), choices=[SelectChoice(*each) for each in POINT_WORDS.items()])

    def layout(self, columns: Mapping[str, str]) -> Layout:
        """What was said of it."""
        return Layout(dict(columns), self.days.data, self.point.data)
