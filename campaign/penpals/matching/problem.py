"""What a matching is asked, and what it answers. Plain values; identifiers are those of the rows.

A *helper* is a writer or, on the level of groups, a group; a *recipient* is a prisoner. Attention is counted in
quarters of a letter. One new pair is taken to raise a prisoner's attention by one letter, that is by four quarters.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from campaign.kernel.errors import DomainError
from campaign.penpals.smoothing import Near

LETTER = 4
"""Quarters of a letter by which one pair raises a prisoner's attention."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is; what it raises ends the run."""


class TooLarge(DomainError):
    """The weights or amounts do not fit the integers that the solver counts in; nothing was solved."""


class NotProven(DomainError):
    """The solver's answer did not pass the proof that it is the best one; it is not used."""


class Level(StrEnum):
    """What is matched with whom; the words of models.MatchLevel."""

    GROUPS = "groups"
    WRITERS = "writers"


class Condition(StrEnum):
    """What can rule a pair out, in the order in which it is named when several are equally to blame."""

    LETTERS_POLICY = "letters_policy"
    """The person, or their family for them, wants no letters of strangers."""
    CONSENT = "consent"
    """Nobody has asked the person yet."""
    ADDRESS = "address"
    """Where the person is held is not known well enough to send a letter there."""
    STRANGERS = "strangers"
    """The place refuses letters of strangers by every way in."""
    LANGUAGE = "language"
    """No language that the one writes, the other reads and the place lets through."""
    CHANNEL = "channel"
    """No way in that the writer can use."""
    TRUST = "trust"
    RISK = "risk"
    """Only for writers outside Russia."""
    AVOIDED = "avoided"
    """The writer would rather not."""
    BLOCKED = "blocked"
    """The pair was refused or parted before."""
    ELSEWHERE = "elsewhere"
    """The writer does not belong to the prisoner's group, or writes in groups only and the prisoner has none."""
    NOT_READY = "not_ready"
    """The writer is not at work, has paused, or wants to write a single letter; the group is closed."""
    FULL = "full"
    """The writer or group had no place left before the run."""
    ENOUGH = "enough"
    """The prisoner has as many writers as they may have, or a group already."""
    TAKEN = "taken"
    """Possible, but the run gave the places to others who have less."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A writer, or a group as a whole."""

    id: uuid.UUID
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    """Words of models.WriterChannel."""
    capacity: int
    live: int = 0
    """Places that running assignments hold; may be above `capacity`, which was lowered since."""
    trust: int = 0
    """Of a group: the least of its writing members."""
    is_in_russia: bool = False
    """Of a group: whether one of its writing members is."""
    is_ready: bool = True
    """At work, not paused, and willing to write more than one letter; of a group: open."""
    takes_alone: bool = True
    """Writes to prisoners who have no group."""
    groups: tuple[uuid.UUID, ...] = ()
    """Where a writer writes as a member."""
    avoids: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    professions: tuple[str, ...] = ()
    promise_days: int = 30


@dataclass(frozen=True, slots=True)
class Way:
    """One way for letters into the place where somebody is."""

    channel: str
    strangers: str
    languages: tuple[str, ...] = ()
    """Those that pass its censor; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A prisoner whose page is public and who is not free."""

    id: uuid.UUID
    reach: str
    """A word of prisoners' Reach; a letter can go where it is "open"."""
    languages: tuple[str, ...]
    """Those they read; empty where nobody has noted any: then Russian is presumed."""
    ways: tuple[Way, ...]
    quarters: int
    """Attention in the last 90 days."""
    most_helpers: int
    """Writers they may have; on the level of groups 1."""
    helpers: int = 0
    """Writers they have; on the level of groups 1 once a group has them."""
    group_id: uuid.UUID | None = None
    """The group that has them; on the level of writers only its members come into question."""
    trust_needed: int = 0
    is_risky_in_russia: bool = False
    traits: tuple[str, ...] = ()
    """What writers may avoid: words of policy.AVOIDABLE."""
    interests: tuple[str, ...] = ()
    professions: tuple[str, ...] = ()
    waiting_days: int = 0
    """Days since the last letter, or since the arrest."""
    near: Near | None = None
    """A birthday or release for which to write now, or too late to write for."""
    had_letter: bool = False
    """Whether any letter through us ever reached them."""


@dataclass(frozen=True, slots=True)
class Running:
    """A pair that has a live assignment. It is part of `Helper.live`, and unless it lapsed of `Recipient.helpers`."""

    helper_id: uuid.UUID
    recipient_id: uuid.UUID
    is_counted: bool
    """Whether a letter of this pair is in `Recipient.quarters`; else the pair is expected to bring one."""
    is_lapsed: bool = False
    """No letter is expected of it, and it holds none of the recipient's places; the two are not paired anew."""


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a run knows. Helpers and recipients in the order of their ids, so that a run can be repeated."""

    level: Level
    helpers: tuple[Helper, ...]
    recipients: tuple[Recipient, ...]
    running: tuple[Running, ...] = ()
    pins: tuple[tuple[uuid.UUID, uuid.UUID], ...] = ()
    """(helper, recipient) that coordinators have fixed; kept unless a condition rules them out now."""
    blocked: tuple[tuple[uuid.UUID, uuid.UUID], ...] = ()
    """(helper, recipient) that must not be brought together: refused, or parted for safety."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a proposal."""

    helper_id: uuid.UUID
    recipient_id: uuid.UUID
    group_id: uuid.UUID | None
    """The prisoner's group, when the helper is one of its writers."""
    rank: int
    """Place in the list, whose attention was least first; from 1."""
    reasons: Mapping[str, Mapping[str, Any]]
    """Codes with their figures, the weightiest first; the codes are those of `reasons.Reason`."""
    is_pinned: bool
    fit: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A prisoner who stays below the floor."""

    recipient_id: uuid.UUID
    shortfall: int
    """Quarters of a letter below the floor, after the run."""
    blame: Mapping[str, int]
    """How many helpers who met every other condition each one ruled out; where nobody met all others, how many it
    ruled out at all. TAKEN counts those whom no condition ruled out. `decisive` names the one to blame."""


class BrokenKind(StrEnum):
    """What was to be kept and could not be."""

    PIN = "pin"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Broken:
    """A pin or a running pair that a hard condition rules out now. A running one is reported, and not ended."""

    kind: BrokenKind
    helper_id: uuid.UUID
    recipient_id: uuid.UUID
    condition: Condition


@dataclass(frozen=True, slots=True)
class Picture:
    """How attention is spread over everybody to whom a letter can go."""

    prisoners: int
    with_none: int
    below_floor: int
    shortfall: int
    """Quarters below the floor, summed."""
    quarters: int
    deciles: tuple[int, ...]
    """Share of all attention that each tenth gets, the least written-to first, in thousandths."""
    gini: int
    """In thousandths."""
    levels: tuple[int, ...]
    """Attention of each, in quarters, ascending: for the picture."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a run in numbers."""

    before: Picture
    after: Picture
    pairs: int
    reached_floor: int
    """How many were below the floor and are no longer. Reported; aiming at it would skip the neediest."""
    places: int
    """Free places of all helpers before the run."""
    objective: tuple[int, int, int]
    """What was made least or most, in this order: the sum of squared shortfalls, running pairs dropped, fit."""
    greedy: tuple[int, int, int]
    """The same of the greedy baseline."""
    greedy_shortfall: int
    edges: int
    """Pairs that the solver was given, out of `allowed`."""
    allowed: int
    rounds: int
    """How often the lists of pairs were lengthened until the prices proved that no pair left out can help."""
    bound: int
    """The bound on the combined objective that the prices prove; the solver's own value is equal to it."""
    stages: tuple[tuple[str, float], ...]
    """Seconds by stage."""

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the run."""
        return {
            "before": _picture_json(self.before),
            "after": _picture_json(self.after),
            "pairs": self.pairs,
            "reached_floor": self.reached_floor,
            "places": self.places,
            "objective": list(self.objective),
            "greedy": list(self.greedy),
            "greedy_shortfall": self.greedy_shortfall,
            "edges": self.edges,
            "allowed": self.allowed,
            "rounds": self.rounds,
            "bound": str(self.bound),
            "stages": [[name, round(seconds, 3)] for name, seconds in self.stages],
        }


def _picture_json(picture: Picture) -> dict[str, Any]:
    return {
        "prisoners": picture.prisoners,
        "with_none": picture.with_none,
        "below_floor": picture.below_floor,
        "shortfall": picture.shortfall,
        "quarters": picture.quarters,
        "deciles": list(picture.deciles),
        "gini": picture.gini,
        "levels": list(picture.levels),
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A proposal: who gets whom, who stays without, and what it does to attention."""

    pairs: tuple[Pair, ...]
    unplaced: tuple[Unplaced, ...]
    figures: Figures
    broken: tuple[Broken, ...] = ()
    dropped: tuple[tuple[uuid.UUID, uuid.UUID], ...] = field(default=())
    """(helper, recipient) of running pairs that would have to end; empty unless the settings allow to move them."""


def decisive(blame: Mapping[str, int]) -> Condition | None:
    """The condition that ruled out most, the earliest of `Condition` among equals; None for an empty blame."""
    known = [each for each in Condition if blame.get(each, 0) > 0]
    return max(known, key=lambda each: blame[each], default=None)
