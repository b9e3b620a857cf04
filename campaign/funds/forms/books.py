"""Forms of the journal, of accounts and of rates."""

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, Form, FormField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from campaign.funds.forms.words import MEMO_WORDS, RAIL_WORDS
from campaign.funds.models import ECB, LONGEST_ACCOUNT_TITLE, REVERSAL_MEMOS, Memo, Rail
from campaign.funds.service.ledger import BadEntry, Line, check_reference, check_typed_day
from campaign.funds.service.manual import EntryDraft
from campaign.kernel import clock
from campaign.kernel.money import BadAmount, Money
from campaign.web.fields import DayField, line

FEW_LINES, MORE_LINES, MOST_TYPED = 4, 4, 40
LONGEST_AMOUNT = 40


def _upper(text: str | None) -> str:
    return (text or "").strip().upper()


class LineForm(Form):  # type: ignore[misc]
    """One line of an entry; one without an amount is left out."""

    account = SelectField(_l("Account in the books"), validate_choice=False)
    fund = SelectField(_l("Fund"), validate_choice=False)
    currency = StringField(_l("Currency"), default="EUR", filters=[_upper], validators=[Length(max=3)])
    debit = StringField(_l("Debit side"), validators=[Length(max=LONGEST_AMOUNT)])
    credit = StringField(_l("Credit side"), validators=[Length(max=LONGEST_AMOUNT)])

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not (self.debit.data or "").strip() and not (self.credit.data or "").strip()

    def validate_debit(self, field: StringField) -> None:
        """Either of the two, above zero."""
        typed = [each for each in ((field.data or "").strip(), (self.credit.data or "").strip()) if each]
        if len(typed) == 2:
            raise ValidationError(_("Debit or credit, not both."))
        for each in typed:
            try:
                minor = Money.parse(each, self.currency.data).minor
            except BadAmount as problem:
                raise ValidationError(_(problem.message)) from problem
            if minor <= 0:
                raise ValidationError(_("An amount above zero; the column says which way it goes."))

    def line(self) -> Line:
        """What was typed."""
        debit, credit = (self.debit.data or "").strip(), (self.credit.data or "").strip()
        money = Money.parse(debit or credit, self.currency.data)
        signed = money if debit else -money
        if not self.account.data:
            raise ValueError
        return Line(self.account.data, uuid.UUID(self.fund.data), signed)


class EntryForm(FlaskForm):  # type: ignore[misc]
    """An entry by hand."""

    memo = SelectField(
        _l("What it is"),
        choices=[SelectChoice(each, words) for each, words in MEMO_WORDS.items() if each not in REVERSAL_MEMOS],
    )
    happened_on = DayField(_l("Day on which the money moved"), default=clock.today, validators=[InputRequired()])
    reference = line(_l("Reference"), 60)
    lines = FieldList(FormField(LineForm), min_entries=FEW_LINES, max_entries=MOST_TYPED)

    def offer(self, accounts: Mapping[str, str], funds: Sequence[tuple[uuid.UUID, str]]) -> None:
        """Say which accounts and funds can be chosen."""
        none = SelectChoice("", "–")
        of_accounts = [none, *(SelectChoice(code, words) for code, words in accounts.items())]
        of_funds = [none, *(SelectChoice(str(each), name) for each, name in funds)]
        for each in self.lines:
            each.account.choices, each.fund.choices = of_accounts, of_funds

    def add_lines(self) -> None:
        """Room for some more."""
        for _more in range(MORE_LINES):
            if len(self.lines) < MOST_TYPED:
                self.lines.append_entry()

    def validate_happened_on(self, field: DayField) -> None:
        """Not ahead."""
        if field.data is not None:
            _check(check_typed_day, field.data)

    def validate_reference(self, field: StringField) -> None:
        """A number."""
        _check(check_reference, field.data or "")

    def draft(self) -> EntryDraft:
        """What was typed. Raises BadEntry for a fund or an account that is none."""
        try:
            lines = [each.form.line() for each in self.lines if not each.form.is_empty]
        except (ValueError, TypeError) as problem:
            raise BadEntry(_("Choose an account and a fund for each line.")) from problem
        return EntryDraft(Memo(self.memo.data), self.happened_on.data, lines, self.reference.data or "")


class ReversalForm(FlaskForm):  # type: ignore[misc]
    """Why an entry is taken back, and when."""

    memo = SelectField(
        _l("Why it is taken back"),
        choices=[SelectChoice(each, words) for each, words in MEMO_WORDS.items() if each in REVERSAL_MEMOS],
    )
    happened_on = DayField(_l("On which day that counts"), default=clock.today, validators=[InputRequired()])

    def validate_happened_on(self, field: DayField) -> None:
        """Not ahead."""
        if field.data is not None:
            _check(check_typed_day, field.data)


class AccountForm(FlaskForm):  # type: ignore[misc]
    """A place where money lies."""

    title = line(_l("Name of the account"), LONGEST_ACCOUNT_TITLE, required=True)
    rail = SelectField(_l("How it is held"), choices=[SelectChoice(each, words) for each, words in RAIL_WORDS.items()])
    currency = StringField(_l("Its currency"), filters=[_upper])

    def validate_currency(self, field: StringField) -> None:
        """One of ISO 4217, or none."""
        try:
            Money(0, field.data or "EUR")
        except BadAmount as problem:
            raise ValidationError(_("Three letters, such as EUR, or nothing for any currency.")) from problem

    @property
    def chosen_rail(self) -> Rail:
        """How it is held."""
        return Rail(self.rail.data)


class RatesForm(FlaskForm):  # type: ignore[misc]
    """A file of rates."""

    file = FileField(_l("File with rates"), validators=[FileRequired(_l("Choose a file."))])
    source = line(_l("Whose rates they are"), 20, required=True)

    def suggest(self) -> None:
        """What is usual."""
        self.source.data = self.source.data or ECB


def _check(check: object, value: object) -> None:
    try:
        check(value)  # type: ignore[operator]
    except BadEntry as problem:
        raise ValidationError(_(problem.message)) from problem
