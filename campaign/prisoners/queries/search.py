"""Finding people by names in either alphabet, with slips of the hand; answered from the index alone.

First whoever has every trigram of what was typed, as far as it goes ("вымыш" finds Vymyshlennyi). Only when that finds
nobody, those who share the beginning or the end of each word: one slip spoils at most four trigrams in a row, so it
cannot reach both. Each step is a few look-ups in the GIN index; no step reads the whole table.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, func, literal, or_, select

from campaign.kernel.db import session
from campaign.prisoners.models import Prisoner, PrisonerState, SearchEntry

MOST_FOUND = 200
MOST_WORDS = 4
ENOUGH_SHARED = 0.45
LONG_WORD = 8


def search_people(folded: str, *, published_only: bool, limit: int = MOST_FOUND) -> list[uuid.UUID]:
    """Ids of people whose names fit what was typed, folded as names are (service/names.py); best first, at most
    `limit`, none where there is no word of two letters."""
    words = sorted({word for word in folded.split() if len(word) > 1}, key=len)[-MOST_WORDS:]
    if not words:
        return []
    exact = _found(_all_begin(words), words, published_only=published_only, limit=limit)
    if exact:
        return exact
    return _found(_with_a_slip(words), words, published_only=published_only, limit=limit, at_least=ENOUGH_SHARED)


def _grams(word: str) -> list[str]:
    """Trigrams of one folded word in their order; a word's ends are marked by spaces."""
    return [f"  {word} "[start : start + 3] for start in range(len(word) + 1)]


def _all_begin(words: Sequence[str]) -> ColumnElement[bool]:
    # Without the trigram that marks a word's end, so that the beginning of a name is enough.
    return _contains([gram for word in words for gram in _grams(word)[:-1]])


def _with_a_slip(words: Sequence[str]) -> ColumnElement[bool]:
    return and_(*(or_(*(_contains(part) for part in _halves(word))) for word in words))


def _halves(word: str) -> list[list[str]]:
    grams = _grams(word)
    beginning = grams[:3] if len(word) >= LONG_WORD else grams[:2]
    return [beginning, grams[-4:]] if len(word) >= LONG_WORD - 3 else [beginning, grams[-3:]]


def _contains(grams: Sequence[str]) -> ColumnElement[bool]:
    return SearchEntry.__table__.c.grams.op("@>", is_comparison=True)(_array(grams))


def _array(grams: Sequence[str]) -> ColumnElement[Sequence[str]]:
    return literal(list(grams), ARRAY(Text))


def _found(
    condition: ColumnElement[bool], words: Sequence[str], *, published_only: bool, limit: int, at_least: float = 0
) -> list[uuid.UUID]:
    wanted = sorted({gram for word in words for gram in _grams(word)})
    shared = _shared(wanted)
    # Of two that share as much, the shorter is nearer to what was typed.
    statement = (
        select(SearchEntry.prisoner_id)
        .where(condition)
        .order_by(shared.desc(), func.length(SearchEntry.folded), SearchEntry.prisoner_id)
        .limit(limit)
    )
    if published_only:
        is_public = and_(Prisoner.id == SearchEntry.prisoner_id, Prisoner.state == PrisonerState.PUBLISHED)
        statement = statement.join(Prisoner, is_public)
    if at_least:
        statement = statement.where(shared >= at_least * len(wanted))
    return list(session.scalars(statement))


def _shared(wanted: Sequence[str]) -> ColumnElement[int]:
    grams = func.unnest(SearchEntry.grams).table_valued("gram").render_derived()
    counted = select(func.count()).select_from(grams).where(grams.c.gram == any_(_array(wanted)))
    return counted.correlate(SearchEntry).scalar_subquery()
