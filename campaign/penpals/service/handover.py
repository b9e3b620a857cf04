"""What whoever stops writing leaves behind: nobody is dropped without a word."""

import uuid

from sqlalchemy import update

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.penpals.models import EndReason, GroupMember, GroupTurn, Reservation, ReservationState, TurnState
from campaign.penpals.service.assignments import relieve_writer


def hand_on(volunteer_id: uuid.UUID, reason: EndReason, *, actor: uuid.UUID | None) -> int:
    """End everything a writer has taken on; gives to how many people they wrote."""
    amount = relieve_writer(volunteer_id, reason, actor=actor)
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
