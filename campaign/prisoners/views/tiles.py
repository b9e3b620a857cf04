"""The map of regions: a tile each, all of one size, since people and not square kilometres are what it shows."""

from dataclasses import dataclass
from functools import cache

from campaign.prisoners.queries.public_directory import Directory
from campaign.prisoners.regions import Region, regions
from campaign.prisoners.views.wish import Wish
from campaign.web.i18n import current_language

SHADES = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """One region; `shade` goes from 0 for nobody to SHADES for the most."""

    region: Region
    name: str
    count: int
    shade: int
    url: str
    is_chosen: bool


def map_of(people: Directory, wish: Wish) -> list[Tile]:
    """Every region with how many people fit the other filters there, by name. A search is left out of the counts."""
    counts = people.counts("region", wish.choices)
    most = max(counts.values(), default=0)
    # One address with a blank for the code: writing ninety of them one by one would take longer than all the rest.
    before, _, after = wish.url(region="REGION", q="").partition("REGION")
    return [
        Tile(region, name, count, _shade(count, most), f"{before}{region.code}{after}", region.code == wish.region)
        for region, name in _by_name(current_language())
        for count in (counts.get(region.code, 0),)
    ]


@cache
def _by_name(language: str) -> list[tuple[Region, str]]:
    return sorted(((each, each.name_in(language)) for each in regions().values()), key=lambda pair: pair[1])


def _shade(count: int, most: int) -> int:
    """Shares of the largest by square root, so that one crowded region does not leave the others white."""
    return min(SHADES, 1 + int(SHADES * (count / most) ** 0.5 - 1e-9)) if count else 0
