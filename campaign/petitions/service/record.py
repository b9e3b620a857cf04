"""Who did what to a petition and when: the petition's own history, and the audit trail."""

import uuid

from sqlalchemy.orm.exc import StaleDataError

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict
from campaign.petitions.models import EventKind, Petition, PetitionEvent, PetitionState


def note(petition: Petition, kind: EventKind, actor: uuid.UUID | None, reason: str = "") -> None:
    """Record something that left the state as it is."""
    note_step(petition, PetitionState(petition.state), PetitionState(petition.state), actor, reason, kind=kind)


def note_step(
    petition: Petition, before: PetitionState | None, after: PetitionState, actor: uuid.UUID | None, reason: str = "",
    *, kind: EventKind = EventKind.STATE,
) -> None:  # fmt: skip
    """Record a change of state."""
    session.add(
        PetitionEvent(
            petition_id=petition.id, kind=kind, from_state=before, to_state=after, actor_id=actor, at=clock.now(),
            reason=reason,
        )
    )  # fmt: skip
    action = after.value if kind is EventKind.STATE else kind.value
    audit.record(f"petition.{action}", actor=actor, about=f"petition:{petition.id}", reason=reason)


def check_version(current: int, seen: int) -> None:
    """Raise Conflict when what the person saw is no longer what is stored."""
    if current != seen:
        raise Conflict(N_("Someone else changed this meanwhile. Look at it again before you go on."))


def flush_or_conflict() -> None:
    """Flush; of two changes at the same moment the second raises Conflict."""
    try:
        session.flush()
    except StaleDataError as problem:
        raise Conflict(
            N_("Someone else changed this at the same moment. Look at it again before you go on.")
        ) from problem
