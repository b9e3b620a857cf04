"""What the clock does for pledges and for what was given."""

from campaign.funds.service import received
from campaign.gifts.service import pledge_clock
from campaign.kernel import clock
from campaign.kernel.db import transaction


def turn_pledges() -> None:
    """The next parts of pledges, reminders, what is missed or lapsed, each in a transaction of its own; then what the
    public is shown."""
    today = clock.today()
    for pledge_id in pledge_clock.list_due(today):
        with transaction():
            pledge_clock.turn(pledge_id, today)
    for gift_id in pledge_clock.list_expiring(today):
        with transaction():
            pledge_clock.expire(gift_id)
    with transaction():
        pledge_clock.show_again()


def show_received() -> int:
    """What the public is shown as given to each fund."""
    with transaction():
        return received.move_on(clock.today())
