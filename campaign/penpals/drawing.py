"""Who is offered to somebody who has one letter to give. Pure.

From those who get least, by chance, so that a crowd spreads and makes no new star (DOMAIN.md 11): always the neediest
first would send everybody to one person.
"""

import random
import uuid
from bisect import bisect
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

LEAST_POOL = 50
A_LETTER = 4
"""Quarters."""
A_YEAR = 365
TRIES = 40
A_SHARED_TOPIC = 2
"""How many times as often somebody comes up who shares a topic; less than what half the letters make out."""


class Wish(NamedTuple):
    """What somebody can write, and what may be offered to them."""

    ways: frozenset[tuple[str, str]] = frozenset({("ru", "post")})
    """Each language (ISO 639-1) with each way of sending (post, e-letter)."""
    is_outside: bool = False
    """Whether they said that they are outside Russia."""
    trust: int = 0
    avoids: frozenset[str] = frozenset()
    """Whom a writer would rather not write to: words of traits.Avoidable."""
    topics: frozenset[str] = frozenset()
    """Interests that a writer shares: who has one of them comes up more often, and need still decides first."""


class Candidate(NamedTuple):
    """Somebody whom a letter reaches now."""

    id: uuid.UUID
    slug: str
    load: int
    """Attention in quarters of a letter, with a whole letter for each promise that is still open."""
    quarters: int
    """Attention as it is published."""
    waiting_days: int
    ways: frozenset[tuple[str, str]]
    """Languages they read that pass, each with a way (post, e-letter)."""
    weight: float = 1.0
    """Of smoothing.py."""
    trust_needed: int = 0
    is_risky: bool = False
    traits: frozenset[str] = frozenset()
    """What a writer may avoid."""
    interests: frozenset[str] = frozenset()
    is_minor: bool = False
    """Under 18 for all we know: never drawn, since such a letter needs a coordinator's consent."""

    def fits(self, wish: Wish) -> bool:
        """Whether somebody with this wish may be led to them."""
        is_safe = wish.is_outside or not self.is_risky
        is_open = self.trust_needed <= wish.trust and not self.is_minor
        return is_open and is_safe and not self.ways.isdisjoint(wish.ways) and self.traits.isdisjoint(wish.avoids)


@dataclass(frozen=True, slots=True)
class Pool:
    """Those among whom one is drawn, with their chances added up."""

    candidates: Sequence[Candidate]
    sums: Sequence[float]

    def chance_of(self, person: uuid.UUID) -> float:
        """How probable it is that somebody is drawn first, out of 1; 0 for whoever is not among them."""
        for place, each in enumerate(self.candidates):
            if each.id == person:
                return (self.sums[place] - (self.sums[place - 1] if place else 0)) / self.sums[-1]
        return 0.0


@dataclass(frozen=True, slots=True)
class Field:
    """Everybody who can be written to at one moment."""

    candidates: Sequence[Candidate]
    floor: int
    soft_cap: int
    by_id: dict[uuid.UUID, Candidate] = field(init=False)
    _pools: dict[Wish, Pool] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index by id."""
        object.__setattr__(self, "by_id", {each.id: each for each in self.candidates})

    def pool(self, wish: Wish) -> Pool:
        """Those who get least: all below the floor that do as badly as the first LEAST_POOL; where all have reached
        it, the first LEAST_POOL."""
        known = self._pools.get(wish)
        if known is None:
            known = self._pools[wish] = self._new_pool(wish)
        return known

    def _new_pool(self, wish: Wish) -> Pool:
        return _pool([each for each in self.candidates if each.fits(wish)], self.floor, wish.topics)

    def draw(self, wish: Wish, seed: int, without: Collection[uuid.UUID] = ()) -> Candidate | None:
        """One of the pool by weighted chance, the same for the same field, wish and seed; None when nobody is left."""
        found = self.draw_several(1, wish, seed, without)
        return found[0] if found else None

    def draw_several(
        self, amount: int, wish: Wish, seed: int, without: Collection[uuid.UUID] = ()
    ) -> list[Candidate]:  # fmt: skip
        """Up to `amount` different ones of the pool."""
        pool, chance = self.pool(wish), random.Random(seed)  # noqa: S311 - fair turns, not a secret
        found: list[Candidate] = []
        passed = set(without)
        for _ in range(TRIES * amount if pool.candidates else 0):
            if len(found) == amount:
                return found
            each = pool.candidates[min(bisect(pool.sums, chance.random() * pool.sums[-1]), len(pool.sums) - 1)]
            if each.id not in passed:
                passed.add(each.id)
                found.append(each)
        left = [each for each in pool.candidates if each.id not in passed]
        return (found + chance.sample(left, len(left)))[:amount]

    def is_offered(self, person: uuid.UUID, wish: Wish) -> bool:
        """Whether this person may still be reserved by somebody to whom they were offered: in the pool, or below the
        floor although others have come before them meanwhile."""
        found = self.by_id.get(person)
        if found is None or not found.fits(wish):
            return False
        pool = self.pool(wish).candidates
        return found.load < self.floor or (bool(pool) and found.load <= pool[-1].load)


def _pool(fitting: Sequence[Candidate], floor: int, topics: frozenset[str]) -> Pool:
    below = [each for each in fitting if each.load < floor] or list(fitting)
    ordered = sorted(below, key=lambda each: (each.load, -each.waiting_days, each.id))
    if len(ordered) > LEAST_POOL and ordered[0].load < floor:
        last = ordered[LEAST_POOL - 1].load
        # All who do as badly as the last: nobody is left out by the accident of an order.
        chosen = [each for each in ordered if each.load <= last]
    else:
        chosen = ordered[:LEAST_POOL]
    ceiling = max([floor, *(each.load + 1 for each in chosen)])
    return Pool(chosen, list(accumulate(_chance(each, ceiling, topics) for each in chosen)))


def _chance(each: Candidate, ceiling: int, topics: frozenset[str]) -> float:
    waiting = 1 + min(max(each.waiting_days, 0), A_YEAR) / A_YEAR
    liking = 1 if each.interests.isdisjoint(topics) else A_SHARED_TOPIC
    return float((ceiling - each.load) ** 2 * waiting * each.weight * liking)
