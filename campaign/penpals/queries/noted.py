"""Which letter of an assignment was noted last, and how it stood before, as its history tells."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.penpals.models import AssignmentEvent, Health, Mark

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Noted:
    """A letter that was noted, and what stood there before. In the event's reason, days and words between blanks."""

    on: date
    """The day it left."""
    last: date | None = None
    next: date | None = None
    health: Health = Health.FINE
    paused_until: date | None = None
    was_newest: bool = False
    """Whether the letter changed the days at all."""
    was: str = ""
    """The state before it."""
    is_untouched: bool = False
    """Whether nothing has happened since."""

    @property
    def memory(self) -> str:
        """As it stands in the event."""
        days = (self.last, self.next, self.paused_until)
        return " ".join((self.on.isoformat(), self.health, *(day.isoformat() if day else NOTHING for day in days)))


def find_last_noted(assignment_id: uuid.UUID, noted_on: date) -> Noted | None:
    """The letter that was noted last and not taken back, if it was noted on that day and can be taken back."""
    statement = select(AssignmentEvent).where(AssignmentEvent.assignment_id == assignment_id)
    events = session.scalars(statement.order_by(AssignmentEvent.id)).all()
    standing: list[AssignmentEvent] = []
    for event in events:
        if event.code == Mark.LETTER:
            standing.append(event)
        elif event.code == Mark.LETTER_TAKEN_BACK and standing:
            standing.pop()
    if not standing or standing[-1].happened_on != noted_on:
        return None
    last = standing[-1]
    later = {event.code for event in events if event.id > last.id}
    return _noted(last, is_untouched=later <= {Mark.LETTER, Mark.LETTER_TAKEN_BACK})


def _noted(event: AssignmentEvent, *, is_untouched: bool) -> Noted | None:
    _code, *words = event.reason.split(" ")
    if not words:
        return None
    on = date.fromisoformat(words[0])
    if len(words) == 1:
        return Noted(on)
    health, last, due, paused = words[1:]
    return Noted(
        on, _day(last), _day(due), Health(health), _day(paused), was_newest=True, was=event.was,
        is_untouched=is_untouched,
    )  # fmt: skip


def _day(word: str) -> date | None:
    return None if word == NOTHING else date.fromisoformat(word)
