"""The steps of a segment as a tree: read from JSON, checked, written back. Pure: it asks no database.

A tree is {"version": 1, "steps": [...]}; a step adds or subtracts everybody of whom all (or any) of its conditions
hold, or keeps so many of those who were found before it. A condition names one of kernel/registry_people
(`segment_conditions`) with its values as texts, and may be turned around.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol

from campaign.kernel.errors import N_, DomainError
from campaign.kernel.registry_people import ConditionField, Fielded, SegmentCondition
from campaign.kernel.text import one_line

VERSION = 1
MOST_STEPS, MOST_CONDITIONS = 20, 20
MOST_PEOPLE, MOST_DAYS = 1_000_000, 36_500
LONGEST_VALUE = 200
MOST_NUMBER = Decimal(10) ** 12


class StepKind(StrEnum):
    """What a step does to those whom the steps before it found."""

    ADD = "add"
    SUBTRACT = "subtract"
    LIMIT = "limit"


class Match(StrEnum):
    """How many of the conditions of a step must hold."""

    ALL = "all"
    ANY = "any"


class LimitBy(StrEnum):
    """Who comes first where only so many are kept."""

    NEWEST = "newest"
    LONGEST_NOT_ASKED = "longest_not_asked"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One condition of a step."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step; of a limit, amount, order and seed count, of the others match and conditions."""

    kind: StepKind
    match: Match = Match.ALL
    conditions: tuple[Chosen, ...] = ()
    amount: int = 0
    by: LimitBy = LimitBy.NEWEST
    seed: int = 0
    """Of the order at random: stored, so that the same people come out again."""


@dataclass(frozen=True, slots=True)
class Tree:
    """All of it, in order."""

    steps: tuple[Step, ...] = ()


class Refused(DomainError):
    """A tree that means nothing, or nothing any more. The message holds places for `values`, the step among them."""

    def __init__(self, message: str, *, step: int = 0, condition: int = 0, **values: Any) -> None:
        """`step` and `condition` count from 1; 0: the tree as a whole, the step as a whole."""
        super().__init__(message)
        self.step, self.condition = step, condition
        self.values: dict[str, Any] = {"step": step, **values}

    def __str__(self) -> str:
        return self.message % self.values


class BadValue(DomainError):
    """One field of a condition does not hold what it should."""

    def __init__(self, message: str, of: ConditionField) -> None:
        super().__init__(message)
        self.field = of


class Known(Protocol):
    """The conditions that there are: the registry, or a mapping."""

    def __getitem__(self, name: str, /) -> SegmentCondition: ...

    def __contains__(self, name: object, /) -> bool: ...


def read_tree(data: Any) -> Tree:
    """The tree that some JSON is. Raises Refused, with the step where that is at fault."""
    if not isinstance(data, dict) or data.get("version") != VERSION or isinstance(data.get("version"), bool):
        raise Refused(N_("These steps were written by another version of this place and cannot be read."))
    steps = data.get("steps")
    if not isinstance(steps, list):
        raise Refused(N_("These steps are no list."))
    if len(steps) > MOST_STEPS:
        raise Refused(N_("Step %(step)s is one too many: a segment has at most 20."), step=MOST_STEPS + 1)
    return Tree(tuple(_read_step(each, number) for number, each in enumerate(steps, 1)))


def write_tree(tree: Tree) -> dict[str, Any]:
    """The same as JSON."""
    return {"version": VERSION, "steps": [_write_step(step) for step in tree.steps]}


def check_tree(tree: Tree, known: Known) -> list[Refused]:
    """Why the tree cannot be counted yet, in the order of its steps; empty: it can."""
    if not tree.steps:
        return [Refused(N_("There is no step yet. Begin with whom to add."))]
    found = []
    if tree.steps[0].kind is not StepKind.ADD:
        found.append(Refused(N_("Step %(step)s finds nobody to begin with: the first step must add people."), step=1))
    for number, step in enumerate(tree.steps, 1):
        found += _check_step(step, number, known)
    return found


def check_values(condition: Fielded, given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as what it means, a key for each field, None for an empty one. Raises BadValue."""
    return {each.name: _check_value(each, given.get(each.name, "")) for each in condition.fields}


def tidy_values(condition: Fielded, given: Mapping[str, str]) -> dict[str, str]:
    """What was typed as a tree keeps it: no empty ones, one form only. Raises BadValue."""
    tidied = {}
    for name, value in check_values(condition, given).items():
        if value is not None:
            tidied[name] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return tidied


def _check_step(step: Step, number: int, known: Known) -> list[Refused]:
    if step.kind is StepKind.LIMIT:
        return []
    if not step.conditions:
        return [Refused(N_("Step %(step)s says of nobody who is meant: give it a condition."), step=number)]
    found = []
    for place, chosen in enumerate(step.conditions, 1):
        problem = _check_chosen(chosen, number, place, known)
        if problem is not None:
            found.append(problem)
    return found


def _check_chosen(chosen: Chosen, step: int, place: int, known: Known) -> Refused | None:
    if chosen.name not in known:
        return Refused(
            N_("Step %(step)s has a condition that this place does not know (any more)."), step=step, condition=place
        )
    condition = known[chosen.name]
    try:
        check_values(condition, chosen.values)
    except BadValue as problem:
        return Refused(
            N_("Step %(step)s, “%(label)s”: “%(field_label)s” holds nothing that fits (any more)."), step=step,
            condition=place, label=condition.label, field_label=problem.field.label,
        )  # fmt: skip
    return None


def _check_value(of: ConditionField, text: str) -> Any:
    line = one_line(text, LONGEST_VALUE + 1)
    if not line:
        if of.is_needed:
            raise BadValue(N_("This is needed."), of)
        return None
    if len(line) > LONGEST_VALUE:
        raise BadValue(N_("This is too long."), of)
    return _READERS[of.kind](line, of)


def _days(text: str, of: ConditionField) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= MOST_DAYS):
        raise BadValue(N_("Enter a number of days, from 1 to 36500."), of)
    return int(text)


def _number(text: str, of: ConditionField) -> Decimal:
    try:
        number = Decimal(text.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= MOST_NUMBER or -int(number.as_tuple().exponent) > 6:
        raise BadValue(N_("Enter a number."), of)
    return number


def _day(text: str, of: ConditionField) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(N_("Enter a date, as in 2026-11-23."), of) from None


def _choice(text: str, of: ConditionField) -> str:
    if of.options is None or text not in {value for value, _label in of.options()}:
        raise BadValue(N_("Choose one of the options."), of)
    return text


def _yes_no(text: str, of: ConditionField) -> bool:
    if text not in {"yes", "no"}:
        raise BadValue(N_("Choose one of the options."), of)
    return text == "yes"


def _words(text: str, _of: ConditionField) -> str:
    return text


_READERS = {"days": _days, "number": _number, "day": _day, "choice": _choice, "yes_no": _yes_no, "words": _words}


def _read_step(data: Any, number: int) -> Step:
    if not isinstance(data, dict) or data.get("kind") not in list(StepKind):
        raise Refused(N_("Step %(step)s neither adds, nor takes away, nor limits."), step=number)
    kind = StepKind(data["kind"])
    if kind is StepKind.LIMIT:
        return _read_limit(data, number)
    match, conditions = data.get("match"), data.get("conditions")
    if match not in list(Match) or not isinstance(conditions, list):
        raise Refused(N_("Step %(step)s does not say whether all or any of its conditions must hold."), step=number)
    if len(conditions) > MOST_CONDITIONS:
        raise Refused(N_("Step %(step)s has too many conditions: at most 20."), step=number)
    return Step(kind, Match(match), tuple(_read_chosen(each, number) for each in conditions))


def _read_limit(data: Mapping[str, Any], number: int) -> Step:
    amount, by, seed = data.get("amount"), data.get("by"), data.get("seed", 0)
    if type(amount) is not int or not 1 <= amount <= MOST_PEOPLE:
        raise Refused(N_("Step %(step)s keeps between 1 and 1,000,000 people."), step=number)
    if by not in list(LimitBy):
        raise Refused(N_("Step %(step)s does not say who comes first."), step=number)
    if type(seed) is not int or not 0 <= seed < 2**31:
        raise Refused(N_("Step %(step)s draws by a seed that is none."), step=number)
    return Step(StepKind.LIMIT, amount=amount, by=LimitBy(by), seed=seed)


def _read_chosen(data: Any, step: int) -> Chosen:
    held = data if isinstance(data, dict) else {}
    name, values, is_not = held.get("name"), held.get("values", {}), held.get("not", False)
    if not isinstance(name, str) or not isinstance(values, dict) or not isinstance(is_not, bool):
        raise Refused(N_("Step %(step)s has a condition that cannot be read."), step=step)
    if not all(isinstance(value, str) for value in values.values()):
        raise Refused(N_("Step %(step)s has a condition that cannot be read."), step=step)
    return Chosen(name, {str(key): value for key, value in values.items()}, is_not)


def _write_step(step: Step) -> dict[str, Any]:
    if step.kind is StepKind.LIMIT:
        return {"kind": str(step.kind), "amount": step.amount, "by": str(step.by), "seed": step.seed}
    conditions = [{"name": each.name, "not": each.is_not, "values": dict(each.values)} for each in step.conditions]
    return {"kind": str(step.kind), "match": str(step.match), "conditions": conditions}


def first_emptied(steps: Sequence[Mapping[str, Any]]) -> int:
    """The number of the step after which nobody is left, of counted ones; 0 where somebody is."""
    if not steps or steps[-1]["after"]:
        return 0
    last_with_somebody = max((number for number, each in enumerate(steps, 1) if each["after"]), default=0)
    return last_with_somebody + 1
