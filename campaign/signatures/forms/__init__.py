"""The sign form: shape and messages. It needs no CSRF token, since no sign-in stands behind it."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.kernel.text import one_line
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft
from campaign.web.countries import CODES, country_options
from campaign.web.i18n import LANGUAGES, current_language

CONSENT_VERSION = "2026-11"
LONGEST_NAME = 80


class SignForm(FlaskForm):  # type: ignore[misc]
    """What a signer gives: an address, and as much more as they like."""

    class Meta:
        """No session stands behind this form; Origin is checked instead (web/guards.py)."""

        csrf = False

        def get_translations(self, form: FlaskForm) -> None:
            """None of WTForms' own: every message here is ours, and Flask-WTF reads its catalogue for each request."""

    mailbox: Mailbox

    # A NUL cannot be shown again in HTML; what stands in its place is refused as any other wrong character is.
    email = StringField(_l("E-mail address"), filters=[lambda text: (text or "").replace("\x00", "\ufffd")])
    display_name = StringField(_l("Name"), filters=[lambda text: one_line(text or "", LONGEST_NAME)])
    country = SelectField(_l("Country"), validate_choice=False)
    visibility = RadioField(
        _l("How your signature is shown"),
        choices=[
            SelectChoice(Visibility.COUNT.value, _l("Counted only: your name is not stored")),
            SelectChoice(Visibility.INITIALS.value, _l("Initials only")),
            SelectChoice(Visibility.NAME.value, _l("Your name, in public")),
        ],
        default=Visibility.COUNT.value,
        validate_choice=False,
    )
    updates = BooleanField(_l("Write to me about this petition"))
    stamp = HiddenField()
    website = StringField(_l("Leave this empty"))
    seconds = HiddenField()
    proof = HiddenField()
    ticket = HiddenField()

    def __init__(self) -> None:
        super().__init__()
        self.country.choices = [SelectChoice("", _l("Prefer not to say")), *country_options(current_language())]

    def validate_email(self, field: StringField) -> None:
        """An address we could send to."""
        if not (field.data or "").strip():
            raise ValidationError(_l("Enter your e-mail address: the signature counts once you confirm it from there."))
        try:
            self.mailbox = read_address(field.data)
        except BadAddress as problem:
            raise ValidationError(gettext(problem.message)) from problem

    def validate_display_name(self, field: StringField) -> None:
        """A name, where the signer wants one to be shown."""
        if self.visibility.data in {Visibility.NAME.value, Visibility.INITIALS.value} and not field.data:
            raise ValidationError(_l("Enter the name to show, or choose “counted only”."))

    def validate_country(self, field: SelectField) -> None:
        """A country of the list, or none."""
        if field.data and field.data not in CODES:
            raise ValidationError(_l("Choose a country from the list, or leave it open."))

    def validate_visibility(self, field: RadioField) -> None:
        """One of the three levels."""
        if field.data not in set(Visibility):
            raise ValidationError(_l("Choose how your signature is shown."))

    def draft(self) -> SignatureDraft:
        """What the service takes; only after validation."""
        return SignatureDraft(
            mailbox=self.mailbox,
            display_name=self.display_name.data,
            country=self.country.data or None,
            visibility=Visibility(self.visibility.data),
            wants_updates=bool(self.updates.data),
            consent_version=CONSENT_VERSION,
            language=current_language(),
        )

    @property
    def looks_automatic(self) -> bool:
        """Whether a field that people cannot see was filled in."""
        return bool(self.website.data)

    @property
    def is_hasty(self) -> bool:
        """Whether a script saw the form sent within two seconds: a program does that, and now and then a person."""
        seconds = self.seconds.data or ""
        return seconds.isdecimal() and int(seconds[:6]) < 2


class PackForm(FlaskForm):  # type: ignore[misc]
    """What kind of delivery pack."""

    language = RadioField(
        _l("Language"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    file_format = RadioField(
        _l("Format"),
        choices=[
            SelectChoice("pdf", _l("PDF, to print and hand over")),
            SelectChoice("xlsx", _l("XLSX, a workbook with one sheet a part")),
            SelectChoice("csv", _l("CSV, plain table")),
        ],
        default="pdf",
        validators=[InputRequired(_l("Choose one."))],
    )
