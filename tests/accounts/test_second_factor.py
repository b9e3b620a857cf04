"""Second factors: what staff must have, what works once, and what can be taken away."""

import json
import re
from dataclasses import replace

import pytest
import time_machine
from flask import Flask

from campaign.accounts.models import Passkey, TotpSecret
from campaign.accounts.queries import get_account, proofs_of
from campaign.accounts.service.totp import take_code
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from tests.support.accounts import PASSPHRASE, Person, person, sign_in, submit
from tests.support.device import Device
from tests.support.pages import PageClient, parse


def other(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def options_on(client: PageClient, page: str) -> str:
    """What the page gives the browser for its passkey form."""
    for form in parse(client.get(page).text).iter("form"):
        if form.get("data-passkey"):
            return form.get("data-options", "")
    raise AssertionError("no form for a passkey")


def add_passkey(client: PageClient, device: Device) -> str:
    """Register `device` for who is signed in; gives the answer's page."""
    page = "/account/second-factor"
    return submit(client, page, "/passkeys", answer=device.create(options_on(client, page)), name="Blue key").text


def set_up_app(client: PageClient, who: Person) -> tuple[Person, str]:
    """Set up an app as a person does; gives them with their secret, and the page with the recovery codes."""
    submit(client, "/account/second-factor", "/second-factor/app")
    page = client.get("/account/second-factor/app").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret is not None
    known = replace(who, secret=secret[1].replace(" ", ""))
    return known, submit(client, "/account/second-factor/app", "/confirm", code=known.code()).text


def codes_in(page: str) -> list[str]:
    return re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", page)


class TestStaffWithoutOne:
    def test_they_are_led_to_set_one_up_and_reach_nothing_else(self, client: PageClient, app: Flask) -> None:
        sign_in(client, person(Role.ADMIN))
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/staff") and "GET" in (rule.methods or ()) and not rule.arguments:
                assert client.get(rule.rule).location == "/account/second-factor"
        assert "needs a second factor" in client.get("/account/second-factor").text

    def test_with_one_the_staff_pages_open(self, client: PageClient) -> None:
        who = person(Role.ADMIN)
        sign_in(client, who)
        _known, page = set_up_app(client, who)
        assert len(codes_in(page)) == 10
        assert client.get("/staff/accounts").status_code == 200

    def test_a_volunteer_reaches_no_staff_page_at_all(self, client: PageClient) -> None:
        sign_in(client, person(Role.VOLUNTEER, app=True))
        assert client.get("/staff/accounts").status_code == 403

    def test_a_demo_account_needs_none(self, client: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.extensions, "unforgotten", replace(app.extensions["unforgotten"], demo=True))
        sign_in(client, person(Role.ADMIN, demo=True))
        assert client.get("/staff/accounts").status_code == 200
        assert "demo account" in client.get("/account/second-factor").text


class TestApp:
    def test_it_is_asked_for_at_the_next_sign_in(self, client: PageClient, app: Flask) -> None:
        who = person()
        sign_in(client, who)
        set_up_app(client, who)
        fresh = other(app)
        response = fresh.post("/account/sign-in", data={"username": who.username, "passphrase": PASSPHRASE})
        assert response.location == "/account/sign-in/second-factor"
        assert fresh.get("/account").status_code == 302, "the passphrase alone opens nothing"
        assert fresh.get(response.location).status_code == 200

    def test_a_code_works_once(self, client: PageClient, app: Flask) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False):
            who = person(app=True)
            code = who.code()
            assert sign_in(client, who).location == "/account"
            thief = other(app)
            thief.post("/account/sign-in", data={"username": who.username, "passphrase": PASSPHRASE})
            assert thief.post("/account/sign-in/second-factor", data={"code": code}).status_code == 422
            earlier = who.code(later=-1)
            assert thief.post("/account/sign-in/second-factor", data={"code": earlier}).status_code == 422
            assert thief.get("/account").status_code == 302

    def test_a_code_of_a_neighbouring_step_is_taken_and_older_ones_are_not(self, app: Flask) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False):
            who = person(app=True)
            for later, right in ((-2, False), (2, False), (1, True), (0, False)):
                with transaction():
                    assert take_code(who.id, who.code(later)) is right, later

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12\x00345", "9" * 50_000, "-12345"])
    def test_what_is_no_code_is_refused_clearly(self, client: PageClient, code: str) -> None:
        who = person(app=True)
        client.post("/account/sign-in", data={"username": who.username, "passphrase": PASSPHRASE})
        response = client.post("/account/sign-in/second-factor", data={"code": code})
        assert response.status_code == 422
        assert "six digits" in response.text

    def test_a_sign_in_waits_ten_minutes_for_it(self, client: PageClient) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            who = person(app=True)
            client.post("/account/sign-in", data={"username": who.username, "passphrase": PASSPHRASE})
            moment.shift(601)
            response = client.post("/account/sign-in/second-factor", data={"code": who.code()})
            assert response.location == "/account/sign-in"

    def test_the_secret_is_sealed_and_its_picture_is_never_stored(self, client: PageClient) -> None:
        who = person()
        sign_in(client, who)
        submit(client, "/account/second-factor", "/second-factor/app")
        picture = client.get("/account/second-factor/app.png")
        assert picture.mimetype == "image/png"
        assert picture.headers["Cache-Control"] == "no-store"
        known, _page = set_up_app(client, who)
        stored = session.query(TotpSecret).one().secret_sealed
        assert known.secret.encode() not in stored

    def test_a_wrong_first_code_changes_nothing(self, client: PageClient, app: Flask) -> None:
        who = person()
        sign_in(client, who)
        submit(client, "/account/second-factor", "/second-factor/app")
        assert submit(client, "/account/second-factor/app", "/confirm", code="000000").status_code == 422
        assert sign_in(other(app), who).location == "/account"

    def test_another_session_ends_when_it_is_set_up(self, client: PageClient, app: Flask) -> None:
        who, second = person(), other(app)
        sign_in(second, who)
        sign_in(client, who)
        set_up_app(client, who)
        assert client.get("/account").status_code == 200
        assert second.get("/account").status_code == 302

    def test_staff_cannot_remove_their_last_one(self, client: PageClient) -> None:
        who = person(Role.ORGANISER, app=True)
        sign_in(client, who)
        assert submit(client, "/account/second-factor", "/app/remove").status_code == 409
        assert proofs_of(who.id).totp

    def test_others_can_if_the_passphrase_is_long(self, client: PageClient) -> None:
        who = person(app=True)
        sign_in(client, who)
        assert submit(client, "/account/second-factor", "/app/remove").status_code == 303
        assert not proofs_of(who.id).any

    def test_a_short_passphrase_needs_one(self, client: PageClient) -> None:
        who = person(app=True)
        sign_in(client, who)
        assert submit(client, "/account/passphrase", "/passphrase", passphrase="plum7trek").status_code == 303
        assert submit(client, "/account/second-factor", "/app/remove").status_code == 409
        assert proofs_of(who.id).totp


class TestRecoveryCodes:
    def test_each_opens_the_account_once(self, client: PageClient, app: Flask) -> None:
        who = person()
        sign_in(client, who)
        code = codes_in(set_up_app(client, who)[1])[3]
        data = {"username": who.username, "passphrase": PASSPHRASE, "code": f" {code.upper().replace('-', ' ')} "}
        assert other(app).post("/account/recover", data=data).status_code == 303
        again = other(app).post("/account/recover", data=data)
        assert again.status_code == 422
        assert PASSPHRASE not in again.text
        assert proofs_of(who.id).codes_left == 9

    def test_a_code_without_the_passphrase_is_not_used_up(self, client: PageClient, app: Flask) -> None:
        who = person()
        sign_in(client, who)
        code = codes_in(set_up_app(client, who)[1])[0]
        data = {"username": who.username, "passphrase": "wrong but long enough", "code": code}
        assert other(app).post("/account/recover", data=data).status_code == 422
        assert proofs_of(who.id).codes_left == 10

    def test_a_code_of_another_account_opens_nothing(self, client: PageClient, app: Flask) -> None:
        who, victim = person(), person(app=True)
        sign_in(client, who)
        code = codes_in(set_up_app(client, who)[1])[0]
        data = {"username": victim.username, "passphrase": PASSPHRASE, "code": code}
        assert other(app).post("/account/recover", data=data).status_code == 422

    def test_new_codes_void_the_old(self, client: PageClient, app: Flask) -> None:
        who = person()
        sign_in(client, who)
        old = codes_in(set_up_app(client, who)[1])
        new = codes_in(submit(client, "/account/second-factor", "/codes").text)
        assert not set(old) & set(new)
        data = {"username": who.username, "passphrase": PASSPHRASE, "code": old[0]}
        assert other(app).post("/account/recover", data=data).status_code == 422

    @pytest.mark.parametrize("code", ["", "\x00", "x" * 100_000, "‮" * 16, "----"])
    def test_hostile_codes_are_refused(self, client: PageClient, code: str) -> None:
        data = {"username": person(app=True).username, "passphrase": PASSPHRASE, "code": code}
        assert client.post("/account/recover", data=data).status_code == 422


class TestPasskeys:
    def test_one_opens_the_account_alone(self, client: PageClient, app: Flask) -> None:
        who, device = person(Role.ADMIN), Device()
        sign_in(client, who)
        assert len(codes_in(add_passkey(client, device))) == 10
        assert client.get("/staff/accounts").status_code == 200
        browser = other(app)
        answer = device.get(options_on(browser, "/account/sign-in"))
        assert browser.post("/account/sign-in/passkey", data={"answer": answer}).status_code == 303
        assert browser.get("/staff/accounts").status_code == 200
        replayed = other(app).post("/account/sign-in/passkey", data={"answer": answer})
        assert replayed.status_code == 422

    def test_one_that_does_not_check_its_holder_is_a_second_factor_only(self, client: PageClient, app: Flask) -> None:
        who, device = person(), Device(verifies=False)
        sign_in(client, who)
        add_passkey(client, device)
        browser = other(app)
        answer = device.get(options_on(browser, "/account/sign-in"))
        assert browser.post("/account/sign-in/passkey", data={"answer": answer}).status_code == 422
        browser.post("/account/sign-in", data={"username": who.username, "passphrase": PASSPHRASE})
        second = "/account/sign-in/second-factor"
        answer = device.get(options_on(browser, second))
        assert browser.post(second, data={"answer": answer}).location == "/account"

    def test_an_answer_for_another_place_or_purpose_or_time_is_refused(self, client: PageClient, app: Flask) -> None:
        who, device = person(), Device()
        sign_in(client, who)
        add_passkey(client, device)
        stolen = options_on(client, "/account/step-up")
        browser = other(app)

        def post(answer: str) -> int:
            return browser.post("/account/sign-in/passkey", data={"answer": answer}).status_code

        assert post(device.get(stolen)) == 422, "made for a step-up"
        device.origin = "https://evil.example"
        assert post(device.get(options_on(browser, "/account/sign-in"))) == 422
        device.origin = "http://localhost"
        made_up = json.dumps(json.loads(stolen) | {"challenge": "A" * 75})
        assert post(device.get(made_up)) == 422
        assert post(Device().get(options_on(browser, "/account/sign-in"))) == 422, "unknown"
        with time_machine.travel("2030-11-01T10:00:00Z", tick=False) as moment:
            options = options_on(browser, "/account/sign-in")
            moment.shift(301)
            assert post(device.get(options)) == 422

    def test_a_copied_device_is_noticed_by_its_count(self, client: PageClient, app: Flask) -> None:
        who, device = person(), Device()
        sign_in(client, who)
        add_passkey(client, device)
        for count, status in ((5, 303), (4, 422)):
            browser = other(app)
            device.count = count
            answer = device.get(options_on(browser, "/account/sign-in"))
            assert browser.post("/account/sign-in/passkey", data={"answer": answer}).status_code == status

    @pytest.mark.parametrize(
        "answer", ["", "{}", "null", "[]", "\x00", "x" * 20_000, "[" * 16_000,
                   '{"response": {"clientDataJSON": "e30"}}',
                   '{"response": {"clientDataJSON": 7}}', '{"id":"a","rawId":"a","response":null,"type":"public-key"}']
    )  # fmt: skip
    def test_hostile_answers_are_refused(self, client: PageClient, answer: str) -> None:
        assert client.post("/account/sign-in/passkey", data={"answer": answer}).status_code == 422
        sign_in(client, person())
        page = "/account/second-factor"
        assert submit(client, page, "/passkeys", answer=answer, name="\x00‮").status_code == 422
        assert session.query(Passkey).count() == 0

    def test_they_are_hidden_at_an_ip_address(
        self, client: PageClient, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = replace(app.extensions["unforgotten"], public_url="http://127.0.0.1:8000")
        monkeypatch.setitem(app.extensions, "unforgotten", config)
        sign_in(client, person())
        page = client.get("/account/second-factor").text
        assert "data-passkey" not in page
        assert "Set up an app" in page
        assert "data-passkey" not in other(app).get("/account/sign-in").text

    def test_one_can_be_removed_while_something_else_is_left(self, client: PageClient) -> None:
        who = person(Role.ADMIN, app=True)
        sign_in(client, who)
        add_passkey(client, Device())
        key = session.query(Passkey).one().id
        assert submit(client, "/account/second-factor", f"/passkeys/{key}/remove").status_code == 303
        assert session.query(Passkey).count() == 0
        assert get_account(who.id).is_active


class TestStepUp:
    def test_what_matters_asks_again_after_ten_minutes(self, client: PageClient) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            who = person(app=True)
            sign_in(client, who)
            assert client.get("/account/passphrase").status_code == 200
            moment.shift(600)
            asked = client.get("/account/passphrase")
            assert asked.location == "/account/step-up?next=/account/passphrase"
            before = client.get_cookie("session")
            done = submit(client, asked.location, "/step-up?next=/account/passphrase", code=who.code())
            assert done.location == "/account/passphrase"
            assert client.get_cookie("session") != before, "the token is a new one"
            assert client.get("/account/passphrase").status_code == 200

    def test_without_a_second_factor_it_asks_for_the_passphrase(self, client: PageClient) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            sign_in(client, person())
            moment.shift(601)
            page = "/account/step-up"
            wrong = submit(client, page, "/step-up", passphrase="wrong but long enough")
            assert wrong.status_code == 422
            assert "wrong but long enough" not in wrong.text
            assert client.get("/account/leave").status_code == 303
            assert submit(client, page, "/step-up", passphrase=PASSPHRASE).status_code == 303
            assert client.get("/account/leave").status_code == 200

    def test_with_one_the_passphrase_is_not_enough(self, client: PageClient) -> None:
        with time_machine.travel("2026-11-01T10:00:00Z", tick=False) as moment:
            sign_in(client, person(app=True))
            moment.shift(601)
            assert submit(client, "/account/step-up", "/step-up", passphrase=PASSPHRASE).status_code == 422

    def test_it_never_leads_to_another_site(self, client: PageClient) -> None:
        sign_in(client, person())
        page = "/account/step-up?next=//evil.example"
        done = submit(client, page, "/step-up?next=//evil.example", passphrase=PASSPHRASE)
        assert done.location == "/account"

    def test_a_passkey_does_it_too(self, client: PageClient) -> None:
        device = Device()
        sign_in(client, person())
        add_passkey(client, device)
        answer = device.get(options_on(client, "/account/step-up"))
        assert submit(client, "/account/step-up", "/step-up", answer=answer).status_code == 303
        assert submit(client, "/account/step-up", "/step-up", answer=answer).status_code == 422
