"""Forms with which staff plan a round, enter, verify and score applications."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError

from campaign.kernel.money import BadAmount, Money
from campaign.needs.models import NeedCategory
from campaign.rounds.forms.words import CATEGORY_WORDS, POINT_WORDS
from campaign.rounds.models import (
    FEWEST_SCORERS,
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    MOST_SCORERS,
    GrantRound,
    GrantScore,
)
from campaign.rounds.service.applications import ApplicationDraft, note_of
from campaign.rounds.service.rounds import RoundDraft
from campaign.web.fields import DayField, VersionForm, area, line

LONGEST_AMOUNT = 40
_DAY = _l("Enter a date, as in 2026-11-23.")


def read_amount(text: str, currency: str) -> Money:
    """An amount above zero. Raises ValidationError."""
    try:
        money = Money.parse(text, currency)
    except BadAmount as problem:
        raise ValidationError(_(problem.message)) from problem
    if money.minor <= 0:
        raise ValidationError(_("An amount is above zero."))
    return money


class RoundForm(VersionForm):
    """All that a round says of itself."""

    title = line(_l("Title"), LONGEST_TITLE, required=True)
    fund = SelectField(_l("Out of which fund"))
    budget = line(_l("How much is to be given at most"), LONGEST_AMOUNT, required=True)
    currency = StringField(_l("Currency"), default="EUR", filters=[lambda text: (text or "").strip().upper()])
    scorers = IntegerField(
        _l("How many people score each application"), default=FEWEST_SCORERS,
        validators=[
            InputRequired(_l("Enter a whole number.")),
            NumberRange(FEWEST_SCORERS, MOST_SCORERS, _l("Between two and nine people score each application.")),
        ],
    )  # fmt: skip
    opens_on = DayField(_l("Takes applications from"), validators=[InputRequired(_DAY)])
    closes_on = DayField(_l("Until"), validators=[InputRequired(_DAY)])

    def offer(self, funds: Sequence[tuple[uuid.UUID, str]]) -> None:
        """Say which funds can be chosen."""
        self.fund.choices = [SelectChoice(str(each), name) for each, name in funds]

    def validate_budget(self, field: StringField) -> None:
        """An amount above zero."""
        if field.data:
            read_amount(field.data, self.currency.data)

    def validate_closes_on(self, field: DayField) -> None:
        """Not before it opens."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise ValidationError(_("It closes before it opens."))

    def draft(self) -> RoundDraft:
        """What was said."""
        return RoundDraft(
            self.title.data, uuid.UUID(self.fund.data), Money.parse(self.budget.data, self.currency.data),
            self.scorers.data, self.opens_on.data, self.closes_on.data,
        )  # fmt: skip

    def show(self, found: GrantRound) -> None:
        """Fill in what is stored."""
        self.title.data, self.fund.data, self.currency.data = found.title, str(found.fund_id), found.currency
        self.budget.data, self.scorers.data = str(Money(found.budget, found.currency).decimal), found.scorers
        self.opens_on.data, self.closes_on.data, self.version.data = (
            found.opens_on, found.closes_on, str(found.version),
        )  # fmt: skip


class ApplicationForm(FlaskForm):  # type: ignore[misc]
    """An application: for a need that is approved, or by itself."""

    need = SelectField(_l("For which need"))
    category = SelectField(
        _l("What it is for"), choices=[SelectChoice(each.value, word) for each, word in CATEGORY_WORDS.items()]
    )
    asked = line(_l("How much is asked for"), LONGEST_AMOUNT, required=True)
    words = area(_l("Who applies, and for what"), LONGEST_WORDS, rows=8)
    currency = "EUR"
    categories: Mapping[str, NeedCategory] = {}

    def offer(self, needs: Sequence[tuple[uuid.UUID, str, NeedCategory]], currency: str) -> None:
        """Say which needs can be chosen, and the currency of the round."""
        self.need.choices = [SelectChoice("", _l("none: it stands by itself")), *(
            SelectChoice(str(each), name) for each, name, _category in needs
        )]  # fmt: skip
        self.categories = {str(each): category for each, _name, category in needs}
        self.currency = currency

    def validate_asked(self, field: StringField) -> None:
        """An amount of the round's currency."""
        if field.data:
            read_amount(field.data, self.currency)

    def draft(self) -> ApplicationDraft:
        """What was said. Of a need it is for what the need is for."""
        need = self.need.data or ""
        category = self.categories.get(need) or NeedCategory(self.category.data)
        return ApplicationDraft(
            category, Money.parse(self.asked.data, self.currency), uuid.UUID(need) if need else None,
            self.words.data or "",
        )  # fmt: skip


class VerdictForm(FlaskForm):  # type: ignore[misc]
    """Whether an application can be decided on."""

    verdict = RadioField(
        _l("Can it be decided on in this round?"),
        choices=[SelectChoice("yes", _l("Yes, I made sure of it")), SelectChoice("no", _l("No"))],
        validators=[InputRequired(_l("Choose one of these."))],
    )  # fmt: skip
    reason = area(_l("What you found"), LONGEST_NOTE, rows=3)


class ScoreForm(FlaskForm):  # type: ignore[misc]
    """How much it is needed."""

    points = RadioField(
        _l("How much it is needed"), choices=[SelectChoice(str(each), word) for each, word in POINT_WORDS.items()],
        validators=[InputRequired(_l("Choose one of these."))],
    )  # fmt: skip
    note = area(_l("Why"), LONGEST_NOTE, rows=3)

    def show(self, given: GrantScore | None) -> None:
        """Fill in what one said before."""
        if given is not None:
            self.points.data, self.note.data = str(given.points), note_of(given)


def version_of(values: Mapping[str, Any]) -> int:
    """The version that was sent; 0 for what is no number."""
    typed = str(values.get("version", ""))
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
