"""What whoever stops writing leaves behind: nobody is dropped without a word."""

import uuid
from datetime import date

from sqlalchemy import select, update

from campaign.kernel.db import session
from campaign.penpals.models import (
    Assignment,
    AssignmentState,
    AttentionSource,
    EndReason,
    Reservation,
    ReservationState,
)
from campaign.penpals.service import assignments, attention
from campaign.penpals.service.members import leave_every_group


def hand_on(volunteer_id: uuid.UUID, reason: EndReason, *, actor: uuid.UUID | None, by_staff: bool = False) -> int:
    """End everything a writer has taken on, with a word to those who go on; gives to how many people they wrote."""
    amount = assignments.relieve_writer(volunteer_id, reason, actor=actor, by_staff=by_staff)
    leave_every_group(volunteer_id, actor=actor)
    promised = (
        update(Reservation)
        .where(
            Reservation.volunteer_id == volunteer_id,
            Reservation.state.in_((ReservationState.WAITING, ReservationState.LIVE)),
        )
        .values(state=ReservationState.RELEASED)
        .returning(Reservation.id)
    )
    for reservation in session.scalars(promised).all():
        attention.forget(AttentionSource.RESERVATION, reservation)
    return amount


def rest(volunteer_id: uuid.UUID, until: date, *, actor: uuid.UUID | None) -> None:
    """Let nothing be due of a writer until that day; what pauses for longer already stays so."""
    theirs = select(Assignment).where(
        Assignment.volunteer_id == volunteer_id,
        Assignment.state == AssignmentState.PAUSED,
        Assignment.paused_until < until,
    )
    for each in session.scalars(theirs.order_by(Assignment.id).with_for_update()):
        each.paused_until = until
    assignments.pause_writer(volunteer_id, until, actor=actor)
