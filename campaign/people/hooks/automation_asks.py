"""The ladder as an act of automations: somebody is asked for their next step, by mail."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from campaign.kernel.errors import N_
from campaign.kernel.registry_automations import AutomationAct, automation_acts
from campaign.kernel.registry_ladder import list_steps
from campaign.kernel.registry_people import ConditionField
from campaign.people.forms.ladder_words import ask_words, hold_words
from campaign.people.service.automations import asking


def _steps() -> Sequence[tuple[str, str]]:
    return [(step.name, ask_words(step.name)) for step in list_steps()]


def _describe(values: Mapping[str, Any]) -> str:
    return str(_("ask them by mail, if their rest allows it: %(step)s", step=ask_words(values["step"])))


def _describe_done(values: Mapping[str, Any]) -> str:
    return str(_("Asked by mail: %(step)s", step=ask_words(values["step"])))


ASK = AutomationAct(
    "ask", N_("Ask for the next step, by mail"), (ConditionField("step", N_("For which step"), "choice", _steps),),
    _describe, _describe_done, asking.ask_by_mail, left_out=asking.left_out, why=hold_words, needs_two=True,
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    automation_acts.register(ASK.name, ASK)
