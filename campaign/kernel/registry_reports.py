"""What features above people add to the reports: what people did, what they carry, and reports of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from campaign.kernel.actors import Actor
from campaign.kernel.registry import Registry

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that is done again and again; the reports count it by month."""

    label: str
    """Marked with N_: "Letters through us"."""
    select: Callable[[], Rows]
    """Rows of a person's id (or NULL), a day and an amount; read-only, and summed up in one statement."""
    is_theirs: bool = True
    """Whether it shows that the person takes part: not where it was done to them."""
    names_people: bool = True
    """False: no row says whose it is, so that it is counted for everybody together or not at all."""
    is_minutes: bool = False
    """The amount is minutes, shown as hours."""
    rank: int = 90
    """Lower comes first."""


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of work that volunteers carry, beside what they said they could."""

    label: str
    """Marked with N_: "People to write to"."""
    held: Callable[[], Rows]
    """Rows of a volunteer's id and the day since which they carry this one."""
    room: Callable[[], Rows]
    """Rows of a volunteer's id and how much they said they could; whoever said nothing has none."""


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A report as the page of all reports shows it."""

    title: str
    words: str
    """What it found, in a sentence."""
    url: str
    pictures: Mapping[str, str]
    """The address of its small picture, by light and dark; empty: there is nothing to draw."""


doings: Registry[Doing] = Registry("doing that is counted by month")
loads: Registry[Load] = Registry("load of volunteers")
report_cards: Registry[Callable[[Actor], ReportCard | None]] = Registry("report")
"""None: not for whoever looks."""
