"""Words of a text as keys that all spellings of a name share: alphabets, endings, lookalikes and hidden characters."""

import re
import unicodedata
from functools import lru_cache

from campaign.kernel.spelling import fold_word

# Characters without width, soft hyphens and joiners: put between letters they hide a word from a plain search.
HIDDEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
WORD = re.compile(rf"[^\W_](?:[{HIDDEN}]*[^\W_])*")
_HIDDEN = re.compile(f"[{HIDDEN}]")
_CYRILLIC, _LATIN, _DIGIT = re.compile("[\u0400-\u04ff]"), re.compile("[a-z]", re.I), re.compile("[0-9]")
_LIKE_LATIN = str.maketrans("авекмнорстухіѕјԁҽ", "abekmhopctyxisjde")
_LIKE_CYRILLIC = str.maketrans("abekmhopctyxis", "авекмнорстухис")
_LIKE_LETTERS = str.maketrans("0134", "oiea")
# Endings that cases and plurals add, as they look once folded; what remains has three letters at least.
_ENDING = re.compile(
    r"(?<=...)(?:iami|ami|ogo|ego|omu|emu|imi|iah|ah|iam|am|om|em|oi|ei|ii|aia|oe|ee|uiu|oiu|eiu|ov|ev|ih|im|iu|ia"
    r"|a|e|i|o|u)$"
)


def plain(word: str) -> str:
    """A word in one form: compatibility letters made ordinary, hidden characters gone, small."""
    return _HIDDEN.sub("", unicodedata.normalize("NFKC", word)).casefold()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The key of a word as it is written: folded, without its ending; empty for what has no letter or digit."""
    return _ENDING.sub("", fold_word(word))


@lru_cache(maxsize=65536)
def stems(word: str) -> tuple[str, ...]:
    """Every key a word of a text may stand for, the likeliest first."""
    written = plain(word)
    keys = [stem(written)]
    if _LATIN.search(written):
        if _CYRILLIC.search(written):
            # Two alphabets in one word: one of them is a disguise.
            keys += [stem(written.translate(_LIKE_LATIN)), stem(written.translate(_LIKE_CYRILLIC))]
        elif len(written) > 4 and written.endswith("s"):
            keys.append(stem(written[:-1]))
    if _DIGIT.search(written) and not written.isdecimal():
        keys.append(stem(written.translate(_LIKE_LETTERS)))
    return tuple(dict.fromkeys(filter(None, keys)))


@lru_cache(maxsize=65536)
def labels(word: str) -> tuple[str, ...]:
    """What a word may be as a part of an address: as it is, and with Cyrillic lookalikes made Latin."""
    written = plain(word)
    return tuple(dict.fromkeys((written, written.translate(_LIKE_LATIN))))
