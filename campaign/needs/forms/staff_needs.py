"""Forms with which staff report a need and make sure of one."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.kernel import clock
from campaign.kernel.money import BadAmount, Money
from campaign.needs.forms.staff_words import (
    CATEGORY_WORDS,
    CHECKED_WORDS,
    PAYEE_WORDS,
    SOURCE_WORDS,
    URGENCY_WORDS,
    VISIBILITY_WORDS,
)
from campaign.needs.models import (
    LONGEST_NOTE,
    LONGEST_WORDS,
    CheckedBy,
    Need,
    NeedCategory,
    NeedSource,
    NeedVisibility,
    PayeeKind,
    Urgency,
)
from campaign.needs.service.needs import LASTS, LONGEST, NeedDraft
from campaign.web.fields import DayField, VersionForm, area, line

LONGEST_AMOUNT = 40


def _choices(words: Any) -> list[SelectChoice]:
    return [SelectChoice(each.value, word) for each, word in words.items()]


class NeedForm(VersionForm):
    """All that is said of a need."""

    category = SelectField(_l("What it is for"), choices=_choices(CATEGORY_WORDS))
    urgency = SelectField(_l("How long it can wait"), choices=_choices(URGENCY_WORDS), default=Urgency.SOON.value)
    is_in_kind = BooleanField(_l("Something in kind, no money"))
    amount = line(_l("How much"), LONGEST_AMOUNT)
    currency = StringField(_l("Currency"), default="EUR", filters=[lambda text: (text or "").strip().upper()])
    source = SelectField(_l("Who told us"), choices=_choices(SOURCE_WORDS), default=NeedSource.RELATIVE.value)
    payees = SelectMultipleField(
        _l("To whom a payment for it could go"), choices=_choices(PAYEE_WORDS), option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )  # fmt: skip
    words = area(_l("What exactly is needed"), LONGEST_WORDS, rows=8)
    expires_on = DayField(
        _l("Last day on which it holds"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )
    visibility = RadioField(
        _l("What the public may see once it is approved"), choices=_choices(VISIBILITY_WORDS),
        default=NeedVisibility.HIDDEN.value, validators=[InputRequired(_l("Choose one of these."))],
    )  # fmt: skip

    def validate_currency(self, field: StringField) -> None:
        """One of ISO 4217, where there is an amount."""
        if not self.amount.data:
            return
        try:
            Money(0, field.data)
        except BadAmount as problem:
            raise ValidationError(_("Three letters, such as EUR.")) from problem

    def validate_amount(self, field: StringField) -> None:
        """An amount of that currency above zero; none where it is something in kind."""
        if not field.data:
            if not self.is_in_kind.data:
                raise ValidationError(_("Say how much is needed, or that it is something in kind."))
            return
        try:
            minor = Money.parse(field.data, self.currency.data).minor
        except BadAmount as problem:
            raise ValidationError(_(problem.message)) from problem
        if minor <= 0:
            raise ValidationError(_("An amount is above zero."))

    def validate_expires_on(self, field: DayField) -> None:
        """Between today and a year from now."""
        today = clock.today()
        if field.data is not None and not today <= field.data <= today + LONGEST:
            raise ValidationError(_("Its last day lies between today and a year from now."))

    def draft(self) -> NeedDraft:
        """What was said."""
        return NeedDraft(
            NeedCategory(self.category.data),
            Money.parse(self.amount.data, self.currency.data) if self.amount.data else None, self.expires_on.data,
            is_in_kind=bool(self.is_in_kind.data), urgency=Urgency(self.urgency.data),
            source=NeedSource(self.source.data), visibility=NeedVisibility(self.visibility.data),
            payees=tuple(PayeeKind(each) for each in self.payees.data or ()), words=self.words.data or "",
        )  # fmt: skip

    def begin(self, today: date) -> None:
        """Fill in what is most likely."""
        self.expires_on.data = today + LASTS

    def show(self, need: Need, words: str) -> None:
        """Fill in what is stored."""
        self.category.data, self.urgency.data, self.source.data = need.category, need.urgency, need.source
        self.is_in_kind.data, self.visibility.data, self.payees.data = need.is_in_kind, need.visibility, need.payees
        self.amount.data = str(need.money.decimal) if need.money is not None else ""
        self.currency.data = need.currency or "EUR"
        self.words.data, self.expires_on.data, self.version.data = words, need.expires_on, str(need.version)


class VerifyForm(VersionForm):
    """How somebody made sure of it."""

    how = RadioField(
        _l("How you made sure of it"), choices=_choices(CHECKED_WORDS),
        validators=[InputRequired(_l("Choose one of these."))],
    )  # fmt: skip
    note = area(_l("What you found"), LONGEST_NOTE, rows=3)

    @property
    def checked_by(self) -> CheckedBy:
        """What was chosen."""
        return CheckedBy(self.how.data)


class ReasonForm(VersionForm):
    """A step with what there is to say."""

    reason = area(_l("Why"), LONGEST_NOTE, rows=3)


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What there is to say at the end."""

    note = area(_l("What came of it"), LONGEST_NOTE, rows=3)
