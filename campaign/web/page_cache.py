"""Pages from memory: the WSGI layer in front of Flask that answers anonymous visitors.

Only answers that say `Cache-Control: public` are kept, by language, path, known query and place; for ten seconds, then
one request renders anew while the others get the old copy. When rendering fails, a copy that allows it is shown for up
to an hour, so a petition stays readable while the database is away. Nothing is kept for a visitor with a session.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.http import parse_cookie

from campaign.web.here import known_parameters
from campaign.web.i18n import LANGUAGE_KEY, WsgiApp, split_language

FRESH_SECONDS = 10.0
ERROR_SECONDS = 3600.0
MOST_ENTRIES = 2000
LARGEST_BODY = 512 * 1024

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Entry:
    """One kept answer."""

    headers: Headers
    body: bytes
    etag: str
    made_at: float
    survives_errors: bool
    refreshing: bool = field(default=False)

    def age(self) -> float:
        """Seconds since it was rendered."""
        return time.monotonic() - self.made_at


class PageCache:
    """WSGI layer; thread safe, bounded, one per process."""

    def __init__(self, app: WsgiApp, *, session_cookie: str) -> None:
        self.app = app
        self.session_cookie = session_cookie
        self._entries: OrderedDict[tuple[str, ...], Entry] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self.app(environ, start_response)
        key = self._key(environ, environ.get(LANGUAGE_KEY, ""), environ.get("PATH_INFO", ""))
        if key is None:
            return self.app(environ, start_response)
        entry = self._entries.get(key)
        if entry is not None and not self._must_refresh(entry):
            return _answer(entry, environ, start_response)
        return self._render(key, entry, environ, start_response)

    def clear(self) -> None:
        """Forget everything (a test, or a change that must show at once in this process)."""
        with self._lock:
            self._entries.clear()

    def kept(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes] | None:
        """A fresh page from memory, for a front that needs no thread for it; None: ask the application."""
        key = self._key(environ, *split_language(environ["PATH_INFO"]))
        entry = self._entries.get(key) if key is not None else None
        if entry is None or entry.age() >= FRESH_SECONDS:
            return None
        return _capture(lambda given, start: _answer(entry, given, start), environ)

    def _key(self, environ: dict[str, Any], language: str, path: str) -> tuple[str, ...] | None:
        if path.startswith("/api/v1/dump/"):
            # A large file, sent as it is read.
            return None
        # A program is told the same whatever its user has said or is signed in as.
        cookie = "" if path.startswith("/api/v1/") else environ.get("HTTP_COOKIE", "")
        place = ""
        if cookie:
            if self.session_cookie in cookie:
                return None
            place = parse_cookie(cookie).get("place", "")
            place = place if place in {"ru", "out"} else ""
        query = environ.get("QUERY_STRING", "")
        if query:
            # Any other parameter is ignored, or an attacker would get an uncached page for each random one.
            names = known_parameters(path)
            known = sorted((name, value) for name, value in parse_qsl(query) if name in names)
            query = repr(known) if known else ""
        # The host is left out: no page depends on it, and a made-up one would get a page rendered for each.
        return (language, path, query, place)

    def _must_refresh(self, entry: Entry) -> bool:
        """True for exactly one caller once the entry is no longer fresh; the others take the old copy meanwhile."""
        if entry.age() < FRESH_SECONDS:
            return False
        with self._lock:
            if entry.refreshing and entry.age() < FRESH_SECONDS + 30:
                return False
            entry.refreshing = True
            return True

    def _render(
        self, key: tuple[str, ...], old: Entry | None, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        method, environ["REQUEST_METHOD"] = environ["REQUEST_METHOD"], "GET"
        condition = environ.pop("HTTP_IF_NONE_MATCH", None)
        status, headers, body = _capture(self.app, environ)
        environ["REQUEST_METHOD"] = method
        if condition is not None:
            environ["HTTP_IF_NONE_MATCH"] = condition
        if status.startswith("5") and old is not None and old.survives_errors and old.age() < ERROR_SECONDS:
            old.refreshing = False
            return _answer(old, environ, start_response)
        entry = _keepable(status, headers, body)
        with self._lock:
            if entry is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = entry
                while len(self._entries) > MOST_ENTRIES:
                    self._entries.popitem(last=False)
        if entry is not None:
            return _answer(entry, environ, start_response)
        start_response(status, headers)
        return [] if method == "HEAD" else [body]


def _capture(app: WsgiApp, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
    captured: list[Any] = []

    def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], None]:
        captured[:] = [status, headers]
        return lambda _data: None

    chunks = app(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return captured[0], captured[1], body


def _keepable(status: str, headers: Headers, body: bytes) -> Entry | None:
    values = {name.lower(): value for name, value in headers}
    control = values.get("cache-control", "")
    if not status.startswith("200") or not control.startswith("public") or "set-cookie" in values:
        return None
    if len(body) > LARGEST_BODY:
        return None
    return Entry(headers, body, values.get("etag", ""), time.monotonic(), "stale-if-error" in control)


def _answer(entry: Entry, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    condition = environ.get("HTTP_IF_NONE_MATCH")
    if condition is not None and entry.etag and (entry.etag in condition or condition.strip() == "*"):
        start_response("304 NOT MODIFIED", [pair for pair in entry.headers if pair[0].lower() != "content-length"])
        return []
    start_response("200 OK", entry.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [entry.body]
