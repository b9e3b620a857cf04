"""Roles: asked for by one, approved by another, for ninety days."""

import threading
import uuid

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError

from campaign.accounts import hooks
from campaign.accounts.models import Origin, RequestState, RoleGrant, RoleRequest
from campaign.accounts.queries import current_roles, list_current_grants, list_grants
from campaign.accounts.service.accounts import leave, lock_account, unlock_account
from campaign.accounts.service.roles import (
    AlreadyAsked,
    AlreadyDecided,
    LastAdmin,
    ask_for_role,
    decide_request,
    put_grant,
    revoke_role,
)
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry, verify
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from tests.support import make
from tests.support.accounts import Person, person, sign_in, submit
from tests.support.pages import PageClient, field_values


def ask(who: Person, about: Person, role: Role) -> uuid.UUID:
    actor = who.signed_in()
    with transaction():
        request = ask_for_role(actor, about.id, role)
    return request.id


def decide(who: Person, request: uuid.UUID, *, approve: bool = True) -> None:
    actor = who.signed_in()
    with transaction():
        decide_request(actor, request, approve=approve)


def grant_of(who: Person) -> RoleGrant:
    return list_grants(who.id)[0]


@pytest.fixture
def admins(app: Flask) -> tuple[Person, Person]:
    """Two admins."""
    return person(Role.ADMIN, app=True), person(Role.ADMIN, app=True)


class TestTwoPersons:
    def test_one_asks_and_another_approves(self, admins: tuple[Person, Person]) -> None:
        asker, approver = admins
        who = person()
        request = ask(asker, who, Role.ORGANISER)
        assert current_roles(who.id) == frozenset()
        decide(approver, request)
        grant = grant_of(who)
        assert (grant.granted_by, grant.approved_by) == (asker.id, approver.id)
        assert (grant.expires_on - grant.granted_on).days == 90
        assert current_roles(who.id) == {Role.ORGANISER}

    def test_who_asks_does_not_approve(self, admins: tuple[Person, Person]) -> None:
        request = ask(admins[0], person(), Role.ORGANISER)
        with pytest.raises(Forbidden):
            decide(admins[0], request)

    def test_who_gains_does_not_approve(self, admins: tuple[Person, Person]) -> None:
        request = ask(admins[0], admins[1], Role.TREASURER)
        with pytest.raises(Forbidden):
            decide(admins[1], request)

    def test_no_one_but_an_admin_asks_or_approves(self, admins: tuple[Person, Person]) -> None:
        organiser, who = person(Role.ORGANISER, Role.COORDINATOR), person()
        with pytest.raises(Forbidden):
            ask(organiser, who, Role.ORGANISER)
        request = ask(admins[0], who, Role.ORGANISER)
        with pytest.raises(Forbidden):
            decide(organiser, request)

    def test_the_database_refuses_one_person_for_both(self, app: Flask) -> None:
        who, admin = person(), uuid.uuid4()
        with pytest.raises(IntegrityError), transaction():
            put_grant(who.id, Role.ADMIN, origin=Origin.TWO_PERSONS, granted_by=admin, approved_by=admin)
        with pytest.raises(IntegrityError), transaction():
            put_grant(who.id, Role.ADMIN, origin=Origin.TWO_PERSONS, granted_by=admin)

    def test_the_same_role_is_asked_for_once(self, admins: tuple[Person, Person]) -> None:
        who = person()
        ask(admins[0], who, Role.ORGANISER)
        with pytest.raises(AlreadyAsked):
            ask(admins[1], who, Role.ORGANISER)

    def test_a_decision_is_made_once(self, admins: tuple[Person, Person]) -> None:
        who = person()
        request = ask(admins[0], who, Role.ORGANISER)
        decide(admins[1], request, approve=False)
        with pytest.raises(AlreadyDecided):
            decide(admins[1], request)
        assert current_roles(who.id) == frozenset()

    def test_every_step_is_audited_without_a_name(self, admins: tuple[Person, Person]) -> None:
        who = person(username="secret-name")
        decide(admins[1], ask(admins[0], who, Role.ORGANISER))
        entries = session.query(AuditEntry).filter(AuditEntry.object == f"account:{who.id}").all()
        assert {"role.asked", "role.granted"} <= {entry.action for entry in entries}
        assert not any("secret-name" in entry.reason + entry.object for entry in entries)
        assert list(verify()) == []


class TestOnlyOneAdmin:
    def test_a_request_waits_and_the_page_says_so(self, client: PageClient) -> None:
        admin, who = person(Role.ADMIN, app=True), person()
        sign_in(client, admin)
        page = f"/staff/accounts/{who.id}"
        assert submit(client, page, f"{page}/roles", role="organiser", reason="new group").status_code == 303
        assert "You are the only admin" in client.get(page).text
        assert "You are the only admin" in client.get("/staff/accounts").text
        assert "/approve" not in client.get("/staff/accounts").text
        assert current_roles(who.id) == frozenset()

    def test_their_role_cannot_be_revoked_locked_or_left(self, app: Flask) -> None:
        admin = person(Role.ADMIN, app=True)
        actor = admin.signed_in()
        with pytest.raises(LastAdmin), transaction():
            revoke_role(actor, grant_of(admin).id)
        with pytest.raises(LastAdmin), transaction():
            leave(admin.id)
        assert current_roles(admin.id) == {Role.ADMIN}

    def test_their_role_never_lapses_silently(self, app: Flask) -> None:
        with time_machine.travel("2026-01-01T10:00:00Z", tick=False) as moment, app.test_request_context():
            admin, organiser = person(Role.ADMIN, app=True), person(Role.ORGANISER, app=True)
            assert hooks.lapsed_last_admin(organiser) == ()
            moment.shift(200 * 86400)
            assert current_roles(admin.id) == {Role.ADMIN}
            assert current_roles(organiser.id) == frozenset()
            (need,) = hooks.lapsed_last_admin(admin)
            assert need.urgent

    def test_of_several_the_one_that_ends_last_stays(self, app: Flask) -> None:
        with time_machine.travel("2026-01-01T10:00:00Z", tick=False) as moment:
            first = person(Role.ADMIN)
            moment.shift(86400)
            second = person(Role.ADMIN)
            moment.shift(200 * 86400)
            assert current_roles(first.id) == frozenset()
            assert current_roles(second.id) == {Role.ADMIN}

    def test_two_who_remove_each_other_at_once_do_not_both_succeed(self, app: Flask) -> None:
        one, two = person(Role.ADMIN), person(Role.ADMIN)
        pairs = [(one.signed_in(), grant_of(two).id), (two.signed_in(), grant_of(one).id)]
        together, refused = threading.Barrier(2), []

        def remove(actor: object, grant: uuid.UUID) -> None:
            with app.app_context():
                together.wait()
                try:
                    with transaction():
                        revoke_role(actor, grant)  # type: ignore[arg-type]
                except Exception as problem:
                    refused.append(type(problem).__name__)
                session.remove()

        threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.remove()
        left = [who for who in (one, two) if Role.ADMIN in current_roles(who.id)]
        assert len(left) == 1
        assert len(refused) == 1


class TestExpiry:
    def test_a_role_ends_after_ninety_days_and_the_doors_close(self, client: PageClient) -> None:
        with time_machine.travel("2026-01-01T10:00:00Z", tick=False) as moment:
            person(Role.ADMIN)
            who = person(Role.COORDINATOR, app=True)
            moment.shift(89 * 86400)
            sign_in(client, who)
            assert client.get("/staff/accounts").status_code == 200
            person(Role.ADMIN)
            moment.shift(86400)
            assert client.get("/staff/accounts").status_code == 403

    def test_the_holder_is_warned_fourteen_days_ahead(self, app: Flask) -> None:
        with time_machine.travel("2026-01-01T10:00:00Z", tick=False) as moment, app.test_request_context():
            who = person(Role.ORGANISER)
            moment.shift(75 * 86400)
            assert hooks.expiring_roles(who) == ()
            moment.shift(86400)
            (need,) = hooks.expiring_roles(who)
            assert need.count == 1

    def test_the_holder_asks_and_a_second_person_renews_it(self, client: PageClient) -> None:
        with time_machine.travel("2026-01-01T10:00:00Z", tick=False) as moment:
            who = person(Role.ORGANISER, app=True)
            moment.shift(95 * 86400)
            admin = person(Role.ADMIN)
            sign_in(client, who)
            assert "ended" in client.get("/account").text
            submit(client, "/account", "/renew")
            request = session.query(RoleRequest).one()
            assert request.is_renewal
            decide(admin, request.id)
            session.remove()
            assert current_roles(who.id) == {Role.ORGANISER}
            assert (list_current_grants(who.id, clock.today())[0].expires_on - clock.today()).days == 90

    def test_nobody_asks_for_themselves_what_they_do_not_hold(self, client: PageClient) -> None:
        others = grant_of(person(Role.ADMIN)).id
        sign_in(client, person(Role.VOLUNTEER))
        token = field_values(client.get("/account").text, "/renew")
        assert client.post(f"/account/roles/{others}/renew", data=token).status_code == 403
        assert client.post(f"/account/roles/{uuid.uuid4()}/renew", data=token).status_code == 404
        assert session.query(RoleRequest).count() == 0


class TestTakingAway:
    def test_a_revoked_role_closes_the_door_at_once_and_ends_the_sessions(
        self, client: PageClient, admins: tuple[Person, Person]
    ) -> None:
        who = person(Role.COORDINATOR, app=True)
        sign_in(client, who)
        actor = admins[0].signed_in()
        with transaction():
            revoke_role(actor, grant_of(who).id)
        session.remove()
        assert client.get("/staff/accounts").status_code == 302
        assert current_roles(who.id) == frozenset()

    def test_what_its_holder_asked_for_is_dropped(self, admins: tuple[Person, Person]) -> None:
        request = ask(admins[0], person(), Role.ORGANISER)
        actor = admins[1].signed_in()
        with transaction():
            revoke_role(actor, grant_of(admins[0]).id)
        asked = session.get(RoleRequest, request, populate_existing=True)
        assert asked is not None
        assert asked.state == RequestState.DROPPED

    def test_a_role_may_be_laid_down(self, client: PageClient, admins: tuple[Person, Person]) -> None:
        who = person(Role.ORGANISER, app=True)
        sign_in(client, who)
        assert submit(client, "/account", "/lay-down").location == "/account/sign-in"
        assert current_roles(who.id) == frozenset()

    def test_others_take_nothing_away(self, admins: tuple[Person, Person]) -> None:
        actor = person(Role.ORGANISER).signed_in()
        with pytest.raises(Forbidden), transaction():
            revoke_role(actor, grant_of(admins[0]).id)

    def test_a_locked_account_waits_for_nothing(self, client: PageClient, admins: tuple[Person, Person]) -> None:
        who = person(Role.ORGANISER)
        actor = admins[0].signed_in()
        with transaction():
            lock_account(actor, who.id)
        assert sign_in(client, who).status_code == 422
        with transaction():
            unlock_account(actor, who.id)
        assert sign_in(client, who).status_code == 303

    def test_an_admin_does_not_lock_themselves(self, admins: tuple[Person, Person]) -> None:
        actor = admins[0].signed_in()
        with pytest.raises(Forbidden), transaction():
            lock_account(actor, admins[0].id)


class TestScope:
    def test_a_role_for_one_petition_is_none_elsewhere(self, app: Flask) -> None:
        who, petition = person(), uuid.uuid4()
        with transaction():
            put_grant(who.id, Role.ORGANISER, origin=Origin.COMMAND, scope=("petition", petition))
        actor = who.signed_in()
        assert not actor.has_role(Role.ORGANISER)
        assert actor.has_role_in("petition", petition, Role.ORGANISER)
        assert not actor.has_role_in("petition", uuid.uuid4(), Role.ORGANISER)
        assert not actor.has_role_in("group", petition, Role.ORGANISER)
        assert actor.is_staff

    def test_its_renewal_stays_as_narrow_as_it_is(self, client: PageClient, admins: tuple[Person, Person]) -> None:
        petition = make.petition()
        who = person(Role.ORGANISER, petition=petition.id)
        sign_in(client, who)
        assert "Organiser of “Open the windows” only" in client.get("/account").text
        submit(client, "/account", "/renew")
        asked = session.query(RoleRequest).one()
        assert (asked.scope_kind, asked.scope_id, asked.is_renewal) == ("petition", petition.id, True)
        actor = who.signed_in()
        with pytest.raises(Forbidden), transaction():
            ask_for_role(actor, who.id, Role.ORGANISER)

    def test_an_admin_narrows_a_role_and_another_approves_what_it_says(self, client: PageClient, app: Flask) -> None:
        one, two, who = person(Role.ADMIN, app=True), person(Role.ADMIN, app=True), person()
        petition = make.petition()
        sign_in(client, one)
        page = f"/staff/accounts/{who.id}"
        chosen = f"petition:{petition.id}"
        assert submit(client, page, f"{page}/roles", role="moderator", scope=chosen).status_code == 303
        second = app.test_client()
        assert isinstance(second, PageClient)
        sign_in(second, two)
        assert "Moderator of “Open the windows” only" in second.get("/staff/accounts").text
        submit(second, "/staff/accounts", "/approve")
        actor = who.signed_in()
        assert actor.has_role_in("petition", petition.id, Role.MODERATOR)
        assert not actor.has_role(Role.MODERATOR)

    @pytest.mark.parametrize("role", ["admin", "treasurer", "volunteer", "coordinator"])
    def test_a_role_that_makes_no_sense_for_one_petition_is_not_narrowed(self, client: PageClient, role: str) -> None:
        admin, who, petition = person(Role.ADMIN, app=True), person(), make.petition()
        sign_in(client, admin)
        page = f"/staff/accounts/{who.id}"
        answer = submit(client, page, f"{page}/roles", role=role, scope=f"petition:{petition.id}")
        assert answer.status_code == 422
        assert "cannot be narrowed" in answer.text
        assert session.query(RoleRequest).count() == 0

    @pytest.mark.parametrize(
        "scope", ["petition:x", "petition", "king:00000000-0000-4000-8000-000000000000", "\x00", "petition:" + "9" * 32]
    )
    def test_a_scope_that_is_none_is_told(self, client: PageClient, scope: str) -> None:
        admin, who = person(Role.ADMIN, app=True), person()
        sign_in(client, admin)
        page = f"/staff/accounts/{who.id}"
        assert submit(client, page, f"{page}/roles", role="organiser", scope=scope).status_code == 422


class TestStaffPages:
    def test_the_list_can_be_searched_filtered_and_paged(self, client: PageClient) -> None:
        admin = person(Role.ADMIN, app=True, username="zz-admin")
        for number in range(26):
            person(Role.VOLUNTEER, username=f"helper_{number:02d}")
        sign_in(client, admin)
        page = client.get("/staff/accounts").text
        assert "25 of 27" in page
        assert "zz-admin" in client.get("/staff/accounts?page=2").text
        assert "helper_" not in client.get("/staff/accounts?role=admin").text
        found = client.get("/staff/accounts?q=ER_07").text
        assert found.count("helper_") == 1
        assert "Nobody fits" in client.get("/staff/accounts?q=%25").text
        for hostile in ("?q=%00", "?role=king", "?page=-1", "?page=99999999999", "?q=" + "x" * 5000, "?q=%E2%80%AE"):
            assert client.get(f"/staff/accounts{hostile}").status_code == 200

    def test_asking_and_approving_in_the_browser(self, client: PageClient, app: Flask) -> None:
        one, two, who = person(Role.ADMIN, app=True), person(Role.ADMIN, app=True), person()
        sign_in(client, one)
        page = f"/staff/accounts/{who.id}"
        submit(client, page, f"{page}/roles", role="moderator", reason="knows \x00the rules")
        assert "/approve" not in client.get("/staff/accounts").text
        second = app.test_client()
        assert isinstance(second, PageClient)
        sign_in(second, two)
        assert "knows the rules" in second.get("/staff/accounts").text
        assert submit(second, "/staff/accounts", "/approve").status_code == 303
        assert current_roles(who.id) == {Role.MODERATOR}

    def test_changing_roles_asks_for_a_fresh_proof(self, client: PageClient) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            admin, who = person(Role.ADMIN, app=True), person(Role.ORGANISER)
            sign_in(client, admin)
            moment.shift(601)
            page = f"/staff/accounts/{who.id}"
            response = submit(client, page, "/revoke")
            assert response.location == f"/account/step-up?next={page}"
            assert current_roles(who.id) == {Role.ORGANISER}

    def test_a_coordinator_sees_the_list_and_changes_no_role(self, client: PageClient) -> None:
        who = person(Role.ORGANISER)
        sign_in(client, person(Role.COORDINATOR, app=True))
        page = client.get(f"/staff/accounts/{who.id}").text
        assert "/revoke" not in page
        assert "Ask for a role" not in page

    def test_an_organiser_does_not_see_the_list(self, client: PageClient) -> None:
        sign_in(client, person(Role.ORGANISER, app=True))
        assert client.get("/staff/accounts").status_code == 403

    def test_an_admin_finds_on_the_dashboard_what_to_decide(self, app: Flask, admins: tuple[Person, Person]) -> None:
        ask(admins[0], person(), Role.ORGANISER)
        one, two = (each.signed_in() for each in admins)
        with app.test_request_context():
            assert hooks.waiting_requests(one) == ()
            assert hooks.waiting_requests(two)[0].count == 1
