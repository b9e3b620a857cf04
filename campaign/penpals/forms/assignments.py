"""Forms of a writer's own assignments."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from campaign.kernel import clock
from campaign.penpals.forms.assignment_words import DECLINE_WORDS, OWN_ENDS

PAUSE_DAYS = 30
_DECLINES = [SelectChoice(*each) for each in DECLINE_WORDS]
_ENDS = [SelectChoice(*each) for each in OWN_ENDS]


class LetterForm(FlaskForm):  # type: ignore[misc]
    """On which day a letter left."""

    on = DateField(_l("The day it left"), validators=[DataRequired(_l("Say the day, as year-month-day."))])

    @classmethod
    def today(cls) -> "LetterForm":
        """Filled in with today."""
        return cls(formdata=None, on=clock.today())


class PauseForm(FlaskForm):  # type: ignore[misc]
    """Until when nothing is due."""

    until = DateField(_l("Until"), validators=[DataRequired(_l("Say the day, as year-month-day."))])

    @classmethod
    def of_a_month(cls) -> "PauseForm":
        """Filled in with a month."""
        return cls(formdata=None, until=clock.today() + timedelta(days=PAUSE_DAYS))


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """A no, and if one likes why."""

    reason = RadioField(_l("Why, if you like to say"), choices=_DECLINES, default="")


class EndForm(FlaskForm):  # type: ignore[misc]
    """An end, with a reason and perhaps a new beginning."""

    reason = RadioField(_l("What fits best?"), choices=_ENDS, validators=[InputRequired(_l("Choose what fits best."))])
    wants_another = BooleanField(_l("I would like to write to somebody else"))
