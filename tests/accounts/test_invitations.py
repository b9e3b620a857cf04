"""Invitations and the way back in: one person, once, within three days."""

import re
import threading

import pytest
import time_machine
from flask import Flask

from campaign.accounts.models import Account, Invitation, RoleGrant, RoleRequest
from campaign.accounts.queries import current_roles, find_account_by_name, list_sessions, proofs_of
from campaign.accounts.service.invitations import (
    InvitationOver,
    accept_invitation,
    invite,
    let_back_in,
    revoke_invitation,
)
from campaign.accounts.service.roles import LastAdmin, decide_request, revoke_role
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from campaign.kernel.switches import Switch, set_switch
from tests.support import make
from tests.support.accounts import PASSPHRASE, Person, person, sign_in, submit
from tests.support.pages import PageClient, field_values

NEWCOMER = {"username": "new.comer", "passphrase": PASSPHRASE}


def invitation(who: Person, *roles: Role) -> str:
    actor = who.signed_in()
    with transaction():
        token = invite(actor, roles)
    session.remove()
    return f"/invite/{token}"


def way_back(who: Person, about: Person) -> str:
    actor = who.signed_in()
    with transaction():
        token = let_back_in(actor, about.id)
    session.remove()
    return f"/invite/{token}"


def test_a_volunteer_comes_in(client: PageClient) -> None:
    link = invitation(person(Role.COORDINATOR), Role.VOLUNTEER)
    page = client.get(link)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(link, data=NEWCOMER).status_code == 303
    assert "new.comer" in client.get("/account").text
    newcomer = find_account_by_name("new.comer")
    assert newcomer is not None
    assert current_roles(newcomer.id) == {Role.VOLUNTEER}


def test_opening_the_link_uses_nothing_up(client: PageClient) -> None:
    link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert client.post(link, data=NEWCOMER).status_code == 303


def test_it_works_once(client: PageClient) -> None:
    link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
    client.post(link, data=NEWCOMER)
    assert client.get(link).status_code == 410
    assert client.post(link, data={**NEWCOMER, "username": "second"}).status_code == 410
    assert session.query(Account).count() == 2


def test_of_two_who_use_it_at_once_one_comes_in(app: Flask) -> None:
    token = invitation(person(Role.ADMIN), Role.VOLUNTEER).rpartition("/")[2]
    together, came = threading.Barrier(2), []

    def accept(username: str) -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    accept_invitation(token, username=username, passphrase=PASSPHRASE, language="en")
                came.append(username)
            except InvitationOver:
                pass
            session.remove()

    threads = [threading.Thread(target=accept, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1
    assert session.query(Account).count() == 2


def test_it_works_for_seventy_two_hours(client: PageClient) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
        link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
        moment.shift(72 * 3600 - 1)
        assert client.get(link).status_code == 200
        moment.shift(1)
        assert client.get(link).status_code == 410
        assert client.post(link, data=NEWCOMER).status_code == 410
        assert find_account_by_name("new.comer") is None


@pytest.mark.parametrize("token", ["nonsense", "%00", "..", "x" * 5000, "%E2%80%AE"])
def test_a_made_up_link_says_the_same_as_an_old_one(client: PageClient, token: str) -> None:
    assert client.get(f"/invite/{token}").status_code == 410
    assert client.post(f"/invite/{token}", data=NEWCOMER).status_code == 410


def test_the_token_is_stored_nowhere(app: Flask) -> None:
    token = invitation(person(Role.ADMIN), Role.VOLUNTEER).rpartition("/")[2]
    stored = session.query(Invitation).one()
    assert token not in str(vars(stored))


def test_a_staff_role_waits_for_a_second_person(client: PageClient) -> None:
    admin = person(Role.ADMIN)
    client.post(invitation(admin, Role.ORGANISER), data=NEWCOMER)
    newcomer = find_account_by_name("new.comer")
    assert newcomer is not None
    assert current_roles(newcomer.id) == frozenset()
    assert session.query(RoleRequest).one().asked_by == admin.id
    page = client.get("/account").text
    assert "waits for a second person" in page


def test_a_newcomer_sees_no_history(client: PageClient) -> None:
    person(Role.ADMIN, username="somebody-else")
    client.post(invitation(person(Role.COORDINATOR, username="the-inviter"), Role.VOLUNTEER), data=NEWCOMER)
    for page in ("/account", "/account/second-factor"):
        assert "somebody-else" not in client.get(page).text
        assert "the-inviter" not in client.get(page).text


def test_it_can_be_taken_back(client: PageClient) -> None:
    admin = person(Role.ADMIN)
    link = invitation(admin, Role.VOLUNTEER)
    actor = admin.signed_in()
    with transaction():
        revoke_invitation(actor, session.query(Invitation).one().id)
    session.remove()
    assert client.get(link).status_code == 410


def test_it_ends_with_the_role_of_who_gave_it(client: PageClient) -> None:
    coordinator, admin = person(Role.COORDINATOR), person(Role.ADMIN).signed_in()
    link = invitation(coordinator, Role.VOLUNTEER)
    with transaction():
        from campaign.accounts.queries import list_grants

        revoke_role(admin, list_grants(coordinator.id)[0].id)
    session.remove()
    assert client.post(link, data=NEWCOMER).status_code == 410


def test_a_coordinator_invites_volunteers_only(app: Flask) -> None:
    for role in (Role.ADMIN, Role.COORDINATOR, Role.TREASURER):
        with pytest.raises(Forbidden):
            invitation(person(Role.COORDINATOR), role)
    with pytest.raises(Forbidden):
        invitation(person(Role.ORGANISER), Role.VOLUNTEER)


def test_it_is_made_listed_and_taken_back_in_the_browser(client: PageClient, app: Flask) -> None:
    sign_in(client, person(Role.ADMIN, app=True))
    made = submit(client, "/staff/accounts/invite", "/invite", roles="volunteer", note="for the\x00 Berlin group")
    link = re.search(r"<code>http://localhost(/invite/[\w-]{22})</code>", made.text)
    assert link is not None
    assert "for the Berlin group" in client.get("/staff/accounts").text
    visitor = app.test_client()
    assert visitor.get(link[1]).status_code == 200
    assert submit(client, "/staff/accounts", "/revoke").status_code == 303
    assert visitor.get(link[1]).status_code == 410


@pytest.mark.parametrize("roles", ["", "king", "volunteer\x00"])
def test_roles_that_are_none_are_refused(client: PageClient, roles: str) -> None:
    sign_in(client, person(Role.ADMIN, app=True))
    answer = submit(client, "/staff/accounts/invite", "/invite", roles=roles, note="kept")
    assert answer.status_code == 422
    assert 'value="kept"' in answer.text
    assert session.query(Invitation).count() == 0


@pytest.mark.parametrize(
    "username", ["", "ab", "x" * 33, "имя-фамилия", "a b c", "-abc", "abc.", "a\x00bc", "a‮bc", "x" * 90_000, "a@b.c"]
)
def test_names_that_are_none_are_refused_and_nothing_is_used_up(client: PageClient, username: str) -> None:
    link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
    answer = client.post(link, data={"username": username, "passphrase": PASSPHRASE})
    assert answer.status_code == 422
    assert PASSPHRASE not in answer.text
    assert client.post(link, data=NEWCOMER).status_code == 303


@pytest.mark.parametrize("username", ["Maria", "MARIA", "mar1a", "marla"])
def test_a_name_that_looks_like_another_is_taken(client: PageClient, username: str) -> None:
    person(username="maria")
    link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
    answer = client.post(link, data={"username": username, "passphrase": PASSPHRASE})
    assert answer.status_code == 422
    assert f'value="{username}"' in answer.text


def test_a_weak_passphrase_is_refused_and_the_name_kept(client: PageClient) -> None:
    link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
    for weak in ("", "short", "fourteen chars", "passwordpassword", "new.comer new.comer", "z" * 2000):
        answer = client.post(link, data={"username": "new.comer", "passphrase": weak})
        assert answer.status_code == 422
        assert 'value="new.comer"' in answer.text
        assert not weak or f'value="{weak}"' not in answer.text


def test_new_accounts_can_be_switched_off(client: PageClient) -> None:
    link = invitation(person(Role.ADMIN), Role.VOLUNTEER)
    with transaction():
        set_switch(Switch.NEW_ACCOUNTS, on=False, reason="drill")
    assert client.post(link, data=NEWCOMER).status_code == 503
    assert find_account_by_name("new.comer") is None


class TestWayBack:
    def test_a_coordinator_lets_a_volunteer_back_in(self, client: PageClient) -> None:
        coordinator, who = person(Role.COORDINATOR), person(Role.VOLUNTEER, app=True)
        who.signed_in()
        link = way_back(coordinator, who)
        assert who.username in client.get(link).text
        assert client.post(link, data={"passphrase": "another harbour, ladder"}).status_code == 303
        assert who.username in client.get("/account").text
        assert not proofs_of(who.id).any, "the lost app opens nothing any more"
        assert len(list_sessions(who.id, clock.today())) == 1, "older sessions are gone"
        assert current_roles(who.id) == {Role.VOLUNTEER}
        assert client.post(link, data={"passphrase": "yet another harbour"}).status_code == 410

    def test_staff_roles_wait_for_another_person(self, client: PageClient) -> None:
        admin, who = person(Role.ADMIN), person(Role.ORGANISER, Role.MODERATOR, app=True)
        client.post(way_back(admin, who), data={"passphrase": "another harbour, ladder"})
        assert current_roles(who.id) == frozenset()
        asked = session.query(RoleRequest).all()
        assert {request.role for request in asked} == {"organiser", "moderator"}
        assert {request.asked_by for request in asked} == {admin.id}

    def test_an_admin_alone_does_not_take_over_another_admin(self, app: Flask) -> None:
        one, two = person(Role.ADMIN), person(Role.ADMIN)
        with pytest.raises(LastAdmin):
            way_back(one, two)
        person(Role.ADMIN)
        assert way_back(one, two)

    def test_a_coordinator_lets_no_staff_back_in(self, app: Flask) -> None:
        with pytest.raises(Forbidden):
            way_back(person(Role.COORDINATOR), person(Role.MODERATOR))

    def test_a_newer_link_ends_the_older(self, client: PageClient) -> None:
        coordinator, who = person(Role.COORDINATOR), person(Role.VOLUNTEER)
        older, newer = way_back(coordinator, who), way_back(coordinator, who)
        assert client.get(older).status_code == 410
        assert client.get(newer).status_code == 200


def test_an_invitation_to_one_petition_gives_no_more_than_that(client: PageClient, app: Flask) -> None:
    admin, second, petition = person(Role.ADMIN, app=True), person(Role.ADMIN), make.petition()
    sign_in(client, admin)
    page = client.get("/staff/accounts/invite").text
    values = {"csrf_token": field_values(page, "/invite")["csrf_token"], "scope": f"petition:{petition.id}"}
    assert client.post("/staff/accounts/invite", data={**values, "roles": "admin"}).status_code == 422
    shown = client.post("/staff/accounts/invite", data={**values, "roles": "organiser"}).text
    link = next(word for word in shown.replace('"', " ").replace("<", " ").split() if "/invite/" in word)
    path = "/invite/" + link.rpartition("/")[2].strip(">")
    newcomer = app.test_client()
    assert isinstance(newcomer, PageClient)
    assert "Organiser of “Open the windows” only" in newcomer.get(path).text
    assert "Organiser of “Open the windows” only" in client.get("/staff/accounts").text
    newcomer.post(path, data={"username": "newcomer", "passphrase": PASSPHRASE})
    asked = session.query(RoleRequest).one()
    actor, asked_id, newcomer_id = second.signed_in(), asked.id, asked.account_id
    session.remove()
    with transaction():
        decide_request(actor, asked_id, approve=True)
    grant = session.query(RoleGrant).filter_by(account_id=newcomer_id).one()
    assert (grant.scope_kind, grant.scope_id) == ("petition", petition.id)
