"""Events of the demo: of every kind, past and ahead, one of them full with a waiting list."""

import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from campaign.activities.models import (
    EMAIL,
    NAME,
    SCOPE,
    Attendance,
    Event,
    EventKind,
    EventShift,
    EventSignup,
    EventState,
    SignupState,
)
from campaign.activities.queries.events import list_shifts
from campaign.activities.service.events import EventDetails, EventDraft, create_event
from campaign.activities.service.shifts import add_shift
from campaign.activities.service.signups import confirm
from campaign.kernel import clock
from campaign.kernel.crypto.blind import blind_index
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session

EVENTS = (
    (EventKind.HEARING, "Go along to a hearing", "Tbilisi, the made-up court", 6, 10, 3, "Asia/Tbilisi", "ru", 4, 0),
    (EventKind.VIGIL, "Mahnwache mit Kerzen", "Berlin", 12, 18, 2, "Europe/Berlin", "de", 12, 17),
    (EventKind.TRAINING, "How to write a first letter", "Vilnius", 18, 17, 2, "Europe/Vilnius", "en", 20, 7),
    (EventKind.TRAINING, "Как говорить с роднёй", "Riga", -15, 18, 2, "Europe/Riga", "ru", 15, 11),
    (EventKind.VIGIL, "Свечи на площади", "Tbilisi", -4, 19, 1, "Asia/Tbilisi", "ru", 30, 14),
)
"""Kind, title, place, days ahead, hour, hours, zone, language, places, who signed up."""
ABOUT = {
    "en": "Nobody needs to know anything beforehand. **Bring no list of names and take no photos of others.**",
    "ru": "Ничего знать заранее не нужно. **Не приносите списков имён и не снимайте других.**",
    "de": "Niemand muss etwas vorher wissen. **Bringen Sie keine Namenslisten mit und fotografieren Sie niemanden.**",
}
NAMES = (
    "Anna", "Boris", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hanna", "Ilya", "Jonas", "Katya", "Lev", "Mira",
    "Nina", "Oleg", "Paula", "Rita",
)  # fmt: skip


def plan_events() -> None:
    """Make them in the open transaction, and put the evenings ahead before the public."""
    keyring.ensure(SCOPE)
    for kind, title, place, days, hour, hours, zone, language, places, people in EVENTS:
        held_on = clock.today() + timedelta(days=days)
        starts = datetime.combine(held_on, time(hour), ZoneInfo(zone))
        details = EventDetails(
            starts_at=starts, ends_at=starts + timedelta(hours=hours), timezone=zone, language=language, about=ABOUT,
            venue="Made-up Street 9, second door", is_public=True,
        )  # fmt: skip
        event = create_event(
            kind, EventDraft(title, place, held_on), actor=None, is_demo=True, details=details, places=places
        )
        shift = list_shifts(event.id)[0]
        if kind is EventKind.HEARING:
            late = starts + timedelta(hours=2)
            add_shift(event.id, "After the break", late, late + timedelta(hours=hours), places, actor=None)
        for name in NAMES[:people]:
            _sign_up(event, shift, name, is_past=days < 0)
        if days < 0:
            event.state = EventState.HELD
    ahead = (Event.is_demo, Event.kind == EventKind.LETTER_EVENING, Event.state == EventState.PLANNED)
    for event in session.scalars(select(Event).where(*ahead)):
        event.is_public, event.about = True, ABOUT
    session.flush()


def _sign_up(event: Event, shift: EventShift, name: str, *, is_past: bool) -> None:
    row, address = uuid.uuid4(), f"{name.lower()}@example.org"
    signup = EventSignup(
        id=row, event_id=event.id, shift_id=shift.id, state=SignupState.PENDING, language=event.language,
        email_sealed=EMAIL.seal(SCOPE, row, address), email_index=blind_index(SCOPE, f"{event.id}:{address}"),
        name_sealed=NAME.seal(SCOPE, row, name), signed_on=clock.today(), is_demo=True,
    )  # fmt: skip
    session.add(signup)
    session.flush()
    if not is_past:
        confirm(row)
        return
    signup.state, signup.position = SignupState.CONFIRMED, NAMES.index(name)
    signup.attendance = Attendance.MISSED if NAMES.index(name) % 5 == 4 else Attendance.CAME
