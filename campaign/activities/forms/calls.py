"""Forms with which staff make and fill call lists."""

import re
import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from campaign.activities.forms.call_words import NAME
from campaign.activities.models import (
    LONGEST_CALL_TITLE,
    LONGEST_PURPOSE,
    LONGEST_SCRIPT,
    MOST_ATTEMPTS,
    CallList,
)
from campaign.activities.service.calls import BadList, CallListDraft, check_outcomes
from campaign.kernel import clock
from campaign.web.fields import DayField, area, line
from campaign.web.i18n import LANGUAGES

PREFIX = "call-"
"""Before the names of our fields: the same form carries the filters of the list of people."""
MOST_DAYS = 3_650
LONGEST_OUTCOMES = 500
_IN_BRACES = re.compile(r"\{[^{}\n]{0,40}\}")


def _number(label: object, default: int, least: int, most: int) -> IntegerField:
    needed = InputRequired(_l("Enter a whole number."))
    return IntegerField(
        label, default=default,
        validators=[needed, NumberRange(least, most, _l("Between %(min)s and %(max)s.", min=least, max=most))],
    )  # fmt: skip


def _hour(label: object, hours: range, default: int) -> SelectField:
    choices = [SelectChoice(hour, f"{hour}:00") for hour in hours]
    return SelectField(label, coerce=int, default=default, choices=choices)


class FillForm(FlaskForm):  # type: ignore[misc]
    """Who is left out when a list is filled."""

    not_called_days = _number(_l("Leave out whoever was called within so many days"), 14, 0, MOST_DAYS)
    may_be_on_others = BooleanField(_l("Also those who are to be called for another list"))


class CallListForm(FillForm):
    """All that a call list says of itself."""

    version = HiddenField()
    title = line(_l("Title"), LONGEST_CALL_TITLE, required=True)
    purpose = area(_l("What for"), LONGEST_PURPOSE, rows=3)
    script_en = area(_l("Script in English"), LONGEST_SCRIPT, rows=8)
    script_ru = area(_l("Script in Russian"), LONGEST_SCRIPT, rows=8)
    script_de = area(_l("Script in German"), LONGEST_SCRIPT, rows=8)
    outcomes = area(_l("Outcomes of a call in which they answered"), LONGEST_OUTCOMES, rows=4)
    most_attempts = _number(_l("Calls without an answer, at most"), 3, 1, MOST_ATTEMPTS)
    hour_from = _hour(_l("Call from"), range(24), 10)
    hour_to = _hour(_l("Call until"), range(1, 25), 20)
    due_on = DayField(_l("Done by"), validators=[Optional()])
    group = SelectField(_l("Group whose list it is"))

    @property
    def seen_version(self) -> int:
        """The version that the form was made from; 0 for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def offer_groups(self, groups: Sequence[tuple[uuid.UUID, str]], *, may_be_none: bool) -> None:
        """Say which groups can be chosen."""
        none = [SelectChoice("", _l("None: a list of everybody’s"))] if may_be_none else []
        self.group.choices = [*none, *(SelectChoice(str(each), name) for each, name in groups)]

    def validate_hour_to(self, field: SelectField) -> None:
        """Behind the first hour."""
        if field.data is not None and self.hour_from.data is not None and field.data <= self.hour_from.data:
            raise ValidationError(_l("It ends before it begins."))

    def validate_outcomes(self, field: object) -> None:
        """Few, short, and each once."""
        try:
            check_outcomes(self.own_outcomes)
        except BadList as problem:
            raise ValidationError(str(_(problem.message))) from problem

    def validate_due_on(self, field: DayField) -> None:
        """Ahead, unless it was stored so already."""
        if field.data is not None and field.data < clock.today() and not self.seen_version:
            raise ValidationError(_l("This day has passed."))

    def validate_script_en(self, field: object) -> None:
        """A name is all that can be put in."""
        _check_script(field)

    def validate_script_ru(self, field: object) -> None:
        """The same."""
        _check_script(field)

    def validate_script_de(self, field: object) -> None:
        """The same."""
        _check_script(field)

    @property
    def own_outcomes(self) -> list[str]:
        """One a line."""
        return (self.outcomes.data or "").splitlines()

    def draft(self) -> CallListDraft:
        """What was typed."""
        return CallListDraft(
            title=self.title.data, purpose=self.purpose.data or "", outcomes=self.own_outcomes,
            scripts={code: self[f"script_{code}"].data or "" for code in LANGUAGES},
            most_attempts=self.most_attempts.data, hour_from=self.hour_from.data, hour_to=self.hour_to.data,
            due_on=self.due_on.data, group_id=uuid.UUID(self.group.data) if self.group.data else None,
        )  # fmt: skip

    def show(self, of: CallList) -> None:
        """Fill in what is stored."""
        self.title.data, self.purpose.data, self.outcomes.data = of.title, of.purpose, "\n".join(of.outcomes)
        self.most_attempts.data, self.hour_from.data, self.hour_to.data = of.most_attempts, of.hour_from, of.hour_to
        self.due_on.data, self.group.data, self.version.data = of.due_on, str(of.group_id or ""), str(of.version)
        for code in LANGUAGES:
            self[f"script_{code}"].data = of.scripts.get(code, "")


def _check_script(field: object) -> None:
    typed = getattr(field, "data", None) or ""
    if any(each != NAME for each in _IN_BRACES.findall(typed)):
        raise ValidationError(_l("Only {name} can stand in braces: nothing else is put in."))
