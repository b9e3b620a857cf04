"""What activities add to automations: a task that was done as an occasion."""

from flask_babel import gettext as _

from campaign.activities.queries import days_of_done_tasks
from campaign.kernel.errors import N_
from campaign.kernel.registry_automations import AutomationTrigger, automation_triggers

DONE = AutomationTrigger(
    "task-done", N_("Did a task"), (), lambda _values, since: days_of_done_tasks(since),
    lambda _values: str(_("has done a task")),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    automation_triggers.register(DONE.name, DONE)
