"""What letters add to segments and automations: who wrote to a prisoner, wherever that was put down."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from campaign.kernel import clock
from campaign.kernel.errors import N_
from campaign.kernel.registry_automations import AutomationTrigger, automation_triggers
from campaign.kernel.registry_people import DAYS_OR_EVER, DID, SegmentCondition, segment_conditions
from campaign.letters.queries.writers import days_of_writing, people_who_wrote
from campaign.web.spans import when


def _wrote(values: Mapping[str, Any]) -> Any:
    days = values["days"]
    return people_who_wrote(None if days is None else clock.today() - timedelta(days=days))


WROTE = SegmentCondition(
    "wrote", N_("Wrote to a prisoner"), (DAYS_OR_EVER,), _wrote,
    lambda values: when(str(_("wrote to a prisoner")), values["days"]),
    lambda values: when(str(_("wrote to nobody")), values["days"]), DID,
)  # fmt: skip
WRITES = AutomationTrigger(
    "wrote", N_("Wrote to a prisoner"), (), lambda _values, _since: days_of_writing(),
    lambda _values: str(_("writes to a prisoner")),
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    automation_triggers.register(WRITES.name, WRITES)
    segment_conditions.register(WROTE.name, WROTE)
