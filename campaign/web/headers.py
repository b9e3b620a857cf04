"""Security and cache headers of every answer (SAFETY.md 23)."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue

from campaign.web.settings import settings

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
    a person who was withdrawn must not come back under attack.
    """

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.cache_control = PAGE_CACHE + (", stale-if-error=3600" if survives_outage else "")
            return make_response(view(*args, **kwargs))

        return inner

    return decorate


def init_headers(app: Flask) -> None:
    """Set the headers on every answer."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.format(ancestors=g.get("frame_ancestors", "'none'"))
    headers["Referrer-Policy"] = "no-referrer" if g.get("token_page") else "same-origin"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    config = settings()
    if config.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if config.onion_url and response.mimetype == "text/html":
        headers["Onion-Location"] = config.onion_url + request.full_path.rstrip("?")
    _add_caching(response)
    return response


def _add_caching(response: Response) -> None:
    if request.endpoint == "static" and request.args.get("v") and response.status_code == 200:
        # The address holds a fingerprint of the content (templating.asset), so it never means anything else.
        response.headers["Cache-Control"] = ASSET_CACHE
        return
    if "Cache-Control" in response.headers:
        return
    policy = g.get("cache_control")
    anonymous = current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
    if policy is None or response.status_code != 200 or not anonymous or "Set-Cookie" in response.headers:
        response.headers["Cache-Control"] = "no-store"
        return
    response.headers["Cache-Control"] = policy
    response.vary.add("Cookie")
    if not response.direct_passthrough:
        digest = hashlib.sha256(STAMP.sub(b"", response.get_data())).hexdigest()[:24]
        response.set_etag(digest, weak=True)
