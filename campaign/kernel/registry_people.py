"""What features above people add to a person's record: lines of the timeline, conditions, merging, their own data."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Select

from campaign.kernel.errors import N_
from campaign.kernel.registry import Panel, Registry


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a person's timeline, in the reader's language, without contents."""

    day: date
    kind: str
    """A word by which lines can be filtered: signed, wrote, joined, gave_time, mailed, called, came, asked, noted …"""
    words: str
    url: str = ""
    """Where staff see more; empty where there is nothing."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one feature holds of a person: given out to them, and erased when they say so (GDPR 15, 17, 20)."""

    describes: str
    """Marked with N_: what it is."""
    export: Callable[[uuid.UUID], Any]
    """By the person's id: JSON values, decrypted; None or empty for nothing."""
    erase: Callable[[uuid.UUID], int]
    """In the open transaction, before the person's row goes; gives how many rows. Ledgers and audit keep ids alone."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """Marked with N_ or lazy: what names of fields and words among the values are called where people read them."""


@dataclass(frozen=True, slots=True)
class ConditionField:
    """One thing to fill in for a condition."""

    name: str
    label: str
    """Marked with N_."""
    kind: str
    """days, number, day, choice, yes_no, words."""
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    """Value and words, of a choice; called when the form is shown."""
    is_needed: bool = True


class Fielded(Protocol):
    """Whatever has fields to fill in: a condition, an occasion, an act."""

    @property
    def fields(self) -> Sequence[ConditionField]:
        """In their order."""
        ...


DAYS_OR_EVER = ConditionField("days", N_("In so many days (empty: ever)"), "days", is_needed=False)
DID = N_("What they did")
"""The heading under which features offer what somebody did."""


@dataclass(frozen=True, slots=True)
class SegmentCondition:
    """Something that holds of a person or does not, from which segments are built."""

    name: str
    label: str
    """Marked with N_: "signed a petition"."""
    fields: Sequence[ConditionField]
    select: Callable[[Mapping[str, Any]], Select[uuid.UUID]]
    """From checked values: a SELECT of the ids of the people of whom it holds; read-only, and no id NULL.

    One of Person alone with nothing but a WHERE is folded into the statement of the whole.
    """
    describe: Callable[[Mapping[str, Any]], str]
    """What somebody does of whom it holds, in the reader's language: "speaks German"."""
    describe_not: Callable[[Mapping[str, Any]], str]
    """The same of everybody else: "does not speak German"."""
    section: str = ""
    """Marked with N_: under which heading it is offered."""


MergedRow = dict[str, str]
"""One row: its columns with their values as JSON, so that comparing and writing them back loses nothing."""


@dataclass(frozen=True, slots=True)
class MergeRule:
    """What becomes of one foreign key to `person` when two records are merged, and back again.

    Most are made by `moving` (kernel/merging.py): their rows are remembered and compared when a merge is undone.
    """

    table: str
    column: str
    move: Callable[[uuid.UUID, uuid.UUID], list[dict[str, Any]]]
    """With winner and loser, in the open transaction: moves or drops the loser's rows; gives what undoing needs."""
    restore: Callable[[uuid.UUID, uuid.UUID, list[dict[str, Any]]], None] | None = None
    """With winner, loser (whose row is back already) and that memory: both have exactly what they had. None: by
    comparing each row as it was before, after, and is now."""
    mend: Callable[[MergedRow, Sequence[MergedRow], Sequence[MergedRow]], MergedRow] | None = None
    """With a row that is to come back, all rows right after the merge and now: what of it still holds."""


people_panels: Registry[Callable[[uuid.UUID], Panel | None]] = Registry("panel of a person")
"""By the person's id; None: nothing to say of them."""
consent_subjects: Registry[Callable[[frozenset[uuid.UUID]], Mapping[uuid.UUID, str]]] = Registry("subject of a consent")
"""By the purpose of a consent: what each of its subjects is called, in the reader's language."""
interaction_words: Registry[Callable[[str], str]] = Registry("words of a kind of interaction")
"""By the kind: what the word of such a line is called, in the reader's language; a word it does not know as it is."""
people_timelines: Registry[Callable[[uuid.UUID], Sequence[Happening]]] = Registry("timeline of a person")
"""Each gives the lines of one person, in any order, at most some hundreds."""
active_days: Registry[Callable[[], Select[uuid.UUID, date]]] = Registry("days on which people did something")
"""Each gives a SELECT of people and the days on which they did something that stands in no line of their own record:
any number of rows a person, no person and no day NULL. `person.active_on` follows it within the hour."""
personal_data: Registry[PersonalData] = Registry("personal data")
segment_conditions: Registry[SegmentCondition] = Registry("condition of a segment")
merge_rules: Registry[MergeRule] = Registry("rule of merging")
people_within: Registry[Callable[[frozenset[uuid.UUID]], Select[uuid.UUID]]] = Registry("people of subjects")
"""By the kind of subject to which a role can be narrowed ("group"): the people who belong to these subjects."""
