"""Who may come in: one guard a blueprint, stated in the sitemap, run before its views.

A guard gives None to let the request through, or the answer that stops it.
"""

import hmac
import ipaddress
import uuid
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import NotFound as NoPage

from campaign.extensions import csrf
from campaign.kernel.actors import Role
from campaign.kernel.errors import Forbidden
from campaign.web.errors import WrongOrigin
from campaign.web.redirects import safe_target
from campaign.web.settings import settings

P = ParamSpec("P")
R = TypeVar("R")
Guard = Callable[[], ResponseReturnValue | None]

GUARD_KEY = "unforgotten.guards"
ORIGIN_CHECKED = "unforgotten.origin_checked"
STEPS_UP = "unforgotten.steps_up"


def public() -> None:
    """Everybody may come in."""


def token() -> None:
    """A link from a mail: the token in the address is the key. Never cached, never told to another site."""
    g.token_page = True


def signed_in() -> ResponseReturnValue | None:
    """Any account."""
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=_here()))
    return None


def staff() -> ResponseReturnValue | None:
    """An account with a current staff role; without a second factor it is led to set one up first (SAFETY.md 12)."""
    stop = signed_in()
    if stop is not None:
        return stop
    if not current_user.is_staff:
        raise Forbidden
    if current_user.needs_second_factor:
        return redirect(url_for("second_factor.show_second_factor"))
    return None


def _here() -> str:
    """Where to come back to: this page, or the one whose form was sent, in the language of the address."""
    if request.method not in {"GET", "HEAD"}:
        return safe_target(request.referrer)
    return _this_page()


def _this_page() -> str:
    return (request.script_root or "") + request.full_path.rstrip("?")


def _may_be_kept() -> bool:
    """Whether something was typed that a page may hold for a moment; a passphrase is typed again."""
    names = set(request.form) - {"csrf_token"}
    return bool(names) and not any("passphrase" in name for name in names)


def loopback() -> None:
    """This machine only: a page for the operator."""
    if not _from_loopback():
        raise NoPage


def loopback_or_token() -> None:
    """This machine, or who shows the metrics token (`Authorization: Bearer …`, derived from SECRET_KEY)."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not _from_loopback() and not hmac.compare_digest(given.encode(), metrics_token().encode()):
        raise NoPage


def metrics_token() -> str:
    """What a monitoring server outside this machine shows; `flask doctor` prints it."""
    return hmac.digest(settings().secret_key.encode(), b"metrics token", "sha256").hex()


def _from_loopback() -> bool:
    # A proxy on this machine that forwards for a visitor must not make the visitor local.
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def requires(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Narrow one view of a guarded blueprint to some roles."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated or not current_user.has_role(*roles):
                raise Forbidden
            return view(*args, **kwargs)

        inner.required_roles = roles  # type: ignore[attr-defined]
        return inner

    return decorate


def requires_in(kind: str, argument: str, *roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Narrow one view to roles held everywhere or for the one subject whose id stands in the address as `argument`.

    Before anything is looked up, so that the answer about another's subject does not tell whether it exists.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            subject = kwargs[argument]
            if not isinstance(subject, uuid.UUID) or not current_user.has_role_in(kind, subject, *roles):
                raise Forbidden
            return view(*args, **kwargs)

        inner.required_roles = roles  # type: ignore[attr-defined]
        return inner

    return decorate


def requires_some(kind: str, *roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Narrow one view to roles held everywhere or for some subject; the view shows of `subjects_of` alone."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            if current_user.subjects_of(kind, *roles) == frozenset():
                raise Forbidden
            return view(*args, **kwargs)

        inner.required_roles = roles  # type: ignore[attr-defined]
        return inner

    return decorate


def fresh(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Ask who is signed in to prove it again when they have not within ten minutes (SAFETY.md 12).

    For exports, bulk mail, role changes, decrypting and whatever changes how one signs in. Put it on the page that
    shows the form as well as on the POST. What was typed goes along with the question and comes back after it
    (accounts/views/account.py), but for passphrases and files.
    """

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        stop = signed_in()
        if stop is not None:
            return stop
        if not current_user.is_fresh and request.method == "POST" and _may_be_kept():
            return redirect(url_for("account.step_up", next=_this_page(), typed=1), 307)
        if not current_user.is_fresh:
            return redirect(url_for("account.show_step_up", next=_here()), 303)
        return view(*args, **kwargs)

    setattr(inner, STEPS_UP, True)
    return inner


def checks_origin(view: Callable[P, R]) -> Callable[P, R]:
    """A POST behind which no sign-in stands: guarded by Origin and Sec-Fetch-Site where present, not by a token.

    A session token would need a cookie, and visitors get none (SAFETY.md 23).
    """

    @wraps(view)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method == "POST":
            check_origin()
        return view(*args, **kwargs)

    setattr(inner, ORIGIN_CHECKED, True)
    exempted: Callable[P, R] = csrf.exempt(inner)
    return exempted


def guarded_by_token(view: Callable[P, R]) -> Callable[P, R]:
    """A POST on a page from a mail: the token in its address is what no other site can know."""
    setattr(view, ORIGIN_CHECKED, True)
    exempted: Callable[P, R] = csrf.exempt(view)
    return exempted


def check_origin() -> None:
    """Raise WrongOrigin when a browser says that the form came from another site."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise WrongOrigin
    origin = request.headers.get("Origin")
    if origin is None:
        return
    config, sender = settings(), urlsplit(origin).netloc
    if sender not in _our_hosts(config.public_url, config.onion_url) and sender != request.host:
        raise WrongOrigin


@lru_cache(maxsize=8)
def _our_hosts(*urls: str | None) -> frozenset[str]:
    return frozenset(urlsplit(url).netloc for url in urls if url)


def install(app: Flask, blueprint: Blueprint, guard: Guard, *, prefix: str | None) -> None:
    """Register a blueprint behind its guard."""
    app.register_blueprint(blueprint, url_prefix=prefix)
    app.extensions.setdefault(GUARD_KEY, {})[blueprint.name] = guard
    app.before_request_funcs.setdefault(blueprint.name, []).insert(0, guard)


def guards() -> dict[str, Guard]:
    """The guard of each blueprint, for the contract tests."""
    known: dict[str, Any] = current_app.extensions.get(GUARD_KEY, {})
    return known
