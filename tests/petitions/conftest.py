"""Who is signed in."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

from campaign.extensions import login
from campaign.kernel.actors import Role
from tests.support.pages import PageClient


@dataclass
class Someone:
    """A signed-in account as the web sees it."""

    roles: frozenset[Role]
    username: str = "made-up"
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def has_role(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    def get_id(self) -> str:
        return str(self.id)


SignIn = Callable[..., PageClient]


@pytest.fixture
def sign_in(app: Flask) -> Iterator[SignIn]:
    """Call it with roles for a client of somebody new who has them; the person is `client.person`."""
    people: dict[str, Someone] = {}
    before = login._request_callback
    login.request_loader(lambda request: people.get(request.headers.get("X-Test-Person", "")))

    def enter(*roles: Role) -> PageClient:
        person = Someone(frozenset(roles or (Role.ORGANISER,)))
        people[str(person.id)] = person
        client = app.test_client()
        client.environ_base["HTTP_X_TEST_PERSON"] = str(person.id)
        client.person = person
        return client

    yield enter
    login._request_callback = before


@pytest.fixture
def author(sign_in: SignIn) -> PageClient:
    """An organiser who writes."""
    return sign_in(Role.ORGANISER)


@pytest.fixture
def second(sign_in: SignIn) -> PageClient:
    """Another organiser, who reads what the first wrote."""
    return sign_in(Role.ORGANISER)
