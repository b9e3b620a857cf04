"""What features add to automations: occasions that start one, and acts that one can do."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select

from campaign.kernel.registry import Registry
from campaign.kernel.registry_people import ConditionField

Values = Mapping[str, Any]
"""Checked values of the fields, None for an empty one."""
Signals = frozenset[str]
NO_SIGNALS: Signals = frozenset()
Describe = Callable[[Values], str]


def silent(_values: Values) -> Signals:
    """No signal at all: no act of an automation can be such an occasion, or is one."""
    return NO_SIGNALS


@dataclass(frozen=True, slots=True)
class AutomationTrigger:
    """An occasion on some day of somebody's, from which automations begin."""

    name: str
    label: str
    """Marked with N_: "Signed a petition"."""
    fields: Sequence[ConditionField]
    select: Callable[[Values, date], Select[uuid.UUID, date]]
    """From checked values and a day: who had such an occasion since then, and on which day; doubles do no harm."""
    describe: Describe
    """What follows "when somebody", in the reader's language: "signs a petition"."""
    hears: Callable[[Values], Signals] = silent
    """What acts of automations can be this occasion, as words that `AutomationAct.sends` gives."""


@dataclass(frozen=True, slots=True)
class Order:
    """In whose name something is done, and by which rule."""

    actor: uuid.UUID
    automation: uuid.UUID


@dataclass(frozen=True, slots=True)
class AutomationAct:
    """Something that an automation does to people."""

    name: str
    label: str
    """Marked with N_: "Give a tag"."""
    fields: Sequence[ConditionField]
    describe: Describe
    """As it stands behind "then", in the reader's language: "give the tag “warm”"."""
    describe_done: Describe
    """The same when it was done, in somebody's timeline: "The tag “warm” was given"."""
    apply: Callable[[Values, Collection[uuid.UUID], Order], Mapping[uuid.UUID, dict[str, Any]]]
    """To these people, in the open transaction: for each whom it changed what taking it back needs to know, as JSON;
    whoever is left out had it so already. A DomainError says why it failed; each is tried alone then."""
    undo: Callable[[Values, Mapping[uuid.UUID, dict[str, Any]]], Collection[uuid.UUID]] | None = None
    """From that memory: takes it back as far as nobody else has changed it since, and gives of whom. None: no way."""
    is_so: Callable[[Values], Select[uuid.UUID]] | None = None
    """Of whom it is so already."""
    left_out: Callable[[Values, Collection[uuid.UUID]], Mapping[uuid.UUID, str]] | None = None
    """Who of these may not be met at present, and why, as a word that `why` knows; read-only."""
    why: Callable[[str], str] = str
    """Such a word in the reader's language."""
    sends: Callable[[Values], Signals] = silent
    """Of which occasions this is one, in the words that `AutomationTrigger.hears` gives."""
    opposes: Callable[[Values], Signals] = silent
    """The signals that this act undoes: two automations on one occasion must not contradict each other."""
    is_lasting: bool = True
    """Whether doing it to somebody a second time changes nothing."""
    needs_two: bool = False
    """Whether it writes to people: somebody else than who wrote the rule turns it on (SAFETY.md 13)."""


automation_triggers: Registry[AutomationTrigger] = Registry("occasion of an automation")
automation_acts: Registry[AutomationAct] = Registry("act of an automation")
