"""The form of a pledge, as it stands on a fund's page. No CSRF token: no sign-in stands behind it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from campaign.funds.models import Fund
from campaign.gifts.forms.words import SCHEDULE_WORDS, VISIBILITY_WORDS
from campaign.gifts.models import LONGEST_ALIAS, Schedule, Visibility
from campaign.gifts.service.pledging import BadPledge, PledgeDraft, check_amount
from campaign.gifts.stamp import make_stamp
from campaign.kernel import clock
from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.money import BadAmount, Money
from campaign.signatures.challenge import LONGEST_PROOF
from campaign.web.fields import DayField, line

LONGEST_AMOUNT = 40
TIMES = ("", "3", "6", "12", "24")


def read_amount(typed: str | None, currency: str) -> Money:
    """An amount that can be given. Raises ValidationError."""
    try:
        found = Money.parse(typed or "", currency)
        check_amount(found)
    except (BadAmount, BadPledge) as problem:
        raise ValidationError(_(problem.message)) from problem
    return found


class PledgeForm(Form):  # type: ignore[misc]
    """How much, how often, from when, whom to write to, and who may know; `website` is for programs alone."""

    amount = StringField(_l("Amount each time"), validators=[Length(max=LONGEST_AMOUNT)])
    currency = SelectField(_l("Currency"))
    schedule = RadioField(
        _l("How often"), choices=[SelectChoice(each.value, words) for each, words in SCHEDULE_WORDS.items()],
        default=Schedule.ONCE.value,
    )  # fmt: skip
    times = SelectField(_l("How many times"), default="")
    starts_on = DayField(_l("For the first time on"), validators=[Optional()])
    email = StringField(_l("E-mail address"))
    visibility = RadioField(
        _l("Who may know"), choices=[SelectChoice(each.value, words) for each, words in VISIBILITY_WORDS.items()],
        default=Visibility.SECRET.value,
    )  # fmt: skip
    alias = line(_l("Name to be shown"), LONGEST_ALIAS)
    reminders = BooleanField(_l("Remind me a few days before"), default=True)
    website = StringField(_l("Leave this empty"))
    stamp = HiddenField()
    seconds = HiddenField()
    proof = HiddenField(validators=[Length(max=LONGEST_PROOF)])
    ticket = HiddenField(validators=[Length(max=LONGEST_PROOF)])
    mailbox: Mailbox | None = None
    money: Money | None = None

    def offer(self, currency: str) -> None:
        """Say which currencies can be chosen: that of the fund, and the two that most accounts have."""
        self.currency.choices = [SelectChoice(each, each) for each in dict.fromkeys((currency, "EUR", "USD"))]
        self.currency.data = self.currency.data or currency
        several = _l("until I stop it")
        self.times.choices = [SelectChoice(each, each or several) for each in TIMES]

    def validate_email(self, field: StringField) -> None:
        """An address that mail can be sent to."""
        try:
            self.mailbox = read_address((field.data or "").replace("\x00", "\ufffd"))
        except BadAddress as problem:
            raise ValidationError(_l("Enter your e-mail address, as in name@example.org.")) from problem

    def validate_amount(self, field: StringField) -> None:
        """Above zero, in the currency that was chosen."""
        self.money = read_amount(field.data, self.currency.data)

    def validate_alias(self, field: StringField) -> None:
        """Needed by whoever wants to be named."""
        if self.visibility.data != Visibility.SECRET and not field.data:
            raise ValidationError(_l("Enter the name to be shown; it need not be your real one."))

    def validate_starts_on(self, field: DayField) -> None:
        """Today or later, within a year."""
        if field.data is not None and not 0 <= (field.data - clock.today()).days <= 366:
            raise ValidationError(_l("The first day is today or later, and within a year."))

    @property
    def looks_automatic(self) -> bool:
        """Whether a field that people cannot see was filled in."""
        return bool(self.website.data)

    def draft(self, language: str) -> PledgeDraft:
        """What the service takes, of a form that is valid."""
        if self.mailbox is None or self.money is None:
            raise ValueError("a form with problems cannot be pledged with")
        schedule = Schedule(self.schedule.data)
        times = 1 if schedule == Schedule.ONCE else int(self.times.data) if self.times.data else None
        visibility = Visibility(self.visibility.data)
        return PledgeDraft(
            mailbox=self.mailbox, amount=self.money, schedule=schedule, times=times,
            starts_on=self.starts_on.data or clock.today(), wants_reminders=bool(self.reminders.data),
            language=language, alias=self.alias.data if visibility != Visibility.SECRET else "", visibility=visibility,
        )  # fmt: skip


def empty_form(fund: Fund) -> PledgeForm:
    """The form as it is shown at first, with its stamp."""
    form = PledgeForm(None)
    form.offer(fund.currency)
    form.stamp.data = make_stamp(fund.id, clock.now())
    return form
