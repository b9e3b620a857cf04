"""The staff dashboard and the kill switches."""

import pytest

from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import audit
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.registry import Need, dashboard_needs
from campaign.kernel.switches import Switch, is_on
from campaign.web.session_cookie import TOKEN
from tests.support import accounts
from tests.support.pages import field_values


@pytest.fixture
def sign_in(client):
    """Sign the client in as somebody new with the given roles; gives the person."""

    def sign_in(*roles: Role) -> accounts.Person:
        who = accounts.person(*roles, app=True)
        # How one signs in is tested with the accounts; here the session is opened by its service.
        with transaction():
            token = open_session(get_account(who.id), second_factor_done=True)
        with client.session_transaction() as cookie:
            cookie[TOKEN] = token
        return who

    return sign_in


def turn(client, name: str, **values: str):
    path = f"/staff/switches/{name}"
    form = field_values(client.get(path).get_data(as_text=True), path)
    return client.post(path, data={**form, **values})


@pytest.mark.parametrize("language", ["", "/ru"])
def test_an_empty_dashboard_says_so(client, sign_in, language):
    sign_in(Role.COORDINATOR)
    page = client.get(f"{language}/staff").get_data(as_text=True)
    assert ("Nothing waits for you." if not language else "Вас ничего не ждёт.") in page
    assert "/staff/switches" not in page


def test_what_is_urgent_comes_first(client, sign_in, monkeypatch):
    needs = [Need("Later", 3, "/x"), Need("At once", 1, "/y", urgent=True)]
    monkeypatch.setitem(dashboard_needs._items, "test", lambda _actor: needs)
    sign_in(Role.ADMIN)
    page = client.get("/staff").get_data(as_text=True)
    assert page.index("At once") < page.index("Later")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ORGANISER])
def test_a_switch_is_turned_with_a_reason_and_back(client, sign_in, role):
    member = sign_in(role)
    assert turn(client, "signing", reason="A flood from one network").status_code == 303
    assert not is_on(Switch.SIGNING)
    entry = session.query(audit.AuditEntry).order_by(audit.AuditEntry.id.desc()).first()
    assert (entry.action, entry.actor, entry.reason) == ("switch.off", member.id, "A flood from one network")
    page = client.get("/staff/switches").get_data(as_text=True)
    assert "A flood from one network" in page
    assert turn(client, "signing", reason="Over").status_code == 303
    assert is_on(Switch.SIGNING)


def test_without_a_reason_nothing_is_turned(client, sign_in):
    sign_in(Role.ADMIN)
    answer = turn(client, "letters", reason="   ")
    assert answer.status_code == 422
    assert is_on(Switch.LETTERS)


def test_pressing_twice_does_not_turn_it_back(client, sign_in):
    sign_in(Role.ADMIN)
    form = field_values(client.get("/staff/switches/search").get_data(as_text=True), "/switches/search")
    for _ in range(2):
        client.post("/staff/switches/search", data={**form, "reason": "Attack"})
    assert not is_on(Switch.SEARCH)


def test_without_a_token_nothing_is_turned(client, sign_in):
    sign_in(Role.ADMIN)
    answer = client.post("/staff/switches/search", data={"to": "off", "reason": "x"})
    assert answer.status_code in {400, 422}
    assert is_on(Switch.SEARCH)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MODERATOR, Role.TREASURER, Role.DATA_EDITOR])
def test_other_roles_may_not_see_switches(client, sign_in, role):
    sign_in(role)
    assert client.get("/staff/switches").status_code == 403
    assert client.get("/staff/switches/signing").status_code == 403


def test_a_volunteer_is_no_staff(client, sign_in):
    sign_in(Role.VOLUNTEER)
    assert client.get("/staff").status_code == 403


def test_an_unknown_switch_is_not_found(client, sign_in):
    sign_in(Role.ADMIN)
    assert client.get("/staff/switches/gravity").status_code == 404
