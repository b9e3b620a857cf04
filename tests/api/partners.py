"""Tokens for tests, and what a partner's program sends."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.api.models import Scope
from campaign.api.service import tokens
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from tests.support import accounts


def made_token(*scopes: Scope, days: int = 90) -> str:
    """The text of a new token."""
    admin = accounts.person(Role.ADMIN).signed_in()
    with transaction():
        return tokens.make_token(admin, "Made-up Alliance", scopes or list(Scope), days)[1]


class Partner:
    """A program with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def send(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        """One request."""
        given = {"Authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=given)
