"""The form of a rule: when, if, then; with what was typed under every choice, and what is wrong with it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from campaign.kernel.registry_automations import automation_acts, automation_triggers
from campaign.kernel.registry_people import ConditionField, Fielded
from campaign.kernel.text import one_line
from campaign.people.forms.segment_forms import Input
from campaign.people.models import LONGEST_RULE_TITLE, MOST_A_DAY, MOST_BACK, MOST_WAIT
from campaign.people.queries.segment_tree import BadValue, check_values
from campaign.people.service.automations.rules import RuleDraft

WHEN, THEN = "when", "then"
LONGEST_TYPED = 201


@dataclass(frozen=True, slots=True)
class Offer:
    """One occasion or act that can be chosen, with what it asks for."""

    name: str
    label: str
    inputs: Sequence[Input]
    is_chosen: bool

    @property
    def values(self) -> dict[str, str]:
        """What was typed."""
        return {each.field.name: each.value for each in self.inputs}


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as it is shown."""

    title: str
    triggers: Sequence[Offer]
    acts: Sequence[Offer]
    segment: str
    wait_days: str
    back_days: str
    most_a_day: str
    errors: Mapping[str, str] = field(default_factory=dict)
    """By the id of the field, in their order."""

    @property
    def draft(self) -> RuleDraft:
        """What was typed, as the service takes it; only of a form without errors."""
        when, then = _chosen(self.triggers), _chosen(self.acts)
        return RuleDraft(
            title=self.title, trigger=when.name, act=then.name, trigger_values=when.values, act_values=then.values,
            segment_id=uuid.UUID(self.segment) if self.segment else None, wait_days=int(self.wait_days),
            back_days=int(self.back_days), most_a_day=int(self.most_a_day),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Alone:
    """One field by itself."""

    fields: tuple[ConditionField, ...]


def empty_form() -> RuleForm:
    """The form of a new rule."""
    return RuleForm("", _offers(WHEN, {}), _offers(THEN, {}), "", "0", "0", "50")


def form_of(draft: RuleDraft) -> RuleForm:
    """The form of a rule that is saved."""
    given = {WHEN: draft.trigger, THEN: draft.act}
    given |= {f"{WHEN}-{draft.trigger}-{name}": str(value) for name, value in draft.trigger_values.items()}
    given |= {f"{THEN}-{draft.act}-{name}": str(value) for name, value in draft.act_values.items()}
    return RuleForm(
        draft.title, _offers(WHEN, given), _offers(THEN, given), str(draft.segment_id or ""), str(draft.wait_days),
        str(draft.back_days), str(draft.most_a_day),
    )  # fmt: skip


def typed(given: Mapping[str, str], segments: Iterable[uuid.UUID]) -> RuleForm:
    """The form as it was sent, with what is wrong. `segments`: those that can be chosen."""
    errors: dict[str, str] = {}
    title = one_line(given.get("title", ""), LONGEST_RULE_TITLE)
    if not title:
        errors["title"] = str(_("A rule needs a title."))
    triggers, acts = _offers(WHEN, given, checks=True), _offers(THEN, given, checks=True)
    errors |= _errors_of(WHEN, triggers, str(_("Choose when it begins.")))
    segment = given.get("segment", "")
    if segment and segment not in {str(each) for each in segments}:
        segment, errors["segment"] = "", str(_("This segment is gone, or not for you."))
    errors |= _errors_of(THEN, acts, str(_("Choose what it does.")))
    numbers = {}
    for name, least, most in (("wait", 0, MOST_WAIT), ("back", 0, MOST_BACK), ("most", 1, MOST_A_DAY)):
        numbers[name] = given.get(name, "").strip()[:10]
        if not _is_between(numbers[name], least, most):
            errors[name] = str(_("Enter a whole number from %(least)s to %(most)s.", least=least, most=most))
    return RuleForm(title, triggers, acts, segment, numbers["wait"], numbers["back"], numbers["most"], errors)


def _errors_of(part: str, offers: Sequence[Offer], none: str) -> dict[str, str]:
    chosen = next((each for each in offers if each.is_chosen), None)
    if chosen is None:
        return {f"{part}-{offers[0].name}": none}
    return {f"{part}-{chosen.name}-{each.field.name}": each.error for each in chosen.inputs if each.error}


def _offers(part: str, given: Mapping[str, str], *, checks: bool = False) -> list[Offer]:
    """Every occasion or act; whatever was typed under another choice stays there."""
    registry: Iterable[tuple[str, str, Fielded]] = (
        [(each.name, each.label, each) for each in automation_triggers]
        if part == WHEN
        else [(each.name, each.label, each) for each in automation_acts]
    )
    offers = []
    for name, label, of in registry:
        is_chosen = given.get(part) == name
        inputs = [
            _input(each, given.get(f"{part}-{name}-{each.name}", ""), checks=checks and is_chosen) for each in of.fields
        ]
        if all(each.options or each.field.kind != "choice" or not each.field.is_needed for each in inputs):
            offers.append(Offer(name, str(_(label)), inputs, is_chosen))
    return offers


def _input(of: ConditionField, value: str, *, checks: bool) -> Input:
    options = list(of.options()) if of.options is not None else []
    return Input(of, value[:LONGEST_TYPED], options, _error(of, value) if checks else "")


def _error(of: ConditionField, value: str) -> str:
    try:
        check_values(_Alone((of,)), {of.name: value})
    except BadValue as problem:
        return str(_(problem.message))
    return ""


def _is_between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and least <= int(text) <= most


def _chosen(offers: Sequence[Offer]) -> Offer:
    return next(each for each in offers if each.is_chosen)
