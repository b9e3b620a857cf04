"""The form in which somebody corrects their own record."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from campaign.people.forms.boxes import Boxes, offered
from campaign.people.forms.person import PersonForm
from campaign.people.forms.words import AVAILABILITY_WORDS, SKILL_WORDS
from campaign.people.models import MOST_TASKS_A_WEEK
from campaign.people.service.records import LONGEST_NAME
from campaign.web.fields import line
from campaign.web.i18n import LANGUAGES

MOST_COLUMNS, LONGEST_CELL = 5, 80


class OwnForm(PersonForm):
    """What somebody says of themselves, in their words."""

    name = line(_l("What we call you"), LONGEST_NAME)
    language = SelectField(_l("Write to me in"), choices=offered(LANGUAGES))
    country = SelectField(_l("The country I live in"), validators=[Optional()])
    no_country = _l("I would rather not say")
    spoken = Boxes(_l("I speak"))
    skills = Boxes(_l("I can help with"), choices=offered(SKILL_WORDS))
    availability = Boxes(_l("I have time"), choices=offered(AVAILABILITY_WORDS))
    tasks_a_week = IntegerField(
        _l("Tasks a week I can take on"),
        validators=[
            Optional(),
            NumberRange(0, MOST_TASKS_A_WEEK, _l("A number from 0 to %(most)s.", most=MOST_TASKS_A_WEEK)),
        ],
    )


def as_json(value: Any) -> Any:
    """What `json` does not know by itself: days as 2026-11-26."""
    return value.isoformat() if isinstance(value, date) else str(value)


def said(value: Any, words: Mapping[str, Any], day: Any) -> str:
    """One value of an export as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, date):
        return str(day(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(said(each, words, day) for each in value) or "–"
    text = str(value)
    return _word(words[text]) if text in words else text


def named(name: str, words: Mapping[str, Any]) -> str:
    """What the field of an export is called where people read it."""
    return _word(words[name]) if name in words else name.replace("_", " ").capitalize()


def is_wide(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows are better read one under another than as a table: many columns, or long texts among them."""
    return len(rows[0]) > MOST_COLUMNS or any(len(str(each)) > LONGEST_CELL for row in rows for each in row.values())


def _word(marked: Any) -> str:
    # Marked with N_ it is a text to be looked up; lazy ones look themselves up.
    return str(_(marked) if isinstance(marked, str) else marked)
