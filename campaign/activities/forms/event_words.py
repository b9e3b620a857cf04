"""What kinds of events, states and hours are called, and the form to sign up."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, ValidationError

from campaign.activities.models import Event, EventKind, EventShift, SignupState
from campaign.kernel.addresses import BadAddress, Mailbox, read_address
from campaign.signatures.challenge import LONGEST_PROOF
from campaign.web.fields import line
from campaign.web.i18n import current_language

KIND_WORDS = {
    EventKind.LETTER_EVENING: _l("Letter evening"),
    EventKind.HEARING: _l("Court hearing"),
    EventKind.VIGIL: _l("Vigil"),
    EventKind.TRAINING: _l("Training"),
}
LANGUAGE_WORDS = {"en": _l("English"), "ru": _l("Russian"), "de": _l("German")}
SIGNUP_WORDS = {
    SignupState.PENDING: _l("Not confirmed yet"),
    SignupState.CONFIRMED: _l("Has a place"),
    SignupState.QUEUED: _l("On the waiting list"),
    SignupState.OFFERED: _l("A place is held"),
    SignupState.LAPSED: _l("The held place ran out"),
    SignupState.CANCELLED: _l("Cancelled"),
}
LONGEST_NAME = 60


def hours_of(event: Event, shift: EventShift | None = None) -> str:
    """From when to when, in the time of the place; empty where no hour is said."""
    starts = (shift.starts_at if shift is not None else None) or event.starts_at
    ends = (shift.ends_at if shift is not None else None) or event.ends_at
    if starts is None or ends is None:
        return ""
    return f"{clock_time(starts, event.timezone)}–{clock_time(ends, event.timezone)}"


def clock_time(moment: datetime, timezone: str) -> str:
    """An hour in the reader's language and the time of the place."""
    return str(format_time(moment.astimezone(ZoneInfo(timezone)), "short", locale=current_language()))


def shift_name(event: Event, shift: EventShift) -> str:
    """What a shift is called where one chooses: its title, its hours, or both."""
    parts = [part for part in (shift.title, hours_of(event, shift)) if part]
    return ", ".join(parts) or event.title


def about_of(event: Event) -> tuple[str, str]:
    """What is told of it and in which language that is: the reader's, else the event's, else whichever."""
    wanted = (current_language(), event.language, "en", "ru", "de")
    told = next((code for code in wanted if event.about.get(code)), event.language)
    return str(event.about.get(told, "")), told


class SignupForm(Form):  # type: ignore[misc]
    """Address, name, shift; `website` is for programs alone."""

    email = StringField(_l("E-mail"))
    display_name = line(_l("Name"), LONGEST_NAME, required=True)
    shift = SelectField(_l("Shift"))
    website = StringField(_l("Leave this empty"))
    proof = HiddenField(validators=[Length(max=LONGEST_PROOF)])
    ticket = HiddenField(validators=[Length(max=LONGEST_PROOF)])
    mailbox: Mailbox | None = None

    def offer(self, event: Event, shifts: list[EventShift]) -> None:
        """Say which shifts can be chosen; one alone is chosen already."""
        self.shift.choices = [SelectChoice(str(each.id), shift_name(event, each)) for each in shifts]
        if len(shifts) == 1:
            self.shift.data = str(shifts[0].id)

    def validate_email(self, field: StringField) -> None:
        """An address that mail can be sent to."""
        try:
            self.mailbox = read_address((field.data or "").replace("\x00", "\ufffd"))
        except BadAddress as problem:
            raise ValidationError(_l("Enter your e-mail address, as in name@example.org.")) from problem
