"""Going back to where one was, and never to somebody else's site."""

from urllib.parse import urlsplit

from flask import request


def safe_target(target: str | None, default: str | None = None) -> str:
    """`target` when it is an address of this very site, else `default` (the home page of the language)."""
    fallback = default or (request.script_root or "") + "/"
    if not target or "\\" in target or any(ord(character) < 32 for character in target):
        return fallback
    parts = urlsplit(target)
    if parts.netloc and parts.netloc != request.host:
        return fallback
    if parts.scheme and parts.scheme not in {"http", "https"}:
        return fallback
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return fallback
    return parts.path + (f"?{parts.query}" if parts.query else "")
