"""Aliases that those who are helped may be told: of givers who asked for that, once something of theirs has come."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select

from campaign.gifts.models import COUNTED, Donor, Gift, GiftAllocation, Visibility
from campaign.kernel.db import session


def to_pass_on(fund_id: uuid.UUID | None = None) -> Select[Donor]:
    """Those whom nobody has told of yet, by the row's id: the order says nothing of when they gave."""
    came = select(Gift.donor_id).where(Gift.state.in_(COUNTED), Gift.donor_id.is_not(None))
    if fund_id is not None:
        came = came.join(GiftAllocation, GiftAllocation.gift_id == Gift.id).where(GiftAllocation.fund_id == fund_id)
    wanted = select(Donor).where(
        Donor.visibility == Visibility.PRIVATE, Donor.alias_sealed.is_not(None), Donor.passed_on.is_(None),
        Donor.id.in_(came),
    )  # fmt: skip
    return wanted.order_by(Donor.id)


def count_to_pass_on(fund_id: uuid.UUID | None = None) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(to_pass_on(fund_id).order_by(None).subquery())) or 0


def funds_of(donors: frozenset[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[uuid.UUID]]:
    """For which funds each of these gave."""
    statement = (
        select(Gift.donor_id, GiftAllocation.fund_id)
        .join(GiftAllocation, GiftAllocation.gift_id == Gift.id)
        .where(Gift.donor_id.in_(donors), Gift.state.in_(COUNTED))
        .distinct()
        .order_by(GiftAllocation.fund_id)
    )
    found: dict[uuid.UUID, list[uuid.UUID]] = {each: [] for each in donors}
    for donor, fund in session.execute(statement):
        if donor is not None:
            found[donor].append(fund)
    return found
