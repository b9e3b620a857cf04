"""What the clock does for tasks and events."""

from campaign.activities.service import entering, recurring, signups, task_offers, task_reminders, tasks
from campaign.kernel import clock
from campaign.kernel.db import transaction


def sweep_tasks() -> int:
    """Open again what was taken and not done in its days; end offers that nobody answered."""
    with transaction():
        opened = tasks.sweep(clock.today())
    with transaction():
        return opened + task_offers.lapse(clock.today())


def turn_tasks() -> None:
    """Make the tasks that come again, and owe the reminders of today."""
    with transaction():
        recurring.make_due(clock.today())
    with transaction():
        task_reminders.remind(clock.today())


def turn_events() -> None:
    """Let held places of events run out and ask the next; remind who comes tomorrow."""
    with transaction():
        signups.expire_offers()
    with transaction():
        entering.remind(clock.now())
