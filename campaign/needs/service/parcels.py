"""Slots for parcels: given until a day, used, given back; none is ever given to two.

Whoever gives or ends a slot holds the prisoner's standing, so that two who come at once stand in a row; should anything
ever go around that, the key of the units refuses it.
"""

import uuid
from datetime import date, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.needs.models import (
    MOST_A_PERIOD,
    Conditions,
    Need,
    ParcelKind,
    ParcelRegime,
    ParcelSlot,
    ParcelStanding,
    ParcelUnit,
    SlotState,
)
from campaign.needs.queries.parcels import get_slot, parcels_of
from campaign.prisoners.models import Prisoner

DAYS, MOST_DAYS = 14, 60
"""So long a slot is kept for whoever asked unless said otherwise, and at most."""
KEPT_DAYS = 730
BATCH = 500


class NoSlot(Conflict):
    """The regime allows no more in this period."""


class BadSlot(DomainError):
    """What was asked cannot be."""


def reserve(
    prisoner_id: uuid.UUID, kind: ParcelKind, *, actor: uuid.UUID, until: date | None = None,
    kilograms: int | None = None, need_id: uuid.UUID | None = None, is_demo: bool = False,
) -> ParcelSlot:  # fmt: skip
    """Keep a slot of the present period until a day. Raises NoSlot, BadSlot, NotFound."""
    _hold(prisoner_id)
    today = clock.today()
    _lapse(select(ParcelSlot).where(ParcelSlot.prisoner_id == prisoner_id), today)
    now = parcels_of(prisoner_id)
    if now.is_free:
        raise BadSlot(N_("This person is not held any more, as far as is known."))
    if now.quota is None or now.period is None:
        raise BadSlot(N_("It is not known what this regime allows. Write it down in the table of quotas first."))
    if kind not in now.quota.kinds:
        raise BadSlot(N_("Where this person is held parcels are counted in another way."))
    units = 1 if kind is not ParcelKind.WEIGHT else kilograms or 0
    if units <= 0:
        raise BadSlot(N_("Say how many kilograms, rounded up."))
    last = min(until or today + timedelta(days=DAYS), now.period[1])
    if not today <= last <= today + timedelta(days=MOST_DAYS):
        raise BadSlot(N_("A slot is kept from today for sixty days at most."))
    if need_id is not None and session.scalar(select(Need.prisoner_id).where(Need.id == need_id)) != prisoner_id:
        raise NotFound
    slot = ParcelSlot(
        id=uuid.uuid4(), prisoner_id=prisoner_id, kind=kind, kilograms=units if kind is ParcelKind.WEIGHT else None,
        period_from=now.period[0], period_until=now.period[1], state=SlotState.RESERVED, need_id=need_id,
        reserved_by=actor, reserved_on=today, reserved_until=last, is_demo=is_demo,
    )  # fmt: skip
    session.add(slot)
    session.flush()
    _take_units(slot, units, now.quota.most(kind))
    audit.record("parcel.reserved", actor=actor, about=f"parcel:{slot.id}", amount=units)
    return slot


def use(prisoner_id: uuid.UUID, slot_id: uuid.UUID, *, actor: uuid.UUID) -> ParcelSlot:
    """It was sent. Twice is once. Raises Conflict when it lapsed or was given back, NotFound."""
    slot = _locked(prisoner_id, slot_id)
    if slot.state == SlotState.USED:
        return slot
    if slot.state != SlotState.RESERVED or slot.reserved_until < clock.today():
        raise Conflict(N_("This slot is not kept any more. Take another if there is one, before anything is sent."))
    slot.state, slot.ended_on = SlotState.USED, clock.today()
    session.flush()
    audit.record("parcel.sent", actor=actor, about=f"parcel:{slot.id}")
    return slot


def release(prisoner_id: uuid.UUID, slot_id: uuid.UUID, *, actor: uuid.UUID) -> ParcelSlot:
    """Nothing is sent, or nothing was: it is free for others. Twice is once. Raises NotFound."""
    slot = _locked(prisoner_id, slot_id)
    if slot.state in {SlotState.RELEASED, SlotState.LAPSED}:
        return slot
    _end(slot, SlotState.RELEASED)
    audit.record("parcel.released", actor=actor, about=f"parcel:{slot.id}")
    return slot


def note_standing(
    prisoner_id: uuid.UUID, conditions: Conditions, regime: ParcelRegime | None, *, actor: uuid.UUID
) -> ParcelStanding:  # fmt: skip
    """Write down how parcels to somebody are counted. What was given already stays. Raises NotFound."""
    standing = _hold(prisoner_id)
    standing.conditions, standing.regime = conditions, regime
    standing.noted_by, standing.noted_on = actor, clock.today()
    session.flush()
    audit.record("parcel.standing", actor=actor, about=f"prisoner:{prisoner_id}", reason=regime or conditions)
    return standing


def lapse_due(today: date) -> int:
    """Free the slots whose day has passed; gives how many."""
    return _lapse(select(ParcelSlot).limit(BATCH), today, skips=True)


def forget_old(today: date) -> int:
    """Delete slots two years after their period; gives how many."""
    due = select(ParcelSlot.id).where(ParcelSlot.period_until <= today - timedelta(days=KEPT_DAYS)).limit(BATCH)
    return len(session.execute(delete(ParcelSlot).where(ParcelSlot.id.in_(due)).returning(ParcelSlot.id)).all())


def _hold(prisoner_id: uuid.UUID) -> ParcelStanding:
    """The person's standing under its lock, made if there is none yet. Raises NotFound."""
    if session.get(Prisoner, prisoner_id) is None:
        raise NotFound
    made = insert(ParcelStanding).values(prisoner_id=prisoner_id, conditions=Conditions.ORDINARY)
    session.execute(made.on_conflict_do_nothing())
    return session.get_one(ParcelStanding, prisoner_id, with_for_update=True, populate_existing=True)


def _locked(prisoner_id: uuid.UUID, slot_id: uuid.UUID) -> ParcelSlot:
    get_slot(prisoner_id, slot_id)
    _hold(prisoner_id)
    return session.get_one(ParcelSlot, slot_id, with_for_update=True, populate_existing=True)


def _take_units(slot: ParcelSlot, units: int, most: int | None) -> None:
    mine = (
        ParcelUnit.prisoner_id == slot.prisoner_id, ParcelUnit.kind == slot.kind,
        ParcelUnit.period_from == slot.period_from,
    )  # fmt: skip
    taken = set(session.scalars(select(ParcelUnit.number).where(*mine)))
    free = [each for each in range(1, (most or MOST_A_PERIOD) + 1) if each not in taken][:units]
    if len(free) < units:
        raise NoSlot(N_("The regime allows no more in this period: everything is sent or promised already."))
    shared = {
        "prisoner_id": slot.prisoner_id, "kind": slot.kind, "period_from": slot.period_from, "out_of": most,
        "slot_id": slot.id,
    }  # fmt: skip
    session.execute(insert(ParcelUnit), [shared | {"number": number} for number in free])


def _lapse(which: Select[ParcelSlot], today: date, *, skips: bool = False) -> int:
    due = which.where(ParcelSlot.state == SlotState.RESERVED, ParcelSlot.reserved_until < today)
    found = session.scalars(due.with_for_update(skip_locked=skips).execution_options(populate_existing=True)).all()
    for slot in found:
        _end(slot, SlotState.LAPSED)
    return len(found)


def _end(slot: ParcelSlot, state: SlotState) -> None:
    slot.state, slot.ended_on = state, clock.today()
    session.execute(delete(ParcelUnit).where(ParcelUnit.slot_id == slot.id))
    session.flush()
