"""Where it is known from: the three fields that every form about facts carries."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Regexp, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from campaign.kernel import clock
from campaign.prisoners.service.facts import Source
from campaign.web.fields import DayField, line

LONGEST_ADDRESS = 500


class SourceForm(FlaskForm):  # type: ignore[misc]
    """A form whose facts come from one source: an address, or who told it, and the day it was read."""

    source_url = line(_l("Address of the source"), LONGEST_ADDRESS)
    source_title = line(_l("Source: publication and day, or who told it"))
    retrieved_on = DayField(
        _l("Read on"), default=clock.today, validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))]
    )

    def validate_source_url(self, field: StringField) -> None:
        """Empty, or a web address."""
        for check in (MayBeEmpty(), Regexp(r"^https?://\S+$", message=_l("An address begins with https://."))):
            check(self, field)

    def validate_source_title(self, field: StringField) -> None:
        """One of the two is needed: a fact without a source is hearsay."""
        if not field.data and not self.source_url.data:
            raise ValidationError(_l("Say where this is known from: an address, or who told it and when."))

    def validate_retrieved_on(self, field: DayField) -> None:
        """Not in the future."""
        if field.data and field.data > clock.today():
            raise ValidationError(_l("This day lies in the future."))

    def source(self) -> Source:
        """What was typed; only after validation."""
        return Source(self.source_title.data or "", self.source_url.data or "", self.retrieved_on.data)
