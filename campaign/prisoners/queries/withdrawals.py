"""Who is not to be seen any more, for whoever keeps copies of public pages."""

from collections.abc import Sequence

from sqlalchemy import func, select

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerState, Withdrawal


def list_withdrawals() -> Sequence[Withdrawal]:
    """Every withdrawal whose slug is not that of another public page by now, by day and digest."""
    again = select(Prisoner.id).where(
        Prisoner.state == PrisonerState.PUBLISHED,
        func.sha256(func.convert_to(Prisoner.slug, "UTF8")) == Withdrawal.slug_digest,
    )
    return session.scalars(
        select(Withdrawal).where(~again.exists()).order_by(Withdrawal.since_on, Withdrawal.slug_digest)
    ).all()
