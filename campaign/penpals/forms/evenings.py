"""Forms of letter evenings, and the words of what is shown about them."""

import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, ValidationError

from campaign.activities.service.events import EventDraft
from campaign.kernel import clock
from campaign.penpals.models import EveningState, Group, ReservationState
from campaign.penpals.queries.evening_cards import FOR_THE_TRUSTED, NOT_PUBLIC
from campaign.penpals.queries.evenings import Planned
from campaign.penpals.service.evenings import MOST_ADDRESSEES, EveningDraft
from campaign.prisoners.queries.reach import Reach
from campaign.web.fields import DayField, VersionForm, area, line, uploaded

LONGEST_LIST = 60_000
LARGEST_FILE = 200_000
STATE_WORDS = {
    EveningState.PLANNED: _l("Planned"),
    EveningState.RESERVED: _l("People are reserved"),
    EveningState.RECORDED: _l("Recorded"),
    EveningState.CANCELLED: _l("Called off"),
}
LANGUAGE_WORDS = {"en": _l("English"), "ru": _l("Russian"), "de": _l("German")}
HINDRANCE_WORDS = {
    Reach.DIED: _l("Has died"),
    Reach.FREE: _l("Is free"),
    Reach.NO_LETTERS: _l("Wants no letters"),
    Reach.FAMILY_ONLY: _l("Letters from the family only"),
    Reach.NOT_ASKED: _l("Not known whether letters are wanted"),
    Reach.AT_HOME: _l("Is at home"),
    Reach.IN_TRANSIT: _l("Is on the way to another place"),
    Reach.UNKNOWN: _l("Nobody knows where"),
    Reach.PROBABLE: _l("Moved, not confirmed yet"),
    Reach.STALE: _l("The place was not looked up lately"),
    Reach.NO_ADDRESS: _l("The address is not known"),
    FOR_THE_TRUSTED: _l("Only people we know may write"),
    NOT_PUBLIC: _l("The page is not public any more"),
}
CARD_WORDS = {
    ReservationState.LIVE: _l("Held"),
    ReservationState.WRITTEN: _l("Letter written"),
    ReservationState.RELEASED: _l("Given back"),
    ReservationState.EXPIRED: _l("Time ran out"),
}


class EveningForm(VersionForm):
    """All that is planned of an evening."""

    title = line(_l("Title"), 120, required=True)
    place = line(_l("Place"), 160)
    held_on = DayField(_l("Day"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])
    group = SelectField(_l("Group that holds it"))
    addressees = IntegerField(
        _l("People to write to"),
        default=30,
        validators=[
            InputRequired(_l("Enter a whole number.")),
            NumberRange(1, MOST_ADDRESSEES, _l("Between 1 and 500.")),
        ],
    )
    language = RadioField(
        _l("Language of cards and hand-out"),
        default="ru",
        choices=[SelectChoice(code, word) for code, word in LANGUAGE_WORDS.items()],
    )

    def offer_groups(self, groups: Sequence[Group], language: str, *, may_be_none: bool) -> None:
        """Say which groups can be chosen."""
        none = [SelectChoice("", _l("None"))] if may_be_none else []
        self.group.choices = [*none, *(SelectChoice(str(each.id), each.name_in(language)) for each in groups)]

    def validate_held_on(self, field: DayField) -> None:
        """A day ahead, or today."""
        if field.data is not None and field.data < clock.today():
            raise ValidationError(_l("This day has passed."))

    def draft(self) -> EveningDraft:
        """What was typed."""
        return EveningDraft(
            EventDraft(self.title.data, self.place.data or "", self.held_on.data),
            uuid.UUID(self.group.data) if self.group.data else None,
            self.addressees.data,
            self.language.data,
        )

    def show(self, planned: Planned) -> None:
        """Fill in what is stored."""
        evening, event = planned.evening, planned.event
        self.title.data, self.place.data, self.held_on.data = event.title, event.place, event.held_on
        self.group.data = str(evening.group_id) if evening.group_id else ""
        self.addressees.data, self.language.data = evening.addressees, evening.language
        self.version.data = str(planned.version)


class MoreForm(FlaskForm):  # type: ignore[misc]
    """How many more people."""

    more = IntegerField(
        _l("How many more"),
        default=5,
        validators=[
            InputRequired(_l("Enter a whole number.")),
            NumberRange(1, MOST_ADDRESSEES, _l("Between 1 and 500.")),
        ],
    )


class RecordForm(FlaskForm):  # type: ignore[misc]
    """A list of codes with what came of them, typed, pasted or as a file."""

    lines = area(_l("Codes, one a line"), LONGEST_LIST, rows=14)
    file = FileField(_l("Or a CSV file"))
    is_whole = BooleanField(_l("This is the whole list: give back everybody who is not on it"), default=True)
    nobody = BooleanField(_l("Nobody wrote: give everybody back"))

    def validate_file(self, field: FileField) -> None:
        """Text of a reasonable size; it takes the place of what was typed."""
        content = uploaded(field)
        if content is None:
            return
        if len(content) > LARGEST_FILE:
            raise ValidationError(_l("This file is too large for a list of codes."))
        text = _decoded(content)
        if "\x00" in text:
            raise ValidationError(_l("This is no text. Save the table as CSV."))
        self.lines.data = text[:LONGEST_LIST]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return "\x00"
