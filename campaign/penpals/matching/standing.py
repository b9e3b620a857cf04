"""Where a run starts from: what runs and is kept, pins, places left, and how far each prisoner is below the floor."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from campaign.penpals.matching.conditions import BIT, REACHABLE, Helpers, Ints, Judgement, first_of
from campaign.penpals.matching.fit import IMPOSSIBLE, Fit, Points
from campaign.penpals.matching.problem import LETTER, Broken, BrokenKind, Condition, Problem, Running
from campaign.penpals.matching.weights import Settings

# A pause, a lack of places or a group that came later is no reason to part a pair.
_NO_END = BIT[Condition.NOT_READY] | BIT[Condition.FULL] | BIT[Condition.ENOUGH] | BIT[Condition.ELSEWHERE]


@dataclass(slots=True)
class Standing:
    """A problem made ready: numbers instead of identifiers, in the order of the problem."""

    problem: Problem
    settings: Settings
    profiles: Helpers
    fit: Fit
    recipients: dict[uuid.UUID, int]
    places: list[int]
    """Free places of each helper, pins taken off."""
    room: list[int]
    """How many more helpers each recipient may have, pins taken off."""
    levels: list[int]
    """Attention of each recipient before the run, with the letters that running pairs are still to bring."""
    raised: list[int] = field(default_factory=list)
    """The same with pins; without the letters of pairs that may be parted."""
    pinned: list[tuple[int, int]] = field(default_factory=list)
    """(helper, recipient)."""
    broken: list[Broken] = field(default_factory=list)
    movable: list[tuple[int, int]] = field(default_factory=list)
    """Running pairs that may be parted; empty unless the settings allow it. Their places and room are free here."""
    closed: dict[int, set[int]] = field(default_factory=dict)
    """By recipient: helpers with whom no new pair is possible, since they are blocked, running or pinned."""
    blocked: dict[int, set[int]] = field(default_factory=dict)
    free: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """How many helpers of each profile have a free place, pins taken off."""
    full: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """How many have none."""
    _out: Points = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    def judge(self, recipient: int) -> Judgement:
        """What rules each profile out, places aside, before anything was given in this run."""
        return self.profiles.judge(self.problem.recipients[recipient], self.room[recipient])

    def failing(self, judgement: Judgement, helper: int, recipient: int) -> int:
        """A bit for each condition that rules this one pair out, blocks and places included; 0: possible."""
        failing = int(judgement.failing[self.profiles.of[helper]]) & ~BIT[Condition.ENOUGH]
        members = self.profiles.members_for(self.problem.recipients[recipient])
        if members is not None and helper not in members:
            failing |= BIT[Condition.ELSEWHERE]
        if helper in self.blocked.get(recipient, ()):
            failing |= BIT[Condition.BLOCKED]
        failing |= BIT[Condition.FULL] if self.places[helper] <= 0 else 0
        failing |= BIT[Condition.ENOUGH] if self.room[recipient] <= 0 else 0
        return failing

    def points(self, recipient: int) -> Points:
        """Points of each helper for a new pair; negative for whom it is impossible."""
        found = self.fit.points(self.problem.recipients[recipient], self.judge(recipient))
        found += self._out
        members = self.profiles.members_for(self.problem.recipients[recipient])
        if members is not None:
            theirs = found[members]
            found[:] = -1
            found[members] = theirs
        closed = self.closed.get(recipient)
        if closed:
            found[list(closed)] = -1
        return found

    def count_places(self) -> None:
        """Note who is full, once pins are set."""
        is_full = np.array(self.places, dtype=np.int64) <= 0
        self._out = np.where(is_full, IMPOSSIBLE, 0).astype(np.int32)
        self.free, self.full = (self.count(np.flatnonzero(each)) for each in (~is_full, is_full))

    def count(self, helpers: Ints) -> Ints:
        """How many of the helpers each profile has."""
        return np.bincount(self.profiles.of[helpers], minlength=len(self.profiles)).astype(np.int64)

    def is_in_picture(self, recipient: int) -> bool:
        """Whether a letter can go to them at all."""
        return self.problem.recipients[recipient].reach == REACHABLE

    def shortfall(self, recipient: int) -> int:
        """Quarters below the floor, pins counted, of whom a letter can reach."""
        return max(0, self.settings.floor - self.raised[recipient]) if self.is_in_picture(recipient) else 0


def take_stock(problem: Problem, settings: Settings) -> Standing:
    """Keep what runs, set the pins, and see what is left.

    A pin or running pair that a hard condition rules out is told as broken: the pin is left out, the running pair holds
    its places until people end it, and no letter is expected of it. Pins are taken in their order while there is room.
    """
    profiles = Helpers(problem.level, problem.helpers, problem.recipients)
    made = Standing(
        problem,
        settings,
        profiles,
        Fit(settings, problem.helpers, profiles),
        {each.id: number for number, each in enumerate(problem.recipients)},
        places=[max(0, helper.capacity - helper.live) for helper in problem.helpers],
        room=[max(0, each.most_helpers - each.helpers) for each in problem.recipients],
        levels=[each.quarters for each in problem.recipients],
    )
    for helper, recipient in _numbers(made, problem.blocked):
        made.blocked.setdefault(recipient, set()).add(helper)
        made.closed.setdefault(recipient, set()).add(helper)
    _keep_running(made)
    made.raised = list(made.levels)
    _part_movable(made)
    _set_pins(made)
    made.count_places()
    return made


def _keep_running(made: Standing) -> None:
    """Expect a letter of each running pair that has brought none yet, unless a condition rules it out now."""
    judged: tuple[int, Judgement] | None = None
    for recipient, running in sorted(_running_of(made), key=lambda each: each[0]):
        helper = made.profiles.index.get(running.helper_id)
        if helper is not None:
            made.closed.setdefault(recipient, set()).add(helper)
        if running.is_lapsed:
            continue
        if helper is not None:
            if judged is None or judged[0] != recipient:
                judged = recipient, made.judge(recipient)
            condition = first_of(made.failing(judged[1], helper, recipient) & ~_NO_END)
            if condition is not None:
                made.broken.append(Broken(BrokenKind.RUNNING, running.helper_id, running.recipient_id, condition))
                continue
        if not running.is_counted:
            made.levels[recipient] += LETTER
        if helper is not None and made.settings.moves_running and _is_within_places(made, helper, recipient):
            made.movable.append((helper, recipient))


def _running_of(made: Standing) -> Iterator[tuple[int, Running]]:
    for running in made.problem.running:
        recipient = made.recipients.get(running.recipient_id)
        if recipient is not None:
            yield recipient, running


def _is_within_places(made: Standing, helper: int, recipient: int) -> bool:
    """Whether parting would free a place: above capacity, what runs only shrinks by itself."""
    giver, taker = made.problem.helpers[helper], made.problem.recipients[recipient]
    return giver.live <= giver.capacity and taker.helpers <= taker.most_helpers


def _part_movable(made: Standing) -> None:
    """Count the pairs that may be parted as not there: the solver gets a prize for each it keeps."""
    for helper, recipient in made.movable:
        made.places[helper] += 1
        made.room[recipient] += 1
        made.raised[recipient] -= LETTER


def _set_pins(made: Standing) -> None:
    for helper, recipient in _numbers(made, made.problem.pins):
        closed = made.closed.setdefault(recipient, set())
        if helper in closed and helper not in made.blocked.get(recipient, ()):
            continue  # It runs already, or is pinned twice.
        condition = first_of(made.failing(made.judge(recipient), helper, recipient))
        if condition is not None:
            pair = (made.problem.helpers[helper].id, made.problem.recipients[recipient].id)
            made.broken.append(Broken(BrokenKind.PIN, *pair, condition))
            continue
        made.pinned.append((helper, recipient))
        closed.add(helper)
        made.places[helper] -= 1
        made.room[recipient] -= 1
        made.raised[recipient] += LETTER


def _numbers(made: Standing, pairs: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> Iterator[tuple[int, int]]:
    for helper_id, recipient_id in pairs:
        helper, recipient = made.profiles.index.get(helper_id), made.recipients.get(recipient_id)
        if helper is not None and recipient is not None:
            yield helper, recipient
