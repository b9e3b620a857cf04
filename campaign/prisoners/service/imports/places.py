"""Which facility a row means: by its code with look-alike letters folded, its postal index, its region, its name."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from campaign.kernel.errors import N_
from campaign.kernel.tables.cells import BadCell, shortened
from campaign.prisoners.queries.imports import PlaceLine, list_places
from campaign.prisoners.service.codes import code_key
from campaign.prisoners.service.imports.readers import find_region
from campaign.prisoners.service.names import fold

_CODE = re.compile(r"(?<!\w)[A-Za-zА-Яа-яЁё]{1,8}\s*[-–—]?\s*№?\s*\d{1,3}(?:/\d{1,2})?(?!\w)")
_IN_TRANSIT = re.compile(r"этап|in transit|конвой", re.I)
_UNKNOWN = re.compile(r"уточня|неизвест|being clarified|whereabouts", re.I)
SAME_NAME = 92


@dataclass(frozen=True, slots=True)
class Places:
    """Every facility, found by code, by index and by name; read once a batch."""

    lines: Sequence[PlaceLine]
    by_code: dict[str, list[PlaceLine]] = field(default_factory=lambda: defaultdict(list))
    by_index: dict[str, list[PlaceLine]] = field(default_factory=lambda: defaultdict(list))
    folded: list[tuple[str, PlaceLine]] = field(default_factory=list)
    named: dict[str, list[PlaceLine]] = field(default_factory=dict)
    """What was looked for already: a file names the same places again and again."""

    @classmethod
    def read(cls) -> "Places":
        """From the database."""
        places = cls(list_places())
        for line in places.lines:
            if line.code_key:
                places.by_code[line.code_key].append(line)
            if line.postal_index:
                places.by_index[line.postal_index].append(line)
            places.folded.extend((fold(name), line) for name in line.names if name)
        return places

    def find(self, text: str, *, index: str = "", address: str = "") -> PlaceLine:
        """The one facility that is meant; raises BadCell where there is none, or where several are."""
        found = self._named(text)
        if not found and index and len(self.by_index.get(index, ())) == 1:
            found = self.by_index[index]
        if not found:
            raise BadCell(N_("No facility is on record as %(text)s. Add it first; the stay is left out."),
                          text=shortened(text or index))  # fmt: skip
        if len(found) > 1:
            found = self._narrowed(found, index, f"{text} {address}")
        if len(found) > 1:
            raise BadCell(
                N_("Several facilities are called %(text)s. Add the postal index or the region; the stay is left out."),
                text=shortened(text),
            )
        return found[0]

    def get(self, identifier: uuid.UUID) -> PlaceLine | None:
        """One by its id."""
        return next((line for line in self.lines if line.id == identifier), None)

    def _named(self, text: str) -> list[PlaceLine]:
        if text not in self.named:
            self.named[text] = self._by_code(text) or self._by_name(text)
        return self.named[text]

    def _by_code(self, text: str) -> list[PlaceLine]:
        codes = (code_key(code) for code in (text, *_CODE.findall(text)))
        return next((self.by_code[code] for code in codes if code in self.by_code), [])

    def _by_name(self, text: str) -> list[PlaceLine]:
        wanted = fold(text)
        if len(wanted) < 4:
            return []
        found = [line for name, line in self.folded if fuzz.ratio(wanted, name) >= SAME_NAME]
        return list(dict.fromkeys(found))

    @staticmethod
    def _narrowed(found: list[PlaceLine], index: str, text: str) -> list[PlaceLine]:
        by_index = [line for line in found if index and line.postal_index == index]
        region = find_region(text)
        by_region = [line for line in found if region is not None and line.region == region]
        return by_index or by_region or found


def says_in_transit(texts: Iterable[str]) -> bool:
    """Whether a place or address says that the person is on the way."""
    return any(_IN_TRANSIT.search(text) for text in texts)


def says_unknown(texts: Iterable[str]) -> bool:
    """Whether a place or address says that nobody knows."""
    return any(_UNKNOWN.search(text) for text in texts)
