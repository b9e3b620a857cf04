"""What the public sees of pledges and gifts: one rounded figure, and aliases of those who asked for it."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from campaign.funds.models import Fund
from campaign.funds.queries.public import FEWEST, public_funds
from campaign.gifts.models import ALIAS, COUNTED, SCOPE, Donor, Gift, GiftAllocation, PledgeShown, Visibility
from campaign.kernel.crypto.errors import CryptoError
from campaign.kernel.db import session

NAMED_AFTER = timedelta(days=30)
MOST_NAMED = 200


def find_shown(fund_id: uuid.UUID) -> PledgeShown | None:
    """What is shown as pledged; None while there is nothing to show."""
    found = session.get(PledgeShown, fund_id, populate_existing=True)
    return found if found is not None and found.amount is not None else None


def list_aliases(fund_id: uuid.UUID, today: date) -> Sequence[str]:
    """Of those who want to be named, whose name staff have released and whose gift came a month ago or earlier, by the
    alphabet and never by time; none while they are fewer than five."""
    came = (
        select(Gift.donor_id)
        .join(GiftAllocation, GiftAllocation.gift_id == Gift.id)
        .where(
            GiftAllocation.fund_id == fund_id, Gift.state.in_(COUNTED), Gift.settled_on <= today - NAMED_AFTER,
            Gift.donor_id.is_not(None),
        )
    )  # fmt: skip
    wanted = select(Donor).where(
        Donor.visibility == Visibility.PUBLIC, Donor.released_on.is_not(None), Donor.id.in_(came)
    )
    donors = session.scalars(wanted.limit(MOST_NAMED)).all()
    try:
        names = {
            ALIAS.unseal(SCOPE, each.id, each.alias_sealed) for each in donors if each.alias_sealed is not None
        }  # fmt: skip
    except CryptoError:
        return ()
    # One person with five names would else stand among nobody.
    people = {each.email_index or each.id.bytes for each in donors}
    return sorted(names, key=str.casefold) if min(len(names), len(people)) >= FEWEST else ()


def find_fund_of(prisoner_id: uuid.UUID) -> Fund | None:
    """The public fund of somebody with a public page that takes something; the oldest, where there are several."""
    statement = public_funds().where(Fund.prisoner_id == prisoner_id, Fund.state == "open")
    return session.scalars(statement.limit(1)).first()
