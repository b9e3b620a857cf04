"""Regions: ISO 3166-2 codes, names in three languages, federal districts, and a place each on a tile map.

Crimea and the other occupied parts of Ukraine stand under Ukraine's codes: courts and prisons there are run by Russia,
which makes none of it Russia. A tile map gives each region the same size, since prisoners and not square kilometres
are what it shows.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "regions.tsv"
OCCUPIED = "occupied"


@dataclass(frozen=True, slots=True)
class Region:
    """One region; `row` and `column` are its place on the map, from the north-west."""

    code: str
    district: str
    row: int
    column: int
    names: tuple[tuple[str, str], ...]

    def name_in(self, language: str) -> str:
        """The name in `language`, else in English."""
        names = dict(self.names)
        return names.get(language) or names["en"]

    @property
    def is_occupied(self) -> bool:
        """Whether it is a part of Ukraine."""
        return self.district == OCCUPIED

    @property
    def short(self) -> str:
        """What fits on a tile."""
        return self.code.partition("-")[2] if not self.is_occupied else self.code


@cache
def regions() -> dict[str, Region]:
    """Every region by its code."""
    with DATA.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["code"]: _region(row) for row in rows}


def _region(row: dict[str, str]) -> Region:
    names = tuple((language, row[language]) for language in ("en", "ru", "de"))
    return Region(row["code"], row["district"], int(row["row"]), int(row["column"]), names)


def region_name(code: str | None, language: str) -> str:
    """The name of a region, the code itself where it is unknown, nothing where there is none."""
    known = regions().get(code or "")
    return known.name_in(language) if known else code or ""


@cache
def region_options(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every region, by name, for a choice."""
    return tuple(sorted(((each.code, each.name_in(language)) for each in regions().values()), key=lambda it: it[1]))
