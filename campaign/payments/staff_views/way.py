"""The way of a payment as its page draws it: who did what when, and what is still ahead."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.payments.models import Payment, PaymentEvent, PaymentState

_S = PaymentState
_WAY = (_S.DRAFT, _S.SUBMITTED, _S.REVIEWED, _S.APPROVED, _S.SCHEDULED, _S.SENT, _S.CONFIRMED, _S.RECONCILED)
_ENDS = frozenset({_S.FAILED, _S.RETURNED, _S.CANCELLED})


@dataclass(frozen=True, slots=True)
class Stop:
    """One point of the way."""

    state: PaymentState
    is_done: bool
    is_now: bool
    who: uuid.UUID | None = None
    at: datetime | None = None


def way_of(payment: Payment, events: Sequence[PaymentEvent]) -> list[Stop]:
    """From the draft that counts to the statement, or to where it ended; a third person only where it takes one."""
    last_draft = max((at for at, each in enumerate(events) if each.now == _S.DRAFT), default=0)
    taken = {PaymentState(each.now): each for each in events[last_draft:]}
    end = PaymentState(payment.state)
    stops = []
    for state in _WAY:
        event = taken.get(state)
        is_spared = state == _S.APPROVED and event is None and (not payment.needs_third or _S.SCHEDULED in taken)
        if is_spared or (event is None and end in _ENDS):
            continue
        stops.append(_stop(state, event, end))
    if end in _ENDS:
        stops.append(_stop(end, taken.get(end), end))
    return stops


def _stop(state: PaymentState, event: PaymentEvent | None, now: PaymentState) -> Stop:
    is_there = event is not None and not (state == _S.RECONCILED and now != _S.RECONCILED and now not in _ENDS)
    if event is None or not is_there:
        return Stop(state, is_done=False, is_now=False)
    return Stop(state, is_done=True, is_now=state == now, who=event.actor_id, at=event.happened_at)
