"""HTTP, decided once: what each error becomes, and the page that says so."""

from pathlib import Path
from urllib.parse import quote

import psycopg
import structlog
from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from campaign.kernel.db import TooSlow, session
from campaign.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.switches import SwitchedOff
from campaign.web import problems
from campaign.web.served import is_served

log = structlog.get_logger()

# A connection that is cut shows at whichever call comes next: through SQLAlchemy, in the driver's own words while a
# connection is taken or given back, or as a transaction that cannot go on.
DATABASE_GONE = (
    OperationalError,
    InterfaceError,
    PendingRollbackError,
    PoolTimeout,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
OFFLINE_PAGE = Path(__file__).resolve().parent.parent / "static" / "offline.html"


class BadRequestPage(DomainError):
    """The request does not fit the form it claims to come from."""


class WrongOrigin(DomainError):
    """The form was sent from another site."""


def page(status: int, title: str, text: str) -> Response:
    """A plain page for an error: what happened, and what to do; for a program as JSON. Needs no database."""
    if problems.is_for_program():
        return problems.problem(status, title, text)
    try:
        body = render_template("errors/error.html", status=status, title=title, text=text)
    except Exception as problem:
        # Whatever broke the page may break its error page too; this file needs nothing that can break.
        log.exception("error_page", error=type(problem).__name__)
        body = OFFLINE_PAGE.read_text()
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def init_errors(app: Flask) -> None:
    """Bind the error pages."""
    app.register_error_handler(NotFound, lambda _error: _not_found())
    app.register_error_handler(404, lambda _error: _without_last_slash() or _not_found())
    app.register_error_handler(Forbidden, lambda error: _forbidden(error.message))
    app.register_error_handler(403, lambda _error: _forbidden(""))
    app.register_error_handler(CSRFError, lambda _error: _stale_form())
    app.register_error_handler(WrongOrigin, lambda _error: _stale_form())
    app.register_error_handler(BadRequestPage, lambda _error: _bad_request())
    app.register_error_handler(Conflict, lambda error: _conflict(error.message))
    app.register_error_handler(TooSlow, lambda _error: _too_slow())
    app.register_error_handler(SwitchedOff, lambda _error: _switched_off())
    for database_gone in DATABASE_GONE:
        app.register_error_handler(database_gone, _database_gone)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _not_found() -> Response:
    return page(404, _("Page not found"), _("There is no page at this address. It may have moved or been taken down."))


def _without_last_slash() -> BaseResponse | None:
    """Lead from /about/ to /about: copies of the site on plain hosts have addresses that end so."""
    path = request.path.rstrip("/")
    if request.method not in {"GET", "HEAD"} or path == request.path or not is_served(current_app.url_map, path):
        return None
    asked = request.query_string.decode("ascii", "ignore")
    return redirect(quote((request.script_root or "") + path) + (f"?{asked}" if asked else ""), 301)


def _forbidden(message: str) -> Response:
    return page(403, _("Not for this account"), _(message) if message else _("Your account may not open this page."))


def _stale_form() -> Response:
    return page(
        400, _("The form has expired"), _("Go back, reload the page and send the form again. Nothing was changed.")
    )


def _bad_request() -> Response:
    return page(400, _("That did not work"), _("The form was sent in an unexpected shape. Nothing was changed."))


def _conflict(message: str) -> Response:
    if message:
        return page(409, _("That is not possible now"), _(message))
    text = _("Someone else changed this meanwhile. Go back, reload the page and look again.")
    return page(409, _("Changed meanwhile"), text)


def _too_slow() -> Response:
    text = _("It was stopped, and nothing was changed. Fewer or narrower conditions help.")
    return page(409, _("That took too long"), text)


def _switched_off() -> Response:
    response = page(
        503,
        _("Paused for now"),
        _("We have switched this off for the moment. Nothing was saved. Please come back later."),
    )
    response.headers["Retry-After"] = "600"
    return response


def _database_gone(error: Exception) -> Response:
    # The message of a database error can quote what was being stored, so only its type is logged.
    log.error("database.unavailable", error=type(error).__name__)
    session.remove()
    response = page(
        503,
        _("Back in a moment"),
        _("Our database is not answering right now. Nothing was lost. Please try again in a minute."),
    )
    response.headers["Retry-After"] = "10"
    return response


def _database_error(error: DBAPIError) -> Response:
    """Any other error of the database: its connection was lost on the way, or we made a mistake."""
    return _database_gone(error) if error.connection_invalidated else _unexpected(error)


def _http(error: HTTPException) -> Response:
    if error.code in {301, 302, 303, 304, 307, 308}:
        return error.get_response()  # type: ignore[return-value]
    if error.code == 413:
        return page(413, _("Too large"), _("What you sent is too large. Nothing was changed."))
    if error.code == 429:
        return page(429, _("Too many attempts"), _("Please wait a few minutes and try again."))
    if error.code == 405:
        response = page(405, _("That did not work"), _("This address cannot be used in that way."))
        # RFC 9110, 15.5.6: what it can be used for is said.
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return response
    if error.code == 415:
        return page(415, _("That did not work"), _("This address takes JSON: send it as application/json."))
    return page(error.code or 500, _("That did not work"), _("The request could not be understood."))


def _unexpected(error: Exception) -> Response:
    original = error.original_exception if isinstance(error, InternalServerError) else error
    log.error("unexpected", error=type(original).__name__, exc_info=True)
    session.remove()
    return page(500, _("Our mistake"), _("Something went wrong on our side. Nothing you typed was published."))
