"""The conditions of segments about the ladder: where somebody stands, may be asked, waits, was asked, said no."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from campaign.kernel.errors import N_
from campaign.kernel.registry_people import DAYS_OR_EVER, DID, ConditionField, SegmentCondition, segment_conditions
from campaign.people.forms import ladder_words as words
from campaign.people.forms.condition_words import said
from campaign.people.queries import ladder
from campaign.people.queries.conditions import ANY
from campaign.web.spans import when


def _step(values: Mapping[str, Any]) -> str:
    return "" if values["step"] == ANY else str(values["step"])


CONDITIONS = (
    SegmentCondition(
        "ladder-rung", N_("Stands on a rung of the ladder"),
        (ConditionField("rung", N_("Rung"), "choice", words.rung_options),),
        lambda values: ladder.people_on(int(values["rung"])),
        said(N_("stands on the rung “%(rung)s”"), rung=lambda value: words.rung_words(int(value))),
        said(N_("does not stand on the rung “%(rung)s”"), rung=lambda value: words.rung_words(int(value))), DID,
    ),
    SegmentCondition(
        "ladder-free", N_("May be asked for a step now"),
        (ConditionField("step", N_("Step"), "choice", words.step_options),),
        lambda values: ladder.people_held(values["step"], ""),
        said(N_("may be asked now: %(step)s"), step=words.ask_words),
        said(N_("may not be asked now: %(step)s"), step=words.ask_words), DID,
    ),
    SegmentCondition(
        "ladder-held", N_("Is next for a step, but waits"),
        (ConditionField("held", N_("Step, and why"), "choice", words.held_options),),
        lambda values: ladder.people_at(f"held:{values['held']}"),
        lambda values: words.held_words(values["held"]),
        lambda values: str(_("not so: %(what)s", what=words.held_words(values["held"]))), DID,
    ),
    SegmentCondition(
        "ladder-asked", N_("Was asked for a step"),
        (ConditionField("step", N_("Step"), "choice", words.step_or_any_options), DAYS_OR_EVER),
        lambda values: ladder.people_asked(_step(values), values["days"]),
        lambda values: when(str(_("was asked for: %(step)s", step=words.step_or_any(values["step"]))), values["days"]),
        lambda values: when(
            str(_("was not asked for: %(step)s", step=words.step_or_any(values["step"]))), values["days"]
        ), DID,
    ),
    SegmentCondition(
        "ladder-no", N_("Said no to a step"),
        (ConditionField("step", N_("Step"), "choice", words.step_or_any_options),),
        lambda values: ladder.people_who_said_no(_step(values)),
        said(N_("said no to: %(step)s"), step=words.step_or_any),
        said(N_("did not say no to: %(step)s"), step=words.step_or_any), DID,
    ),
)  # fmt: skip


def register() -> None:
    """Fill the registry."""
    for each in CONDITIONS:
        segment_conditions.register(each.name, each)
