"""Addresses for partners: behind a token, answered to nobody else, and kept by no cache."""

import hmac
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Response, g, request
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.exceptions import UnsupportedMediaType

from campaign.api.models import ApiToken, Scope
from campaign.api.service import answers, tokens
from campaign.api.views.blueprint import View, bp
from campaign.extensions import csrf
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import N_
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.tries import Limit, tries
from campaign.web.guards import ORIGIN_CHECKED
from campaign.web.network import client_network
from campaign.web.problems import problem
from campaign.web.settings import settings

PARTNERS = N_("For partners with a token")
LARGEST_BODY = 16 * 1024
LONGEST_KEY = 200
GUESSES = Limit("api-token", times=20, seconds=600)
"""Tokens from one network that open nothing."""
buckets = Buckets(Rate(burst=60, seconds=1))
"""Requests of one token."""
BEARER = "bearerToken"


def partner(
    rule: str, *, method: str, gives: type[Schema] | None, says: str, status: int = 200, scope: Scope | None = None,
    takes: type[Schema] | None = None, can_repeat: bool = False,
) -> Callable[[View], View]:  # fmt: skip
    """An address behind a token; `scope` None: any. `takes` is the JSON it is sent.

    `can_repeat`: it understands `Idempotency-Key`.
    """

    def decorate(view: View) -> View:
        described = bp.response(status, gives)(bp.doc(**_doc(says, can_repeat=can_repeat))(view))
        if takes is not None:
            described = bp.arguments(takes, location="json")(described)
        guarded = _behind_token(described, scope, takes_json=takes is not None)
        guarded._apidoc = described._apidoc  # type: ignore[attr-defined]
        # No session stands behind it: what another site cannot send along is the header with the token.
        setattr(guarded, ORIGIN_CHECKED, True)
        bp.route(rule, methods=[method], tags=[PARTNERS])(csrf.exempt(guarded))
        return view

    return decorate


def current_token() -> ApiToken:
    """The token of this request, read again in the open transaction."""
    return session.get_one(ApiToken, g.api_token_id)


def told(document: Mapping[str, Any], status: int = 200) -> Response:
    """An answer for one partner alone."""
    response = Response(json.dumps(document, ensure_ascii=False), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def once(act: Callable[[], Response]) -> Response:
    """Do it; under an `Idempotency-Key` once, with the same answer for the next 24 hours."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        return problem(400, _("That did not work"), _("An Idempotency-Key has at most 200 plain characters."))
    asked = answers.Asked(g.api_token_id, _digest(key.encode()), _digest(_request_as_sent()))
    try:
        with transaction():
            before = answers.begin(asked)
    except answers.OtherBody as refusal:
        return problem(422, _("That did not work"), _(refusal.message))
    if before is not None:
        return told(before.answer, before.status)
    try:
        response = act()
    except Exception:
        with transaction():
            answers.let_go(asked)
        raise
    with transaction():
        if response.status_code < 400 and response.is_json:
            answers.remember(asked, answers.Told(response.status_code, response.get_json()))
        else:
            answers.let_go(asked)
    return response


def _doc(says: str, *, can_repeat: bool) -> dict[str, Any]:
    header = {
        "in": "header", "name": "Idempotency-Key", "required": False,
        "schema": {"type": "string", "maxLength": LONGEST_KEY}, "description": REPEAT,
    }  # fmt: skip
    return {"summary": says, "security": [{BEARER: []}], **({"parameters": [header]} if can_repeat else {})}


REPEAT = N_(
    "A word of your own for this request. Sent again within 24 hours it is not done twice, and you get the same answer."
)  # fmt: skip


def _behind_token(view: Callable[..., Response], scope: Scope | None, *, takes_json: bool) -> Callable[..., Response]:
    @wraps(view)
    def inner(*args: Any, **kwargs: Any) -> Response:
        stop = _let_in(scope)
        if stop is not None:
            return stop
        request.max_content_length = LARGEST_BODY
        if takes_json and not request.is_json:
            raise UnsupportedMediaType
        return view(*args, **kwargs)

    return inner


def _let_in(scope: Scope | None) -> Response | None:
    """None for a good token; else the answer that stops it."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    given = text.strip() if scheme.lower() == "bearer" else ""
    try:
        if not given:
            raise tokens.BadToken(N_("Send your token: Authorization: Bearer …"))
        with transaction():
            token = tokens.find_good_token(given)
            tokens.note_use(token.id)
            tokens_id, scopes = token.id, list(token.scopes)
    except tokens.BadToken as refusal:
        if given and not tries.take(GUESSES, client_network() or ""):
            return too_many(600)
        response = problem(401, _("Who are you?"), _(refusal.message))
        response.headers["WWW-Authenticate"] = 'Bearer realm="Unforgotten"'
        return response
    if settings().rate_limits and not buckets.take(str(tokens_id)):
        return too_many(1)
    if scope is not None and scope not in scopes:
        words = _("This token is not for that. Ask whoever gave it to you for one with %(scope)s.", scope=scope.value)
        return problem(403, _("Not with this token"), words)
    g.api_token_id = tokens_id
    return None


def too_many(seconds: int) -> Response:
    """Later, please."""
    response = problem(429, _("Too many attempts"), _("Please wait as long as Retry-After says and try again."))
    response.headers["Retry-After"] = str(seconds)
    return response


def _request_as_sent() -> bytes:
    return b"\x1f".join((request.method.encode(), request.path.encode(), request.get_data(cache=True)))


def _digest(what: bytes) -> bytes:
    """Keyed, so that neither a key nor an address in a body can be guessed from what is stored."""
    return hmac.digest(settings().secret_key.encode(), b"api answer\x1f" + what, "sha256")
