"""How a session travels: a random token inside Flask's signed cookie, which no visitor gets before signing in."""

from flask import Flask, Request, Response
from flask import session as cookie
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

TOKEN = "token"  # noqa: S105 - the name under which the token travels
SEARCH_KEY = "search_key"
"""Under which the key of web/sealed_search.py travels."""


def carried_token() -> str:
    """The token this request carries, or an empty text."""
    token = cookie.get(TOKEN, "")
    return token if isinstance(token, str) else ""


def carry(token: str) -> None:
    """Let the browser carry `token` and nothing that was there before: a cookie planted earlier is worth nothing."""
    cookie.clear()
    cookie[TOKEN] = token


def carry_on(token: str) -> None:
    """Let the browser carry a new token of the same sign-in, which was proved again: what it searched for stays."""
    kept = cookie.get(SEARCH_KEY)
    carry(token)
    if kept is not None:
        cookie[SEARCH_KEY] = kept


def carry_nothing() -> None:
    """Sign this browser out."""
    cookie.clear()


class VisitorSessions(SecureCookieSessionInterface):
    """Flask's signed cookie as it is, but for visitors who carry none: for them no signer is made and nothing saved.

    They are nearly all, and Flask makes a signer for each request to find out that there is nothing to read.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the session; an empty one where no cookie came."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send what changed; where nothing was there and nothing came, only say that it was looked at."""
        if session or session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            vary_by_cookie(response)


def vary_by_cookie(response: Response) -> None:
    """Tell caches that the answer depends on the cookies."""
    if "Vary" in response.headers:
        response.vary.add("Cookie")
    else:
        response.headers["Vary"] = "Cookie"
