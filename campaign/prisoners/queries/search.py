"""Finding people by names in either alphabet, with slips of the hand; answered from the index alone.

For staff, who find whoever was entered a moment ago; the public list has the same in memory (public_names.py).

First whoever has every trigram of what was typed, as far as it goes ("вымыш" finds Vymyshlennyi). Only when that finds
nobody, those who share the beginning or the end of each word: one slip spoils at most four trigrams in a row, so it
cannot reach both. Each step is a few look-ups in the GIN index; no step reads the whole table.
"""

import uuid
from collections.abc import Iterable, Sequence
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, and_, any_, bindparam, cast, func, or_, select

from campaign.kernel.reads import Read
from campaign.prisoners.models import Prisoner, PrisonerState, SearchEntry

MOST_FOUND = 200
MOST_READ = 2000
MOST_WORDS = 4
LONG_WORD = 8


def search_people(folded: str, *, published_only: bool, limit: int = MOST_FOUND) -> list[uuid.UUID]:
    """Ids of people whose names fit what was typed, folded as names are (service/names.py); best first, at most
    `limit`, none where there is no word of two letters."""
    words = words_of(folded)
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
    near = [
        (distance, identity)
        for identity, names in _near_in_spelling(words)
        if (distance := _distance(words, names.split())) is not None
    ]
    best = [uuid.UUID(identity) for _distance_of, identity in sorted(near)]
    return (_published(best) if published_only and best else best)[:limit]


def words_of(folded: str) -> list[str]:
    """The words that count of what was typed, the longest last."""
    return sorted({word for word in folded.split() if len(word) > 1}, key=len)[-MOST_WORDS:]


def _grams(word: str) -> list[str]:
    """Trigrams of one folded word in their order; a word's ends are marked by spaces."""
    return [f"  {word} "[start : start + 3] for start in range(len(word) + 1)]


def _near_in_spelling(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Ids as text and folded names of up to MOST_READ people who share the beginning or the end of every word."""
    ends = {}
    for at, word in enumerate(words):
        grams = _grams(word)
        ends[f"first_{at}"] = grams[: 3 if len(word) >= LONG_WORD else 2]
        ends[f"last_{at}"] = grams[-4 if len(word) >= LONG_WORD - 3 else -3 :]
    [together] = _near(len(words)).rows(**ends)
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
    if published_only:
        is_public = and_(Prisoner.id == SearchEntry.prisoner_id, Prisoner.state == PrisonerState.PUBLISHED)
        statement = statement.join(Prisoner, is_public)
    return Read(statement)


@cache
def _near(words: int) -> Read:
    """Ids and names in one row: of two thousand rows, most of them too far off, each would cost more to fetch than to
    compare. The shortest names first."""
    found = (
        select(SearchEntry.prisoner_id, SearchEntry.folded)
        .where(*(or_(_contains(f"first_{at}"), _contains(f"last_{at}")) for at in range(words)))
        .order_by(func.length(SearchEntry.folded), SearchEntry.prisoner_id)
        .limit(MOST_READ)
        .subquery()
    )
    return Read(
        select(
            func.string_agg(cast(found.c.prisoner_id, Text), "\n").label("ids"),
            func.string_agg(found.c.folded, "\n").label("names"),
        )
    )


def _published(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of `ids` whose page is public, in the same order."""
    public = {row.id for row in _public().rows(ids=ids)}
    return [each for each in ids if each in public]


@cache
def _public() -> Read:
    is_one_of = Prisoner.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    return Read(select(Prisoner.id).where(is_one_of, Prisoner.state == PrisonerState.PUBLISHED))


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
