"""Signing in: who comes in, who does not, and what nobody learns from it."""

import re
import time
from statistics import median

import pytest
import time_machine
from flask import Flask

from campaign.accounts.models import Account, SignInSession
from campaign.accounts.queries import list_sessions
from campaign.accounts.service import sessions
from campaign.accounts.service.sign_in import begin_sign_in
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.tries import tries
from tests.support.accounts import PASSPHRASE, person, sign_in, submit
from tests.support.pages import PageClient


def other(app: Flask) -> PageClient:
    """Another browser."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def test_a_visitor_gets_no_cookie_before_signing_in(client: PageClient) -> None:
    for page in ("/account/sign-in", "/account/recover", "/account/sign-in/second-factor", "/account"):
        assert "Set-Cookie" not in client.get(page).headers
    wrong = client.post("/account/sign-in", data={"username": "nobody", "passphrase": "wrong wrong wrong"})
    assert "Set-Cookie" not in wrong.headers


def test_name_and_passphrase_open_the_account_page(client: PageClient) -> None:
    response = sign_in(client, person(username="Maria.K"))
    assert response.status_code == 303
    assert response.location == "/account"
    page = client.get("/account")
    assert "Maria.K" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_name_is_taken_in_any_case_and_with_spaces_around_it(client: PageClient) -> None:
    person(username="Maria.K")
    data = {"username": "  maria.k ", "passphrase": PASSPHRASE}
    assert client.post("/account/sign-in", data=data).status_code == 303


def test_a_passphrase_typed_on_another_keyboard_is_the_same(client: PageClient) -> None:
    who = person()
    wide = PASSPHRASE.replace("violet", "ｖｉｏｌｅｔ")
    assert sign_in(client, who, wide).status_code == 303


def _without_name(text: str) -> str:
    # The page holds a challenge for passkeys, which is random each time, and the name that was typed.
    return re.sub(r"known-\w+|challenge[^}]{20,200}", "", text)


def test_known_and_unknown_accounts_get_the_same_answer(client: PageClient) -> None:
    person(username="known-one")
    known = client.post("/account/sign-in", data={"username": "known-one", "passphrase": "wrong but long enough"})
    unknown = client.post("/account/sign-in", data={"username": "known-not", "passphrase": "wrong but long enough"})
    assert known.status_code == unknown.status_code == 422
    assert _without_name(known.text) == _without_name(unknown.text)
    assert "do not fit together" in known.text


@pytest.mark.slow
def test_known_and_unknown_accounts_take_the_same_time(app: Flask) -> None:
    person(username="known-one")

    def seconds(username: str) -> float:
        start = time.perf_counter()
        with transaction():
            assert begin_sign_in(username, "wrong but long enough", demo=False) is None
        return time.perf_counter() - start

    seconds("warm-up")
    pairs = [(seconds("known-one"), seconds("known-not")) for _ in range(9)]
    known, unknown = (median(column) for column in zip(*pairs, strict=True))
    assert abs(known - unknown) < 0.5 * max(known, unknown)


@pytest.mark.parametrize("name", ["", "\x00", "a\x00b", "‮neeuq", "x" * 100_000, "' OR 1=1 --", "мария", "../..", "%s"])
@pytest.mark.usefixtures("app")
def test_hostile_names_are_refused_like_any_other(client: PageClient, name: str) -> None:
    response = client.post("/account/sign-in", data={"username": name, "passphrase": "wrong but long enough"})
    assert response.status_code == 422
    assert "wrong but long enough" not in response.text


@pytest.mark.parametrize("passphrase", ["", "\x00" * 20, "x" * 1025, "y" * 900_000, "‮" * 30, "\ud800"])
def test_hostile_passphrases_are_refused_and_never_shown(client: PageClient, passphrase: str) -> None:
    who = person()
    typed = passphrase.encode("utf-8", "surrogatepass")
    response = client.post("/account/sign-in", data={"username": who.username, "passphrase": typed})
    assert response.status_code == 422
    assert who.username in response.text
    assert not passphrase or passphrase not in response.text


def test_a_form_from_another_site_signs_nobody_in(client: PageClient) -> None:
    who = person()
    data = {"username": who.username, "passphrase": PASSPHRASE}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        response = client.post("/account/sign-in", data=data, headers=headers)
        assert response.status_code == 400
        assert "Set-Cookie" not in response.headers


def test_after_sign_in_a_post_without_its_csrf_token_is_refused(client: PageClient) -> None:
    sign_in(client, person())
    for page in ("/account/sign-out", "/account/language", "/account/leave", "/account/second-factor/app"):
        assert client.post(page, data={"language": "de"}).status_code == 400
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\thttp:x", "@x"]
)
def test_signing_in_never_leads_to_another_site(client: PageClient, target: str) -> None:
    assert sign_in(client, person(), next_url=target).location == "/account"


def test_signing_in_leads_back_to_where_one_was_going(client: PageClient) -> None:
    asked = client.get("/account/leave")
    assert asked.location == "/account/sign-in?next=/account/leave"
    assert sign_in(client, person(), next_url="/account/leave").location == "/account/leave"


def test_signing_out_ends_the_session_in_the_database_too(client: PageClient, app: Flask) -> None:
    who = person()
    sign_in(client, who)
    cookie = client.get_cookie("session")
    assert cookie is not None
    submit(client, "/account", "/sign-out")
    thief = other(app)
    thief.set_cookie("session", cookie.value)
    assert thief.get("/account").status_code == 302
    assert list_sessions(who.id, clock.today()) == []


def test_a_planted_cookie_is_worth_nothing_after_sign_in(client: PageClient, app: Flask) -> None:
    attacker, victim = person(), person()
    sign_in(client, attacker)
    planted = client.get_cookie("session")
    assert planted is not None
    browser = other(app)
    browser.set_cookie("session", planted.value)
    browser.post("/account/sign-in", data={"username": victim.username, "passphrase": PASSPHRASE})
    assert victim.username in browser.get("/account").text
    assert attacker.username in client.get("/account").text


def test_sessions_are_listed_named_and_ended_at_once(client: PageClient, app: Flask) -> None:
    who, phone = person(), other(app)
    sign_in(client, who)
    sign_in(phone, who)
    assert "Session 2" in client.get("/account").text
    mine = session.query(SignInSession).filter_by(number=2).one()
    submit(client, "/account", f"/sessions/{mine.id}/name", label="Old \x00phone\u202e")
    assert "Old phone" in client.get("/account").text
    submit(client, "/account", f"/sessions/{mine.id}/end")
    assert phone.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_all_other_sessions_end_together(client: PageClient, app: Flask) -> None:
    who, others = person(), [other(app), other(app)]
    for browser in (client, *others):
        sign_in(browser, who)
    submit(client, "/account", "/sessions/end-others")
    assert [browser.get("/account").status_code for browser in (client, *others)] == [200, 302, 302]


def test_nobody_ends_or_names_the_session_of_another(client: PageClient, app: Flask) -> None:
    victim, attacker, browser = person(), person(), other(app)
    sign_in(browser, victim)
    theirs = session.query(SignInSession).filter_by(account_id=victim.id).one().id
    sign_in(client, attacker)
    html = client.get("/account").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert token is not None
    for what in ("end", "name"):
        data = {"csrf_token": token[1], "label": "mine now"}
        assert client.post(f"/account/sessions/{theirs}/{what}", data=data).status_code == 404
    assert browser.get("/account").status_code == 200


def test_a_session_ends_by_itself(client: PageClient) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
        sign_in(client, person())
        moment.shift(29 * 86400)
        assert client.get("/account").status_code == 200
        moment.shift(86400)
        assert client.get("/account").status_code == 302


def test_a_session_of_staff_ends_after_a_week(client: PageClient) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
        sign_in(client, person(Role.ORGANISER, app=True))
        moment.shift(6 * 86400)
        assert client.get("/account").status_code == 200
        moment.shift(86400)
        assert client.get("/account").status_code == 302


def test_a_session_dies_with_its_account(client: PageClient) -> None:
    who, admin = person(), person(Role.ADMIN, app=True).signed_in()
    sign_in(client, who)
    with transaction():
        from campaign.accounts.service.accounts import lock_account

        lock_account(admin, who.id)
    session.remove()
    assert client.get("/account").status_code == 302
    assert sign_in(client, who).status_code == 422


def test_only_days_are_kept_of_a_session_and_reading_writes_nothing(client: PageClient) -> None:
    with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
        sign_in(client, person())
        moment.shift(86400)
        client.get("/account")
        assert session.query(SignInSession).one().last_on.isoformat() == "2026-11-01"
        session.remove()
        submit(client, "/account", "/language", language="de")
        assert session.query(SignInSession).one().last_on.isoformat() == "2026-11-02"
    columns = set(SignInSession.__table__.columns.keys())
    assert not {name for name in columns if "agent" in name or "address" in name or name.endswith("_ip")}


def test_no_cookie_of_ours_says_where_or_with_what_one_came(client: PageClient) -> None:
    sign_in(client, person())
    client.get("/account")
    with client.session_transaction() as carried:
        assert set(carried) <= {"token", "csrf_token", "noted", "_permanent"}


def test_demo_accounts_open_nothing_without_demo(client: PageClient) -> None:
    who = person(Role.ADMIN, demo=True)
    assert sign_in(client, who).status_code == 422


class TestThrottle:
    @pytest.fixture(autouse=True)
    def _limited(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
        config = app.extensions["unforgotten"]
        tries.open(config.redis_url, clock.now().isoformat().encode(), on=True)
        yield
        tries.open(config.redis_url, b"", on=False)

    @pytest.mark.parametrize("known", [True, False])
    def test_ten_wrong_tries_close_a_name_for_a_while_known_or_not(self, client: PageClient, known: bool) -> None:
        who = person(username="target")
        name = "target" if known else "nobody-here"
        data = {"username": name, "passphrase": "wrong but long enough"}
        answers = [client.post("/account/sign-in", data=data).status_code for _ in range(12)]
        assert answers == [422] * 10 + [429] * 2
        bursts = session.query(AuditEntry).filter_by(action="account.sign_in_burst").all()
        assert [entry.object for entry in bursts] == [f"account:{who.id}" if known else ""]

    def test_the_right_passphrase_clears_the_count(self, client: PageClient) -> None:
        who = person()
        for _ in range(3):
            for _ in range(6):
                sign_in(client, who, "wrong but long enough")
            assert sign_in(client, who).status_code == 303

    def test_spellings_of_one_name_share_its_tries(self, client: PageClient) -> None:
        person(username="lola")
        names = ["lola", "LOLA", "l0la", "1ola", "Lola "]
        answers = [
            client.post("/account/sign-in", data={"username": name, "passphrase": "wrong, wrong"}).status_code
            for name in names * 3
        ]
        assert answers.count(422) == 10

    def test_codes_cannot_be_guessed(self, client: PageClient) -> None:
        who = person(app=True)
        client.post("/account/sign-in", data={"username": who.username, "passphrase": PASSPHRASE})
        wrong = f"{(int(who.code()) + 1) % 10**6:06d}"
        answers = [client.post("/account/sign-in/second-factor", data={"code": wrong}).status_code for _ in range(6)]
        assert answers[-1] == 429
        assert client.post("/account/sign-in/second-factor", data={"code": who.code()}).status_code == 429

    def test_a_dead_redis_costs_neither_an_error_nor_the_limit(self, client: PageClient) -> None:
        tries.open("redis://127.0.0.1:1/0", b"x", on=True)
        data = {"username": "someone", "passphrase": "wrong but long enough"}
        answers = [client.post("/account/sign-in", data=data).status_code for _ in range(11)]
        assert answers == [422] * 10 + [429]


def test_without_rate_limits_nothing_is_throttled(client: PageClient) -> None:
    data = {"username": "someone", "passphrase": "wrong but long enough"}
    assert {client.post("/account/sign-in", data=data).status_code for _ in range(12)} == {422}


def test_signing_out_all_is_safe_to_repeat(app: Flask) -> None:
    who = person()
    who.signed_in()
    with transaction():
        assert sessions.end_sessions(who.id) == 1
        assert sessions.end_sessions(who.id) == 0
    assert session.get(Account, who.id) is not None
