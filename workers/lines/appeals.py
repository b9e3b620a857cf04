"""What the clock does for appeals."""

from campaign.appeals.service import sent, states
from campaign.kernel import clock
from campaign.kernel.db import transaction


def turn_appeals() -> int:
    """Close appeals at their deadline, and add up the letters that are said to have been sent."""
    with transaction():
        closed = states.close_due(clock.now())
    with transaction():
        return closed + sent.roll_up()
