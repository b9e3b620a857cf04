"""Reads a text as the eye does: one alphabet, no hidden signs, no accents; every character knows where it came from.

Without it a Latin letter inside a Russian word, a soft hyphen or a stroke through each letter would hide any word.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import lru_cache

_MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u061c\u180e\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\U000e0100-\U000e01ef"
)
"""What stands on a letter or between two of them unseen."""
_CLUSTER = re.compile(f".[{_MARKS}]*", re.DOTALL)
_MARK = re.compile(f"[{_MARKS}]")
_LATIN_OR_GREEK = re.compile(r"[a-z0-9\u0370-\u03ff]")
"""Without any of these no word can mix alphabets."""
_WORD = re.compile(r"[^\W_]+")
_DROPPED = frozenset({"Mn", "Me", "Cf"})
_OWN_LETTERS = frozenset("йїў")
"""Letters that Unicode can take apart and that are letters of their own all the same."""
_NUMERO = "№"
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LOOKALIKES = dict(zip("abcehkmoptxyαονρτκχηι", "авсенкмортхуаонртхнкі", strict=True)) | {"i": "и"}
"""Latin and Greek letters that are printed like a Cyrillic one, in small or in capitals."""
_AS_CYRILLIC = str.maketrans(_LOOKALIKES)
_LOOKS_CYRILLIC = re.compile(f"[{''.join(_LOOKALIKES)}]+")
_DIGITS_IN_WORD = re.compile(r"(?<=[\u0400-\u04ff])[0346]+(?=[\u0400-\u04ff])")
_DIGIT_LETTERS = str.maketrans("0346", "озчб")


@dataclass(frozen=True, slots=True)
class Folded:
    """The text as read, and for each of its characters the place it takes in the original."""

    text: str
    starts: "array[int]"
    ends: "array[int]"

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the folded text stands in the original."""
        return (self.starts[start], self.ends[end - 1]) if end > start else (0, 0)


def fold(text: str) -> Folded:
    """Take away what is not seen, and give lower case, ё as е, compatible forms in their plain form."""
    if not _MARK.search(text):
        # Nothing stands on anything: each character for itself, which is nearly every letter, at twice the speed.
        singles = list(map(_fold_short, text))
        if all(len(each) == 1 for each in singles):
            plain = "".join(singles)
            return Folded(_read_words(plain), array("l", range(len(text))), array("l", range(1, len(text) + 1)))
    pieces: list[str] = []
    starts, ends = array("l"), array("l")
    for found in _CLUSTER.finditer(text):
        cluster = found.group()
        piece = _fold_short(cluster) if len(cluster) < 4 else _fold_cluster(cluster)
        if piece:
            pieces.append(piece)
            start, end = found.span()
            starts.extend([start] * len(piece))
            ends.extend([end] * len(piece))
    return Folded(_read_words("".join(pieces)), starts, ends)


def _read_words(plain: str) -> str:
    return _WORD.sub(lambda word: read_word(word.group()), plain) if _LATIN_OR_GREEK.search(plain) else plain


def normal_form(text: str) -> str:
    """The text as read, with single spaces: the same for what looks the same. Doing it twice changes nothing."""
    return " ".join(fold(text).text.split())


def _fold_cluster(cluster: str) -> str:
    # Some characters need more than one round: a capital with a dot becomes a small letter and a mark.
    for _round in range(5):
        folded = "".join(map(_base, _compatible(cluster).lower()))
        if folded == cluster:
            break
        cluster = folded
    return cluster


_fold_short = lru_cache(maxsize=4096)(_fold_cluster)


def _compatible(cluster: str) -> str:
    # NFKC would make two Latin letters of the sign that stands before numbers in every second Russian letter.
    return cluster if cluster == _NUMERO else unicodedata.normalize("NFKC", cluster)


def _base(character: str) -> str:
    if character == "ё":
        return "е"
    if unicodedata.category(character) in _DROPPED:
        return ""
    if _CYRILLIC.match(character) and character not in _OWN_LETTERS:
        return unicodedata.normalize("NFD", character)[0]
    return character


def read_word(word: str) -> str:
    """A word that mixes alphabets, as it is read: "вoйнa" with two Latin letters is "война"; same length."""
    if not _CYRILLIC.search(word):
        return word
    return _DIGITS_IN_WORD.sub(lambda digits: digits.group().translate(_DIGIT_LETTERS), word.translate(_AS_CYRILLIC))


def cyrillic_reading(word: str) -> str | None:
    """How a word of Latin letters reads when each of them looks Cyrillic ("CBO"), or None."""
    return word.translate(_AS_CYRILLIC) if _LOOKS_CYRILLIC.fullmatch(word) else None
