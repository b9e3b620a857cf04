"""In which of its languages a mailing comes to somebody."""

from collections.abc import Collection

FALLBACK = "en"


def language_for(written: Collection[str], own: str) -> str | None:
    """Their own language, else English; None where there is a text in neither, and they get nothing."""
    return own if own in written else FALLBACK if FALLBACK in written else None
