"""Who was there: ticked off by staff, and a line in the record of those who have one."""

import uuid

from sqlalchemy import delete, select

from campaign.activities.models import Attendance, Event, EventSignup, SignupState
from campaign.activities.policy import can_be_held
from campaign.activities.service.entering import address_of
from campaign.activities.service.signups import NotThatStep, lock_signup
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.people.models import IdentityKind, Interaction, InteractionKind, Volunteer
from campaign.people.service.identities import find_owner, read_identity


def note(signup_id: uuid.UUID, attendance: Attendance, *, actor: uuid.UUID) -> None:
    """Say whether somebody was there; the last word counts, and saying it twice writes one line. Raises NotThatStep."""
    signup, shift = lock_signup(signup_id)
    event = session.get_one(Event, shift.event_id)
    if signup.state != SignupState.CONFIRMED or not can_be_held(event, clock.today()):
        raise NotThatStep(N_("Only who had a place is ticked off, on the day or later."))
    if signup.attendance == attendance:
        return
    signup.attendance = attendance
    person = _person_of(signup)
    if person is not None:
        _write_line(person, event, came=attendance == Attendance.CAME, actor=actor)
    session.flush()
    audit.record("event.attendance", actor=actor, about=f"event:{event.id}", amount=1)


def _person_of(signup: EventSignup) -> uuid.UUID | None:
    """The record: the volunteer's, or that of the address, looked up while it is at hand."""
    if signup.volunteer_id is not None:
        volunteer = session.get(Volunteer, signup.volunteer_id)
        return volunteer.person_id if volunteer is not None else None
    address = address_of(signup)
    return find_owner(read_identity(IdentityKind.EMAIL, address)) if address else None


def _write_line(person_id: uuid.UUID, event: Event, *, came: bool, actor: uuid.UUID) -> None:
    line = (
        Interaction.person_id == person_id, Interaction.kind == InteractionKind.CAME,
        Interaction.subject_id == event.id,
    )  # fmt: skip
    if not came:
        session.execute(delete(Interaction).where(*line))
    elif session.scalar(select(Interaction.id).where(*line)) is None:
        session.add(
            Interaction(
                person_id=person_id, kind=InteractionKind.CAME, happened_on=event.held_on, subject_id=event.id,
                actor_id=actor,
            )
        )  # fmt: skip
