"""How a session travels: a random token inside Flask's signed cookie, which no visitor gets before signing in."""

from flask import session as cookie

TOKEN = "token"  # noqa: S105 - the name under which the token travels


def carried_token() -> str:
    """The token this request carries, or an empty text."""
    token = cookie.get(TOKEN, "")
    return token if isinstance(token, str) else ""


def carry(token: str) -> None:
    """Let the browser carry `token` and nothing that was there before: a cookie planted earlier is worth nothing."""
    cookie.clear()
    cookie[TOKEN] = token


def carry_nothing() -> None:
    """Sign this browser out."""
    cookie.clear()
