"""What of a table of figures may be shown: arithmetic alone (DOMAIN.md 10: k >= 5).

A cell is shown when at least five payments to at least five whom they helped lie behind it. The others go together into
a rest, which has to be large enough itself; where it is not, the smallest of the shown cells go into it as well, so
that nobody can subtract: the sum less the shown cells is the rest, and the rest is never one small cell. Where even
that is too little, nothing of the table is shown, and the month waits for the next one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, and what lies behind it."""

    minor: int = 0
    count: int = 0
    """Gifts or payments, without those that were taken back."""
    helped: frozenset[str] = field(default_factory=frozenset)
    """Whom they helped, in words that are never shown."""

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.minor + other.minor, self.count + other.count, self.helped | other.helped)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not self.minor and not self.count and not self.helped

    @property
    def is_enough(self) -> bool:
        """Whether it can be shown by itself."""
        return self.count >= FEWEST and len(self.helped) >= FEWEST and self.minor > 0


@dataclass(frozen=True, slots=True)
class Shown:
    """The cells that are shown, the largest first, and the rest; None: there is no rest."""

    cells: Sequence[tuple[str, Cell]]
    rest: Cell | None


def shown_of(cells: Mapping[str, Cell], *, never_alone: frozenset[str] = frozenset()) -> Shown | None:
    """What of these may be shown; None: nothing. Those of `never_alone` always belong to the rest."""
    filled = {name: cell for name, cell in cells.items() if not cell.is_empty}
    shown = {name: cell for name, cell in filled.items() if cell.is_enough and name not in never_alone}
    rest = sum((cell for name, cell in filled.items() if name not in shown), Cell())
    has_rest = len(shown) < len(filled)
    # The rest is made of all that is too little, or of one that is called other anyway; whatever joins it does so
    # because it is the smallest, whichever names are in it.
    while has_rest and shown and not rest.is_enough:
        smallest = min(shown, key=lambda name: (shown[name].count, shown[name].minor, name))
        rest += shown.pop(smallest)
    if has_rest and not rest.is_enough:
        return None
    return Shown(_ordered(shown.items()), rest if has_rest else None)


def with_fees(shown: Shown, name: str, fees: Cell) -> Shown | None:
    """The same with what moving the money cost: a line of its own where it is enough, else part of the rest.

    Fees never make up for help that is too little: everybody can guess them from the gifts, and subtract. So they come
    in afterwards, and where they are too little themselves, a rest of help that is enough has to hide them.
    """
    if fees.is_empty:
        return shown
    if fees.is_enough:
        return Shown(_ordered([*shown.cells, (name, fees)]), shown.rest)
    if shown.rest is not None:
        return Shown(shown.cells, shown.rest + fees)
    if not shown.cells:
        return None
    smallest = min(shown.cells, key=lambda pair: (pair[1].count, pair[1].minor, pair[0]))
    return Shown([pair for pair in shown.cells if pair is not smallest], smallest[1] + fees)


def _ordered(cells: Iterable[tuple[str, Cell]]) -> list[tuple[str, Cell]]:
    return sorted(cells, key=lambda pair: (-pair[1].minor, pair[0]))


def coarse(count: int) -> int:
    """A number that is shown: nothing below five, five, then full tens."""
    return 0 if count < FEWEST else FEWEST if count < 2 * FEWEST else count // 10 * 10
