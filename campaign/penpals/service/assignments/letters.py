"""What a writer says of their own letters."""

import uuid
from datetime import date, timedelta

from campaign.kernel import clock
from campaign.kernel.errors import N_, NotFound
from campaign.penpals.models import AttentionSource, Counted
from campaign.penpals.service import attention
from campaign.penpals.service.assignments.moves import locked
from campaign.penpals.service.assignments.running import BadDay, note_letter

OLDEST = timedelta(days=60)
_SPACE = uuid.UUID("5b0a3d5e-58a8-4b0c-9a3f-7f1f5a9e4f10")


def report_letter(assignment_id: uuid.UUID, on: date, *, volunteer_id: uuid.UUID, actor: uuid.UUID | None) -> bool:
    """A letter left on that day: it counts for the prisoner, and the next one is promised from it on.

    One a day: the same day said twice counts once, whoever presses when. Gives whether it is the newest. Raises
    NotFound, BadDay, NotThatStep.
    """
    assignment = locked(assignment_id)
    if assignment.volunteer_id != volunteer_id:
        raise NotFound
    earliest = max(assignment.created_on, clock.today() - OLDEST)
    if on < earliest:
        raise BadDay(N_("This day lies too far back. Note letters of the last two months, since you were asked."))
    is_newest = note_letter(assignment_id, on, actor=actor)
    key = uuid.uuid5(_SPACE, f"{assignment_id} {on.isoformat()}")
    attention.record(assignment.prisoner_id, AttentionSource.LETTER, key, Counted.REPORTED, on)
    return is_newest
