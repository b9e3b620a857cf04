"""People and staff in a browser, for tests of pages."""

import re
import uuid
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.test import TestResponse

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.people.models import IdentityKind, KeptFor, Person, Volunteer
from campaign.people.service.identities import read_identity
from campaign.people.service.records import PersonDraft, add_person
from campaign.people.service.volunteers import add_volunteer
from campaign.web.sealed_search import seal_with
from campaign.web.session_cookie import SEARCH_KEY, TOKEN
from tests.support import accounts
from tests.support.pages import PageClient

ACTOR = uuid.UUID(int=7)


def come(app: Flask, who: accounts.Person, *, fresh: bool = True) -> PageClient:
    """A client signed in as somebody."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    with transaction():
        token = open_session(get_account(who.id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def staff(app: Flask, *roles: Role, **scope: Any) -> PageClient:
    """A client of a staff member."""
    return come(app, accounts.person(*roles, app=True, **scope))


def written_down(name: str = "Анна Выдуманная", *, email: str = "", kept_for: KeptFor = KeptFor.STAFF) -> Person:
    """A committed record."""
    ways = [read_identity(IdentityKind.EMAIL, email)] if email else []
    with transaction():
        return add_person(
            PersonDraft(name=name, language="ru", country="DE", source="an evening"), identities=ways,
            kept_for=kept_for, actor=ACTOR,
        )  # fmt: skip


def volunteer() -> tuple[accounts.Person, Volunteer]:
    """A committed volunteer with a record of their own, and the account."""
    own = accounts.person(Role.VOLUNTEER)
    with transaction():
        made = add_volunteer(own.id, own.username)
    return own, made


def send(client: PageClient, page: str, action: str, **values: Any) -> TestResponse:
    """Send a form of `page` whose address ends in `action`, with the token that its page carries."""
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page).text)
    assert token is not None
    answer = client.post(f"{page}{action}", data={"csrf_token": token[1], **values})
    session.expire_all()
    return answer


def sealed(client: PageClient, text: str) -> str:
    """What stands in the address of the list when somebody signed in here searches for `text`."""
    with client.session_transaction() as cookie:
        key = cookie.setdefault(SEARCH_KEY, Fernet.generate_key().decode())
    return seal_with(key, text)
