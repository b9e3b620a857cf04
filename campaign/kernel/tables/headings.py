"""What a column means, guessed from its heading."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz

SURE = 100.0
CLOSE = 86.0


def guess_mapping(headings: Iterable[str], synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Heading > field, where a heading is one of the field's synonyms or nearly so; each field at most once.

    Headings that fit nothing are left out. Letter case, punctuation, ё, and Latin letters that look Cyrillic are of
    no account.
    """
    known = {(_plain(word)): field for field, words in synonyms.items() for word in (field, *words)}
    scored = sorted(
        ((score, place, heading, field) for place, heading in enumerate(headings)
         for field, score in _scores(_plain(heading), known).items()),
        key=lambda each: (-each[0], each[1]),
    )  # fmt: skip
    mapping: dict[str, str] = {}
    for _score, _place, heading, field in scored:
        if heading not in mapping and field not in mapping.values():
            mapping[heading] = field
    return mapping


def _scores(heading: str, known: Mapping[str, str]) -> dict[str, float]:
    """How well a heading fits each field."""
    if heading in known:
        return {known[heading]: SURE}
    if len(heading) < 4:
        return {}
    scores: dict[str, float] = {}
    for word, field in known.items():
        # Short words are too alike by chance: "имя" and "имена" are not one.
        score = fuzz.ratio(heading, word) if len(word) > 4 else 0.0
        if score >= CLOSE:
            scores[field] = max(score, scores.get(field, 0.0))
    return scores


_LOOKALIKES = str.maketrans("aceopxyktmbh", "асеорхуктмвн")


def _plain(text: str) -> str:
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).lower().replace("ё", "е")).split()
    return " ".join(word.translate(_LOOKALIKES) if re.search("[а-я]", word) else word for word in words)
