"""When a writer leaves, a group closes, or nobody is to write to somebody any more: each gets an end and a word."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from campaign.kernel.db import session
from campaign.penpals.models import LIVE, Assignment, EndReason, Group
from campaign.penpals.service.assignments.holding import list_live
from campaign.penpals.service.assignments.mails import Tidings, tell, tell_leads
from campaign.penpals.service.assignments.moves import note_staff
from campaign.penpals.service.assignments.running import UNANSWERED, finish
from campaign.people.models import Volunteer


def relieve_writer(
    volunteer_id: uuid.UUID, reason: EndReason = EndReason.WRITER_LEFT, *, group_id: uuid.UUID | None = None,
    actor: uuid.UUID | None, by_staff: bool = False,
) -> int:  # fmt: skip
    """End all that lives of a writer, or only what is of one group; gives how many.

    Everybody they wrote to waits for a successor, and the leads of a group are told. Whoever lets a volunteer go calls
    it first: the database refuses to let them leave somebody. Under the lock on the volunteer's row, so that nobody
    is given to them meanwhile.
    """
    session.scalar(select(Volunteer.id).where(Volunteer.id == volunteer_id).with_for_update(key_share=True))
    theirs = Assignment.volunteer_id == volunteer_id
    found = _live(theirs if group_id is None else theirs & (Assignment.group_id == group_id))
    for each in found:
        was_asked = each.state in UNANSWERED
        finish(each, reason, actor=actor)
        if not was_asked:
            tell_leads(each, turn="ended")
        if by_staff:
            note_staff("ended", each, actor, reason)
    return len(found)


def relieve_group(group_id: uuid.UUID, reason: EndReason = EndReason.GROUP_CLOSED, *, actor: uuid.UUID | None) -> int:
    """End all that lives of a group, its own assignments and those of its writers; gives how many.

    Its writers are told; everybody waits for a successor. Under the lock on the group's row.
    """
    session.scalar(select(Group.id).where(Group.id == group_id).with_for_update(key_share=True))
    found = _live(Assignment.group_id == group_id)
    for each in found:
        finish(each, reason, actor=actor)
        if each.volunteer_id is not None:
            tell(Tidings.ENDED, each)
        note_staff("ended", each, actor, reason)
    return len(found)


def take_from_group(
    group_id: uuid.UUID, prisoner_id: uuid.UUID, reason: EndReason = EndReason.OTHER, *, actor: uuid.UUID,
    note: str = "",
) -> int:  # fmt: skip
    """End all that lives of one prisoner in a group, its own assignment and those of its writers; gives how many.

    Each waits for a successor. The leads and the writers are told, and whoever was only asked need not answer.
    """
    found = _live((Assignment.group_id == group_id) & (Assignment.prisoner_id == prisoner_id))
    for each in found:
        was_asked = each.state in UNANSWERED
        finish(each, reason, actor=actor)
        tell(Tidings.EXPIRED if was_asked else Tidings.ENDED, each)
        note_staff("ended", each, actor, f"{reason}: {note}" if note else reason)
    return len(found)


def end_for_prisoner(
    prisoner_id: uuid.UUID, reason: EndReason, *, actor: uuid.UUID | None
) -> Sequence[tuple[Assignment, str]]:
    """End all that lives of a prisoner, without a successor; gives each with the state it had. Nobody is told yet."""
    found = list_live(prisoner_id)
    ended = [(each, each.state) for each in found]
    for each in found:
        finish(each, reason, actor=actor, needs_successor=False)
    return ended


def _live(which: ColumnElement[bool]) -> Sequence[Assignment]:
    statement = select(Assignment).where(which, Assignment.state.in_(LIVE)).order_by(Assignment.id)
    return session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
