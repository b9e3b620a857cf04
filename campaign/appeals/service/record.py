"""Who did what to an appeal and when: its own history, and the audit trail."""

import uuid

from campaign.appeals.models import Appeal, AppealEvent, AppealState, EventKind
from campaign.kernel import audit, clock
from campaign.kernel.db import session


def note(appeal: Appeal, kind: EventKind, actor: uuid.UUID | None, reason: str = "") -> None:
    """Record something that left the state as it is."""
    note_step(appeal, AppealState(appeal.state), AppealState(appeal.state), actor, reason, kind=kind)


def note_step(
    appeal: Appeal, before: AppealState | None, after: AppealState, actor: uuid.UUID | None, reason: str = "",
    *, kind: EventKind = EventKind.STATE,
) -> None:  # fmt: skip
    """Record a change of state."""
    session.add(
        AppealEvent(
            appeal_id=appeal.id, kind=kind, from_state=before, to_state=after, actor_id=actor, at=clock.now(),
            reason=reason,
        )
    )  # fmt: skip
    action = after.value if kind is EventKind.STATE else kind.value
    audit.record(f"appeal.{action}", actor=actor, about=f"appeal:{appeal.id}", reason=reason)
