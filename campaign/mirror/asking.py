"""Asking the application for pages, as a visitor of one place does, without a server between."""

import io
from collections.abc import Callable, Iterable
from contextvars import Context
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask

from campaign.kernel.places import Place

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said."""

    status: int
    mimetype: str
    body: bytes


class Asker:
    """Asks one application; no cookie but the place, no address, nothing that a cache would not keep."""

    def __init__(self, app: Flask, place: Place, public_url: str) -> None:
        self._app: WsgiApp = app.wsgi_app
        parts = urlsplit(public_url)
        self._environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "SERVER_NAME": parts.hostname or "localhost",
            "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)), "HTTP_HOST": parts.netloc,
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": f"place={place.value}",
            "wsgi.version": (1, 0), "wsgi.url_scheme": parts.scheme, "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip

    def get(self, url: str) -> Answer:
        """What the site answers at a path with its query."""
        path, _mark, query = url.partition("?")
        # A path is Latin-1 of its UTF-8, as PEP 3333 has it.
        asked = {"PATH_INFO": unquote(path, "latin-1"), "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
            told[:] = [status, headers]
            return lambda _data: None

        def ask() -> bytes:
            chunks = self._app({**self._environ, **asked}, start)
            try:
                return b"".join(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()

        # A command has an application context of its own, and Flask would take it for the request's: its `g` would
        # go from page to page, and its session, with a connection of another process, into this one.
        body = Context().run(ask)
        kinds = (value for name, value in told[1] if name.lower() == "content-type")
        return Answer(int(told[0][:3]), next(kinds, "").partition(";")[0], body)
