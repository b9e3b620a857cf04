"""The numbers of the rules about asking: as they came, or as staff changed them within their bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.registry_ladder import list_steps
from campaign.people.models import AskRule

REST, AGAIN, MAILS = "rest", "again", "mails"
WAIT = "wait:"
"""Before the name of a step."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """One number that staff can change."""

    name: str
    label: str
    """Marked with N_; it may hold %(step)s."""
    default: int
    least: int
    most: int
    step: str = ""
    """The step that it is about, where it is about one."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers that hold now."""

    rest_days: int
    """Nobody is asked for anything within so many days of having been asked for something."""
    again_days: int
    """Nor for the same step within so many."""
    wait_days: Mapping[str, int]
    """By the name of a step: so many days since they took the one below."""
    mails_a_day: int
    """So many mails that ask leave on one day."""


GENERAL = (
    Bounds(REST, N_("Days of rest after being asked for anything"), 14, 7, 180),
    Bounds(AGAIN, N_("Days before somebody is asked for the same step again"), 90, 30, 365),
    Bounds(MAILS, N_("Mails that ask, a day at most"), 200, 0, 5_000),
)


def list_bounds() -> list[Bounds]:
    """Every number there is, those of single steps last."""
    waits = [
        Bounds(WAIT + step.name, N_("Days since the step below, before: %(step)s"), 14, 0, 365, step.name)
        for step in list_steps()
    ]
    return [*GENERAL, *waits]


def read_numbers() -> dict[str, int]:
    """Each number as it is now, by its name."""
    changed = {each.name: each.number for each in session.scalars(select(AskRule))}
    return {each.name: min(max(changed.get(each.name, each.default), each.least), each.most) for each in list_bounds()}


def read_rules() -> Rules:
    """The numbers that hold now."""
    numbers = read_numbers()
    waits = {name.removeprefix(WAIT): number for name, number in numbers.items() if name.startswith(WAIT)}
    return Rules(numbers[REST], numbers[AGAIN], waits, numbers[MAILS])
