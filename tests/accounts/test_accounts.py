"""One's own account: passphrase, address, language, leaving; and what is forgotten when."""

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from campaign.accounts import hooks
from campaign.accounts.models import Account, Invitation, RoleRequest, SignInSession, TotpSecret, UsedChallenge
from campaign.accounts.policy import BadPassphrase, check_passphrase, is_common
from campaign.accounts.queries import current_roles, find_account_by_name, get_account, list_grants
from campaign.accounts.service.demo import make_demo_accounts
from campaign.accounts.service.invitations import invite
from campaign.accounts.service.totp import begin_setup
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden, NotFound
from campaign.kernel.registry import retention_rules
from tests.support.accounts import PASSPHRASE, person, sign_in, submit
from tests.support.pages import PageClient

NEW = "copper lantern, seven mornings"


class TestPassphrase:
    def test_it_is_changed_and_other_sessions_end(self, client: PageClient, app: Flask) -> None:
        who, second = person(), app.test_client()
        assert isinstance(second, PageClient)
        sign_in(second, who)
        sign_in(client, who)
        assert submit(client, "/account/passphrase", "/passphrase", passphrase=NEW).status_code == 303
        assert second.get("/account").status_code == 302
        assert client.get("/account").status_code == 200
        assert sign_in(second, who).status_code == 422
        assert sign_in(second, who, NEW).status_code == 303

    @pytest.mark.parametrize("weak", ["", "fourteen chars", "x" * 1025, "aaaaaaaaaaaaaaaaaaaa", "\x00" * 20])
    def test_a_weak_one_changes_nothing_and_is_not_shown(self, client: PageClient, weak: str) -> None:
        who = person()
        before = get_account(who.id).passphrase_hash
        sign_in(client, who)
        answer = submit(client, "/account/passphrase", "/passphrase", passphrase=weak)
        assert answer.status_code == 422
        assert not weak or weak not in answer.text
        assert get_account(who.id).passphrase_hash == before

    @pytest.mark.parametrize(
        "common",
        ["passwordpassword", "P@ssw0rd_2024!!!", "qwertyuiopasdfgh", "1234567890123456", "iloveyou iloveyou",
         "ПарольПарольПароль", "йцукенгшщзхъфыва", "correct horse battery staple", "abcabcabcabcabcabc",
         "navalny2024navalny", "Summer2026Summer!", "person-7person-7", "aaaaaaaaaaaaaaab"],
    )  # fmt: skip
    def test_common_ones_are_refused(self, common: str) -> None:
        assert is_common(common, username="person-7")
        with pytest.raises(BadPassphrase):
            check_passphrase(common, username="person-7", has_second_factor=True)

    @pytest.mark.parametrize(
        "good", [PASSPHRASE, NEW, "plum7trek", "тихая лодка под мостом", "k3#vTz9!qLwe82", "eine blaue Gurke tanzt 4x"]
    )
    def test_good_ones_are_taken(self, good: str) -> None:
        assert check_passphrase(good, username="person-7", has_second_factor=True)

    def test_short_ones_need_a_second_factor(self) -> None:
        assert check_passphrase("plum7trek", username="", has_second_factor=True)
        with pytest.raises(BadPassphrase):
            check_passphrase("plum7trek", username="", has_second_factor=False)
        with pytest.raises(BadPassphrase):
            check_passphrase("plum7tr", username="", has_second_factor=True)

    def test_it_is_stored_as_argon2_only(self, app: Flask) -> None:
        stored = get_account(person().id).passphrase_hash
        assert stored is not None
        assert stored.startswith("$argon2id$")


def test_the_language_is_one_of_ours(client: PageClient) -> None:
    who = person()
    sign_in(client, who)
    assert submit(client, "/account", "/language", language="ru").status_code == 303
    assert get_account(who.id).language == "ru"
    session.remove()
    assert submit(client, "/account", "/language", language="xx\x00").status_code == 422
    assert get_account(who.id).language == "ru"


def test_leaving_ends_access_within_the_request_and_erases_the_person(client: PageClient, app: Flask) -> None:
    who = person(Role.VOLUNTEER, username="goes-away", app=True)
    second = app.test_client()
    assert isinstance(second, PageClient)
    sign_in(client, who)
    who.signed_in()
    assert "closed" in submit(client, "/account/leave", "/leave").text
    assert client.get("/account").status_code == 302
    left = session.get(Account, who.id)
    assert left is not None
    assert (left.state, left.passphrase_hash, left.email_index) == ("left", None, None)
    assert "goes-away" not in left.username
    assert session.query(TotpSecret).count() == 0
    assert list_grants(who.id) == []
    assert sign_in(second, who).status_code == 422
    with pytest.raises(NotFound):
        get_account(who.id)
    assert find_account_by_name("goes-away") is None


class TestCommandLine:
    def run(self, app: Flask, *arguments: str, stdin: str = "") -> Result:
        result = app.test_cli_runner().invoke(args=["staff", *arguments], input=stdin)
        session.remove()
        return result

    def test_the_first_admin_is_made_there(self, app: Flask) -> None:
        result = self.run(app, "add", "--username", "first", "--role", "admin", stdin=PASSPHRASE + "\n")
        assert result.exit_code == 0
        assert result.stdout.startswith("first\tadmin\tuntil ")
        account = find_account_by_name("first")
        assert account is not None
        assert current_roles(account.id) == {Role.ADMIN}

    def test_everybody_on_the_staff_sees_it_for_seven_days(self, app: Flask) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            self.run(app, "add", "--username", "first", "--role", "admin", stdin=PASSPHRASE)
            assert session.query(AuditEntry).filter_by(action="break_glass.staff_added").count() == 1
            with app.test_request_context():
                for days, amount in ((0, 1), (7, 1), (8, 0)):
                    moment.move_to(f"2026-11-{1 + days:02d}T10:00:00Z")
                    needs = hooks.break_glass(None)
                    assert sum(need.count for need in needs) == amount

    @pytest.mark.parametrize("passphrase", ["", "short", "passwordpassword", "x" * 2000])
    def test_a_weak_passphrase_changes_nothing(self, app: Flask, passphrase: str) -> None:
        result = self.run(app, "add", "--username", "first", "--role", "admin", stdin=passphrase)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert session.query(Account).count() == 0

    @pytest.mark.parametrize("username", ["", "a b", "имя", "x" * 40, "a\x01b"])
    def test_a_bad_name_changes_nothing(self, app: Flask, username: str) -> None:
        assert self.run(app, "add", "--username", username, "--role", "admin", stdin=PASSPHRASE).exit_code == 2
        assert session.query(Account).count() == 0

    def test_a_volunteer_is_not_staff(self, app: Flask) -> None:
        assert self.run(app, "add", "--username", "abc", "--role", "volunteer", stdin=PASSPHRASE).exit_code == 2

    def test_an_existing_account_keeps_its_passphrase(self, app: Flask, client: PageClient) -> None:
        who = person(Role.ORGANISER)
        result = self.run(app, "add", "--username", who.username, "--role", "admin", stdin=NEW)
        assert result.exit_code == 0
        assert "keeps its passphrase" in result.stderr
        assert current_roles(who.id) == {Role.ADMIN, Role.ORGANISER}
        assert sign_in(client, who).status_code == 303

    def test_roles_are_renewed_there_lapsed_ones_too(self, app: Flask) -> None:
        with time_machine.travel("2026-01-01T10:00:00Z", tick=False) as moment:
            who = person(Role.ORGANISER, Role.VOLUNTEER)
            moment.shift(120 * 86400)
            result = self.run(app, "renew", "--username", who.username)
            assert result.exit_code == 0
            assert result.stdout.count("\n") == 1
            assert current_roles(who.id) == {Role.ORGANISER}
        assert self.run(app, "renew", "--username", "nobody").exit_code == 2
        assert self.run(app, "renew", "--username", person(Role.VOLUNTEER).username).exit_code == 2

    def test_an_account_is_opened_again_there(self, app: Flask, client: PageClient) -> None:
        who = person(Role.ADMIN, app=True)
        assert self.run(app, "reset", "--username", who.username, stdin=NEW).exit_code == 0
        assert sign_in(client, who, NEW).location == "/account"
        assert client.get("/staff/accounts").location == "/account/second-factor"
        assert self.run(app, "reset", "--username", "nobody", stdin=NEW).exit_code == 2

    def test_staff_are_listed(self, app: Flask) -> None:
        who = person(Role.ORGANISER, Role.VOLUNTEER)
        lines = self.run(app, "list").stdout.splitlines()
        assert lines == [f"{who.username}\torganiser\tuntil {list_grants(who.id)[0].expires_on}\tcurrent"]


class TestDemo:
    def test_two_sign_ins_for_each_role_that_approves(self, app: Flask) -> None:
        for _ in range(2):
            with transaction():
                made = make_demo_accounts(is_demo=True)
        names = [each.username for each in made]
        assert len(names) == 13
        assert {"admin-1", "admin-2", "organiser-2", "data-editor-1", "treasurer-2", "volunteer-1"} <= set(names)
        account = find_account_by_name("treasurer-2")
        assert account is not None
        assert account.is_demo
        assert current_roles(account.id) == {Role.TREASURER}

    def test_none_where_there_is_no_demo(self, app: Flask) -> None:
        with pytest.raises(Forbidden), transaction():
            make_demo_accounts(is_demo=False)
        assert session.query(Account).count() == 0


class TestRetention:
    def apply(self, name: str) -> int:
        with transaction():
            return retention_rules[name].apply(clock.today())

    def test_sessions_go_thirty_days_after_their_end(self, app: Flask) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            person().signed_in()
            moment.shift(59 * 86400)
            assert self.apply("sessions") == 0
            moment.shift(86400)
            assert self.apply("sessions") == 1
            assert session.query(SignInSession).count() == 0

    def test_invitations_go_thirty_days_after_their_end(self, app: Flask) -> None:
        with time_machine.travel("2026-11-01T00:00:00Z", tick=False) as moment:
            actor = person(Role.ADMIN).signed_in()
            with transaction():
                invite(actor, [Role.VOLUNTEER])
            moment.shift(32 * 86400)
            assert self.apply("invitations") == 0
            moment.shift(86400)
            assert self.apply("invitations") == 1
            assert session.query(Invitation).count() == 0

    def test_leftovers_go_after_a_day(self, app: Flask) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            who = person()
            with transaction():
                begin_setup(get_account(who.id))
                session.add(UsedChallenge(challenge_hash=b"x" * 32, expires_at=clock.now()))
            assert self.apply("sign-in-leftovers") == 0
            moment.shift(86400)
            assert self.apply("sign-in-leftovers") == 2

    def test_requests_that_wait_stay(self, app: Flask) -> None:
        assert self.apply("role-requests") == 0
        assert session.query(RoleRequest).count() == 0
