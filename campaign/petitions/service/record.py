"""Who did what to a petition and when: the petition's own history, and the audit trail."""

import uuid

from campaign.kernel import audit, clock
from campaign.kernel.db import session
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
