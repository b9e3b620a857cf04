"""Who makes a request and from where, as these views need to know it."""

import ipaddress
from urllib.parse import urlsplit

from flask import request
from flask import session as cookie
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import Field

from campaign.accounts.service.passkeys import RelyingParty
from campaign.accounts.service.sessions import SignedIn, note_use
from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, Forbidden
from campaign.web.session_cookie import carried_token
from campaign.web.settings import settings

NOTED = "noted"
TOO_MANY = lazy_gettext("Too many attempts. Wait fifteen minutes, then try again.")


def signed_in() -> SignedIn:
    """Who makes this request; only behind a guard that lets nobody else through."""
    who = current_user._get_current_object()
    if not isinstance(who, SignedIn):
        raise Forbidden
    return who


def note_day_of_use() -> None:
    """Keep the day on which a session last changed something. Not on a GET, which never writes."""
    if request.method != "POST" or not carried_token() or not current_user.is_authenticated:
        return
    today = clock.today().isoformat()
    if cookie.get(NOTED) != today:
        with transaction():
            note_use(signed_in().session_id)
        cookie[NOTED] = today


def relying_party() -> RelyingParty | None:
    """The site as passkeys know it; None on an IP address, for which devices make none."""
    config = settings()
    host = config.public_host
    try:
        ipaddress.ip_address(host)
    except ValueError:
        parts = urlsplit(config.public_url)
        return RelyingParty(host, (f"{parts.scheme}://{parts.netloc}",))
    return None


def show_problem(field: Field, problem: DomainError) -> None:
    """Put what the domain refused beside the field it is about."""
    field.errors = [*field.errors, gettext(problem.message)]
