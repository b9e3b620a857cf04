"""Forms of payees."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from campaign.funds.service.account_numbers import is_iban
from campaign.payments.forms.words import KIND_WORDS, PAYABILITY_WORDS
from campaign.payments.models import Payability, PayeeKind
from campaign.payments.service.payees import LONGEST_ACCOUNT, LONGEST_NAME, LONGEST_NOTE, Details
from campaign.web.fields import DayField, VersionForm, area, line


class DetailsForm(VersionForm):
    """Who is paid, and where: sealed when the button is pressed."""

    name = line(_l("Name, as the bank has it"), LONGEST_NAME, required=True)
    iban = line(_l("IBAN"), 50)
    bic = line(_l("BIC"), 20)
    account = line(_l("Another account"), LONGEST_ACCOUNT)
    note = area(_l("What to mind"), LONGEST_NOTE, rows=4)

    def validate_iban(self, field: StringField) -> None:
        """One that holds, or another account."""
        plain = "".join((field.data or "").split()).upper()
        if plain and not is_iban(plain):
            raise ValidationError(_("This is no IBAN: its length or its check digits are wrong. Please read it again."))
        if not plain and not self.account.data:
            raise ValidationError(_("Give an IBAN, or another account where the money goes."))

    def details(self) -> Details:
        """What was typed."""
        return Details(
            self.name.data, self.iban.data or "", self.bic.data or "", self.account.data or "", self.note.data or ""
        )


class PayeeForm(DetailsForm):
    """A new one."""

    kind = SelectField(
        _l("What they are"), choices=[SelectChoice(str(each), word) for each, word in KIND_WORDS.items()]
    )

    @property
    def chosen(self) -> PayeeKind:
        """Which."""
        return PayeeKind(self.kind.data)


class PayabilityForm(VersionForm):
    """What somebody found out."""

    answer = SelectField(
        _l("What did you find?"),
        choices=[
            SelectChoice(str(each), word) for each, word in PAYABILITY_WORDS.items() if each != Payability.UNCHECKED
        ],
    )
    ok_until = DayField(_l("The look holds until"))

    @property
    def chosen(self) -> Payability:
        """Which."""
        return Payability(self.answer.data)
