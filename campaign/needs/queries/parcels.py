"""Reads of parcels: by which rule they are counted for somebody, what is taken of a period, and what is left."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.needs.models import (
    LIVE_SLOTS,
    Conditions,
    ParcelKind,
    ParcelRegime,
    ParcelSlot,
    ParcelStanding,
    ParcelUnit,
    SlotState,
)
from campaign.needs.queries.quotas import Quota, find_quota
from campaign.prisoners.models import Case, Custody, FacilityKind, Gender, Prisoner, Regime, Sentence
from campaign.prisoners.queries.situation import find_current_status, find_current_stay, is_over

_F = FacilityKind
BY_FACILITY = {
    _F.IVS: ParcelRegime.REMAND, _F.SIZO: ParcelRegime.REMAND, _F.FSB_SIZO: ParcelRegime.REMAND,
    _F.PFRSI: ParcelRegime.REMAND, _F.IK_GENERAL: ParcelRegime.GENERAL, _F.IK_STRICT: ParcelRegime.STRICT,
    _F.IK_SPECIAL: ParcelRegime.SPECIAL, _F.PRISON_T: ParcelRegime.PRISON, _F.WOMEN_IK: ParcelRegime.WOMEN,
    _F.JUVENILE_VK: ParcelRegime.JUVENILE, _F.COLONY_SETTLEMENT: ParcelRegime.SETTLEMENT,
}  # fmt: skip
BY_SENTENCE = {
    Regime.SETTLEMENT: ParcelRegime.SETTLEMENT, Regime.GENERAL: ParcelRegime.GENERAL,
    Regime.STRICT: ParcelRegime.STRICT, Regime.SPECIAL: ParcelRegime.SPECIAL, Regime.PRISON_PART: ParcelRegime.PRISON,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """How one kind stands in its period."""

    kind: ParcelKind
    most: int | None
    """None: without a limit."""
    sent: int
    reserved: int

    @property
    def left(self) -> int | None:
        """How many units are free; None: as many as one likes."""
        return None if self.most is None else max(self.most - self.sent - self.reserved, 0)


@dataclass(frozen=True, slots=True)
class Parcels:
    """All about parcels to one prisoner today."""

    regime: ParcelRegime | None
    """None: it is not known by which rule they are counted."""
    is_noted: bool
    """Staff said which; else the place and the sentence tell."""
    conditions: Conditions
    quota: Quota | None
    """None: nothing is known of this regime."""
    period: tuple[date, date] | None
    counted: Sequence[Counted]
    is_free: bool
    """Out of prison, or dead: nothing is sent to a facility."""


def parcels_of(prisoner_id: uuid.UUID) -> Parcels:
    """How parcels to somebody stand today."""
    today, standing = clock.today(), session.get(ParcelStanding, prisoner_id)
    noted = ParcelRegime(standing.regime) if standing is not None and standing.regime is not None else None
    regime = noted or regime_of(prisoner_id)
    conditions = Conditions(standing.conditions) if standing is not None else Conditions.ORDINARY
    quota = find_quota(regime, conditions) if regime is not None else None
    period = quota.span(today) if quota is not None else None
    counted = [] if quota is None or period is None else _counted(prisoner_id, quota, period[0], today)
    is_free = is_over(find_current_status(prisoner_id))
    return Parcels(regime, noted is not None, conditions, quota, period, counted, is_free)


def regime_of(prisoner_id: uuid.UUID) -> ParcelRegime | None:
    """By which rule parcels are counted where somebody is held, else as the newest sentence tells; None: not known.

    For women in a colony of any kind there is no limit, but none is known of for women on remand.
    """
    stay, prisoner = find_current_stay(prisoner_id), session.get(Prisoner, prisoner_id)
    place = _place_of(stay)
    if place is ParcelRegime.REMAND:
        return place
    found = place or _sentenced_to(prisoner_id)
    is_woman = prisoner is not None and prisoner.gender == Gender.FEMALE
    return ParcelRegime.WOMEN if is_woman and found is not None and found is not ParcelRegime.JUVENILE else found


def get_slot(prisoner_id: uuid.UUID, slot_id: uuid.UUID) -> ParcelSlot:
    """A slot of this very person. Raises NotFound."""
    found = session.get(ParcelSlot, slot_id)
    if found is None or found.prisoner_id != prisoner_id:
        raise NotFound
    return found


def list_slots(prisoner_id: uuid.UUID, *, most: int = 60) -> Sequence[ParcelSlot]:
    """Slots of somebody, the newest first."""
    mine = select(ParcelSlot).where(ParcelSlot.prisoner_id == prisoner_id)
    return session.scalars(mine.order_by(ParcelSlot.number.desc()).limit(most)).all()


def list_slots_of_need(need_id: uuid.UUID) -> Sequence[ParcelSlot]:
    """Slots that were given for one need."""
    mine = select(ParcelSlot).where(ParcelSlot.need_id == need_id)
    return session.scalars(mine.order_by(ParcelSlot.number)).all()


def count_lapsing(today: date) -> int:
    """How many slots lapse today or tomorrow unless somebody says that it was sent."""
    tomorrow = today + timedelta(days=1)
    soon = (ParcelSlot.state == SlotState.RESERVED, ParcelSlot.reserved_until <= tomorrow)
    return session.scalar(select(func.count()).where(*soon)) or 0


def is_held(today: date) -> ColumnElement[bool]:
    """Whether a slot still takes its units: it was used, or is reserved and its day has not passed."""
    return or_(
        ParcelSlot.state == SlotState.USED,
        (ParcelSlot.state == SlotState.RESERVED) & (ParcelSlot.reserved_until >= today),
    )


def _counted(prisoner_id: uuid.UUID, quota: Quota, first: date, today: date) -> list[Counted]:
    rows = session.execute(
        select(ParcelUnit.kind, ParcelSlot.state, func.count())
        .join(ParcelSlot, ParcelSlot.id == ParcelUnit.slot_id)
        .where(
            ParcelUnit.prisoner_id == prisoner_id, ParcelUnit.period_from == first,
            ParcelSlot.state.in_(LIVE_SLOTS), is_held(today),
        )
        .group_by(ParcelUnit.kind, ParcelSlot.state)
    )  # fmt: skip
    taken = {(kind, state): amount for kind, state, amount in rows}
    return [
        Counted(
            kind, quota.most(kind), taken.get((kind, SlotState.USED), 0), taken.get((kind, SlotState.RESERVED), 0)
        )
        for kind in quota.kinds
    ]  # fmt: skip


def _place_of(stay: Custody | None) -> ParcelRegime | None:
    return BY_FACILITY.get(FacilityKind(stay.facility.kind)) if stay is not None and stay.facility else None


def _sentenced_to(prisoner_id: uuid.UUID) -> ParcelRegime | None:
    newest = (
        select(Sentence.regime)
        .join(Case, Case.id == Sentence.case_id)
        .where(Case.prisoner_id == prisoner_id)
        .order_by(Sentence.decided_on.desc(), Sentence.id)
        .limit(1)
    )
    found = session.scalar(newest)
    return BY_SENTENCE.get(Regime(found)) if found is not None else None
