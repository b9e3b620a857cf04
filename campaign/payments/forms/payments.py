"""Forms of a payment: what it says, and the small ones of its steps."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from campaign.funds.models import Expense
from campaign.kernel import clock
from campaign.kernel.money import BadAmount, Money
from campaign.payments.forms.words import (
    ANSWER_WORDS,
    CATEGORY_WORDS,
    CHOSEN_REASONS,
    CONFIRMED_WORDS,
    DESCRIPTOR_WORDS,
    FILE_WORDS,
    REASON_WORDS,
)
from campaign.payments.models import CheckAnswer, ConfirmedBy, Descriptor, FileKind, Payment, Reason
from campaign.payments.service.payments import LONGEST_NOTE, PaymentDraft
from campaign.web.fields import DayField, VersionForm, area, line

LONGEST_AMOUNT = 40
Named = Sequence[tuple[uuid.UUID, str]]


def _upper(text: str | None) -> str:
    return (text or "").strip().upper()


def _choices(words: Mapping[Any, object]) -> list[SelectChoice]:
    return [SelectChoice(str(each), word) for each, word in words.items()]


def _one_of(named: Named) -> list[SelectChoice]:
    return [SelectChoice("", "–"), *(SelectChoice(str(each), name) for each, name in named)]


def read_amount(text: str | None, currency: str) -> Money:
    """An amount above zero. Raises ValidationError."""
    try:
        money = Money.parse(text or "", currency)
    except BadAmount as problem:
        raise ValidationError(_(problem.message)) from problem
    if money.minor <= 0:
        raise ValidationError(_("An amount above zero."))
    return money


class PaymentForm(VersionForm):
    """All that a payment says."""

    fund_id = SelectField(_l("Fund"), validators=[InputRequired(_l("Choose a fund."))])
    need_id = SelectField(_l("Need"), default="")
    category = SelectField(_l("What it is for"), choices=_choices(CATEGORY_WORDS))
    amount = line(_l("Amount"), LONGEST_AMOUNT, required=True)
    currency = StringField(_l("Currency"), default="EUR", filters=[_upper], validators=[Length(max=3)])
    payee_id = SelectField(_l("Payee"), default="")
    descriptor = SelectField(_l("What stands on statements of account"), choices=_choices(DESCRIPTOR_WORDS))
    note = area(_l("What the others should know"), LONGEST_NOTE, rows=5)

    def offer(self, funds: Named, needs: Named, payees: Named) -> None:
        """Say what can be chosen."""
        self.fund_id.choices, self.need_id.choices = _one_of(funds), _one_of(needs)
        self.payee_id.choices = _one_of(payees)

    def show(self, payment: Payment, note: str) -> None:
        """What it says now."""
        money = Money(payment.amount, payment.currency)
        self.version.data = str(payment.version)
        self.fund_id.data, self.category.data = str(payment.fund_id), payment.category
        self.need_id.data, self.payee_id.data = str(payment.need_id or ""), str(payment.payee_id or "")
        self.amount.data, self.currency.data = str(money.decimal), payment.currency
        self.descriptor.data, self.note.data = payment.descriptor, note

    def validate_amount(self, field: StringField) -> None:
        """Above zero."""
        read_amount(field.data, self.currency.data)

    def draft(self) -> PaymentDraft:
        """What was typed."""
        return PaymentDraft(
            uuid.UUID(self.fund_id.data), Expense(self.category.data),
            Money.parse(self.amount.data, self.currency.data), _uuid(self.payee_id.data), _uuid(self.need_id.data),
            Descriptor(self.descriptor.data), self.note.data or "",
        )  # fmt: skip


class ScheduleForm(VersionForm):
    """On which day it is to leave."""

    pay_on = DayField(_l("Day on which it is to leave"), default=clock.today, validators=[InputRequired()])


class SentForm(VersionForm):
    """How it left."""

    sent_on = DayField(_l("Day on which it left"), default=clock.today, validators=[InputRequired()])
    account = SelectField(_l("From which account of ours"))
    fee = line(_l("What sending it cost"), LONGEST_AMOUNT)

    def fee_of(self, currency: str) -> int:
        """In minor units; nothing typed is nothing. Raises BadAmount."""
        return Money.parse(self.fee.data, currency).minor if self.fee.data else 0


class ConfirmForm(VersionForm):
    """What says that it arrived."""

    how = SelectField(_l("What says so"), choices=_choices(CONFIRMED_WORDS))

    @property
    def chosen(self) -> ConfirmedBy:
        """Which."""
        return ConfirmedBy(self.how.data)


class FailedForm(VersionForm):
    """When the bank said no."""

    failed_on = DayField(_l("Day on which the bank said so"), default=clock.today, validators=[InputRequired()])


class ReturnedForm(VersionForm):
    """What came back, and when."""

    back_on = DayField(_l("Day on which it came back"), default=clock.today, validators=[InputRequired()])
    back = line(_l("How much came back"), LONGEST_AMOUNT, required=True)


class ReasonForm(VersionForm):
    """Why it goes back, or ends."""

    reason = SelectField(_l("Why"), choices=_choices({each: REASON_WORDS[each] for each in CHOSEN_REASONS}))

    @property
    def chosen(self) -> Reason:
        """Which."""
        return Reason(self.reason.data)


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What was found about something odd."""

    answer = SelectField(_l("What did you find?"), choices=_choices(ANSWER_WORDS))

    @property
    def chosen(self) -> CheckAnswer:
        """Which."""
        return CheckAnswer(self.answer.data)


class PapersForm(FlaskForm):  # type: ignore[misc]
    """Files of evidence."""

    kind = SelectField(_l("What they show"), choices=_choices(FILE_WORDS))
    files = MultipleFileField(_l("Pictures or PDF files"))

    @property
    def chosen(self) -> FileKind:
        """Which."""
        return FileKind(self.kind.data)

    def contents(self) -> list[bytes]:
        """The files that were chosen."""
        return [content for each in self.files.data or [] if each and each.filename and (content := each.read())]


class LimitForm(FlaskForm):  # type: ignore[misc]
    """Up to which amount two persons are enough."""

    amount = line(_l("Up to this amount two persons are enough"), LONGEST_AMOUNT, required=True)
    currency = StringField(_l("Currency"), default="EUR", filters=[_upper], validators=[Length(max=3)])

    def validate_amount(self, field: StringField) -> None:
        """Zero or more."""
        try:
            minor = Money.parse(field.data or "", self.currency.data).minor
        except BadAmount as problem:
            raise ValidationError(_(problem.message)) from problem
        if minor < 0:
            raise ValidationError(_("A limit is zero or more. With zero everything takes three persons."))

    def money(self) -> Money:
        """What was typed."""
        return Money.parse(self.amount.data, self.currency.data)


class OrderForm(FlaskForm):  # type: ignore[misc]
    """What a file for the bank says of ourselves; it is kept nowhere."""

    name = line(_l("Our name as the bank has it"), 70, required=True)
    iban = line(_l("Our IBAN"), 50, required=True)
    bic = line(_l("Our BIC"), 20)
    pay_on = DayField(_l("Day on which the bank is to send them"), default=clock.today, validators=[InputRequired()])


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
