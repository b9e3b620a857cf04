"""The pages of writers: signing up without an address, and what is theirs to change."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaign.accounts.models import Account
from campaign.accounts.queries import get_account
from campaign.accounts.service.sessions import open_session
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.switches import Switch, set_switch
from campaign.penpals.models import WriterProfile
from campaign.penpals.views import volunteer as sign_up_view
from campaign.people.models import Volunteer, VolunteerState
from campaign.web.session_cookie import TOKEN
from tests.support import accounts, pens
from tests.support.pages import PageClient, field_values

PASSPHRASE = "violet harbour ladder quietly"
FILLED = {
    "username": "quiet-otter", "passphrase": PASSPHRASE, "mode": "penpal", "lives": "outside", "languages": "ru",
    "channels": "handwriting", "promise_days": "30", "capacity": "2", "risk_read": "y",
}  # fmt: skip


@pytest.fixture
def client(app) -> PageClient:
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


def enter(client: PageClient, account_id) -> PageClient:
    with transaction():
        token = open_session(get_account(account_id), second_factor_done=True)
    with client.session_transaction() as cookie:
        cookie[TOKEN] = token
    return client


def press(client: PageClient, page: str, action: str, **changes: str):
    values = field_values(client.get(page).text, action)
    answer = client.post(action, data={**values, **changes})
    session.expire_all()
    return answer


@pytest.mark.parametrize("language", ["", "/ru", "/de"])
def test_the_page_says_what_is_known_and_sets_no_cookie(client, language):
    answer = client.get(f"{language}/volunteer")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert 'name="email"' not in answer.text
    assert "2026" in answer.text


def test_where_one_said_to_be_is_chosen_already(client):
    client.set_cookie("place", "ru")
    assert field_values(client.get("/volunteer").text, "/volunteer")["lives"] == "russia"


def test_a_browser_without_scripts_signs_up_and_is_in(client):
    values = {**field_values(client.get("/volunteer").text, "/volunteer"), **FILLED}
    answer = client.post("/volunteer", data=values)
    assert (answer.status_code, answer.location) == (303, "/account/writing")
    page = client.get("/account/writing")
    assert "We have your offer" in page.text
    assert "/account/writing" in client.get("/account").text
    assert session.scalars(select(Volunteer.pseudonym)).all() == ["quiet-otter"]


def test_who_wants_one_letter_needs_no_account(client, app):
    answer = client.post("/volunteer", data={"mode": "one_letter"})
    if "/write" in {rule.rule for rule in app.url_map.iter_rules()}:
        assert (answer.status_code, answer.location) == (303, "/write")
    assert session.scalar(select(func.count()).select_from(Account)) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("risk_read", ""), ("mode", "sometimes"), ("lives", ""), ("languages", "xx"), ("channels", "pigeon"),
        ("promise_days", "1"), ("promise_days", "often"), ("capacity", "-1"), ("capacity", "many"),
        ("capacity", "9" * 40), ("topics", "made-up"), ("avoids", "everybody"), ("username", "x"),
        ("username", "выдра"), ("passphrase", "short"), ("passphrase", "password password"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_nothing_typed_is_lost(client, field, value):
    changed = {**FILLED, field: value}
    if field == "risk_read":
        del changed["risk_read"]
    answer = client.post("/volunteer", data=changed)
    assert answer.status_code == 422
    assert "no-store" in answer.headers["Cache-Control"]
    assert PASSPHRASE not in answer.text
    if field != "username":
        assert 'value="quiet-otter"' in answer.text
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_name_that_is_taken_is_told(client):
    accounts.person(username="quiet-otter")
    answer = client.post("/volunteer", data=FILLED)
    assert answer.status_code == 422
    assert "taken" in answer.text


def test_what_people_do_not_see_catches_programs(client):
    assert client.post("/volunteer", data={**FILLED, "website": "https://spam.example"}).status_code == 303
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_another_site_cannot_send_the_form(client):
    assert client.post("/volunteer", data=FILLED, headers={"Origin": "https://evil.example"}).status_code == 400


def test_new_accounts_can_be_switched_off(client):
    with transaction():
        set_switch(Switch.NEW_ACCOUNTS, on=False, reason="flood")
    assert "switched off" in client.get("/volunteer").text
    assert client.post("/volunteer", data=FILLED).status_code == 503
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_too_many_from_one_network_wait(client, monkeypatch):
    monkeypatch.setattr(sign_up_view, "_may", lambda: False)
    answer = client.post("/volunteer", data=FILLED)
    assert answer.status_code == 429
    assert 'value="quiet-otter"' in answer.text


def test_who_has_an_account_offers_from_there(client):
    who = accounts.person(username="has-one")
    enter(client, who.id)
    assert "not offered" in client.get("/account/writing").text
    values = {key: value for key, value in FILLED.items() if key not in {"username", "passphrase"}}
    assert press(client, "/account/writing/offer", "/account/writing/offer", **values).status_code == 303
    assert session.scalars(select(Volunteer.pseudonym)).one() == "has-one"
    refused = press(client, "/account/writing/offer", "/account/writing/offer", capacity="21")
    assert refused.status_code == 422


def test_an_offer_is_changed_and_an_older_page_is_refused(client):
    made = pens.writer()
    enter(client, made.account_id)
    seen = field_values(client.get("/account/writing/offer").text, "/account/writing/offer")
    boxes = {"languages": "de", "channels": "handwriting"}
    assert client.post("/account/writing/offer", data={**seen, **boxes, "capacity": "5"}).status_code == 303
    session.expire_all()
    assert session.get_one(WriterProfile, made.id).capacity == 5
    assert client.post("/account/writing/offer", data={**seen, **boxes, "capacity": "6"}).status_code == 409


def test_a_writer_rests_and_comes_back(client):
    made = pens.writer()
    enter(client, made.account_id)
    day = (clock.today() + timedelta(days=9)).isoformat()
    for wrong in ("", "soon", "1999-01-01"):
        assert press(client, "/account/writing", "/account/writing/pause", until=wrong).status_code == 422
    assert press(client, "/account/writing", "/account/writing/pause", until=day).status_code == 303
    assert session.get_one(Volunteer, made.id).state == VolunteerState.PAUSED
    assert press(client, "/account/writing", "/account/writing/resume").status_code == 303
    assert session.get_one(Volunteer, made.id).state == VolunteerState.ACTIVE


def test_a_new_text_about_the_risk_is_read_again(client):
    made = pens.writer(risk_text="2020-01")
    enter(client, made.account_id)
    assert press(client, "/account/writing", "/account/writing/risk").status_code == 422
    assert press(client, "/account/writing", "/account/writing/risk", risk_read="y").status_code == 303
    assert "has changed since you read it" not in client.get("/account/writing").text


def test_one_leaves_and_keeps_the_account(client):
    made = pens.writer()
    enter(client, made.account_id)
    answer = press(client, "/account/writing/leave", "/account/writing/leave")
    assert answer.status_code == 200
    assert session.get_one(Volunteer, made.id).state == VolunteerState.LEFT
    assert "not offered" in client.get("/account/writing").text


def test_who_was_let_go_offers_again(client):
    made = pens.writer(VolunteerState.INACTIVE)
    enter(client, made.account_id)
    assert press(client, "/account/writing", "/account/writing/ask-again").status_code == 303
    assert session.get_one(Volunteer, made.id).state == VolunteerState.APPLIED


def test_the_own_copy_is_ones_own_alone(client):
    made, _other = pens.writer(topics=["cats"]), pens.writer()
    enter(client, made.account_id)
    copy = json.loads(client.get("/account/writing/export.json").text)
    assert copy["volunteer"]["pseudonym"] == made.pseudonym
    assert copy["offer"]["topics"] == ["cats"]
    assert _other.pseudonym not in json.dumps(copy)


@pytest.mark.parametrize("path", ["", "/offer", "/leave", "/export.json"])
def test_nobody_else_comes_in(client, path):
    answer = client.get(f"/account/writing{path}")
    assert answer.status_code == 302
    assert "/account/sign-in" in answer.location
    assert client.post("/account/writing/pause", data={}).status_code in {302, 400}
