"""Whether there is a page at a path, in this installation."""

from functools import lru_cache

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect


@lru_cache(maxsize=1024)
def is_served(pages: Map, path: str) -> bool:
    """Whether a view answers a GET of `path`, given without the prefix of a language."""
    try:
        pages.bind("").match(path)
    except (RequestRedirect, HTTPException):
        return False
    return True
