"""Where the visitor says they are, which decides what is safe to show (SAFETY.md 17).

Three states, in one cookie without an identifier, set only by the visitor's own POST. Never guessed from an address.
"""

from typing import Any

from flask import Blueprint, Response, g, redirect, request
from werkzeug.datastructures import ImmutableMultiDict

from campaign.kernel.places import Place
from campaign.web.errors import BadRequestPage
from campaign.web.guards import checks_origin
from campaign.web.redirects import safe_target
from campaign.web.settings import settings

__all__ = ["Place", "bp", "current_place", "place_of", "settle_asked_place"]

COOKIE = "place"
THIRTY_DAYS = 30 * 24 * 3600


def place_of(cookies: ImmutableMultiDict[str, str] | dict[str, str], arguments: Any = None) -> Place:
    """The visitor's state; anything but the two known values is "not said"."""
    value = cookies.get(COOKIE, "")
    return Place(value) if value in {"ru", "out"} else Place.NOT_SAID


def current_place() -> Place:
    """The state of the visitor of this request."""
    settled: Place | None = g.get("settled_place")
    return place_of(request.cookies) if settled is None else settled


def settle_asked_place(*, is_asked: bool = False) -> bool:
    """Settle the place of a page whose reader cannot say where they are: in a frame, in a program.

    The same is left out there as in Russia unless the address asks with `?place=out` (or `is_asked` in another way);
    whoever said on our site that they are in Russia is believed before the address (SAFETY.md 17). Gives whether the
    address says it as it should, once and with no other value: made-up ones would be pages of their own.
    """
    asked, said = request.args.getlist(COOKIE), place_of(request.cookies)
    is_out = is_asked or asked == [Place.ELSEWHERE.value] or said is Place.ELSEWHERE
    g.settled_place = Place.ELSEWHERE if is_out and said is not Place.RUSSIA else Place.RUSSIA
    return asked in ([], [Place.ELSEWHERE.value])


bp = Blueprint("place", __name__)


@bp.post("/place")
@checks_origin
def set_place() -> Response:
    """Remember the visitor's own word for 30 days, or forget it, and go back to where they were."""
    value = request.form.get("place", "")
    if value not in {"ru", "out", ""}:
        raise BadRequestPage("place")
    response = redirect(safe_target(request.form.get("next") or request.referrer), 303)
    # A proxy may speak plain http to us while the visitor came by https, so the public address counts as well.
    secure = request.is_secure or settings().https
    if value:
        response.set_cookie(COOKIE, value, max_age=THIRTY_DAYS, secure=secure, httponly=True, samesite="Lax", path="/")
    else:
        response.delete_cookie(COOKIE, secure=secure, httponly=True, samesite="Lax", path="/")
    return response  # type: ignore[return-value]
