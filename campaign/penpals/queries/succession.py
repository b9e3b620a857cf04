"""Who still waits for somebody to take over."""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from campaign.penpals.models import LIVE, Assignment, AssignmentEvent, AssignmentState, Health, Mark

# As `Assignment.holds_place`.
HOLDS_PLACE = Assignment.state.in_(LIVE) & (Assignment.health != Health.LAPSED)
CAME_TO_NOTHING = (AssignmentState.DECLINED, AssignmentState.EXPIRED, AssignmentState.WITHDRAWN)


def needs_successor() -> ColumnElement[bool]:
    """Whether somebody is to take over from an assignment (of Assignment) that has ended or lapsed."""
    follower = aliased(Assignment)

    def marked(what: Mark) -> ColumnElement[bool]:
        return exists().where(AssignmentEvent.assignment_id == Assignment.id, AssignmentEvent.reason == what)

    taken_over = exists().where(follower.successor_of_id == Assignment.id, follower.state.not_in(CAME_TO_NOTHING))
    has_ended = (Assignment.state == AssignmentState.ENDED) & marked(Mark.SUCCESSOR_ASKED)
    has_lapsed = Assignment.state.in_(LIVE) & (Assignment.health == Health.LAPSED)
    return ((has_ended & ~marked(Mark.SUCCESSOR_SETTLED)) | has_lapsed) & ~taken_over
