"""Forms of slots for parcels, of how they are counted for somebody, and of the table of quotas."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from campaign.kernel import clock
from campaign.needs.forms.staff_words import CONDITION_WORDS, KIND_WORDS, PERIOD_WORDS, REGIME_WORDS
from campaign.needs.models import (
    LONGEST_QUOTA_NOTE,
    LONGEST_SOURCE,
    MOST_A_PERIOD,
    Conditions,
    ParcelKind,
    ParcelRegime,
    ParcelStanding,
    Period,
)
from campaign.needs.queries.quotas import Quota
from campaign.needs.service.parcels import DAYS
from campaign.needs.service.quotas import QuotaDraft
from campaign.web.fields import DayField, area, line

MOST_KILOGRAMS = 30


def _count(label: Any) -> IntegerField:
    words = _l("Between 0 and %(max)s.", max=MOST_A_PERIOD)
    return IntegerField(label, validators=[Optional(), NumberRange(0, MOST_A_PERIOD, words)])


class SlotForm(FlaskForm):  # type: ignore[misc]
    """A slot for one parcel."""

    kind = SelectField(_l("What is to be sent"))
    kilograms = IntegerField(
        _l("How many kilograms, rounded up"),
        validators=[Optional(), NumberRange(1, MOST_KILOGRAMS, _l("Between 1 and %(max)s.", max=MOST_KILOGRAMS))],
    )
    until = DayField(_l("Kept until"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])
    need = SelectField(_l("For which need"), validate_choice=True)

    def offer(self, quota: Quota | None, needs: list[tuple[str, str]]) -> None:
        """Say what can be sent, and for which needs."""
        kinds = quota.kinds if quota is not None else ()
        self.kind.choices = [SelectChoice(each.value, KIND_WORDS[each]) for each in kinds]
        self.need.choices = [SelectChoice("", _l("none of these")), *(SelectChoice(*each) for each in needs)]
        if self.until.data is None and not self.is_submitted():
            last = quota.span(clock.today())[1] if quota is not None else clock.today()
            self.until.data = min(clock.today() + timedelta(days=DAYS), last)

    @property
    def parcel_kind(self) -> ParcelKind:
        """What was chosen."""
        return ParcelKind(self.kind.data)


class StandingForm(FlaskForm):  # type: ignore[misc]
    """How parcels to somebody are counted."""

    regime = SelectField(
        _l("By which rule"),
        choices=[SelectChoice("", _l("As the place and the sentence tell")),
                 *(SelectChoice(each.value, word) for each, word in REGIME_WORDS.items())],
    )  # fmt: skip
    conditions = SelectField(
        _l("Under which conditions"), choices=[SelectChoice(each.value, w) for each, w in CONDITION_WORDS.items()]
    )

    def show(self, standing: ParcelStanding | None) -> None:
        """Fill in what is stored."""
        if standing is not None:
            self.regime.data, self.conditions.data = standing.regime or "", standing.conditions

    @property
    def chosen(self) -> tuple[Conditions, ParcelRegime | None]:
        """What was chosen."""
        return Conditions(self.conditions.data), ParcelRegime(self.regime.data) if self.regime.data else None


class QuotaForm(FlaskForm):  # type: ignore[misc]
    """How many parcels one regime allows."""

    period = SelectField(
        _l("Counted over"), choices=[SelectChoice(each.value, word) for each, word in PERIOD_WORDS.items()]
    )
    is_unlimited = BooleanField(_l("There is no limit"))
    parcels = _count(_l("Parcels"))
    packets = _count(_l("Small packets"))
    kilograms = _count(_l("Or kilograms of all parcels together"))
    note = area(_l("What else one has to know"), LONGEST_QUOTA_NOTE, rows=3)
    source_title = line(_l("Where it is written"), LONGEST_SOURCE)
    source_url = line(_l("Its address"), LONGEST_SOURCE)
    checked_on = DayField(_l("Looked up on"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])

    def validate_source_url(self, field: Any) -> None:
        """An address of the web."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("An address that begins with https://."))

    def show(self, quota: Quota | None) -> None:
        """Fill in what holds now."""
        self.checked_on.data = clock.today()
        if quota is not None:
            self.period.data, self.is_unlimited.data = quota.period.value, quota.is_unlimited
            self.parcels.data, self.packets.data, self.kilograms.data = quota.parcels, quota.packets, quota.kilograms
            self.note.data, self.source_title.data, self.source_url.data = (
                quota.note, quota.source_title, quota.source_url,
            )  # fmt: skip

    def draft(self) -> QuotaDraft:
        """What was said."""
        return QuotaDraft(
            Period(self.period.data), bool(self.is_unlimited.data), self.parcels.data, self.packets.data,
            self.kilograms.data, self.checked_on.data, self.source_title.data or "", self.source_url.data or "",
            self.note.data or "",
        )  # fmt: skip
