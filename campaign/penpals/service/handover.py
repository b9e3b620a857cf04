"""What whoever stops writing leaves behind: nobody is dropped without a word."""

import uuid

from sqlalchemy import select, update

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import (
    LIVE,
    Assignment,
    AssignmentEvent,
    AssignmentState,
    EndReason,
    GroupMember,
    GroupTurn,
    Reservation,
    ReservationState,
    TurnState,
)

_ENDS_AS = {
    AssignmentState.PROPOSED: AssignmentState.WITHDRAWN,
    AssignmentState.OFFERED: AssignmentState.DECLINED,
}


def hand_on(volunteer_id: uuid.UUID, reason: EndReason, *, actor: uuid.UUID | None) -> int:
    """End everything a writer has taken on; gives to how many people they wrote."""
    amount = _relieve(volunteer_id, reason, actor)
    session.execute(
        update(GroupTurn)
        .where(GroupTurn.volunteer_id == volunteer_id, GroupTurn.state == TurnState.SCHEDULED)
        .values(state=TurnState.REASSIGNED, done_on=clock.today())
    )
    session.execute(
        update(GroupMember)
        .where(GroupMember.volunteer_id == volunteer_id, GroupMember.left_on.is_(None))
        .values(left_on=clock.today())
    )
    session.execute(
        update(Reservation)
        .where(
            Reservation.volunteer_id == volunteer_id,
            Reservation.state.in_((ReservationState.WAITING, ReservationState.LIVE)),
        )
        .values(state=ReservationState.RELEASED)
    )
    return amount


def _relieve(volunteer_id: uuid.UUID, reason: EndReason, actor: uuid.UUID | None) -> int:
    mine = select(Assignment).where(Assignment.volunteer_id == volunteer_id, Assignment.state.in_(LIVE))
    found = session.scalars(mine.order_by(Assignment.id).with_for_update()).all()
    for each in found:
        was = AssignmentState(each.state)
        now = _ENDS_AS.get(was, AssignmentState.ENDED)
        each.state, each.ended_on, each.next_letter_on = now, clock.today(), None
        each.end_reason = reason if now is AssignmentState.ENDED else None
        session.add(
            AssignmentEvent(
                assignment_id=each.id, was=was, now=now, actor_id=actor, happened_on=clock.today(), reason=reason
            )
        )
    session.flush()
    return len(found)
