"""Cells of CSV and XLSX files that people open in spreadsheet programs."""

# What makes a program take a cell for a formula, or hides such a character from a quick look (OWASP, CSV injection).
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet program runs it: an apostrophe goes before what would be a formula."""
    bare = text.lstrip(" \u00a0\ufeff")
    return f"'{text}" if bare.startswith(_DANGEROUS) else text


def bare(text: str) -> str:
    """Return `text` without the apostrophe that `neutral` puts before it."""
    return text[1:] if text.startswith("'") and neutral(text[1:]) == text else text
