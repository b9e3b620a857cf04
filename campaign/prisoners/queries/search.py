"""Finding people by names in either alphabet, with slips of the hand; answered from the index alone.

First whoever has every trigram of what was typed, as far as it goes ("вымыш" finds Vymyshlennyi). Only when that finds
nobody, those who share the beginning or the end of each word: one slip spoils at most four trigrams in a row, so it
cannot reach both. Each step is a few look-ups in the GIN index; no step reads the whole table.
"""

import uuid
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, and_, cast, func, literal, or_, select

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerState, SearchEntry

MOST_FOUND = 200
MOST_READ = 2000
MOST_WORDS = 4
LONG_WORD = 8


def search_people(folded: str, *, published_only: bool, limit: int = MOST_FOUND) -> list[uuid.UUID]:
    """Ids of people whose names fit what was typed, folded as names are (service/names.py); best first, at most
    `limit`, none where there is no word of two letters."""
    words = sorted({word for word in folded.split() if len(word) > 1}, key=len)[-MOST_WORDS:]
    if not words:
        return []
    # Without the trigram that marks a word's end, so that the beginning of a name is enough.
    begun = _read(and_(*(_contains(_grams(word)[:-1]) for word in words)), MOST_FOUND, published_only=published_only)
    if begun:
        # A word that is a whole name counts more than one that only begins it.
        ranked = sorted(begun, key=lambda row: -len(set(words) & set(row[1].split())))
        return [identity for identity, _names in ranked[:limit]]
    condition = and_(*(_with_a_slip(word) for word in words))
    near = [
        (distance, identity)
        for identity, names in _read_many(condition)
        if (distance := _distance(words, names.split())) is not None
    ]
    best = [uuid.UUID(identity) for _distance_of, identity in sorted(near)]
    return (_published(best) if published_only and best else best)[:limit]


def _grams(word: str) -> list[str]:
    """Trigrams of one folded word in their order; a word's ends are marked by spaces."""
    return [f"  {word} "[start : start + 3] for start in range(len(word) + 1)]


def _with_a_slip(word: str) -> ColumnElement[bool]:
    grams = _grams(word)
    is_long = len(word) >= LONG_WORD
    return or_(_contains(grams[: 3 if is_long else 2]), _contains(grams[-4 if len(word) >= LONG_WORD - 3 else -3 :]))


def _contains(grams: Sequence[str]) -> ColumnElement[bool]:
    return SearchEntry.__table__.c.grams.op("@>", is_comparison=True)(literal(list(grams), ARRAY(Text)))


def _read(condition: ColumnElement[bool], most: int, *, published_only: bool) -> Sequence[tuple[uuid.UUID, str]]:
    """Ids and folded names, the shortest first: they are nearest to what was typed."""
    statement = (
        select(SearchEntry.prisoner_id, SearchEntry.folded)
        .where(condition)
        .order_by(func.length(SearchEntry.folded), SearchEntry.prisoner_id)
        .limit(most)
    )
    if published_only:
        is_public = and_(Prisoner.id == SearchEntry.prisoner_id, Prisoner.state == PrisonerState.PUBLISHED)
        statement = statement.join(Prisoner, is_public)
    return [(row.prisoner_id, row.folded) for row in session.execute(statement)]


def _read_many(condition: ColumnElement[bool]) -> Iterable[tuple[str, str]]:
    """Ids as text and folded names of up to MOST_READ people, the shortest names first.

    In one row: of two thousand rows, most of which are too far off, each would cost more to fetch than to compare.
    """
    found = (
        select(SearchEntry.prisoner_id, SearchEntry.folded)
        .where(condition)
        .order_by(func.length(SearchEntry.folded), SearchEntry.prisoner_id)
        .limit(MOST_READ)
        .subquery()
    )
    together = select(
        func.string_agg(cast(found.c.prisoner_id, Text), "\n"),
        func.string_agg(found.c.folded, "\n"),
    )
    ids, names = session.execute(together).one()
    return zip(ids.split("\n"), names.split("\n"), strict=True) if ids else ()


def _published(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of `ids` whose page is public, in the same order."""
    # One array and not so many parameters: a plan is kept for one text of a statement.
    is_one_of = Prisoner.id == func.any(literal(list(ids), ARRAY(Uuid)))
    public = set(session.scalars(select(Prisoner.id).where(is_one_of, Prisoner.state == PrisonerState.PUBLISHED)))
    return [each for each in ids if each in public]


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
