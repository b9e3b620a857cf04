"""Addresses in Latin letters, made from titles in the languages that are written here."""

import re
import unicodedata

# Russian as in passports (ICAO 9303), which is how names are spelled abroad; German by its own convention.
_LETTERS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ы": "y", "ь": "", "э": "e", "ю": "iu",
        "я": "ia", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l",
    }
)  # fmt: skip


def slug_from(title: str, longest: int) -> str:
    """Return `title` as lower-case Latin words with hyphens, cut at a word; empty when nothing of it is Latin."""
    spelled = unicodedata.normalize("NFC", title).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    # An apostrophe joins what stands around it ("judge's"), everything else parts it.
    slug = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(slug) <= longest:
        return slug
    head = slug[: longest + 1].rpartition("-")[0] or slug[:longest]
    return head.strip("-")
