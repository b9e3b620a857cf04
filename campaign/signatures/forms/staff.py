"""Forms of staff's work on signatures: filters, reasons, an address to look up, an export."""

import re

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields import DateField, SelectChoice
from wtforms.validators import AnyOf, DataRequired, Optional, ValidationError

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.text import one_line
from campaign.signatures.models import SignatureState, Visibility
from campaign.signatures.models.staff import ExportKind
from campaign.signatures.queries.staff import QUARANTINED, Criteria
from campaign.web.countries import CODES, country_name
from campaign.web.i18n import current_language

LONGEST_REASON = 300
NONE_GIVEN = "none"
MARK = re.compile(r"~?[a-z0-9][a-z0-9.-]{0,252}")

STATES = (
    (SignatureState.PENDING.value, _l("Pending")),
    (SignatureState.CONFIRMED.value, _l("Confirmed")),
    (QUARANTINED, _l("Quarantined")),
    (SignatureState.WITHDRAWN.value, _l("Withdrawn")),
    (SignatureState.INVALIDATED.value, _l("Set aside")),
)
LEVELS = (
    (Visibility.COUNT.value, _l("Counted only")),
    (Visibility.INITIALS.value, _l("Initials")),
    (Visibility.NAME.value, _l("Name public")),
)
ANY = SelectChoice("", _l("Any"))


def country_label(code: str) -> str:
    """A country by its name; what stands for none in words."""
    return country_name(code, current_language()) if code else gettext("Not given")


def reason_field() -> StringField:
    """Why something is done, for the audit trail."""
    return StringField(
        _l("Reason"),
        filters=[lambda text: one_line(text or "", LONGEST_REASON)],
        validators=[DataRequired(_l("Write down why, for the colleagues who find this in the audit trail."))],
    )


class CriteriaForm(FlaskForm):  # type: ignore[misc]
    """Which signatures are meant; stands in the address, so that a view can be sent to a colleague."""

    class Meta:
        """It only reads."""

        csrf = False

    day_from = DateField(_l("Signed from"), validators=[Optional()])
    day_to = DateField(_l("Signed until"), validators=[Optional()])
    mail_domain = SelectField(_l("Mail provider"), default="", validate_choice=False)
    country = SelectField(_l("Country"), default="", validate_choice=False)
    visibility = SelectField(_l("Safety level"), default="", choices=[ANY, *(SelectChoice(*each) for each in LEVELS)])
    state = SelectField(_l("State"), default="", choices=[ANY, *(SelectChoice(*each) for each in STATES)])

    def offer(self, *, countries: list[str], marks: list[str]) -> None:
        """Offer the countries and providers that there are, and whichever the address names."""
        countries = sorted({*countries, *self._own(self.country)}, key=lambda code: country_label(code).casefold())
        self.country.choices = [ANY, *(SelectChoice(code or NONE_GIVEN, country_label(code)) for code in countries)]
        self.mail_domain.choices = [
            ANY, *(SelectChoice(mark, mark) for mark in sorted({*marks, *self._own(self.mail_domain)} - {""}))
        ]  # fmt: skip

    def validate_country(self, field: SelectField) -> None:
        """A country, or that none was given."""
        if field.data and field.data != NONE_GIVEN and field.data not in CODES:
            raise ValidationError(_l("Choose a country from the list."))

    def validate_mail_domain(self, field: SelectField) -> None:
        """A provider or a mark."""
        if field.data and not MARK.fullmatch(field.data):
            raise ValidationError(_l("Choose a mail provider from the list."))

    def validate_day_to(self, field: DateField) -> None:
        """Not before the first day."""
        if field.data and self.day_from.data and field.data < self.day_from.data:
            raise ValidationError(_l("The last day is before the first."))

    def criteria(self) -> Criteria:
        """What the reads take; only after validation."""
        return Criteria(
            day_from=self.day_from.data,
            day_to=self.day_to.data,
            mail_domain=self.mail_domain.data or None,
            country={"": None, NONE_GIVEN: ""}.get(self.country.data or "", self.country.data),
            visibility=self.visibility.data or None,
            states=(self.state.data,) if self.state.data else (),
        )

    def as_query(self) -> dict[str, str]:
        """The same for an address, without what is not set."""
        values = {name: field.data for name, field in self._fields.items()}
        return {name: str(value) for name, value in values.items() if value}

    def _own(self, field: SelectField) -> set[str]:
        return {"" if field.data == NONE_GIVEN else field.data} if field.data and not field.errors else set()


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Something that needs nothing but a reason."""

    reason = reason_field()


class GroupForm(ReasonForm):
    """One group of quarantined signatures, and what becomes of it."""

    day = DateField(validators=[DataRequired()])
    mail_domain = HiddenField()
    country = HiddenField()
    act = HiddenField(validators=[AnyOf(["release", "discard"])])

    def validate_mail_domain(self, field: HiddenField) -> None:
        """A provider, a mark or nothing."""
        if field.data and not MARK.fullmatch(field.data):
            raise ValidationError(_l("Choose a mail provider from the list."))

    def validate_country(self, field: HiddenField) -> None:
        """A country or nothing."""
        if field.data and field.data not in CODES:
            raise ValidationError(_l("Choose a country from the list."))

    def group(self) -> Criteria:
        """What the service takes; only after validation."""
        day = self.day.data
        return Criteria(day, day, mail_domain=self.mail_domain.data or "", country=self.country.data or "")


class _AddressForm(FlaskForm):  # type: ignore[misc]
    mailbox: Mailbox

    email = StringField(_l("E-mail address"), filters=[lambda text: (text or "").replace("\x00", "\ufffd")])

    def validate_email(self, field: StringField) -> None:
        """An address we could have written to."""
        try:
            self.mailbox = read_address(field.data or "")
        except BadAddress as problem:
            raise ValidationError(gettext(problem.message)) from problem


class LookUpForm(_AddressForm):
    """One address, and why staff ask."""

    reason = reason_field()


class OwnSignatureForm(_AddressForm):
    """A signer asks about their own address. No session stands behind it; Origin is checked instead."""

    class Meta:
        """See web/guards.py."""

        csrf = False

    stamp = HiddenField()
    website = StringField(_l("Leave this empty"))
    proof = HiddenField()
    ticket = HiddenField()


class ExportForm(FlaskForm):  # type: ignore[misc]
    """What to export, and why."""

    kind = RadioField(
        _l("What"),
        choices=[
            SelectChoice(ExportKind.SIGNATURES.value, _l("Signatures: day, country, safety level, public name")),
            SelectChoice(ExportKind.UPDATES.value, _l("Addresses of those who asked to hear more about this petition")),
        ],
        default=ExportKind.SIGNATURES.value,
    )
    reason = reason_field()
