"""Which letter of an assignment was noted last, and how it stood before, as its history tells."""

import uuid
from collections.abc import Sequence
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
    events = _events(assignment_id)
    standing = _standing(events)
    if not standing or standing[-1].happened_on != noted_on:
        return None
    return _noted(standing[-1], is_untouched=_is_untouched(standing[-1], events))


def find_noted(assignment_id: uuid.UUID, on: date) -> tuple[Noted | None, date | None]:
    """The letter noted by nobody, as those of our own post are, that left on that day; and the newest day of the others
    that were noted and not taken back."""
    events = _events(assignment_id)
    standing = _standing(events)
    ours = [each for each in standing if each.actor_id is None and _left_on(each) == on]
    found = ours[-1] if ours else None
    days = [day for each in standing if each is not found and (day := _left_on(each)) is not None]
    if found is None:
        return None, max(days, default=None)
    is_last = found is standing[-1]
    noted = _noted(found, is_untouched=is_last and _is_untouched(found, events))
    return noted, max(days, default=None)


def _events(assignment_id: uuid.UUID) -> Sequence[AssignmentEvent]:
    statement = select(AssignmentEvent).where(AssignmentEvent.assignment_id == assignment_id)
    return session.scalars(statement.order_by(AssignmentEvent.id)).all()


def _standing(events: Sequence[AssignmentEvent]) -> list[AssignmentEvent]:
    """The letters that were noted and not taken back; what is taken back by its day is the last one of that day."""
    standing: list[AssignmentEvent] = []
    for event in events:
        if event.code == Mark.LETTER:
            standing.append(event)
        elif event.code == Mark.LETTER_TAKEN_BACK and standing:
            day = _left_on(event)
            named = [each for each in standing if day is not None and _left_on(each) == day]
            standing.remove(named[-1] if named else standing[-1])
    return standing


def _is_untouched(last: AssignmentEvent, events: Sequence[AssignmentEvent]) -> bool:
    later = {event.code for event in events if event.id > last.id}
    return later <= {Mark.LETTER, Mark.LETTER_TAKEN_BACK}


def _left_on(event: AssignmentEvent) -> date | None:
    _code, *words = event.reason.split(" ")
    return date.fromisoformat(words[0]) if words else None


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
