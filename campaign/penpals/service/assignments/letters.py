"""What a writer says of their own letters, and takes back while it is fresh."""

import uuid
from datetime import date, timedelta

from campaign.kernel import clock
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.penpals.models import Assignment, Mark
from campaign.penpals.queries.noted import find_last_noted, find_noted
from campaign.penpals.service import posted
from campaign.penpals.service.assignments.errors import NotThatStep
from campaign.penpals.service.assignments.holding import locked_with_others
from campaign.penpals.service.assignments.moves import mark
from campaign.penpals.service.assignments.running import RUNNING, BadDay, note_letter, undo_note

OLDEST = timedelta(days=60)


class TooLate(Conflict):
    """What was said of a letter can no longer be taken back, or not here."""


def report_letter(assignment_id: uuid.UUID, on: date, *, volunteer_id: uuid.UUID, actor: uuid.UUID | None) -> bool:
    """A letter left on that day: it counts for the prisoner, and the next one is promised from it on.

    One a day: the same day said twice counts once, whoever presses when. Gives whether it is the newest. Raises
    NotFound, BadDay, NotThatStep.
    """
    assignment = _own(assignment_id, volunteer_id)
    earliest = max(assignment.created_on, clock.today() - OLDEST)
    if on < earliest:
        raise BadDay(N_("This day lies too far back. Note letters of the last two months, since you were asked."))
    is_new = posted.record_posted(assignment.prisoner_id, volunteer_id, on)
    return note_told(assignment_id, on, is_new=is_new, actor=actor)


def note_told(assignment_id: uuid.UUID, on: date, *, is_new: bool, actor: uuid.UUID | None) -> bool:
    """`note_letter`, and a word in the history of one that is new and older than the last: it can be taken back too."""
    is_newest = note_letter(assignment_id, on, actor=actor)
    if is_new and not is_newest:
        mark(locked_with_others(assignment_id), Mark.LETTER, actor, memory=on.isoformat())
    return is_newest


def take_back_letter(assignment_id: uuid.UUID, *, volunteer_id: uuid.UUID, actor: uuid.UUID | None) -> date:
    """Take back the letter that was noted last, on the day on which it was noted; gives the day it was to have left.

    It counts no more, and the days of the last and the next letter are what they were. Raises NotFound, TooLate when
    nothing can be taken back or the letter is told in a turn or by a code too, NotThatStep after the end.
    """
    assignment = _own(assignment_id, volunteer_id)
    if assignment.state not in RUNNING:
        raise NotThatStep(N_("This has ended, so nothing is taken back here any more."))
    noted = find_last_noted(assignment_id, clock.today())
    if noted is None:
        raise TooLate(N_("A letter can be taken back on the day on which it was noted. There is none of today."))
    if posted.is_told_elsewhere(assignment.prisoner_id, volunteer_id, noted.on):
        raise TooLate(
            N_("You told of this letter in a turn of your group or by its code too, so it stays as it was told.")
        )
    undo_note(assignment, noted, actor=actor)
    posted.forget_posted(assignment.prisoner_id, volunteer_id, noted.on)
    return noted.on


def undo_note_of(assignment_id: uuid.UUID, on: date, *, actor: uuid.UUID | None) -> bool:
    """Put one back to what it was before its last letter, if that is of this day and was noted today; else False."""
    assignment = locked_with_others(assignment_id)
    noted = find_last_noted(assignment_id, clock.today())
    if noted is None or noted.on != on:
        return False
    undo_note(assignment, noted, actor=actor)
    return True


def unnote_dispatch(assignment_id: uuid.UUID, on: date, *, other_on: date | None, actor: uuid.UUID | None) -> bool:
    """A letter of our post that was noted as gone on that day did not leave: reckon the last and the next day anew.

    `other_on`: the newest day on which another letter of this writer left in our post. Gives whether anything changed.
    """
    assignment = locked_with_others(assignment_id)
    if assignment.state not in RUNNING or assignment.last_letter_on != on:
        return False
    noted, told_on = find_noted(assignment_id, on)
    last = max((day for day in (told_on, other_on) if day is not None), default=None)
    if last is not None and last >= on:
        return False
    if noted is not None and noted.is_untouched and noted.last == last:
        undo_note(assignment, noted, actor=actor)
        return True
    assignment.last_letter_on = last
    if assignment.next_letter_on is not None and assignment.promise_days is not None:
        begun_on = last or assignment.accepted_on or assignment.created_on
        assignment.next_letter_on = begun_on + timedelta(days=assignment.promise_days)
    mark(assignment, Mark.LETTER_TAKEN_BACK, actor, memory=on.isoformat())
    return True


def _own(assignment_id: uuid.UUID, volunteer_id: uuid.UUID) -> Assignment:
    assignment = locked_with_others(assignment_id)
    if assignment.volunteer_id != volunteer_id:
        raise NotFound
    return assignment
