"""Forms of writers: what they offer, signing up with it, and resting."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, IntegerField, PasswordField, RadioField, SelectField, SelectMultipleField
from wtforms import StringField as Line
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.kernel.text import one_line
from campaign.penpals.models import WriterChannel, WriterMode, WriterPlace, WriterProfile
from campaign.penpals.models.writers import MOST_CAPACITY
from campaign.penpals.policy import Avoidable
from campaign.penpals.service.writers import Offer
from campaign.people.models import VolunteerState
from campaign.web.fields import DayField, VersionForm

MODE_WORDS = {
    WriterMode.PENPAL: _l("To one or a few people, again and again: a pen-pal"),
    WriterMode.GROUP: _l("With others, in a group whose members take turns"),
    WriterMode.ONE_LETTER: _l("One letter now, and no promise"),
}
MODE_NAMES = {
    WriterMode.PENPAL: _l("Pen-pal"),
    WriterMode.GROUP: _l("Group"),
    WriterMode.ONE_LETTER: _l("Single letters"),
}
PLACE_WORDS = {WriterPlace.RUSSIA: _l("In Russia"), WriterPlace.OUTSIDE: _l("Outside Russia")}
CHANNEL_WORDS = {
    WriterChannel.HANDWRITING: _l("Write by hand and post it"),
    WriterChannel.PRINT_AND_POST: _l("Print it and post it"),
    WriterChannel.E_LETTER_CARD: _l("Pay an e-letter service with a Russian bank card"),
}
LANGUAGE_WORDS = {
    "ru": _l("Russian"), "uk": _l("Ukrainian"), "crh": _l("Crimean Tatar"), "tt": _l("Tatar"), "be": _l("Belarusian"),
    "en": _l("English"), "de": _l("German"), "fr": _l("French"),
}  # fmt: skip
PROMISE_WORDS = {
    7: _l("Every week"),
    14: _l("Every two weeks"),
    30: _l("Every month"),
    60: _l("Every two months"),
    90: _l("Every three months"),
    180: _l("Twice a year"),
}
AVOID_WORDS = {
    Avoidable.MINORS: _l("People under 18"),
    Avoidable.RELIGIOUS_CASES: _l("People prosecuted for a banned religious community"),
    Avoidable.VIOLENCE_CHARGES: _l("People accused of violence, arson or explosions"),
    Avoidable.TERRORISM_CHARGES: _l("People accused of terrorism, or of words that are called so"),
    Avoidable.TREASON_CHARGES: _l("People accused of treason or espionage"),
    Avoidable.MILITARY: _l("Soldiers who refused or ran away"),
}
STATE_WORDS = {
    VolunteerState.APPLIED: _l("Offered, not answered"),
    VolunteerState.SCREENING: _l("Being looked at"),
    VolunteerState.PROBATION: _l("On probation"),
    VolunteerState.ACTIVE: _l("Active"),
    VolunteerState.PAUSED: _l("Resting"),
    VolunteerState.INACTIVE: _l("Inactive"),
    VolunteerState.LEFT: _l("Left"),
}
LONGEST_NAME = 300


def _several(label: Any, words: dict[Any, Any]) -> SelectMultipleField:
    return SelectMultipleField(
        label, choices=[SelectChoice(getattr(value, "value", value), word) for value, word in words.items()],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False,
    )  # fmt: skip


def _one(label: Any, words: dict[Any, Any]) -> RadioField:
    choices = [SelectChoice(value.value, word) for value, word in words.items()]
    return RadioField(label, choices=choices, validate_choice=False)


class OfferFields(Form):  # type: ignore[misc]
    """What a writer offers. Radio buttons and boxes alone, so that it works everywhere."""

    mode = _one(_l("How would you like to write?"), MODE_WORDS)
    lives = _one(_l("Where do you live?"), PLACE_WORDS)
    languages = _several(_l("In which languages can you write a whole letter?"), LANGUAGE_WORDS)
    channels = _several(_l("What can you do to send it?"), CHANNEL_WORDS)
    promise_days = SelectField(
        _l("How often do you want to write to each of them?"), coerce=int, default=30, validate_choice=False,
        choices=[SelectChoice(str(days), word) for days, word in PROMISE_WORDS.items()],
    )  # fmt: skip
    capacity = IntegerField(_l("To how many people at most?"), default=1)
    topics = _several(_l("What do you like to write about?"), {})
    avoids = _several(_l("Whom would you rather not write to?"), AVOID_WORDS)

    def offer_topics(self, topics: Sequence[tuple[str, str]]) -> None:
        """Let the topics be chosen from the vocabulary."""
        self.topics.choices = [SelectChoice(slug, word) for slug, word in topics]

    def validate_mode(self, field: RadioField) -> None:
        """One of the three."""
        if field.data not in set(WriterMode):
            raise ValidationError(_l("Choose how you would like to write."))

    def validate_lives(self, field: RadioField) -> None:
        """One of the two."""
        if field.data not in set(WriterPlace):
            raise ValidationError(_l("Say whether you live in Russia. We ask nothing more about where you are."))

    def validate_languages(self, field: SelectMultipleField) -> None:
        """At least one that we know."""
        if not field.data or not set(field.data) <= set(LANGUAGE_WORDS):
            raise ValidationError(_l("Choose at least one language."))

    def validate_channels(self, field: SelectMultipleField) -> None:
        """At least one that we know."""
        if not field.data or not set(field.data) <= set(WriterChannel):
            raise ValidationError(_l("Choose at least one way to send a letter."))

    def validate_promise_days(self, field: SelectField) -> None:
        """One of the list."""
        if field.data not in PROMISE_WORDS:
            raise ValidationError(_l("Choose from the list how often."))

    def validate_capacity(self, field: IntegerField) -> None:
        """A number that one can keep."""
        if field.data is None or not 0 <= field.data <= MOST_CAPACITY:
            field.errors = []
            raise ValidationError(_l("Enter a number from 0 to %(most)s.", most=MOST_CAPACITY))

    def validate_topics(self, field: SelectMultipleField) -> None:
        """Words of the vocabulary."""
        if not set(field.data or []) <= {str(choice.value) for choice in field.choices}:
            raise ValidationError(_l("Choose topics from the list."))

    def validate_avoids(self, field: SelectMultipleField) -> None:
        """Words that can be told from the register."""
        if not set(field.data or []) <= set(Avoidable):
            raise ValidationError(_l("Choose from the list whom to leave out."))

    def offer(self) -> Offer:
        """What was filled in."""
        return Offer(
            self.mode.data, self.lives.data, self.languages.data, self.channels.data, self.promise_days.data,
            self.capacity.data, self.topics.data or [], self.avoids.data or [],
        )  # fmt: skip


class RiskField(Form):  # type: ignore[misc]
    """That the text about the risk was read."""

    risk_read = BooleanField(_l("I have read this, and decide for myself."))

    def validate_risk_read(self, field: BooleanField) -> None:
        """Nobody begins without."""
        if not field.data:
            raise ValidationError(_l("Please read what is known about the risk, and tick the box."))


class SignUpForm(FlaskForm, OfferFields, RiskField):  # type: ignore[misc]
    """An account and an offer in one; no session stands behind it, so Origin is checked instead (web/guards.py)."""

    class Meta:
        """Without a token, which would need a cookie."""

        csrf = False

    username = Line(_l("Pseudonym"), filters=[lambda text: one_line(text or "", LONGEST_NAME)])
    passphrase = PasswordField(_l("Passphrase"))
    website = Line(_l("Leave this empty"))


class BeginForm(FlaskForm, OfferFields, RiskField):  # type: ignore[misc]
    """The same for whoever has an account already."""


class OfferForm(VersionForm, OfferFields):
    """What one offers, changed."""

    @classmethod
    def filled(cls, profile: WriterProfile) -> "OfferForm":
        """The form as the profile is now."""
        form: OfferForm = cls(formdata=None, obj=profile)
        # A rhythm that was promised in other days than the list has stays as near as it gets.
        form.promise_days.data = min(PROMISE_WORDS, key=lambda days: abs(days - profile.promise_days))
        return form


class RiskForm(FlaskForm, RiskField):  # type: ignore[misc]
    """The text was changed, and is read again."""


class PauseForm(FlaskForm):  # type: ignore[misc]
    """The day on which one is back."""

    until = DayField(_l("Until"))

    def validate_until(self, field: DayField) -> None:
        """A day has to be named."""
        if field.data is None and not field.errors:
            raise ValidationError(_l("Choose the day on which you are back."))
