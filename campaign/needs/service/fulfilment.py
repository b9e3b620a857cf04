"""What payments, rounds and coordinators do with an approved need. Each holds the need's row until the commit."""

import uuid

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.needs.models import Need, NeedState
from campaign.needs.service.moves import NotThatStep, locked, move, record
from campaign.needs.service.needs import AGAIN, OtherPerson


def begin_fulfilment(need_id: uuid.UUID, *, actor: uuid.UUID | None) -> Need:
    """Somebody sees to it now, so that nobody else does too. Raises NotThatStep unless it is approved, NotFound."""
    need = locked(need_id)
    if need.state == NeedState.IN_FULFILMENT:
        raise NotThatStep(N_("Somebody is seeing to this need already."))
    if need.state != NeedState.APPROVED:
        raise NotThatStep(N_("This need is not approved, or not any more."))
    move(need, NeedState.IN_FULFILMENT, "begun", actor=actor)
    audit.record("need.begun", actor=actor, about=f"need:{need.id}")
    return need


def fulfil(need_id: uuid.UUID, *, actor: uuid.UUID | None, note: str = "") -> Need:
    """What was needed is there. Twice is once. Raises NotThatStep unless somebody had begun, NotFound."""
    need = locked(need_id)
    if need.state == NeedState.FULFILLED:
        return need
    if need.state != NeedState.IN_FULFILMENT:
        raise NotThatStep(N_("Nobody has begun to fulfil this need."))
    move(need, NeedState.FULFILLED, "fulfilled", actor=actor, note=note)
    audit.record("need.fulfilled", actor=actor, about=f"need:{need.id}")
    return need


def back_to_approved(need_id: uuid.UUID, *, actor: uuid.UUID | None) -> Need:
    """What was to fulfil it failed, was given up or came back: it is open again, for two weeks at least. Twice is once.

    Raises NotThatStep from any other state, NotFound.
    """
    need = locked(need_id)
    if need.state == NeedState.APPROVED:
        return need
    if need.state not in {NeedState.IN_FULFILMENT, NeedState.FULFILLED}:
        raise NotThatStep(N_("Nobody has begun to fulfil this need."))
    need.expires_on = max(need.expires_on, clock.today() + AGAIN)
    move(need, NeedState.APPROVED, "back", actor=actor)
    audit.record("need.back", actor=actor, about=f"need:{need.id}")
    return need


def still_true(need_id: uuid.UUID, *, actor: uuid.UUID) -> Need:
    """Somebody asked again and it is still so: an approved need holds for another month from today."""
    need = locked(need_id)
    if need.state != NeedState.APPROVED:
        raise NotThatStep(N_("This need is not approved, or not any more."))
    if need.author_id == actor:
        raise OtherPerson(N_("You wrote it as it stands: somebody else says that it still holds."))
    need.expires_on = max(need.expires_on, clock.today() + AGAIN * 2)
    record(need, "still_true", actor=actor)
    audit.record("need.still_true", actor=actor, about=f"need:{need.id}")
    session.flush()
    return need
