"""A petition with signers, and people of each role who are signed in."""

import pytest
from sqlalchemy import select

from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.signatures.models import Signature, SignatureState
from campaign.signatures.service.confirm import confirm_signature, confirmation_token
from campaign.signatures.service.sign import sign
from tests.support import accounts, make


@pytest.fixture
def petition(app):
    return make.petition(slug="made-up-desk")


@pytest.fixture
def desk(petition):
    return f"/staff/petitions/{petition.slug}/signatures"


@pytest.fixture
def enter(app):
    """Signs a new person with the given roles in; gives them and their browser."""

    def enter_as(*roles: Role):
        who = accounts.person(*roles, app=True)
        client = app.test_client()
        assert accounts.sign_in(client, who).status_code == 303
        return who, client

    return enter_as


@pytest.fixture
def organiser(enter):
    return enter(Role.ORGANISER)


@pytest.fixture
def signed(petition):
    """Makes signatures: so many, confirmed or not, quarantined or not; gives their ids."""

    def make_some(count: int, *, prefix: str = "signer", confirmed=False, quarantined=False, **changes):
        ids = []
        for number in range(count):
            known = set(session.scalars(select(Signature.id)))
            draft = make.signature_draft(f"{prefix}{number}@example.org", **changes)
            sign(petition.id, draft, quarantined=quarantined)
            session.rollback()
            ids += set(session.scalars(select(Signature.id))) - known
        if confirmed:
            for each in ids:
                confirm(each)
        session.remove()
        return ids

    return make_some


def find(signature_id) -> Signature | None:
    session.remove()
    return session.scalar(select(Signature).where(Signature.id == signature_id))


def token_of(signature_id) -> str:
    return confirmation_token(find(signature_id))


def confirm(signature_id) -> None:
    token = token_of(signature_id)
    session.remove()
    with transaction():
        confirm_signature(token)


def states(ids) -> dict[SignatureState, int]:
    session.remove()
    found: dict[SignatureState, int] = {}
    for state in session.scalars(select(Signature.state).where(Signature.id.in_(ids))):
        found[SignatureState(state)] = found.get(SignatureState(state), 0) + 1
    return found
