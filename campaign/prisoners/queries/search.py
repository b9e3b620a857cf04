"""Finding people by names in either alphabet, with slips of the hand; answered from the index alone.

First whoever has every trigram of what was typed, as far as it goes ("вымыш" finds Vymyshlennyi). Only when that finds
nobody, those who share the beginning or the rest of each word: one slip leaves one of them as it is. Only when that
finds nobody either, those who share as little as two slips in a long word leave. Each step is a few look-ups in the GIN
index; no step reads the whole table.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, cast, func, or_, select

from campaign.kernel.reads import Read
from campaign.prisoners.models import Prisoner, PrisonerState, SearchEntry

MOST_FOUND = 200
MOST_READ = 2000
MOST_WORDS = 4
LONG_WORD = 8
Ends = Callable[[str], tuple[list[str], list[str]]]
_IS_PUBLIC = and_(Prisoner.id == SearchEntry.prisoner_id, Prisoner.state == PrisonerState.PUBLISHED)


def search_people(folded: str, *, published_only: bool, limit: int = MOST_FOUND) -> list[uuid.UUID]:
    """Ids of people whose names fit what was typed, folded as names are (service/names.py); best first, at most
    `limit`, none where there is no word of two letters."""
    words = sorted({word for word in folded.split() if len(word) > 1}, key=len)[-MOST_WORDS:]
    if not words:
        return []
    # Without the trigram that marks a word's end, so that the beginning of a name is enough.
    begun = _begun(len(words), published_only=published_only).rows(
        **{f"all_{at}": _grams(word)[:-1] for at, word in enumerate(words)}
    )
    if begun:
        # A word that is a whole name counts more than one that only begins it.
        ranked = sorted(begun, key=lambda row: -len(set(words) & set(row.folded.split())))
        return [row.prisoner_id for row in ranked[:limit]]
    return _near_in_spelling(words, published_only=published_only)[:limit]


def _near_in_spelling(words: Sequence[str], *, published_only: bool) -> list[uuid.UUID]:
    """Ids of those whose names lie few slips from the words, the nearest first."""
    is_long = any(len(word) >= LONG_WORD for word in words)
    for ends in (_around_one_slip, _around_two_slips) if is_long else (_around_one_slip,):
        near = [
            (distance, identity)
            for identity, names in _sharing(words, ends, published_only=published_only)
            if (distance := _distance(words, names.split())) is not None
        ]
        if near:
            return [uuid.UUID(identity) for _distance_of, identity in sorted(near)]
    return []


def _grams(word: str) -> list[str]:
    """Trigrams of one folded word in their order; a word's ends are marked by spaces."""
    return [f"  {word} "[start : start + 3] for start in range(len(word) + 1)]


def _around_one_slip(word: str) -> tuple[list[str], list[str]]:
    """The trigrams before and after one slip of the hand, wherever it was. Many names end alike: the beginning is the
    shorter part."""
    grams, begins = _grams(word), max(2, min(len(word) // 2 - 1, 4))
    return grams[:begins], grams[min(begins + 3, len(grams) - 3) :]


def _around_two_slips(word: str) -> tuple[list[str], list[str]]:
    """The trigrams at both ends of a word: of two slips in a long one, both often lie in its middle."""
    grams = _grams(word)
    return (grams[:3], grams[-4:]) if len(word) >= LONG_WORD else (grams[:2], grams[-3:])


def _sharing(words: Sequence[str], ends: Ends, *, published_only: bool) -> Iterable[tuple[str, str]]:
    """Ids as text and folded names of up to MOST_READ people who share the first or the last trigrams of each word."""
    shared = {}
    for at, word in enumerate(words):
        shared[f"first_{at}"], shared[f"last_{at}"] = ends(word)
    [together] = _near(len(words), published_only=published_only).rows(**shared)
    return zip(together.ids.split("\n"), together.names.split("\n"), strict=True) if together.ids else ()


def _contains(name: str) -> ColumnElement[bool]:
    grams = bindparam(name, type_=ARRAY(Text))
    return SearchEntry.__table__.c.grams.op("@>", is_comparison=True)(grams)


@cache
def _begun(words: int, *, published_only: bool) -> Read:
    """Ids and folded names, the shortest first: they are nearest to what was typed."""
    statement = (
        select(SearchEntry.prisoner_id, SearchEntry.folded)
        .where(*(_contains(f"all_{at}") for at in range(words)))
        .order_by(func.length(SearchEntry.folded), SearchEntry.prisoner_id)
        .limit(MOST_FOUND)
    )
    return Read(statement.join(Prisoner, _IS_PUBLIC) if published_only else statement)


@cache
def _near(words: int, *, published_only: bool) -> Read:
    """Ids and names in one row: of two thousand rows, most of them too far off, each would cost more to fetch than to
    compare. The shortest names first."""
    statement = (
        select(SearchEntry.prisoner_id, SearchEntry.folded)
        .where(*(or_(_contains(f"first_{at}"), _contains(f"last_{at}")) for at in range(words)))
        .order_by(func.length(SearchEntry.folded), SearchEntry.prisoner_id)
        .limit(MOST_READ)
    )
    found = (statement.join(Prisoner, _IS_PUBLIC) if published_only else statement).subquery()
    return Read(
        select(
            func.string_agg(cast(found.c.prisoner_id, Text), "\n").label("ids"),
            func.string_agg(found.c.folded, "\n").label("names"),
        )
    )


def _distance(words: Sequence[str], names: Sequence[str]) -> int | None:
    """How many slips lie between what was typed and these names; None where some word is too far from all of them."""
    total = 0
    for word in words:
        allowed = 2 if len(word) >= LONG_WORD else 1
        nearest = min(DamerauLevenshtein.distance(word, name, score_cutoff=allowed) for name in names)
        if nearest > allowed:
            return None
        total += nearest
    return total
