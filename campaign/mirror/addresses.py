"""Which addresses of the site become files of a mirror, and under which names."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from campaign.web.i18n import DEFAULT_LANGUAGE, split_language

ABOUT = "/about-this-copy"
"""The page that a mirror has and the site has not."""
# Made for one visitor, or nothing but a form: the live site has them.
LIVE_ONLY = re.compile(
    r"/(?:write|volunteer|tell-us|preferences)(?:/.*)?|/prisoners/[^/]+/write|/petitions/[^/]+/(?:signed|my-signature.*)"
    r"|/funds/[^/]+/pledged?|/events/[^/]+/signed-up|.*\.(?:atom|ics)"
)
# Beside the number of a page: views of a list that are few and closed. The live site answers whatever else is asked.
PARAMETERS = {"/petitions": frozenset({"state", "page"}), "/organisations": frozenset({"work"})}
ONLY_PAGES = frozenset({"page"})
_SAFE = re.compile(r"(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]{0,199})*/?")
_VALUE = re.compile(r"[a-z0-9_]{1,40}")
_HAS_SUFFIX = re.compile(r"\.[a-z0-9]{2,5}$")


class Kind(StrEnum):
    """What becomes of a link."""

    PAGE = "page"
    """A file of the mirror, asked for as a page."""
    ASSET = "asset"
    """A file of the mirror that a page needs to be shown."""
    LIVE = "live"
    """On this site, and not in the mirror."""
    ELSEWHERE = "elsewhere"
    """On another site."""
    OTHER = "other"
    """No address that is asked for: a place on this page, a mail, a picture written out."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    kind: Kind
    url: str = ""
    """What the site is asked for: path and query; of something elsewhere the address as it stood."""
    file: str = ""
    """Its path within the mirror, for pages and assets."""
    fragment: str = ""


class Addresses:
    """The addresses of one application; remembers what it found, since every page links to the same."""

    def __init__(self, app: Flask, public_url: str) -> None:
        self._adapter: MapAdapter = app.url_map.bind("mirror.invalid")
        self._views = app.view_functions
        self._ours = public_url.rstrip("/")
        self.page_of = lru_cache(maxsize=200_000)(self._page_of)

    def target(self, href: str, *, at: str, is_asset: bool = False) -> Target:
        """Where `href` leads from the page `at`. `is_asset`: it is shown within the page, and not gone to."""
        local = href[len(self._ours) :] if href.startswith((f"{self._ours}/", f"{self._ours}?")) else href
        local = "/" if href == self._ours else local
        if local.startswith("#") or not local:
            return Target(Kind.OTHER)
        if local.startswith("//") or re.match(r"https?:", local, re.I):
            return Target(Kind.ELSEWHERE, href)
        if re.match(r"[a-z][a-z0-9+.-]*:", local, re.I):
            return Target(Kind.OTHER)
        if local.startswith("?"):
            local = at.partition("?")[0] + local
        parts = urlsplit(local)
        if not parts.path.startswith("/"):
            return Target(Kind.OTHER)
        found = _asset(parts.path, parts.query) if is_asset else self.page_of(parts.path, parts.query)
        if found is None:
            url = parts.path + (f"?{parts.query}" if parts.query else "")
            return Target(Kind.LIVE, url, fragment=parts.fragment)
        return Target(found.kind, found.url, found.file, parts.fragment)

    def live(self, url: str, fragment: str = "") -> str:
        """The address on the live site."""
        return f"{self._ours}{url}{'#' + fragment if fragment else ''}"

    def _page_of(self, path: str, query: str) -> Target | None:
        language, rest = split_language(unquote(path))
        rest = rest.rstrip("/") or "/"
        asked = dict(parse_qsl(query, keep_blank_values=True))
        if _SAFE.fullmatch(path) is None or LIVE_ONLY.fullmatch(rest):
            return None
        if not asked.keys() <= PARAMETERS.get(rest, ONLY_PAGES) or not all(map(_VALUE.fullmatch, asked.values())):
            return None
        if rest != ABOUT and not self._is_public(rest):
            return None
        prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
        url = f"{prefix}{rest}" if rest != "/" else f"{prefix}/"
        if asked:
            url += "?" + "&".join(f"{name}={value}" for name, value in sorted(asked.items()))
        return Target(Kind.PAGE, url, _file_of(prefix, rest, asked))

    def _is_public(self, path: str) -> bool:
        """Whether a view that is the same for everybody answers there."""
        try:
            endpoint, _values = self._adapter.match(path, method="GET")
        except (RequestRedirect, HTTPException):
            return False
        return getattr(self._views.get(endpoint), "is_public_page", False)


def _file_of(prefix: str, path: str, asked: dict[str, str]) -> str:
    folder = f"{prefix}{path}".strip("/")
    if _HAS_SUFFIX.search(folder) and not asked:
        return folder
    name = "-".join(f"{name}-{value}" for name, value in sorted(asked.items())) or "index"
    return f"{folder}/{name}.html" if folder else f"{name}.html"


def _asset(path: str, query: str) -> Target | None:
    if _SAFE.fullmatch(path) is None:
        return None
    if not path.endswith(".svg"):
        # A photograph speaks no language; a drawn chart does.
        path = split_language(path)[1]
    file = path.strip("/")
    url = path + (f"?{query}" if query else "")
    return Target(Kind.ASSET, url, file if _HAS_SUFFIX.search(file) else f"{file}.webp")
