"""The form from which a letter is composed. No CSRF token: no sign-in stands behind it, and nothing is stored."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.appeals.models import Target
from campaign.appeals.service.letter import Own, fit
from campaign.web.fields import line

LONGEST_WORDS, LONGEST_ADDRESS = 3000, 300


def _place(text: object) -> int:
    """A point by its place; -1, which is none, for nonsense."""
    word = str(text)
    return int(word) if word.isdecimal() and len(word) <= 3 else -1


def _paragraphs(label: object, longest: int, rows: int) -> TextAreaField:
    too_long = _l("At most %(max)d characters.", max=longest)
    return TextAreaField(
        label, filters=[lambda text: fit(text or "")], validators=[Length(max=longest, message=too_long)],
        render_kw={"rows": rows},
    )  # fmt: skip


class LetterForm(Form):  # type: ignore[misc]
    """To whom, which points, own words, and who writes; `website` is for programs alone."""

    target = RadioField(_l("To whom"), validate_choice=False)
    points = SelectMultipleField(
        _l("What you stand behind"), coerce=_place, validate_choice=False, option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )  # fmt: skip
    words = _paragraphs(_l("In your own words"), LONGEST_WORDS, rows=6)
    name = line(_l("Your name"), 120)
    address = _paragraphs(_l("Your address"), LONGEST_ADDRESS, rows=3)
    website = StringField(_l("Leave this empty"))

    def offer(self, targets: Sequence[Target], points: Sequence[str]) -> None:
        """Say what can be chosen."""
        self.target.choices = [SelectChoice(str(each.id), each.title) for each in targets]
        self.points.choices = [SelectChoice(place, words) for place, words in enumerate(points)]
        if len(targets) == 1 and not self.target.data:
            self.target.data = str(targets[0].id)

    def validate_target(self, field: RadioField) -> None:
        """One of them; the view looks whether it is an addressee."""
        if not field.data:
            raise ValidationError(_l("Choose to whom you write."))

    def validate_points(self, field: SelectMultipleField) -> None:
        """A letter that says nothing helps nobody."""
        known = {choice.value for choice in self.points.choices or ()}
        if not set(field.data or ()) & known and not self.words.data:
            raise ValidationError(_l("Tick at least one point, or write something of your own."))

    def own(self) -> Own:
        """What was given."""
        return Own(self.points.data or [], self.words.data or "", self.name.data or "", self.address.data or "")
