"""What activities add to automations: a task that was done as an occasion, and giving somebody one as an act."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from campaign.activities.forms.staff_tasks import GIVEN_WORDS
from campaign.activities.forms.task_words import kind_word
from campaign.activities.queries import days_of_done_tasks
from campaign.activities.queries.tasks import KINDS
from campaign.activities.service import automated
from campaign.kernel.errors import N_
from campaign.kernel.registry_automations import AutomationAct, AutomationTrigger, automation_acts, automation_triggers
from campaign.kernel.registry_people import ConditionField


def _kinds() -> Sequence[tuple[str, str]]:
    return [(kind.value, kind_word(kind)) for kind in KINDS]


def _describe(values: Mapping[str, Any]) -> str:
    return str(_("offer them a task by mail: “%(title)s”", title=values["title"]))


def _describe_done(values: Mapping[str, Any]) -> str:
    return str(_("A task was offered by mail: “%(title)s”", title=values["title"]))


def _why(outcome: str) -> str:
    return str(dict(GIVEN_WORDS).get(outcome, outcome))


DONE = AutomationTrigger(
    "task-done", N_("Did a task"), (), lambda _values, since: days_of_done_tasks(since),
    lambda _values: str(_("has done a task")),
)  # fmt: skip
GIVE = AutomationAct(
    "give-task", N_("Offer a task, by mail"),
    (
        ConditionField("kind", N_("Kind"), "choice", _kinds),
        ConditionField("title", N_("What is to be done"), "words"),
        ConditionField("days", N_("Due in so many days (empty: no day)"), "days", is_needed=False),
    ),
    _describe, _describe_done, automated.give, automated.take_back, left_out=automated.left_out, why=_why,
    needs_two=True,
)  # fmt: skip


def register() -> None:
    """Fill the registries."""
    automation_triggers.register(DONE.name, DONE)
    automation_acts.register(GIVE.name, GIVE)
