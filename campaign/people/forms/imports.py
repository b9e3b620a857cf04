"""Forms of lists that come in, and of lists that leave."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from campaign.people.models import Basis
from campaign.people.service.imports.upload import LONGEST_WORDS, Choices
from campaign.people.service.records import LONGEST_SOURCE
from campaign.web.countries import country_options
from campaign.web.fields import DayField, area, line
from campaign.web.i18n import current_language

BASES = (
    SelectChoice(Basis.ASKED.value, _l("They asked for news, on a form or on paper")),
    SelectChoice(Basis.MEMBER.value, _l("They are members of ours")),
    SelectChoice(Basis.NONE.value, _l("No: nobody of this list is mailed")),
)
LANGUAGES = (SelectChoice("ru", _l("Russian")), SelectChoice("en", _l("English")), SelectChoice("de", _l("German")))


class FileForm(FlaskForm):  # type: ignore[misc]
    """A list."""

    file = FileField(_l("File: CSV, XLSX or ODS"))


class ChoicesForm(FlaskForm):  # type: ignore[misc]
    """Where a list is from, on which ground its people are kept, and how its rows are read."""

    source = line(_l("Where this list is from, without anybody’s name"), LONGEST_SOURCE, required=True)
    basis = RadioField(_l("May we write to them?"), choices=BASES, default=Basis.NONE.value)
    basis_on = DayField(_l("Since when: the day on which they agreed or joined"), validators=[Optional()])
    basis_words = area(_l("The words that they agreed to"), LONGEST_WORDS, rows=4)
    may_call = BooleanField(_l("They agreed to be called as well"))
    language = SelectField(_l("Language to write in, where the row says none"), choices=LANGUAGES, default="ru")
    country = SelectField(_l("Telephone numbers without + are of"), validate_choice=False, default="")
    overwrites = BooleanField(_l("What this list says goes before what is known"))

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        none = SelectChoice("", _l("no country: such numbers are not taken"))
        self.country.choices = [none, *country_options(current_language())]

    @property
    def choices(self) -> Choices:
        """What was chosen."""
        known = {choice.value for choice in self.country.choices}
        return Choices(
            source=self.source.data or "", basis=Basis(self.basis.data), basis_on=self.basis_on.data,
            basis_words=self.basis_words.data or "", may_call=bool(self.may_call.data), language=self.language.data,
            country=self.country.data if self.country.data in known else "", overwrites=bool(self.overwrites.data),
        )  # fmt: skip


class ExportForm(FlaskForm):  # type: ignore[misc]
    """Why a list is to leave."""

    reason = line(_l("Reason"), required=True)
