"""What the clock does for needs and parcels."""

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.needs.service import needs, parcels


def sweep_needs() -> int:
    """End needs whose last day has passed, and free slots for parcels that nobody used in time."""
    with transaction():
        ended = needs.expire_due(clock.today())
    with transaction():
        return ended + parcels.lapse_due(clock.today())
