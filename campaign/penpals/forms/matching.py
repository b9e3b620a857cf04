"""Forms of the matching: what to run with, why two are refused, who shall be put in somebody's place."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from campaign.penpals.matching.weights import WEIGHTS, Settings
from campaign.penpals.models import MatchLevel
from campaign.penpals.service.matching.ask import LARGEST_SEED
from campaign.web.fields import Needed, line

LEVEL_CHOICES = (
    SelectChoice(MatchLevel.GROUPS.value, _l("Prisoners to groups")),
    SelectChoice(MatchLevel.WRITERS.value, _l("Prisoners to writers, within their group or on their own")),
)
LONGEST_REASON = 300


class WholeNumber(IntegerField):  # type: ignore[misc]
    """A whole number; what is none is told in our words."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number that was sent."""
        try:
            super().process_formdata(valuelist)
        except ValueError as problem:
            raise ValueError(_l("Enter a whole number.")) from problem


class StartBase(FlaskForm):  # type: ignore[misc]
    """What every run is asked; the weights are added by their own list."""

    level = RadioField(
        _l("Who is brought together"), choices=LEVEL_CHOICES, default=MatchLevel.WRITERS.value, validators=[Needed()]
    )
    seed = WholeNumber(
        _l("Seed"),
        validators=[Optional(), NumberRange(0, LARGEST_SEED, _l("A number from 0 to %(max)d.", max=LARGEST_SEED))],
    )

    @property
    def settings(self) -> dict[str, Any]:
        """What the run is to go by."""
        given = {weight.name: self[weight.name].data for weight in WEIGHTS}
        return Settings.from_json(given).as_json()


StartForm: type[StartBase] = type(
    "StartForm",
    (StartBase,),
    {
        weight.name: WholeNumber(
            _l(weight.label),
            description=_l(weight.explanation),
            default=getattr(Settings(), weight.name),
            validators=[
                NumberRange(
                    weight.least, weight.most,
                    _l("A number from %(least)d to %(most)d.", least=weight.least, most=weight.most),
                )
            ],
        )
        for weight in WEIGHTS
    },
)  # fmt: skip


def start_form(known: Mapping[str, Any] | None = None) -> StartBase:
    """The form with the defaults, or with what `known` says instead."""
    return StartForm(data=dict(known)) if known else StartForm()


class RefusalForm(FlaskForm):  # type: ignore[misc]
    """Why two are not to be brought together."""

    reason = line(_l("Why not these two"), LONGEST_REASON, required=True)
