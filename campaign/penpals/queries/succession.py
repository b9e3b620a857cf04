"""Who still waits for somebody to take over."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from campaign.penpals.models import Assignment, AssignmentEvent, AssignmentState, Mark

CAME_TO_NOTHING = (AssignmentState.DECLINED, AssignmentState.EXPIRED, AssignmentState.WITHDRAWN)


def needs_successor() -> ColumnElement[bool]:
    """Whether somebody is to take over from an assignment (of Assignment) that has ended."""
    follower = aliased(Assignment)

    def marked(what: Mark) -> ColumnElement[bool]:
        return exists().where(AssignmentEvent.assignment_id == Assignment.id, AssignmentEvent.reason == what)

    taken_over = exists().where(follower.successor_of_id == Assignment.id, follower.state.not_in(CAME_TO_NOTHING))
    return (
        (Assignment.state == AssignmentState.ENDED)
        & marked(Mark.SUCCESSOR_ASKED)
        & ~marked(Mark.SUCCESSOR_SETTLED)
        & ~taken_over
    )
