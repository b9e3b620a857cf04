"""The blueprint of the API: what each public address takes and how it answers."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Request, Response, request
from flask_babel import gettext as _
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnprocessableEntity

from campaign.api.forms.cursors import BadCursor
from campaign.api.forms.wishes import Wish
from campaign.api.queries.reader import Document, Reader
from campaign.kernel.places import Place
from campaign.web.headers import PAGE_CACHE
from campaign.web.here import known_parameters
from campaign.web.i18n import current_language
from campaign.web.problems import problem
from campaign.web.settings import settings


class _Parser(FlaskParser):
    """What no reader of JSON gets through is told as any other broken body, and is no fault of ours."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body. Raises BadRequest, also for one nested too deeply and for a number of thousands of digits."""
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError):
            raise BadRequest from None


class _Blueprint(Blueprint):  # type: ignore[misc]
    ARGUMENTS_PARSER = _Parser()


bp = _Blueprint("api", __name__)
View = TypeVar("View", bound=Callable[..., Response])
STALE = ", stale-if-error=3600"


def refuse_repeated() -> Response | None:
    """The cache keeps an answer for each query, so one wish must have one spelling."""
    names = known_parameters(request.path)
    repeated = {name for name, values in request.args.lists() if name in names and len(values) > 1}
    if not repeated:
        return None
    return refused({name: [_("Once, please.")] for name in sorted(repeated)})


def say_bad_cursor(error: BadCursor) -> Response:
    """A cursor that is not ours."""
    return problem(400, _("That did not work"), _(error.message))


def say_invalid(error: UnprocessableEntity) -> Response:
    """What a schema refuses, field by field."""
    found: Mapping[str, Any] = (getattr(error, "data", None) or {}).get("messages", {})
    return refused({name: messages for part in found.values() for name, messages in part.items()})


def public(
    rule: str, *, about: str, gives: type[Schema], says: str, takes: type[Schema] = Wish
) -> Callable[[View], View]:
    """An address that everybody may read. `about` is the part of the description it stands in."""

    def decorate(view: View) -> View:
        described = bp.arguments(takes, location="query")(bp.response(200, gives)(bp.doc(summary=says)(view)))
        bp.route(rule, tags=[about])(described)
        return view

    return decorate


def reader_of(wish: Mapping[str, str]) -> Reader:
    """For whom an answer is made."""
    place = Place.ELSEWHERE if wish.get("place") == "out" else Place.RUSSIA
    return Reader(wish.get("lang") or current_language(), place, settings().public_url.rstrip("/"))


def answer(document: Document, *, survives_outage: bool) -> Response:
    """A public document, kept as a page is; `survives_outage` never for what tells of persons (web/headers.py)."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = PAGE_CACHE + (STALE if survives_outage else "")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(hashlib.sha256(body).hexdigest()[:24], weak=True)
    return response


def refused(errors: Mapping[str, Any]) -> Response:
    """Some fields cannot be used."""
    return problem(422, _("That did not work"), _("Some of what was sent cannot be used. Nothing was changed."), errors)


bp.before_request(refuse_repeated)
bp.register_error_handler(BadCursor, say_bad_cursor)
bp.register_error_handler(422, say_invalid)
