"""Forms of the page on how fast mails of batches leave. What was typed stays in the field, also where it is refused."""

from datetime import date

from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import InputRequired, ValidationError

from campaign.kernel.errors import N_
from campaign.kernel.mail.pace import HIGHEST, LADDER, MOST_DAYS, Pace, WarmUp
from campaign.kernel.mail.providers import PROVIDERS
from campaign.kernel.text import one_line

HOSTS: dict[str, str] = {
    "gmail": "Gmail",
    "outlook": "Outlook, Hotmail",
    "yahoo": "Yahoo, AOL",
    "icloud": "iCloud",
    "proton": "Proton",
    "tuta": "Tuta",
    "gmx": "GMX, WEB.DE",
    "tonline": "T-Online",
    "mailru": "Mail.ru",
    "yandex": "Yandex",
    "rambler": "Rambler",
    "ukrnet": "UKR.NET",
    "seznam": "Seznam",
    "other": N_("All others"),
}
LONGEST = 400
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")


def _number(written: str) -> int:
    """A whole number up to HIGHEST, with spaces between its digits or without; raises ValueError."""
    plain = written.translate(SPACES)
    if not (plain.isascii() and plain.isdigit() and len(plain) <= len(str(HIGHEST)) and int(plain) <= HIGHEST):
        raise ValueError(plain)
    return int(plain)


class CapField(StringField):  # type: ignore[misc]
    """Mails an hour; nothing is no limit."""

    cap: int | None = None

    def pre_validate(self, _form: FlaskForm) -> None:
        """A whole number, or nothing."""
        if not (written := (self.data or "").strip()):
            return
        try:
            self.cap = _number(written)
        except ValueError:
            raise ValidationError(
                gettext(
                    "%(host)s: write a whole number from 0 to %(most)s, or nothing for no limit.",
                    host=self.label.text, most=format_decimal(HIGHEST),
                )
            ) from None  # fmt: skip


class CapsForm(FlaskForm):  # type: ignore[misc]
    """A cap for each host. Its fields are made below."""

    @classmethod
    def showing(cls, paces: list[Pace]) -> "CapsForm":
        """The form as it stands; what was posted goes first."""
        return cls(data={pace.provider: "" if pace.cap is None else str(pace.cap) for pace in paces})

    @property
    def caps(self) -> dict[str, int | None]:
        """What was written, by host."""
        return {name: self[name].cap for name in PROVIDERS}


for _name in PROVIDERS:
    setattr(CapsForm, _name, CapField(_l(HOSTS[_name]), filters=[lambda text: one_line(text or "", LONGEST)]))


class WarmUpForm(FlaskForm):  # type: ignore[misc]
    """The plan of a new sender."""

    is_on = BooleanField(_l("Limit what leaves on a day by this plan"))
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Choose the day of the first mailing."))])
    totals = StringField(_l("Mails a day"), filters=[lambda text: one_line(text or "", LONGEST)])

    numbers: list[int]

    @classmethod
    def showing(cls, plan: WarmUp | None, today: date) -> "WarmUpForm":
        """The form as it stands, or a proposal."""
        plan = plan or WarmUp(is_on=False, starts_on=today, totals=LADDER)
        totals = ", ".join(map(str, plan.totals))
        return cls(data={"is_on": plan.is_on, "starts_on": plan.starts_on, "totals": totals})

    def validate_starts_on(self, field: DateField) -> None:
        """A day of our time: the plan counts days from it."""
        if field.data is not None and not date(2000, 1, 1) <= field.data <= date(2100, 1, 1):
            raise ValidationError(gettext("Choose the day of the first mailing."))

    def validate_totals(self, field: StringField) -> None:
        """Numbers that never fall, one for each day."""
        try:
            numbers = [_number(part) for part in field.data.replace(";", ",").split(",") if part.strip()]
        except ValueError:
            numbers = []
        if not 1 <= len(numbers) <= MOST_DAYS or 0 in numbers:
            raise ValidationError(
                gettext(
                    "Write 1 to %(days)s whole numbers from 1 to %(most)s, with commas between them.",
                    days=MOST_DAYS, most=format_decimal(HIGHEST),
                )
            )  # fmt: skip
        if numbers != sorted(numbers):
            raise ValidationError(gettext("No day may have less than the day before it."))
        self.numbers = numbers

    @property
    def plan(self) -> WarmUp:
        """What was written."""
        return WarmUp(bool(self.is_on.data), self.starts_on.data, tuple(self.numbers))
