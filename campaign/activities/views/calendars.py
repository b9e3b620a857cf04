"""Events as iCalendar."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from flask_babel import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from campaign.activities.models import Event, EventShift, EventState
from campaign.web.i18n import current_language
from campaign.web.settings import absolute_url

Line = tuple[Event, EventShift | None, str]
"""An event, the shift somebody has in it, and the place as they may know it."""


def calendar_of(lines: Sequence[Line]) -> bytes:
    """A calendar of these."""
    calendar = Calendar()
    calendar.add("prodid", "-//Unforgotten//events//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Events"))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for event, shift, place in lines:
        calendar.add_component(_entry(event, shift, place))
    content: bytes = calendar.to_ical()
    return content


def _entry(event: Event, shift: EventShift | None, place: str) -> Entry:
    entry = Entry()
    entry.add("uid", f"{shift.id if shift else event.id}@unforgotten")
    entry.add("dtstamp", datetime.combine(event.created_on, time.min, UTC))
    entry.add("sequence", event.version)
    starts = (shift.starts_at if shift else None) or event.starts_at
    ends = (shift.ends_at if shift else None) or event.ends_at
    if starts is None or ends is None:
        entry.add("dtstart", event.held_on)
        entry.add("dtend", event.held_on + timedelta(days=1))
    else:
        entry.add("dtstart", starts.astimezone(UTC))
        entry.add("dtend", ends.astimezone(UTC))
    entry.add("summary", event.title)
    if place:
        entry.add("location", place)
    if event.state == EventState.CANCELLED:
        entry.add("status", "CANCELLED")
    if event.is_public:
        entry.add("url", absolute_url(f"/events/{event.slug}", current_language()))
    return entry
