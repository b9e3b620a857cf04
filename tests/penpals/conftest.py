"""Signed-in members for tests of pen-pals."""

import pytest

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel.db import transaction
from campaign.penpals.models import Group, MemberRole
from campaign.penpals.service import members
from campaign.web.session_cookie import TOKEN
from tests.penpals.test_groups import ACTOR
from tests.support import pens


@pytest.fixture
def enter(app):
    """Call it for a client of somebody who belongs to the group."""

    def come(group: Group | None, role: MemberRole = MemberRole.WRITER, **changes):
        volunteer = pens.writer(**changes)
        member = None
        with transaction():
            if group is not None:
                member = members.add_member(group.id, volunteer.id, role, actor=ACTOR)
            token = open_session(get_account(volunteer.account_id), second_factor_done=True)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie[TOKEN] = token
        client.volunteer, client.member = volunteer, member
        return client

    return come
