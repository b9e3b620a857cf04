"""People with accounts for tests, and what they do in a browser without JavaScript."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pyotp
from werkzeug.test import TestResponse

from campaign.accounts.models import Origin
from campaign.accounts.queries import get_account
from campaign.accounts.service.accounts import create_account
from campaign.accounts.service.roles import put_grant
from campaign.accounts.service.sessions import SignedIn, find_signed_in, open_session
from campaign.accounts.service.totp import STEP, begin_setup, confirm_setup, waiting_secret
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from tests.support.pages import PageClient, field_values, parse

PASSPHRASE = "violet harbour ladder quietly"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account, and what only they know."""

    id: uuid.UUID
    username: str
    secret: str = ""

    def code(self, later: int = 0) -> str:
        """What their app shows now, or `later` steps of 30 seconds from now."""
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=later * STEP))

    def signed_in(self) -> SignedIn:
        """As the actor of a use case, freshly signed in."""
        with transaction():
            token = open_session(get_account(self.id), second_factor_done=True)
        found = find_signed_in(token, demo=True)
        assert found is not None
        return found


def person(
    *roles: Role,
    username: str = "",
    app: bool = False,
    demo: bool = False,
    petition: uuid.UUID | None = None,
    group: uuid.UUID | None = None,
) -> Person:
    """A committed account with `roles`, with `petition` or `group` for that one only.

    With `app`, an authenticator app whose present code is still unused.
    """
    name = username or f"person-{next(_numbers)}"
    scope = ("petition", petition) if petition is not None else None if group is None else ("group", group)
    secret = ""
    with transaction():
        account = create_account(name, PASSPHRASE, language="en", is_demo=demo)
        for role in roles:
            put_grant(
                account.id, role, origin=Origin.TWO_PERSONS, granted_by=uuid.uuid4(), approved_by=uuid.uuid4(),
                scope=scope,
            )  # fmt: skip
        if app:
            begin_setup(account)
            secret = waiting_secret(account)
            # Twice, since on a busy machine the step may turn between making the code and comparing it.
            past = (pyotp.TOTP(secret).at(clock.now() - timedelta(seconds=STEP)) for _try in range(2))
            assert any(confirm_setup(account, code) for code in past)
    session.expunge_all()
    return Person(account.id, name, secret)


def sign_in(client: PageClient, who: Person, passphrase: str = PASSPHRASE, *, next_url: str = "") -> TestResponse:
    """Sign in as far as it goes: name and passphrase, then the app's code if there is an app."""
    query = {"next": next_url} if next_url else {}
    response = client.post(
        "/account/sign-in", data={"username": who.username, "passphrase": passphrase}, query_string=query
    )
    if response.status_code == 303 and "/second-factor" in response.location and who.secret:
        response = client.post(response.location, data={"code": who.code()})
    session.remove()
    return response


def submit(client: PageClient, page: str, action: str, **changes: str) -> TestResponse:
    """Open `page`, fill in the form whose action ends in `action`, and press its button."""
    html = client.get(page).get_data(as_text=True)
    url = next(form.get("action") for form in parse(html).iter("form") if (form.get("action") or "").endswith(action))
    response = client.post(url, data={**field_values(html, action), **changes}, headers={"Referer": _absolute(page)})
    session.remove()
    return response


def _absolute(page: str) -> str:
    return f"http://localhost{page}"
