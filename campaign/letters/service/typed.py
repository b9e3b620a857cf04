"""The text of a letter as somebody typed or pasted it, made fit to keep and to print without losing a word."""

import re
import unicodedata

from campaign.kernel.errors import N_
from campaign.letters.service.errors import Unsendable

MOST_TYPED = 200_000
"""Characters that are kept at all; what is handed in has to fit its channel besides."""
# All but line breaks and tabs: controls, bidirectional marks, which can make a text read otherwise than it is printed,
# the byte order mark and lone surrogates. Joiners stay, since scripts need them.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n?|\u2028|\u2029|\x85")
_MANY_BREAKS = re.compile("\n{4,}")


def clean_text(text: str) -> str:
    """The text in NFC, with plain line breaks and without characters that nobody sees; nothing else is changed.

    Marks of HTML stay as they were typed: a letter is never markup. Raises Unsendable for more than MOST_TYPED.
    """
    if len(text) > MOST_TYPED:
        raise Unsendable(
            N_("This text is longer than 200,000 characters. Keep it elsewhere and paste the part that is your letter.")
        )
    plain = _UNFIT.sub("", unicodedata.normalize("NFC", _BREAKS.sub("\n", text)))
    return _MANY_BREAKS.sub("\n\n\n", plain).strip("\n").rstrip()
