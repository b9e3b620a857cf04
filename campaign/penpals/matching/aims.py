"""What is aimed at, in whole numbers: three aims in one order, folded into one sum that keeps the order.

1. **Shortfall.** A letter to somebody who is s quarters below the floor is worth the rank of s among all s that occur:
   the further below, the more, so that the value of each further letter to the same person falls strictly. Which
   prisoners can get letters together form a matroid (sets that a flow can serve), and on a matroid the best sets
   depend on the *order* of the values alone. So the ranks, the sum of squared shortfalls and the total shortfall
   are all at their least together, with the lowest raised first; ranks keep the integers small. Tests compare with
   the squares.
2. **Disturbance.** A running pair that is kept is worth more than all points of fit together.
3. **Fit.** Points of the new pairs. A pair above the floor, which exists only where running pairs may move, costs more
   than any fit brings, so that none is made for its own sake.

Each weight is one more than everything below it can add up to; `optimum` refuses what its integers cannot hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from campaign.penpals.matching.optimum import LARGEST, NOTHING
from campaign.penpals.matching.problem import LETTER, TooLarge

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Aims:
    """The weights of one run."""

    keep: int
    """Of a running pair that is kept."""
    rank: int
    """Of one rank of shortfall."""
    beyond: int
    """What a pair above the floor costs."""
    values: Ints
    """Of each recipient's units, a row each."""

    @property
    def most_gain(self) -> int:
        """No pair gains more."""
        return self.keep


def aims_of(shortfalls: Sequence[int], units: Sequence[int], movable: int, most_points: int) -> Aims:
    """Weigh the units of recipients who are so many quarters below the floor and can take so many pairs.

    Raises TooLarge.
    """
    steps = [list(range(short, 0, -LETTER))[:amount] for short, amount in zip(shortfalls, units, strict=True)]
    ranks = {short: place for place, short in enumerate(sorted({each for row in steps for each in row}), start=1)}
    total = sum(units)
    beyond = most_points + 1
    keep = 2 * total * beyond + 1
    rank = (movable + 1) * keep + total * beyond + 1
    if rank * (len(ranks) + 1) >= LARGEST:
        raise TooLarge(f"{rank} x {len(ranks)}")
    values = np.full((len(steps), max([*units, 1])), NOTHING, dtype=np.int64)
    for number, (row, amount) in enumerate(zip(steps, units, strict=True)):
        values[number, :amount] = -beyond
        values[number, : len(row)] = [ranks[short] * rank for short in row]
    return Aims(keep, rank, beyond, values)
