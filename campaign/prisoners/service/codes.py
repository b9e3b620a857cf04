"""Codes of facilities as people type them: with Latin letters that look Cyrillic, with and without hyphens."""

import re
import unicodedata

# Letters that look alike in both alphabets; codes are written in Cyrillic.
_LOOKALIKES = str.maketrans("ABCEHIKMOPTXYЁ", "АВСЕНІКМОРТХУЕ")


def code_key(code: str) -> str:
    """A code to compare: capitals, lookalikes made Cyrillic, without spaces, hyphens and leading zeros of the number.

    "T-2", "Т2" and "т – 02" all give "Т2".
    """
    capital = unicodedata.normalize("NFKC", code.replace("№", "")).upper().translate(_LOOKALIKES)
    key = re.sub(r"[\s\u2010-\u2015\u2212.-]+", "", capital)
    return re.sub(r"(?<!\d)0+(?=\d)", "", key)
