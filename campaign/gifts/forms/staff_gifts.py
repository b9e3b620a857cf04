"""Forms of gifts: writing one down, its steps, a file of them, a rail that is closed."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from campaign.funds.forms.words import MEMO_WORDS
from campaign.funds.models import REVERSAL_MEMOS, Memo
from campaign.gifts.forms.staff_words import fund_choices, place_choices
from campaign.gifts.forms.words import VISIBILITY_WORDS
from campaign.gifts.models import KEPT_DAYS, LONGEST_ALIAS, LONGEST_NAME, Gift, Pledge, PledgeState, Visibility
from campaign.gifts.models.codes import BadCode, read_code
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.gifts import GiftDraft
from campaign.kernel import clock
from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.db import session
from campaign.kernel.money import BadAmount, Money
from campaign.web.fields import DayField, VersionForm, line
from campaign.web.i18n import LANGUAGES

LONGEST_AMOUNT = 40
FUNDS_AT_FIRST, MOST_FUNDS = 1, 10


def _upper(text: str | None) -> str:
    return (text or "").strip().upper()


def read_money(typed: str | None, currency: str) -> Money:
    """An amount in that currency. Raises ValidationError."""
    try:
        return Money.parse(typed or "", currency)
    except BadAmount as problem:
        raise ValidationError(_(problem.message)) from problem


def amount_field(label: Any) -> StringField:
    """A field for an amount."""
    return StringField(label, validators=[Length(max=LONGEST_AMOUNT)])


class PartForm(Form):  # type: ignore[misc]
    """What one fund gets of a gift; the amount may be left out where it is the only one."""

    fund = SelectField(_l("Fund"), validate_choice=False)
    amount = amount_field(_l("Of it, after the fee"))


class GiftForm(FlaskForm):  # type: ignore[misc]
    """A gift by hand."""

    account = SelectField(_l("Where it comes in"))
    currency = StringField(_l("Currency"), default="EUR", filters=[_upper], validators=[Length(max=3)])
    gross = amount_field(_l("Amount"))
    fee = amount_field(_l("Fee"))
    expected_on = DayField(_l("Day"), default=clock.today, validators=[InputRequired()])
    external_id = line(_l("Number at the bank or service"), 100)
    reference = line(_l("Code of a pledge"), 40)
    parts = FieldList(FormField(PartForm), min_entries=FUNDS_AT_FIRST, max_entries=MOST_FUNDS)
    name = line(_l("Name"), LONGEST_NAME)
    email = StringField(_l("E-mail address"), validators=[Length(max=254)])
    alias = line(_l("Name to be shown"), LONGEST_ALIAS)
    visibility = SelectField(
        _l("Who may know"), choices=[SelectChoice(each.value, words) for each, words in VISIBILITY_WORDS.items()],
        default=Visibility.SECRET.value,
    )  # fmt: skip
    language = SelectField(
        _l("Language of the thanks"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        default="en",
    )  # fmt: skip
    keep_until = DayField(_l("Erase who gave on"), validators=[Optional()])
    mailbox: Mailbox | None = None
    pledge: Pledge | None = None

    def offer(self) -> None:
        """Say which places and funds can be chosen, and when donors are erased by themselves."""
        self.account.choices = place_choices()
        choices = [SelectChoice("", "–"), *fund_choices()]
        for each in self.parts:
            each.form.fund.choices = choices

    def suggest(self) -> None:
        """The day of erasure as it is where nobody says another."""
        self.keep_until.data = self.keep_until.data or clock.today() + timedelta(days=KEPT_DAYS)

    def add_part(self) -> None:
        """Room for one fund more."""
        if len(self.parts) < MOST_FUNDS:
            self.parts.append_entry()

    def validate_gross(self, field: StringField) -> None:
        """Above zero."""
        if read_money(field.data, self.currency.data).minor <= 0:
            raise ValidationError(_("A gift is an amount above zero, and a fee is not below it."))

    def validate_fee(self, field: StringField) -> None:
        """An amount, or nothing."""
        if field.data:
            read_money(field.data, self.currency.data)

    def validate_reference(self, field: StringField) -> None:
        """The code of a pledge that was confirmed."""
        if not field.data:
            return
        try:
            code = read_code(field.data)
        except BadCode as problem:
            raise ValidationError(_(problem.message)) from problem
        self.pledge = session.query(Pledge).filter(
            Pledge.reference == code, Pledge.state != PledgeState.PENDING
        ).one_or_none()  # fmt: skip
        if self.pledge is None:
            raise ValidationError(_("No pledge has this code."))

    def validate_email(self, field: StringField) -> None:
        """An address, or nothing."""
        if field.data:
            try:
                self.mailbox = read_address(field.data.replace("\x00", "\ufffd"))
            except BadAddress as problem:
                raise ValidationError(_(problem.message)) from problem

    def validate_parts(self, _field: FieldList) -> None:
        """At least one fund (a pledge names one), none twice, and amounts where they are several."""
        try:
            self._allocations()
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem

    def _allocations(self) -> dict[uuid.UUID, int]:
        found: dict[uuid.UUID, int] = {}
        for each in self.parts:
            if not each.form.fund.data:
                continue
            if each.form.fund.data not in {choice.value for choice in each.form.fund.choices}:
                raise ValueError(_("Choose a fund from the list."))
            fund = uuid.UUID(each.form.fund.data)
            if fund in found:
                raise ValueError(_("A fund stands twice."))
            typed = (each.form.amount.data or "").strip()
            found[fund] = read_money(typed, self.currency.data).minor if typed else 0
        if not found and self.pledge is not None:
            return {self.pledge.fund_id: 0}
        if not found:
            raise ValueError(_("Say for which fund it is."))
        if len(found) > 1 and not all(amount > 0 for amount in found.values()):
            raise ValueError(_("Where it is for several funds, say how much each gets."))
        return found

    def draft(self) -> GiftDraft:
        """What was typed, of a form that is valid."""
        currency = self.currency.data
        donor = DonorDraft(
            name=self.name.data, mailbox=self.mailbox, alias=self.alias.data,
            visibility=Visibility(self.visibility.data), language=self.language.data, keep_until=self.keep_until.data,
        )  # fmt: skip
        return GiftDraft(
            account=self.account.data, gross=read_money(self.gross.data, currency), allocations=self._allocations(),
            expected_on=self.expected_on.data, fee=read_money(self.fee.data, currency).minor if self.fee.data else 0,
            external_id=self.external_id.data, pledge_id=self.pledge.id if self.pledge else None, donor=donor,
        )  # fmt: skip


class SettleForm(VersionForm):
    """It has come: when, how much, and how much of it went as a fee."""

    happened_on = DayField(_l("Day on which it came"), default=clock.today, validators=[InputRequired()])
    gross = amount_field(_l("Amount"))
    fee = amount_field(_l("Fee"))

    def fill(self, found: Gift) -> None:
        """As it was announced."""
        self.version.data = str(found.version)
        self.gross.data = str(Money(found.gross, found.currency).decimal)
        self.fee.data = str(Money(found.fee, found.currency).decimal)


class RefundForm(VersionForm):
    """How much went back, and when."""

    amount = amount_field(_l("Amount that goes back"))
    happened_on = DayField(_l("Day on which it went back"), default=clock.today, validators=[InputRequired()])


class DayForm(VersionForm):
    """On which day something happened."""

    happened_on = DayField(_l("Day"), default=clock.today, validators=[InputRequired()])


class WrongForm(VersionForm):
    """Why it was entered wrongly."""

    memo = SelectField(
        _l("Why"), choices=[SelectChoice(each, MEMO_WORDS[each]) for each in Memo if each in REVERSAL_MEMOS]
    )


class ImportForm(FlaskForm):  # type: ignore[misc]
    """A file of gifts."""

    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])
    account = SelectField(_l("Where they came in"))
    currency = StringField(
        _l("Currency where a line names none"), default="EUR", filters=[_upper], validators=[Length(min=3, max=3)]
    )

    def offer(self) -> None:
        """Say which places can be chosen."""
        self.account.choices = place_choices()


class RailForm(FlaskForm):  # type: ignore[misc]
    """A place that is closed, and where gifts come from now on."""

    account = SelectField(_l("The way that is closed"))
    new_account = SelectField(_l("The new way"))
    sure = HiddenField()

    def offer(self, counts: Sequence[tuple[str, str, int]]) -> None:
        """Say which can be chosen: of each its code, its title and how many give there again and again."""
        self.account.choices = [SelectChoice(code, f"{title} ({count})") for code, title, count in counts]
        self.new_account.choices = [SelectChoice("", _("is told later")), *place_choices()]
