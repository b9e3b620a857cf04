"""Text that people typed, made fit for one line; and the id that a text is."""

import re
import unicodedata
import uuid

# Control characters (C0, DEL, C1), line and paragraph separators, bidirectional marks, embeddings and isolates, the
# byte order mark and lone surrogates. Joiners stay: Persian and many emoji need them.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def one_line(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` characters, fit for a header, a list or a page.

    Control, line-separating and bidirectional characters become a space, so that no header can be injected and no
    name can turn the words around it; runs of spaces collapse; NFC; trimmed. Never fails: what remains may be empty.
    """
    line = " ".join(_UNFIT.sub(" ", unicodedata.normalize("NFC", text)).split())
    return line[:limit].rstrip()


def id_in(text: str | None) -> uuid.UUID | None:
    """The id that stands in what was sent; None for what is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
