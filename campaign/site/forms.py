"""Forms of the operators' pages."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, DataRequired, ValidationError

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.text import one_line

LONGEST_REASON = 200


class SwitchForm(FlaskForm):  # type: ignore[misc]
    """Which way to turn a switch, and why. The way is in the form, so that pressing twice does not turn it back."""

    to = HiddenField(validators=[AnyOf(["on", "off"])])
    reason = StringField(
        _l("Reason"),
        filters=[lambda text: one_line(text or "", LONGEST_REASON)],
        validators=[DataRequired(_l("Write down why, for the colleagues who find this in the audit trail."))],
    )

    @property
    def turns_on(self) -> bool:
        """Whether the function is to work again."""
        return bool(self.to.data == "on")


class SuppressionForm(FlaskForm):  # type: ignore[misc]
    """One address that may be among those that are not written to, and why staff ask."""

    mailbox: Mailbox

    email = StringField(_l("E-mail address"), filters=[lambda text: (text or "").replace("\x00", "\ufffd")])
    reason = StringField(
        _l("Reason"),
        filters=[lambda text: one_line(text or "", LONGEST_REASON)],
        validators=[DataRequired(_l("Write down why, for the colleagues who find this in the audit trail."))],
    )

    def validate_email(self, field: StringField) -> None:
        """An address we could have written to."""
        try:
            self.mailbox = read_address(field.data or "")
        except BadAddress as problem:
            raise ValidationError(gettext(problem.message)) from problem


class AlarmForm(FlaskForm):  # type: ignore[misc]
    """Which alarm was looked into, and what came of it."""

    kind = HiddenField()
    about = HiddenField()
    reason = StringField(
        _l("What you found"),
        filters=[lambda text: one_line(text or "", LONGEST_REASON)],
        validators=[DataRequired(_l("Write down what you found, for the colleagues who read the audit trail."))],
    )
