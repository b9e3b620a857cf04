"""What payments, rounds and coordinators do with an approved need. Each holds the need's row until the commit."""

import uuid

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_needs import need_holders
from campaign.needs.models import Need, NeedState
from campaign.needs.service.moves import NotThatStep, locked, move, record
from campaign.needs.service.needs import AGAIN, OtherPerson

HELD = N_("There is a payment for this need: treasurers say what became of it, and the need moves on with it.")


def is_held(need_id: uuid.UUID) -> bool:
    """Whether something else sees to it, so that it moves on with that and by nobody's hand."""
    return any(holds(need_id) for holds in need_holders)


def begin_fulfilment(need_id: uuid.UUID, *, actor: uuid.UUID | None) -> Need:
    """Somebody sees to it now, so that nobody else does too. Raises NotThatStep unless it is approved, or paid in part
    with nothing under way for what is open, NotFound."""
    need = locked(need_id)
    if need.state == NeedState.IN_FULFILMENT and need.is_in_part and not is_held(need_id):
        return need
    if need.state == NeedState.IN_FULFILMENT:
        raise NotThatStep(N_("Somebody is seeing to this need already."))
    if need.state != NeedState.APPROVED:
        raise NotThatStep(N_("This need is not approved, or not any more."))
    move(need, NeedState.IN_FULFILMENT, "begun", actor=actor)
    audit.record("need.begun", actor=actor, about=f"need:{need.id}")
    return need


def fulfil(need_id: uuid.UUID, *, actor: uuid.UUID | None, note: str = "", by_hand: bool = False) -> Need:
    """What was needed is there. Twice is once. Raises NotThatStep unless somebody had begun, NotFound.

    By hand it raises NotThatStep while something else sees to it.
    """
    need = locked(need_id)
    if by_hand:
        _check_free(need)
    if need.state == NeedState.FULFILLED:
        return need
    if need.state != NeedState.IN_FULFILMENT:
        raise NotThatStep(N_("Nobody has begun to fulfil this need."))
    move(need, NeedState.FULFILLED, "fulfilled", actor=actor, note=note)
    audit.record("need.fulfilled", actor=actor, about=f"need:{need.id}")
    return need


def arrived(need_id: uuid.UUID, covered: int | None, *, actor: uuid.UUID | None) -> Need:
    """A payment for it arrived; `covered`: what all that arrived comes to in the need's currency, None without a rate.

    It is fulfilled once that is all of it; until then it stays in fulfilment, and without a rate a person decides.
    Things, and needs without an amount, are fulfilled by any. Raises NotThatStep unless somebody had begun, NotFound.
    """
    need = locked(need_id)
    _cover(need, need.covered if covered is None else covered)
    is_whole = need.is_in_kind or need.amount is None or (covered is not None and covered >= need.amount)
    if is_whole or need.state == NeedState.FULFILLED:
        return fulfil(need_id, actor=actor)
    if need.state != NeedState.IN_FULFILMENT:
        raise NotThatStep(N_("Nobody has begun to fulfil this need."))
    record(need, "part" if covered is not None else "unweighed", actor=actor)
    audit.record("need.part", actor=actor, about=f"need:{need.id}")
    session.flush()
    return need


def came_back(need_id: uuid.UUID, covered: int | None, *, actor: uuid.UUID | None) -> Need:
    """A payment for it failed, was given up or came back.

    While a part of it stays paid it stays in fulfilment, with what is open; else it is approved and open again. Raises
    NotThatStep, NotFound.
    """
    need = locked(need_id)
    _cover(need, covered or 0)
    if not need.is_in_part or need.state == NeedState.APPROVED:
        return back_to_approved(need_id, actor=actor)
    if need.state == NeedState.FULFILLED:
        move(need, NeedState.IN_FULFILMENT, "back_in_part", actor=actor)
        audit.record("need.back", actor=actor, about=f"need:{need.id}")
    session.flush()
    return need


def back_to_approved(need_id: uuid.UUID, *, actor: uuid.UUID | None, by_hand: bool = False) -> Need:
    """What was to fulfil it failed, was given up or came back: it is open again, for two weeks at least. Twice is once.

    Raises NotThatStep from any other state, and by hand while something else sees to it, NotFound.
    """
    need = locked(need_id)
    if by_hand:
        _check_free(need)
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


def _cover(need: Need, covered: int) -> None:
    need.covered = 0 if need.amount is None else covered
    session.flush()


def _check_free(need: Need) -> None:
    if is_held(need.id):
        raise NotThatStep(HELD)
