"""What staff can set about a matching, each with its range and what it means."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from campaign.kernel.errors import N_, DomainError


class OutOfRange(DomainError):
    """A setting of the matching is not a number in its range."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One setting of the third and last aim, for a form."""

    name: str
    label: str
    explanation: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Settings:
    """The floor, and how much each likeness counts. Weights decide only between proposals that are equally just."""

    floor: int = 12
    """Quarters of a letter that everybody should get in 90 days."""
    moves_running: bool = False
    """Whether running pairs may be parted where that lessens the shortfall; else each is kept while the conditions
    hold."""
    language: int = 20
    interest: int = 30
    most_interests: int = 3
    profession: int = 30
    promise: int = 20
    waiting: int = 20
    occasion: int = 20

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the run."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Settings":
        """Read what `as_json` stored; what is missing has its default, unknown names are left out.

        Raises OutOfRange.
        """
        return cls(**{each.name: stored[each.name] for each in fields(cls) if each.name in stored}).checked()

    def checked(self) -> "Settings":
        """These settings; raises OutOfRange naming the first that is none."""
        for weight in WEIGHTS:
            value = getattr(self, weight.name)
            if type(value) is not int or not weight.least <= value <= weight.most:
                raise OutOfRange(weight.name)
        if type(self.moves_running) is not bool:
            raise OutOfRange("moves_running")
        return self


MOST = 1000
WEIGHTS = (
    Weight(
        "floor", N_("Floor"),
        N_("Quarters of a letter that everybody should get in 90 days. Whoever is furthest below gets first."), 1, 400,
    ),
    Weight(
        "language", N_("Language"),
        N_("For a writer who shares a second language with the person, and again for each further one up to three."),
        0, MOST,
    ),
    Weight("interest", N_("Interests"), N_("For each interest that the writer and the person share."), 0, MOST),
    Weight(
        "most_interests", N_("Interests counted"),
        N_("How many shared interests count at most, so that long lists do not win everything."), 0, 10,
    ),
    Weight("profession", N_("Profession"), N_("Where both are known and the same."), 0, MOST),
    Weight(
        "promise", N_("Promise"),
        N_("For writers who promise to write often: in full for every 7 days, nothing from 180 days on."), 0, MOST,
    ),
    Weight(
        "waiting", N_("Waiting"),
        N_("Between people who get equally little: for whoever has waited longer, in full after a year."), 0, MOST,
    ),
    Weight(
        "occasion", N_("Birthday or release"),
        N_("Between people who get equally little: for a birthday or an expected release within five weeks, in full "
           "from 25 to 8 days before; about a quarter for everybody else, and nothing in the last week before a "
           "release. Only days that are public count."),
        0, MOST,
    ),
)  # fmt: skip
"""In the order of a form."""
