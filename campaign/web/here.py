"""The address of the page at hand, as far as the page may depend on it.

A page kept for everybody must not carry one visitor's query: whatever a stranger adds to an address would be shown to
all who come after. So on such a page only the parameters count that are part of the cache key.
"""

from typing import Any
from urllib.parse import quote, urlencode

from flask import g, request

KNOWN_PARAMETERS = frozenset({"page", "q", "sort", "state", "country", "language", "year", "v", "need", "topic"})
PARAMETERS_OF = {
    "/prisoners": frozenset({"q", "status", "region", "article", "listing", "who", "need", "sort", "page"}),
    "/prisoners/dates": frozenset({"kind", "region", "page"}),
    "/feeds/dates.ics": frozenset({"kind", "region"}),
    "/feeds/changes.atom": frozenset(),
    "/feeds/petitions.atom": frozenset(),
    "/letter-evenings": frozenset(),
    "/events": frozenset({"kind", "language", "page"}),
    "/events/calendar.ics": frozenset({"kind", "language"}),
    "/write": frozenset({"language", "by", "avoid", "seed", "not", "m"}),
    "/groups": frozenset({"kind", "language", "page"}),
    "/funds": frozenset({"page"}),
    "/organisations": frozenset({"work"}),
    "/volunteer": frozenset({"m"}),
    "/api": frozenset(),
    "/api/v1/openapi.json": frozenset(),
    "/api/v1/petitions": frozenset({"lang", "place", "cursor", "state"}),
    "/api/v1/people": frozenset({"lang", "place", "cursor"}),
    "/api/v1/changes": frozenset({"lang", "place", "since"}),
    "/appeals": frozenset({"kind", "country", "prisoner", "state", "page"}),
    "/appeals/godparents": frozenset({"page"}),
}
"""Pages with parameters of their own, by path without the language.

Who adds a line makes the view answer any other value with a redirect to its canonical address: a redirect is never
kept, so that a made-up value costs no place in the cache.
"""
_OF_PROGRAMS = frozenset({"lang", "place"})
"""Of the other addresses of the API."""
_ARRIVED = frozenset({"m"})
"""Of pages to which mailings lead (web/arrivals.py): their views are not called with a code that nobody has."""
_IN_A_FRAME = frozenset({"place", "m"})
"""Of pages for the frames of other sites, which say for whom they ask (web/place.py)."""
_OF_APPEAL = frozenset({"country", "constituency"})
"""Of an appeal's page: by which of its officials the visitor narrows them down."""
_OF_WRITING = frozenset({"promise", "m"})
"""Of the page on which one writes to somebody, which is made for one visitor and kept nowhere."""


def known_parameters(path: str) -> frozenset[str]:
    """The query parameters that the page at `path` (without the language prefix) may depend on."""
    if path.startswith(("/prisoners/", "/events/", "/petitions/")) and path.count("/") == 2:
        return PARAMETERS_OF.get(path, _ARRIVED)
    if (path.startswith("/groups/") and path.count("/") == 2) or path.startswith("/funds/"):
        return PARAMETERS_OF.get(path, frozenset())
    if path.startswith("/api/v1/"):
        return PARAMETERS_OF.get(path, _OF_PROGRAMS)
    if path.startswith("/share/"):
        # Below the page lie pictures and prints, which programs fetch.
        return _ARRIVED if path.count("/") == 3 else _IN_A_FRAME
    if path.startswith("/embed/"):
        return _IN_A_FRAME
    if path.startswith("/appeals/") and path.count("/") == 2:
        return PARAMETERS_OF.get(path, _OF_APPEAL)
    if path.startswith("/prisoners/") and path.endswith("/words"):
        return frozenset({"page"})
    if path.startswith("/prisoners/") and path.endswith("/write"):
        return _OF_WRITING
    return PARAMETERS_OF.get(path, KNOWN_PARAMETERS)


def kept_arguments() -> dict[str, str]:
    """The query of this request; on a page that is kept for everybody only the known parameters."""
    arguments = request.args.to_dict(flat=True)
    if g.get("cache_control") is None:
        return arguments
    known = known_parameters(request.path)
    return {name: value for name, value in arguments.items() if name in known}


def stands_at(path: str) -> None:
    """Say where the page at hand can be read again, for an answer to a form whose own address knows no GET."""
    g.page_path = path.removeprefix(request.script_root or "")


def here(**changes: Any) -> str:
    """This page's address without the language prefix, query kept; `changes` set or (None) remove parameters."""
    if "page_path" in g:
        path, arguments = g.page_path, {}
    elif request.method in {"GET", "HEAD"}:
        path, arguments = request.path, kept_arguments()
    else:
        path, arguments = "/", {}
    for name, value in changes.items():
        arguments.pop(name, None)
        if value is not None:
            arguments[name] = str(value)
    query = urlencode(arguments)
    # Quoted, since a path may hold what no HTML may (a NUL in a forged link).
    return quote(path) + (f"?{query}" if query else "")
