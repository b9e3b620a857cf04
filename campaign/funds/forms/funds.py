"""Forms with which staff write funds and where to give."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from campaign.funds.forms.words import KIND_WORDS, LEVEL_WORDS
from campaign.funds.models import (
    LONGEST_ABOUT,
    LONGEST_GIVING,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    Fund,
    FundKind,
    PublicLevel,
    Residual,
)
from campaign.funds.service.funds import FundDraft
from campaign.kernel.money import BadAmount, Money
from campaign.web.fields import area, line
from campaign.web.i18n import LANGUAGES

LONGEST_AMOUNT = 40


class FundForm(FlaskForm):  # type: ignore[misc]
    """All that a fund says of itself."""

    version = HiddenField()
    kind = SelectField(_l("What it is for"), choices=[SelectChoice(each, words) for each, words in KIND_WORDS.items()])
    currency = StringField(_l("Currency"), default="EUR", filters=[lambda text: (text or "").strip().upper()])
    goal = line(_l("Goal"), LONGEST_AMOUNT)
    public_level = RadioField(
        _l("What the public sees"), default=PublicLevel.HIDDEN,
        choices=[SelectChoice(each, words) for each, words in LEVEL_WORDS.items()],
        validators=[InputRequired(_l("Choose one of these."))],
    )  # fmt: skip
    prisoner = line(_l("Public page of whoever it is for"), 200)
    title_en = line(_l("Title in English"), LONGEST_TITLE, required=True)
    title_ru = line(_l("Title in Russian"), LONGEST_TITLE)
    title_de = line(_l("Title in German"), LONGEST_TITLE)
    summary_en = line(_l("In one sentence, in English"), LONGEST_SUMMARY)
    summary_ru = line(_l("In one sentence, in Russian"), LONGEST_SUMMARY)
    summary_de = line(_l("In one sentence, in German"), LONGEST_SUMMARY)
    about_en = area(_l("What it is about, in English"), LONGEST_ABOUT, rows=8)
    about_ru = area(_l("What it is about, in Russian"), LONGEST_ABOUT, rows=8)
    about_de = area(_l("What it is about, in German"), LONGEST_ABOUT, rows=8)

    @property
    def seen_version(self) -> int:
        """The version that the form was made from; 0 for what is no number."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def validate_currency(self, field: StringField) -> None:
        """One of ISO 4217."""
        try:
            Money(0, field.data)
        except BadAmount as problem:
            raise ValidationError(_("Three letters, such as EUR.")) from problem

    def validate_goal(self, field: StringField) -> None:
        """An amount of that currency, above zero."""
        if not field.data:
            return
        try:
            minor = Money.parse(field.data, self.currency.data).minor
        except BadAmount as problem:
            raise ValidationError(_(problem.message)) from problem
        if minor <= 0:
            raise ValidationError(_("A goal is an amount above zero. Leave it empty where there is none."))

    def draft(self) -> FundDraft:
        """What was typed."""
        goal = Money.parse(self.goal.data, self.currency.data).minor if self.goal.data else None
        return FundDraft(
            kind=FundKind(self.kind.data), currency=self.currency.data, goal=goal,
            public_level=PublicLevel(self.public_level.data), prisoner=_slug_of(self.prisoner.data or ""),
            titles=self._texts("title"), summaries=self._texts("summary"), abouts=self._texts("about"),
        )  # fmt: skip

    def show(self, of: Fund, prisoner: str) -> None:
        """Fill in what is stored."""
        self.version.data, self.kind.data, self.currency.data = str(of.version), of.kind, of.currency
        self.goal.data = "" if of.goal is None else str(Money(of.goal, of.currency).decimal)
        self.public_level.data, self.prisoner.data = of.public_level, prisoner
        for code in LANGUAGES:
            self[f"title_{code}"].data = of.titles.get(code, "")
            self[f"summary_{code}"].data = of.summaries.get(code, "")
            self[f"about_{code}"].data = of.abouts.get(code, "")

    def _texts(self, name: str) -> dict[str, str]:
        return {code: self[f"{name}_{code}"].data or "" for code in LANGUAGES}


class ClosingForm(FlaskForm):  # type: ignore[misc]
    """Where goes what is left."""

    target = SelectField(_l("What is left goes to"))

    def offer(self, funds: Sequence[tuple[uuid.UUID, str]], *, general: bool) -> None:
        """Say which funds can be chosen."""
        first = [SelectChoice(Residual.GENERAL, _l("the general fund"))] if general else []
        self.target.choices = [*first, *(SelectChoice(str(each), name) for each, name in funds)]

    def rule(self) -> tuple[Residual, uuid.UUID | None]:
        """What was chosen."""
        if self.target.data == Residual.GENERAL:
            return Residual.GENERAL, None
        return Residual.FUND, uuid.UUID(self.target.data)


class GivingForm(FlaskForm):  # type: ignore[misc]
    """Where to give, by language."""

    text_en = area(_l("In English"), LONGEST_GIVING, rows=6)
    text_ru = area(_l("In Russian"), LONGEST_GIVING, rows=6)
    text_de = area(_l("In German"), LONGEST_GIVING, rows=6)

    def texts(self) -> dict[str, str]:
        """What was typed."""
        return {code: self[f"text_{code}"].data or "" for code in LANGUAGES}


def _slug_of(typed: str) -> str:
    """The last part of an address, or the slug alone."""
    return typed.split("?")[0].rstrip("/").rpartition("/")[2]
