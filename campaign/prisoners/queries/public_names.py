"""Finding the people of the directory by their names, as search.py finds everybody: in memory, like the rest of it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from campaign.prisoners.queries.search import LONG_WORD, MOST_FOUND, words_of

# Above every character that a folded word may hold.
_END = "\U0010ffff"


class Names:
    """The folded names of people, each by its place."""

    def __init__(self, folded: Sequence[str]) -> None:
        self._folded = folded
        bearers: dict[str, list[int]] = defaultdict(list)
        for at, names in enumerate(folded):
            for name in set(names.split()):
                bearers[name].append(at)
        self._bearers = bearers
        self._forward = sorted(bearers)
        self._backward = sorted(name[::-1] for name in bearers)

    def search(self, folded: str) -> list[int]:
        """Places of those whose names fit what was typed, best first, at most MOST_FOUND: whose names begin so, or
        where nobody's do, lie few slips away."""
        words = words_of(folded)
        if not words:
            return []
        begun = set.intersection(*(self._bearing(_range(self._forward, word)) for word in words))
        if begun:
            return sorted(begun, key=lambda at: self._order(at, words))[:MOST_FOUND]
        near = [self._near(word) for word in words]
        everywhere = near[0].keys() & set.intersection(*map(set, near))
        return sorted(everywhere, key=lambda at: (sum(each[at] for each in near), at))[:MOST_FOUND]

    def _bearing(self, names: Iterable[str]) -> set[int]:
        return {at for name in names for at in self._bearers[name]}

    def _order(self, at: int, words: Sequence[str]) -> tuple[int, int, int]:
        """A word that is a whole name counts more than one that only begins it; then the shortest names."""
        folded = self._folded[at]
        return -len(set(words) & set(folded.split())), len(folded), at

    def _near(self, word: str) -> dict[int, int]:
        """Places with the slips that lie between a word and their name; it shares the beginning or the end of it."""
        is_long = len(word) >= LONG_WORD
        begin, end = word[: 3 if is_long else 2], word[-5 if len(word) >= LONG_WORD - 3 else -4 :]
        names = {*_range(self._forward, begin), *(name[::-1] for name in _range(self._backward, end[::-1]))}
        found = process.extract(
            word, list(names), scorer=DamerauLevenshtein.distance, score_cutoff=2 if is_long else 1, limit=None
        )
        places: dict[int, int] = {}
        for name, slips, _index in reversed(found):  # the nearest last, so that they count
            places.update(dict.fromkeys(self._bearers[name], int(slips)))
        return places


def _range(names: list[str], start: str) -> list[str]:
    """Those that begin with `start`."""
    return names[bisect_left(names, start) : bisect_left(names, start + _END)]
