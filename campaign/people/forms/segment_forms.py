"""The form of one condition: its fields with what was typed, what can be chosen, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from campaign.kernel.registry_people import ConditionField, SegmentCondition, segment_conditions
from campaign.people.queries.segment_tree import BadValue, Chosen, LimitBy, StepKind, check_values

IS_NOT, NAME = "is_not", "condition"
VALUE = "v-"
"""Before the name of a condition's field in a form, so that it meets no other name there."""
MOST_SHOWN = 1_000_000


@dataclass(frozen=True, slots=True)
class Input:
    """One field as it is shown."""

    field: ConditionField
    value: str
    options: Sequence[tuple[str, str]]
    error: str = ""


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """One condition as it is shown."""

    condition: SegmentCondition
    inputs: Sequence[Input]
    is_not: bool

    @property
    def has_errors(self) -> bool:
        """Whether something must be put right."""
        return any(each.error for each in self.inputs)

    @property
    def chosen(self) -> tuple[str, Mapping[str, str], bool]:
        """What was typed, as the service takes it."""
        return self.condition.name, {each.field.name: each.value for each in self.inputs}, self.is_not


def form_of(name: str, given: Mapping[str, str], *, is_not: bool, checks: bool) -> ConditionForm | None:
    """The form of a condition with these values; None for one that is not known."""
    if name not in segment_conditions:
        return None
    condition = segment_conditions[name]
    inputs = [_input(condition, each, given.get(each.name, ""), checks=checks) for each in condition.fields]
    return ConditionForm(condition, inputs, is_not)


def typed(given: Mapping[str, str]) -> ConditionForm | None:
    """The form as it was sent, with what is wrong."""
    values = {name.removeprefix(VALUE): value for name, value in given.items() if name.startswith(VALUE)}
    return form_of(given.get(NAME, ""), values, is_not=given.get(IS_NOT) == "y", checks=True)


def form_of_chosen(chosen: Chosen, *, checks: bool = False) -> ConditionForm | None:
    """The form of a condition that stands in a step."""
    return form_of(chosen.name, chosen.values, is_not=chosen.is_not, checks=checks)


def offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every condition that can be chosen, name and label under each heading."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for each in segment_conditions:
        if all(field.options is None or field.options() for field in each.fields):
            sections.setdefault(each.section, []).append((each.name, str(_(each.label))))
    return [(str(_(section)), listed) for section, listed in sections.items()]


@dataclass(frozen=True, slots=True)
class LimitForm:
    """A limit as it is shown."""

    amount: str = ""
    by: str = LimitBy.NEWEST
    draws_anew: bool = False
    error: str = ""

    @property
    def is_right(self) -> bool:
        """Whether it can be stored."""
        return not self.error

    @property
    def number(self) -> int:
        """How many; only of one that is right."""
        return int(_bare(self.amount))

    @property
    def order(self) -> LimitBy:
        """Who comes first."""
        return LimitBy(self.by)


def read_limit(given: Mapping[str, str]) -> LimitForm:
    """What was typed, with what is wrong."""
    amount, by = given.get("amount", "").strip()[:40], given.get("by", "")
    bare = _bare(amount)
    is_number = bare.isascii() and bare.isdecimal() and len(bare) <= 7 and 1 <= int(bare) <= MOST_SHOWN
    error = "" if is_number else str(_("Enter how many people, from 1 to 1,000,000."))
    known = by if by in list(LimitBy) else LimitBy.NEWEST
    return LimitForm(amount, known, "draws_anew" in given, error)


def kind_of(text: str) -> StepKind:
    """The kind of a step with conditions that an address asks for."""
    return StepKind.SUBTRACT if text == StepKind.SUBTRACT else StepKind.ADD


def _bare(text: str) -> str:
    return "".join(text.replace(",", "").split())


def _input(condition: SegmentCondition, of: ConditionField, value: str, *, checks: bool) -> Input:
    options = list(of.options()) if of.options is not None else []
    if of.kind == "yes_no":
        options = [("yes", str(_("yes"))), ("no", str(_("no")))]
    error = _error(condition, of, value) if checks else ""
    return Input(of, value, options, error)


def _error(condition: SegmentCondition, of: ConditionField, value: str) -> str:
    alone = SegmentCondition(
        condition.name, condition.label, (of,), condition.select, condition.describe, condition.describe_not
    )
    try:
        check_values(alone, {of.name: value})
    except BadValue as problem:
        return str(_(problem.message))
    return ""
