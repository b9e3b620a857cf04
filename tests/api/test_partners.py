"""What a token opens, and what it does not; signatures that a partner passes on; requests that are sent twice."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from campaign.api.models import ApiToken, KeptAnswer, Scope
from campaign.api.service import answers, tokens
from campaign.api.service.tokens import PREFIX
from campaign.api.views import own
from campaign.kernel import clock
from campaign.kernel.actors import Role
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Forbidden
from campaign.kernel.limits import Buckets, Rate
from campaign.kernel.switches import Switch, set_switch
from campaign.petitions.models import Audience, PetitionState
from campaign.signatures.models import Signature
from tests.api.partners import Partner, made_token
from tests.petitions.pages import send
from tests.support import accounts, make

SIGN = "/petitions/open-the-windows/signatures"
ANNA = {"email": "anna@example.org"}


@pytest.fixture
def petition(app):
    return make.petition(slug="open-the-windows")


@pytest.fixture
def partner(client, petition):
    return Partner(client, made_token())


def count_signatures():
    return session.scalar(select(func.count()).select_from(Signature))


def test_a_token_is_shown_once_and_stored_as_a_digest(app):
    text = made_token(Scope.SIGN)
    token = session.scalars(select(ApiToken)).one()
    assert text.startswith(PREFIX)
    assert len(text) == len(PREFIX) + 22
    assert text.encode() not in token.digest
    assert tokens.find_good_token(text).id == token.id
    noted = select(AuditEntry.action).where(AuditEntry.object == f"api_token:{token.id}")
    assert session.scalar(noted) == "api.token_made"
    organiser = accounts.person(Role.ORGANISER).signed_in()
    with pytest.raises(Forbidden), transaction():
        tokens.make_token(organiser, "x", [Scope.SIGN], 90)


def test_nobody_comes_in_without_a_good_token(client, petition):
    good = made_token()
    with time_machine.travel(clock.now() - timedelta(days=100), tick=False):
        old = made_token()
    revoked = made_token()
    admin = accounts.person(Role.ADMIN).signed_in()
    with transaction():
        tokens.revoke_token(admin, tokens.find_good_token(revoked).id)
    said = set()
    for header in ("", "Bearer", "Bearer ", f"Bearer {old}", f"Bearer {revoked}", f"Basic {good}", f"Bearer {good}x"):
        answer = client.get("/api/v1/token", headers={"Authorization": header} if header else {})
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        said.add(answer.json["detail"])
    assert len(said) == 2, "the same for one that was, and one that never was"
    shown = client.get("/api/v1/token", headers={"Authorization": f"Bearer {good}"})
    assert shown.json["scopes"] == sorted(Scope)
    assert shown.headers["Cache-Control"] == "no-store"


def test_who_guesses_is_stopped_and_who_has_a_token_is_not(client, petition, monkeypatch):
    partner = Partner(client, made_token())
    left = [3]

    def take(_limit, *_identity):
        left[0] -= 1
        return left[0] >= 0

    monkeypatch.setattr("campaign.api.views.partners.tries.take", take)
    guesses = [Partner(client, PREFIX + "x" * 22).send("GET", "/token") for _each in range(4)]
    assert [each.status_code for each in guesses] == [401, 401, 401, 429]
    assert guesses[-1].headers["Retry-After"]
    assert partner.send("GET", "/token").status_code == 200


def test_a_token_opens_what_it_is_for_and_only_its_day_is_kept(client, petition):
    partner = Partner(client, made_token(Scope.WEBHOOKS))
    refused = partner.send("POST", SIGN, ANNA)
    assert refused.status_code == 403
    assert "signatures:write" in refused.json["detail"]
    assert session.scalars(select(ApiToken.last_used_on)).one() == clock.today()
    assert count_signatures() == 0


def test_a_token_that_sends_too_much_waits(client, petition, monkeypatch):
    monkeypatch.setattr("campaign.api.views.partners.buckets.take", lambda _key: False)
    monkeypatch.setattr("campaign.api.views.partners.settings", lambda: type("S", (), {"rate_limits": True})())
    answer = Partner(client, made_token()).send("GET", "/token")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


def test_a_signature_that_is_passed_on_waits_for_its_signer(partner, mailserver, run_work):
    answer = partner.send("POST", SIGN, {**ANNA, "display_name": "Anna", "visibility": "name", "country": "DE"})
    again = partner.send("POST", SIGN, ANNA)
    assert (answer.status_code, answer.json) == (again.status_code, again.json) == (202, {"state": "pending"})
    run_work()
    assert len(mailserver.mails) == 1
    row = session.scalars(select(Signature)).one()
    assert (row.state, row.wants_updates, row.country, row.is_quarantined) == ("pending", False, "DE", False)


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "email"), ({"email": "nobody"}, "email"), ({**ANNA, "country": "XX"}, "country"),
     ({**ANNA, "visibility": "name"}, "display_name"), ({**ANNA, "updates": True}, "updates"),
     ({**ANNA, "email": 5}, "email")],
)  # fmt: skip
def test_what_cannot_be_used_is_said_by_field(partner, body, field):
    answer = partner.send("POST", SIGN, body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert count_signatures() == 0


def test_only_json_and_not_too_much_of_it(partner):
    headers = {"Authorization": f"Bearer {partner.token}"}
    at = f"/api/v1{SIGN}"
    assert partner.client.post(at, data=ANNA, headers=headers).status_code == 415
    assert partner.client.post(at, data="{", content_type="application/json", headers=headers).status_code == 400
    for broken in ("[" * 15_000, '{"a":' * 3000, f'{{"email": {"9" * 5000}}}'):
        answer = partner.client.post(at, data=broken, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    large = partner.send("POST", SIGN, {**ANNA, "display_name": "x" * 20_000})
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")


def test_closed_paused_and_unknown_petitions_take_none(client, app):
    partner = Partner(client, made_token())
    closed = make.petition(state=PetitionState.CLOSED)
    assert partner.send("POST", f"/petitions/{closed.slug}/signatures", ANNA).status_code == 409
    assert partner.send("POST", "/petitions/never-was/signatures", ANNA).status_code == 404
    opened = make.petition()
    with transaction():
        set_switch(Switch.SIGNING, on=False, reason="", actor=uuid.uuid4())
    answer = partner.send("POST", f"/petitions/{opened.slug}/signatures", ANNA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "600")


def test_a_petition_for_people_outside_takes_those_who_said_so(client, app):
    petition = make.petition(audience=Audience.OUTSIDE_RUSSIA)
    partner, at = Partner(client, made_token()), f"/petitions/{petition.slug}/signatures"
    for body in (ANNA, {**ANNA, "is_outside_russia": True, "country": "RU"}):
        assert partner.send("POST", at, body).status_code == 422
    assert count_signatures() == 0
    assert partner.send("POST", at, {**ANNA, "is_outside_russia": True}).status_code == 202


def test_a_flood_by_one_token_is_set_aside_and_answered_alike(partner, monkeypatch):
    config = partner.client.application.extensions["unforgotten"]
    monkeypatch.setitem(partner.client.application.extensions, "unforgotten", replace(config, rate_limits=True))
    monkeypatch.setattr(own, "signers", Buckets(Rate(burst=1, seconds=1000)))
    monkeypatch.setattr(own, "trials", Buckets(Rate(burst=1, seconds=1000)))
    for name in ("anna", "boris"):
        assert partner.send("POST", SIGN, {"email": f"{name}@gmail.com"}).status_code == 202
    assert sorted(session.scalars(select(Signature.is_quarantined))) == [False, True]
    session.remove()
    hook = partner.send("POST", "/webhooks", {"url": "https://p.example/", "events": ["person.gone"]}).json["id"]
    told = [partner.send("POST", f"/webhooks/{hook}/test") for _each in range(2)]
    assert [each.status_code for each in told] == [202, 429]
    assert told[1].headers["Retry-After"] == "60"


def test_a_request_sent_twice_is_done_once_and_answered_the_same(partner, monkeypatch):
    done = []
    monkeypatch.setattr("campaign.api.views.own.sign", lambda *given, **_how: done.append(given))
    first, second = (partner.send("POST", SIGN, ANNA, Idempotency_Key="one") for _each in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json) == (202, {"state": "pending"})
    assert len(done) == 1
    other = partner.send("POST", SIGN, {"email": "boris@example.org"}, Idempotency_Key="one")
    assert (other.status_code, "Idempotency-Key" in other.json["detail"]) == (422, True)
    stranger = Partner(partner.client, made_token())
    assert stranger.send("POST", SIGN, ANNA, Idempotency_Key="one").status_code == 202
    assert len(done) == 2, "a key is that of one token"
    kept = session.scalars(select(KeptAnswer)).first()
    assert b"anna" not in kept.key_digest + kept.body_digest
    assert partner.send("POST", SIGN, ANNA, Idempotency_Key="x" * 201).status_code == 400


def test_what_failed_may_be_sent_again_and_what_is_under_way_may_not(partner, petition, monkeypatch):
    refused = partner.send("POST", SIGN, {"email": "nobody"}, Idempotency_Key="one")
    assert refused.status_code == 422
    assert partner.send("POST", SIGN, ANNA, Idempotency_Key="one").status_code == 202, "the key was given back"
    token = tokens.find_good_token(partner.token)
    asked = answers.Asked(token.id, b"k" * 32, b"b" * 32)
    with transaction():
        assert answers.begin(asked) is None
    with pytest.raises(answers.StillAtIt), transaction():
        answers.begin(asked)
    with time_machine.travel(clock.now() + answers.GIVEN_UP_AFTER * 2, tick=False), transaction():
        assert answers.begin(asked) is None, "whoever was at it has died"


def test_a_key_that_is_given_back_at_this_moment_is_no_fault(partner, monkeypatch):
    asked = answers.Asked(tokens.find_good_token(partner.token).id, b"k" * 32, b"b" * 32)
    with transaction():
        answers.begin(asked)
    # Between the refused insert and the look at what stands there.
    monkeypatch.setattr(answers.session, "get", lambda *_what, **_how: None)
    with pytest.raises(answers.StillAtIt), transaction():
        answers.begin(asked)


def test_answers_under_a_key_go_after_a_day(partner, petition):
    partner.send("POST", SIGN, ANNA, Idempotency_Key="one")
    with transaction():
        assert answers.forget_old(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False), transaction():
        assert answers.forget_old(clock.today()) == 1


def test_staff_make_a_token_behind_a_step_up_and_revoke_it(sign_in):
    admin = sign_in(Role.ADMIN)
    assert "No partner has a token" in admin.get("/staff/programs").get_data(as_text=True)
    wrong = send(admin, "/staff/programs/new", "", label="")
    assert wrong.status_code == 422
    wanted = {"label": "Made-up Alliance", "scopes": Scope.SIGN.value, "days": "90"}
    made = send(admin, "/staff/programs/new", "", **wanted)
    page = made.get_data(as_text=True)
    assert PREFIX in page
    assert made.headers["Cache-Control"] == "no-store"
    token = session.scalars(select(ApiToken)).one()
    listed = admin.get("/staff/programs").get_data(as_text=True)
    assert "Made-up Alliance" in listed
    assert PREFIX not in listed
    assert send(admin, "/staff/programs", f"/{token.id}/revoke").status_code == 303
    assert "revoked on" in admin.get("/staff/programs").get_data(as_text=True)
    assert sign_in(Role.ORGANISER).get("/staff/programs").status_code == 403
