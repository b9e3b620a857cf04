"""How attention is spread: deciles, Gini, and who is below the floor."""

import itertools
from collections.abc import Sequence

from campaign.penpals.matching.problem import Picture

THOUSAND = 1000
TENTHS = 10


def picture_of(levels: Sequence[int], floor: int) -> Picture:
    """Describe the attention of several people, in quarters of a letter."""
    ordered = sorted(levels)
    return Picture(
        prisoners=len(ordered),
        with_none=sum(each <= 0 for each in ordered),
        below_floor=sum(each < floor for each in ordered),
        shortfall=sum(max(0, floor - each) for each in ordered),
        quarters=sum(ordered),
        deciles=deciles_of(ordered),
        gini=gini_of(ordered),
        levels=tuple(ordered),
    )


def deciles_of(ordered: Sequence[int]) -> tuple[int, ...]:
    """The share of each tenth of the people, in thousandths of all; ascending levels in.

    Tenths that do not fall between two people split one: a person at the edge counts for both in proportion. The
    rounded shares add up to a thousand, or all are zero where nobody gets anything.
    """
    total, count = sum(ordered), len(ordered)
    if total <= 0:
        return (0,) * TENTHS
    sums = [0]
    for each in ordered:
        sums.append(sums[-1] + each)
    edges = []
    for tenth in range(TENTHS + 1):
        whole, part = divmod(tenth * count, TENTHS)
        until = sums[whole] * TENTHS + (ordered[whole] * part if part else 0)
        edges.append(round(THOUSAND * until / (TENTHS * total)))
    return tuple(after - before for before, after in itertools.pairwise(edges))


def gini_of(ordered: Sequence[int]) -> int:
    """Gini in thousandths, of ascending levels: 0 where all get the same, towards 1000 where one gets everything."""
    total, count = sum(ordered), len(ordered)
    if total <= 0:
        return 0
    weighted = sum(place * each for place, each in enumerate(ordered, start=1))
    return round(THOUSAND * (2 * weighted - (count + 1) * total) / (count * total))
