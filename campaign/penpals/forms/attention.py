"""Forms about attention: the floor and the cap, and what is needed of a writer; and the words around them."""

from decimal import Decimal, InvalidOperation

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from campaign.penpals.models import AttentionSource, Counted
from campaign.penpals.queries.attention import Setting
from campaign.penpals.service.attention import BadSetting
from campaign.penpals.service.care import Care
from campaign.web.fields import VersionForm, line

QUARTERS = 4
LONGEST_NUMBER = 8
MOST = 1_000_000
TRUST_WORDS = {
    0: _l("Anybody"),
    1: _l("Writers we know"),
    2: _l("Writers whom we trust with people for whom a careless letter is a danger"),
}
SOURCE_WORDS = {
    AttentionSource.RESERVATION: _l("A promise of one letter"),
    AttentionSource.LETTER: _l("A letter"),
    AttentionSource.BROADCAST: _l("A letter to many"),
}
COUNTED_WORDS = {
    Counted.RESERVED: _l("promised"),
    Counted.UNDER_WAY: _l("under way"),
    Counted.REPORTED: _l("reported as delivered"),
    Counted.PRESUMED: _l("presumed delivered"),
    Counted.BROADCAST: _l("sent to many"),
    Counted.RETURNED: _l("came back"),
    Counted.CENSORED: _l("withheld by the censor"),
    Counted.LOST: _l("lost"),
}
ONLY_WORDS = {
    "none": _l("Who get nothing"),
    "alone": _l("Who have neither a writer nor a group"),
    "careful": _l("To whom not everybody may write"),
}


def letters_word(quarters: int) -> str:
    """Quarters of a letter as letters, in the reader's way of writing numbers."""
    return str(format_decimal(Decimal(quarters) / QUARTERS))


class FloorForm(VersionForm):
    """How many letters everybody should get in 90 days, and from how many on others come first."""

    floor = line(_l("Floor: letters that everybody should get in 90 days"), LONGEST_NUMBER, required=True)
    soft_cap = line(_l("Soft cap: letters in 90 days from which on others are offered first"), LONGEST_NUMBER,
                    required=True)  # fmt: skip

    def show(self, setting: Setting) -> None:
        """Fill in what holds."""
        self.floor.data, self.soft_cap.data = letters_word(setting.floor), letters_word(setting.soft_cap)
        self.version.data = str(setting.version)

    def validate_floor(self, field: StringField) -> None:
        """A number in quarters."""
        _quarters(field)

    def validate_soft_cap(self, field: StringField) -> None:
        """A number in quarters."""
        _quarters(field)

    def refuse(self, problem: BadSetting, words: str) -> None:
        """Write a refusal to the field it is about."""
        field = self[problem.field]
        field.errors = [*field.errors, words]

    def values(self) -> tuple[int, int]:
        """Floor and cap in quarters of a letter."""
        return _quarters(self.floor), _quarters(self.soft_cap)


class CareForm(VersionForm):
    """What is needed of who writes to one person."""

    trust_needed = RadioField(
        _l("Who may write"), coerce=int,
        choices=[SelectChoice(str(value), word) for value, word in TRUST_WORDS.items()],
    )  # fmt: skip
    is_risky_in_russia = BooleanField(_l("Only writers outside Russia"))
    most_writers = IntegerField(_l("How many may write to them at the same time"))
    is_broadcast_welcome = BooleanField(_l("Letters to many are welcome"))

    def show(self, care: Care) -> None:
        """Fill in what holds."""
        self.trust_needed.data, self.most_writers.data = care.trust_needed, care.most_writers
        self.is_risky_in_russia.data = care.is_risky_in_russia
        self.is_broadcast_welcome.data = care.is_broadcast_welcome
        self.version.data = str(care.version)

    def validate_most_writers(self, field: IntegerField) -> None:
        """A number that can be."""
        if field.data is None or not 1 <= field.data <= 50:
            raise ValidationError(_l("From 1 to 50 writers."))

    def draft(self) -> Care:
        """What was typed."""
        return Care(
            self.trust_needed.data, self.is_risky_in_russia.data, self.most_writers.data,
            self.is_broadcast_welcome.data, self.seen_version,
        )  # fmt: skip


def _quarters(field: StringField) -> int:
    text = (field.data or "").replace(",", ".").replace("\u00a0", "").replace(" ", "")
    try:
        value = Decimal(text) * QUARTERS
    except InvalidOperation:
        value = Decimal("NaN")
    # What is larger is no number of letters, and may be too large to be made a whole number at all.
    if not value.is_finite() or abs(value) > MOST:
        raise ValidationError(_l("Enter a number of letters, as in 3 or 2.5."))
    if value != value.to_integral_value():
        raise ValidationError(_l("Letters are counted in quarters, as in 3 or 2.25."))
    return int(value)
