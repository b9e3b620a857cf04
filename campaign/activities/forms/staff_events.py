"""Forms with which staff plan events."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from campaign.activities.forms.event_words import KIND_WORDS, LANGUAGE_WORDS
from campaign.activities.models import Event, EventKind, EventShift
from campaign.activities.models.signups import MOST_PLACES
from campaign.activities.service.events import PLACES, EventDetails, EventDraft, venue_of
from campaign.kernel import clock
from campaign.web.fields import DayField, VersionForm, area, line

ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Warsaw", "Europe/Prague", "Europe/Vilnius",
    "Europe/Riga", "Europe/Tallinn", "Europe/Helsinki", "Europe/Belgrade", "Europe/Istanbul", "Europe/Moscow",
    "Asia/Tbilisi", "Asia/Yerevan", "Asia/Almaty", "Asia/Jerusalem", "America/New_York", "UTC",
)  # fmt: skip
LONGEST_ABOUT = 10_000
_PLACES = (
    InputRequired(_l("Enter a whole number.")),
    NumberRange(1, MOST_PLACES, _l("Between 1 and %(max)s.", max=MOST_PLACES)),
)


def _hour(label: object) -> TimeField:
    return TimeField(label, format=["%H:%M", "%H:%M:%S"], validators=[Optional()])


def moment_of(day: date, field: TimeField, timezone: str) -> datetime | None:
    """The hour of a day in the time of the place."""
    return datetime.combine(day, field.data, ZoneInfo(timezone)) if field.data is not None else None


def _in_order(starts: TimeField, ends: TimeField) -> None:
    if (starts.data is None) != (ends.data is None):
        raise ValidationError(_l("Give both hours, or neither."))
    if starts.data is not None and ends.data < starts.data:
        raise ValidationError(_l("It ends before it begins. What goes past midnight ends at 23:59 here."))


class EventForm(VersionForm):
    """All that an event says of itself."""

    kind = SelectField(
        _l("Kind"),
        choices=[SelectChoice(k.value, w) for k, w in KIND_WORDS.items() if k is not EventKind.LETTER_EVENING],
    )
    title = line(_l("Title"), 120, required=True)
    held_on = DayField(_l("Day"), validators=[InputRequired(_l("Enter a date, as in 2026-11-23."))])
    starts = _hour(_l("Begins"))
    ends = _hour(_l("Ends"))
    timezone = SelectField(_l("Time zone of the place"), choices=[SelectChoice(zone, zone) for zone in ZONES])
    place = line(_l("Place"), 160)
    venue = line(_l("Exact place"), 300)
    is_venue_public = BooleanField(_l("Show the exact place to everybody"))
    language = RadioField(
        _l("Language spoken there"), default="en", choices=[SelectChoice(c, w) for c, w in LANGUAGE_WORDS.items()]
    )
    group = SelectField(_l("Group that holds it"))
    places = IntegerField(_l("Places"), default=PLACES, validators=_PLACES)
    about_en = area(_l("About it, in English"), LONGEST_ABOUT, rows=6)
    about_ru = area(_l("About it, in Russian"), LONGEST_ABOUT, rows=6)
    about_de = area(_l("About it, in German"), LONGEST_ABOUT, rows=6)
    is_public = BooleanField(_l("Show it on the public list and take sign-ups"))

    def offer_groups(self, groups: Sequence[tuple[uuid.UUID, str]], *, may_be_none: bool) -> None:
        """Say which groups can be chosen."""
        none = [SelectChoice("", _l("None"))] if may_be_none else []
        self.group.choices = [*none, *(SelectChoice(str(each), name) for each, name in groups)]

    def validate_ends(self, field: TimeField) -> None:
        """Both hours or none, in their order."""
        _in_order(self.starts, field)

    def validate_held_on(self, field: DayField) -> None:
        """A day ahead, or today."""
        if field.data is not None and field.data < clock.today():
            raise ValidationError(_l("This day has passed."))

    def draft(self) -> EventDraft:
        """Title, place and day."""
        return EventDraft(self.title.data, self.place.data or "", self.held_on.data)

    def details(self) -> EventDetails:
        """All the rest."""
        zone, day = self.timezone.data, self.held_on.data
        return EventDetails(
            starts_at=moment_of(day, self.starts, zone), ends_at=moment_of(day, self.ends, zone), timezone=zone,
            language=self.language.data, venue=self.venue.data or "", is_venue_public=self.is_venue_public.data,
            about={code: self[f"about_{code}"].data or "" for code in LANGUAGE_WORDS}, is_public=self.is_public.data,
            group_id=uuid.UUID(self.group.data) if self.group.data else None,
        )  # fmt: skip

    def show(self, event: Event) -> None:
        """Fill in what is stored."""
        zone = ZoneInfo(event.timezone)
        self.title.data, self.place.data, self.held_on.data = event.title, event.place, event.held_on
        self.starts.data = event.starts_at.astimezone(zone).time() if event.starts_at else None
        self.ends.data = event.ends_at.astimezone(zone).time() if event.ends_at else None
        self.timezone.data, self.language.data = event.timezone, event.language
        self.venue.data, self.is_venue_public.data = venue_of(event), event.is_venue_public
        self.group.data, self.is_public.data = str(event.group_id or ""), event.is_public
        for code in LANGUAGE_WORDS:
            self[f"about_{code}"].data = event.about.get(code, "")
        self.version.data = str(event.version)


class ShiftForm(FlaskForm):  # type: ignore[misc]
    """One shift."""

    title = line(_l("What it is called"), 80)
    starts = _hour(_l("Begins"))
    ends = _hour(_l("Ends"))
    places = IntegerField(_l("Places"), default=PLACES, validators=_PLACES)

    def validate_ends(self, field: TimeField) -> None:
        """Both hours or none, in their order."""
        _in_order(self.starts, field)

    def show(self, shift: EventShift, timezone: str) -> None:
        """Fill in what is stored."""
        zone = ZoneInfo(timezone)
        self.title.data, self.places.data = shift.title, shift.capacity
        self.starts.data = shift.starts_at.astimezone(zone).time() if shift.starts_at else None
        self.ends.data = shift.ends_at.astimezone(zone).time() if shift.ends_at else None
