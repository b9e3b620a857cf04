"""A volunteer's way: each step under the lock of their row, with an event that says who made it."""

import secrets
import uuid
from collections.abc import Mapping

from sqlalchemy import delete, select, update

from campaign.kernel import audit, clock
from campaign.kernel.db import AT_THE_SAME_MOMENT, session
from campaign.kernel.errors import N_, Conflict, NotFound
from campaign.kernel.text import one_line
from campaign.people.models import MOST_TRUST, KeptFor, Volunteer, VolunteerEvent, VolunteerState
from campaign.people.service import records

LONGEST_REASON = 300
_S = VolunteerState
STEPS: Mapping[VolunteerState, frozenset[VolunteerState]] = {
    _S.APPLIED: frozenset({_S.SCREENING, _S.INACTIVE, _S.LEFT}),
    _S.SCREENING: frozenset({_S.PROBATION, _S.INACTIVE, _S.LEFT}),
    _S.PROBATION: frozenset({_S.ACTIVE, _S.PAUSED, _S.INACTIVE, _S.LEFT}),
    _S.ACTIVE: frozenset({_S.PAUSED, _S.INACTIVE, _S.LEFT}),
    _S.PAUSED: frozenset({_S.PROBATION, _S.ACTIVE, _S.INACTIVE, _S.LEFT}),
    # Whoever comes back is looked at anew.
    _S.INACTIVE: frozenset({_S.APPLIED, _S.LEFT}),
    _S.LEFT: frozenset(),
}


class NotThatStep(Conflict):
    """From where they are there is no such step, perhaps since somebody made it a moment ago."""


class AlreadyVolunteer(Conflict):
    """The account is a volunteer's already."""


def add_volunteer(
    account_id: uuid.UUID, pseudonym: str, *, language: str = "en", is_demo: bool = False
) -> Volunteer:  # fmt: skip
    """Write down that the owner of an account wants to help, with a record of their own. Raises AlreadyVolunteer."""
    if session.scalar(select(Volunteer.id).where(Volunteer.account_id == account_id)) is not None:
        raise AlreadyVolunteer(N_("You have offered your help already."))
    today = clock.today()
    person = records.add_person(
        records.PersonDraft(name=pseudonym, language=language, source="volunteer"), kept_for=KeptFor.VOLUNTEER,
        is_demo=is_demo, actor=account_id,
    )  # fmt: skip
    volunteer = Volunteer(
        id=uuid.uuid4(), account_id=account_id, person_id=person.id, pseudonym=pseudonym, state=VolunteerState.APPLIED,
        is_demo=is_demo, applied_on=today, state_since_on=today, seen_on=today,
    )  # fmt: skip
    session.add(volunteer)
    session.flush()
    _note(volunteer, was="", actor=account_id, reason="")
    return volunteer


def lock_volunteer(volunteer_id: uuid.UUID, *, seen_version: int | None = None) -> Volunteer:
    """The volunteer under the lock of their row. Raises NotFound; Conflict when `seen_version` is not the newest."""
    statement = select(Volunteer).where(Volunteer.id == volunteer_id).with_for_update()
    volunteer = session.scalar(statement.execution_options(populate_existing=True))
    if volunteer is None:
        raise NotFound
    if seen_version is not None and volunteer.version != seen_version:
        raise Conflict(AT_THE_SAME_MOMENT)
    return volunteer


def move_volunteer(
    volunteer_id: uuid.UUID, to: VolunteerState, *, actor: uuid.UUID | None, reason: str = "",
    seen_version: int | None = None,
) -> Volunteer:  # fmt: skip
    """Make one step of a volunteer's way; `actor` None for what happens by itself.

    Whoever leaves keeps neither account nor pseudonym; that they write to nobody any more is the database's rule
    and the caller's work. Raises NotFound, NotThatStep, Conflict.
    """
    volunteer = lock_volunteer(volunteer_id, seen_version=seen_version)
    was = VolunteerState(volunteer.state)
    if to not in STEPS[was]:
        raise NotThatStep(N_("That step is not open any more: somebody made another a moment ago."))
    volunteer.state, volunteer.state_since_on, volunteer.warned_on = to, clock.today(), None
    own, person = volunteer.account_id, volunteer.person_id
    if to is VolunteerState.LEFT:
        volunteer.account_id, volunteer.pseudonym = None, f"left-{secrets.token_hex(8)}"
        volunteer.person_id = None
    session.flush()
    _note(volunteer, was=was, actor=actor, reason=reason)
    if to is VolunteerState.LEFT and own is not None:
        # The account may stay, of a coordinator who wrote as well: nothing here leads back to it.
        mine = update(VolunteerEvent).where(VolunteerEvent.volunteer_id == volunteer.id, VolunteerEvent.actor_id == own)
        session.execute(mine.values(actor_id=None))
    if to is VolunteerState.LEFT and person is not None:
        records.release_person(person)
    return volunteer


def state_before_pause(volunteer_id: uuid.UUID) -> VolunteerState:
    """Where somebody who rests goes back to; probation where that is not known."""
    newest = (
        select(VolunteerEvent.was)
        .where(VolunteerEvent.volunteer_id == volunteer_id, VolunteerEvent.now == VolunteerState.PAUSED)
        .order_by(VolunteerEvent.id.desc())
        .limit(1)
    )
    return VolunteerState.ACTIVE if session.scalar(newest) == VolunteerState.ACTIVE else VolunteerState.PROBATION


def set_trust(volunteer_id: uuid.UUID, trust: int, *, actor: uuid.UUID, seen_version: int | None = None) -> Volunteer:
    """Say how far a volunteer is known (0 to 2). Raises NotFound, Conflict, ValueError."""
    if not 0 <= trust <= MOST_TRUST:
        raise ValueError(trust)
    volunteer = lock_volunteer(volunteer_id, seen_version=seen_version)
    if volunteer.trust != trust:
        volunteer.trust = trust
        session.flush()
        audit.record("volunteer.trust", actor=actor, about=f"volunteer:{volunteer.id}", reason=str(trust))
    return volunteer


def delete_volunteer(volunteer_id: uuid.UUID) -> None:
    """Delete a volunteer, the record of their way, and their own where nothing else keeps it."""
    person = session.scalar(delete(Volunteer).where(Volunteer.id == volunteer_id).returning(Volunteer.person_id))
    if person is not None:
        records.release_person(person)


def _note(volunteer: Volunteer, *, was: str, actor: uuid.UUID | None, reason: str) -> None:
    session.add(
        VolunteerEvent(
            volunteer_id=volunteer.id, was=was, now=volunteer.state, actor_id=actor, happened_on=clock.today(),
            reason=one_line(reason, LONGEST_REASON),
        )
    )  # fmt: skip
    session.flush()
    audit.record("volunteer.moved", actor=actor, about=f"volunteer:{volunteer.id}", reason=f"{was} > {volunteer.state}")
