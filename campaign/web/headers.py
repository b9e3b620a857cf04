"""Security and cache headers of every answer (SAFETY.md 23)."""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue

from campaign.web.arrivals import without_made_up
from campaign.web.i18n import WsgiApp
from campaign.web.session_cookie import vary_by_cookie
from campaign.web.settings import settings
from config import Config

P = ParamSpec("P")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; manifest-src 'self'; frame-ancestors {ancestors}"
)
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=(), "
    "browsing-topics=(), interest-cohort=()"
)
ASSET_CACHE = "public, max-age=31536000, immutable"
PAGE_CACHE = "public, max-age=10, stale-while-revalidate=30"
# The stamp changes every hour and says nothing about the page, so it must not make a new ETag.
STAMP = re.compile(rb'name="stamp" value="[^"]*"')


def public_page(*, survives_outage: bool) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, Response]]:
    """Mark a view whose answer is the same for every anonymous visitor of one language and place.

    `survives_outage`: whether caches may show it for an hour while the server is down. Never for pages about persons:
    a person who was withdrawn must not come back under attack. Mirrors hold what is marked so (campaign/mirror).
    """

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.cache_control = PAGE_CACHE + (", stale-if-error=3600" if survives_outage else "")
            elsewhere = without_made_up()
            return make_response(view(*args, **kwargs) if elsewhere is None else elsewhere)

        inner.is_public_page = True  # type: ignore[attr-defined]
        return inner

    return decorate


class ConstantHeaders:
    """WSGI layer that gives every answer the headers which are always the same.

    Beneath Flask's list of headers, which compares each that is set with all that are there.
    """

    def __init__(self, app: WsgiApp, config: Config) -> None:
        self._app = app
        self._headers = [
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", PERMISSIONS_POLICY),
        ]
        if config.public_url.startswith("https://"):
            self._headers.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""

        def start(status: str, headers: list[tuple[str, str]], *problem: Any) -> Any:
            return start_response(status, headers + self._headers, *problem)

        return self._app(environ, start)


def init_headers(app: Flask, config: Config) -> None:
    """Set the headers on every answer."""
    app.after_request(_add_headers)
    app.wsgi_app = ConstantHeaders(app.wsgi_app, config)  # type: ignore[method-assign]


def _add_headers(response: Response) -> Response:
    headers = response.headers
    ancestors = g.get("frame_ancestors")
    policy = NOT_FRAMED if ancestors is None else _framed_by(ancestors)
    headers["Content-Security-Policy"] = g.get("content_security_policy") or policy
    headers["Referrer-Policy"] = "no-referrer" if g.get("token_page") else "same-origin"
    onion_url = settings().onion_url
    if onion_url and response.mimetype == "text/html":
        headers["Onion-Location"] = onion_url + request.full_path.rstrip("?")
    _add_caching(response)
    return response


def _framed_by(ancestors: str) -> str:
    return CONTENT_SECURITY_POLICY.format(ancestors=ancestors)


NOT_FRAMED = _framed_by("'none'")
FRAMES_OURS = f"{NOT_FRAMED}; frame-src 'self'"
"""Of a page that shows a mail in a frame (`g.content_security_policy`)."""
MAIL_IN_FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
"""Of that mail: it keeps the styles that mail programs need beside each line, and can run, load and send nothing."""


def _add_caching(response: Response) -> None:
    if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
        # The address holds a fingerprint of the content (templating.asset), so it never means anything else.
        response.headers["Cache-Control"] = ASSET_CACHE
        return
    if "Cache-Control" in response.headers:
        return
    policy = g.get("cache_control")
    if policy is None or response.status_code != 200 or not _is_for_everybody(response):
        response.headers["Cache-Control"] = "no-store"
        return
    response.headers["Cache-Control"] = policy
    vary_by_cookie(response)
    if not response.direct_passthrough:
        digest = hashlib.sha256(STAMP.sub(b"", response.get_data())).hexdigest()[:24]
        response.set_etag(digest, weak=True)


def _is_for_everybody(response: Response) -> bool:
    anonymous = current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
    return anonymous and "Set-Cookie" not in response.headers
