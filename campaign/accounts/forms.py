"""Forms of accounts. Nothing here ever gives a passphrase or a code back to the page."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.accounts.policy import LONGEST_PASSPHRASE
from campaign.accounts.service.invitations import LONGEST_NOTE
from campaign.accounts.service.roles import LONGEST_REASON
from campaign.accounts.service.sessions import LONGEST_LABEL
from campaign.kernel.actors import Role
from campaign.kernel.text import one_line
from campaign.web.i18n import LANGUAGES

# Longer than any name, code or address that is right, and short enough to be shown again.
LONGEST_TYPED = 300

ROLE_NAMES = {
    Role.ADMIN: _l("Admin"),
    Role.ORGANISER: _l("Organiser"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.MODERATOR: _l("Moderator"),
    Role.DATA_EDITOR: _l("Data editor"),
    Role.TREASURER: _l("Treasurer"),
    Role.VOLUNTEER: _l("Volunteer"),
}


def _line(limit: int) -> Any:
    return lambda text: one_line(text or "", limit)


class _NoSession:
    """No sign-in stands behind the form: Origin or the token in its address is checked (web/guards.py)."""

    csrf = False


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and passphrase."""

    class Meta(_NoSession):
        """See _NoSession."""

    username = StringField(_l("User name"), filters=[_line(LONGEST_TYPED)])
    passphrase = PasswordField(_l("Passphrase"))

    def validate_username(self, field: StringField) -> None:
        """Something to look for."""
        if not (field.data or "").strip():
            raise ValidationError(_l("Enter your user name."))

    def validate_passphrase(self, field: PasswordField) -> None:
        """Something to check."""
        if not field.data:
            raise ValidationError(_l("Enter your passphrase."))
        if len(field.data) > LONGEST_PASSPHRASE:
            raise ValidationError(_l("A passphrase has at most 1024 characters."))


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code from the app. CSRF is checked where a session stands behind it, which the application does itself."""

    class Meta(_NoSession):
        """See _NoSession; views of signed-in accounts are checked by CSRFProtect before the form is read."""

    code = StringField(_l("Code from your app"), filters=[_line(LONGEST_TYPED)])

    def validate_code(self, field: StringField) -> None:
        """Six digits."""
        digits = "".join((field.data or "").split())
        if len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
            raise ValidationError(_l("Enter the six digits that your app shows now."))


class RecoverForm(FlaskForm):  # type: ignore[misc]
    """A recovery code in place of the second factor."""

    class Meta(_NoSession):
        """See _NoSession."""

    username = StringField(_l("User name"), filters=[_line(LONGEST_TYPED)])
    passphrase = PasswordField(_l("Passphrase"))
    code = StringField(_l("Recovery code"), filters=[_line(LONGEST_TYPED)])

    def validate_username(self, field: StringField) -> None:
        """Something to look for."""
        if not (field.data or "").strip():
            raise ValidationError(_l("Enter your user name."))

    def validate_code(self, field: StringField) -> None:
        """Something to check."""
        if not (field.data or "").strip():
            raise ValidationError(_l("Enter one of the codes you printed when you set up your second factor."))


class NewAccountForm(FlaskForm):  # type: ignore[misc]
    """A name and a passphrase of one's choice; the rules are the service's."""

    class Meta(_NoSession):
        """The token in the address guards it."""

    username = StringField(_l("User name"), filters=[_line(LONGEST_TYPED)])
    passphrase = PasswordField(_l("Passphrase"))


class NewPassphraseForm(FlaskForm):  # type: ignore[misc]
    """A new passphrase; the rules are the service's."""

    class Meta(_NoSession):
        """Guarded by the token in the address, or by CSRFProtect."""

    passphrase = PasswordField(_l("New passphrase"))


class StepUpForm(FlaskForm):  # type: ignore[misc]
    """The passphrase once more, where there is no second factor."""

    passphrase = PasswordField(_l("Passphrase"))


class EmailForm(FlaskForm):  # type: ignore[misc]
    """An address, or none."""

    email = StringField(_l("E-mail address"), filters=[_line(LONGEST_TYPED)])


class LanguageForm(FlaskForm):  # type: ignore[misc]
    """The language in which we write."""

    language = SelectField(
        _l("Language of our messages to you"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()]
    )


class LabelForm(FlaskForm):  # type: ignore[misc]
    """What the owner calls a session or a passkey."""

    label = StringField(_l("Name"), filters=[_line(LONGEST_LABEL)])


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """What the browser answered, and what its owner calls the passkey."""

    name = StringField(_l("Name of this passkey"), filters=[_line(LONGEST_LABEL)])
    answer = HiddenField()


class AskForm(FlaskForm):  # type: ignore[misc]
    """A role for somebody."""

    role = SelectField(_l("Role"), validate_choice=False)
    scope = SelectField(_l("Where"), validate_choice=False, default="")
    reason = StringField(_l("Reason"), filters=[_line(LONGEST_REASON)])

    def __init__(self, scopes: Sequence[tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        self.role.choices = [SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()]
        self.scope.choices = _everywhere_or(scopes)

    def validate_role(self, field: SelectField) -> None:
        """One of ours."""
        if field.data not in set(Role):
            raise ValidationError(_l("Choose a role from the list."))


def _everywhere_or(scopes: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice("", _l("Everywhere")), *(SelectChoice(value, words) for value, words in scopes)]


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Who is to come, and as what."""

    roles = SelectMultipleField(
        _l("Roles"), validate_choice=False, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    scope = SelectField(_l("Where"), validate_choice=False, default="")
    note = StringField(_l("Note for the list"), filters=[_line(LONGEST_NOTE)])

    def __init__(self, offered: list[Role], scopes: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.scope.choices = _everywhere_or(scopes)
        self.offered = offered
        self.roles.choices = [SelectChoice(role.value, ROLE_NAMES[role]) for role in offered]

    def validate_roles(self, field: SelectMultipleField) -> None:
        """At least one of those that may be given."""
        if not field.data:
            raise ValidationError(_l("Choose at least one role."))
        if not set(field.data) <= {role.value for role in self.offered}:
            raise ValidationError(_l("Choose from the roles that are listed."))
