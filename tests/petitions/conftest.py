"""Who is signed in."""

import pytest

from campaign.kernel.actors import Role
from tests.conftest import SignIn
from tests.support.pages import PageClient


@pytest.fixture
def author(sign_in: SignIn) -> PageClient:
    """An organiser who writes."""
    return sign_in(Role.ORGANISER)


@pytest.fixture
def second(sign_in: SignIn) -> PageClient:
    """Another organiser, who reads what the first wrote."""
    return sign_in(Role.ORGANISER)
