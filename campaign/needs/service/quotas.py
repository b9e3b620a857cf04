"""The table of quotas: what staff write down in the place of what the programme brings."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from campaign.kernel import audit, clock
from campaign.kernel.db import AT_THE_SAME_MOMENT, session
from campaign.kernel.errors import N_, Conflict, DomainError
from campaign.needs.models import Conditions, ParcelQuota, ParcelRegime, Period
from campaign.needs.queries.quotas import ONE_WAY


class BadQuota(DomainError):
    """What was given contradicts itself."""


@dataclass(frozen=True, slots=True)
class QuotaDraft:
    """What staff say of one regime; None for what is not counted."""

    period: Period
    is_unlimited: bool
    parcels: int | None
    packets: int | None
    kilograms: int | None
    checked_on: date
    source_title: str = ""
    source_url: str = ""
    note: str = ""


def write_quota(regime: ParcelRegime, conditions: Conditions, draft: QuotaDraft, *, actor: uuid.UUID) -> ParcelQuota:
    """From now on this holds; what held before stays to be looked up. Slots that were given stay.

    Raises BadQuota, and Conflict when somebody else writes it at the same moment.
    """
    counts = (draft.parcels, draft.packets, draft.kilograms)
    if draft.is_unlimited != all(each is None for each in counts):
        raise BadQuota(N_("Either there is no limit, or say how many."))
    if draft.kilograms is not None and (draft.parcels is not None or draft.packets is not None):
        raise BadQuota(N_("Parcels are counted by number or by weight, not both."))
    if not draft.is_unlimited and draft.kilograms is None and None in (draft.parcels, draft.packets):
        raise BadQuota(N_("Say how many parcels and how many small packets; 0 for none."))
    if draft.checked_on > clock.today():
        raise BadQuota(N_("This day lies in the future."))
    if regime in ONE_WAY and conditions is not Conditions.ORDINARY:
        raise BadQuota(N_("In this regime parcels do not depend on the conditions."))
    same = (ParcelQuota.regime == regime, ParcelQuota.conditions == conditions, ParcelQuota.is_current)
    session.execute(update(ParcelQuota).where(*same).values(is_current=False))
    made = ParcelQuota(
        id=uuid.uuid4(), regime=regime, conditions=conditions, period=draft.period, is_unlimited=draft.is_unlimited,
        parcels=draft.parcels, packets=draft.packets, kilograms=draft.kilograms, note=draft.note,
        is_sourced=bool(draft.source_title), source_title=draft.source_title, source_url=draft.source_url,
        checked_on=draft.checked_on, is_current=True, written_by=actor, written_on=clock.today(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise Conflict(AT_THE_SAME_MOMENT) from None
    audit.record("parcel.quota", actor=actor, about=f"quota:{regime}.{conditions}")
    return made
