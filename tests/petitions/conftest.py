"""Who is signed in."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.web.session_cookie import TOKEN
from tests.support import accounts
from tests.support.pages import PageClient

SignIn = Callable[..., PageClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Call it with roles for a client of somebody new who has them and is signed in; the person is `client.person`."""

    def enter(*roles: Role) -> PageClient:
        who = accounts.person(*roles, app=True)
        client = app.test_client()
        # How one signs in is tested with the accounts; here the session is opened by its service.
        with transaction():
            token = open_session(get_account(who.id), second_factor_done=True)
        with client.session_transaction() as cookie:
            cookie[TOKEN] = token
        client.person = who
        return client

    return enter


@pytest.fixture
def author(sign_in: SignIn) -> PageClient:
    """An organiser who writes."""
    return sign_in(Role.ORGANISER)


@pytest.fixture
def second(sign_in: SignIn) -> PageClient:
    """Another organiser, who reads what the first wrote."""
    return sign_in(Role.ORGANISER)
