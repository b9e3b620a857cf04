"""Partners are told what happened: once noted, signed, to public hosts alone, again until it arrives or is given up."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from campaign.api.models import ApiToken, Delivery, DeliveryState, EventKind, Scope, Webhook, WebhookEvent, WebhookState
from campaign.api.service import delivering, noticing, outgoing, tokens, webhooks
from campaign.api.service.outgoing import BadAddress, Door, NotSent, check_url, is_public, post
from campaign.kernel import clock, jobs
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.petitions.models import Audience, PetitionState
from campaign.petitions.queries import get_petition
from campaign.petitions.service import change_state
from campaign.prisoners.models import PublicChange
from campaign.prisoners.queries import get_prisoner
from campaign.prisoners.service import publication
from tests.api.listener import dripping, listening
from tests.api.partners import Partner, made_token
from tests.petitions.pages import send
from tests.support import accounts, make
from tests.support.tls_proxy import make_certificate

ORIGIN = "http://localhost"
ALL = sorted(webhooks.CHOICES)


@pytest.fixture
def listener(monkeypatch):
    with listening() as found:
        monkeypatch.setattr(delivering, "DOOR", Door(also=frozenset({found.host})))
        yield found


@pytest.fixture
def webhook(app, listener):
    """One that wants to know everything, of a partner whose readers may be anywhere."""
    text = made_token(Scope.WEBHOOKS)
    webhooks.ensure_key()
    with transaction():
        token = tokens.find_good_token(text)
        made, _is_new = webhooks.add_webhook(token, "https://partner.example/hook", ALL, outside_russia=False)
        made.url = f"http://{listener.host}/hook?of=ours"
        made.made_at = clock.now() - timedelta(hours=1)
    return made


def told(listener):
    return [json.loads(body) for _headers, body in listener.heard]


def send_test(webhook) -> uuid.UUID:
    admin = accounts.person(Role.ADMIN).signed_in()
    with transaction():
        return webhooks.send_test(webhook.id, actor=admin).id


def notice():
    with transaction():
        return noticing.notice()


def test_the_opening_and_the_closing_of_a_petition_are_told_once(webhook, listener, run_work):
    petition = make.petition(slug="open-the-windows")
    make.petition(slug="only-outside", audience=Audience.OUTSIDE_RUSSIA)
    with transaction():
        change_state(get_petition(petition.id), PetitionState.CLOSED, actor=uuid.uuid4())
    assert notice() == 3
    assert notice() == 0, "looked at twice, noted once"
    run_work()
    run_work()
    assert sorted((each["type"], each["data"]["slug"]) for each in told(listener)) == [
        ("petition.closed", "open-the-windows"), ("petition.opened", "open-the-windows"),
    ]  # fmt: skip
    assert told(listener)[0]["data"]["document"] == f"{ORIGIN}/api/v1/petitions/open-the-windows"


def test_what_is_for_readers_outside_is_told_to_those_whose_readers_are_there_when_it_is_told(
    webhook, listener, run_work
):
    with transaction():
        session.get_one(Webhook, webhook.id).outside_russia = True
    make.petition(slug="only-outside", audience=Audience.OUTSIDE_RUSSIA)
    assert notice() == 1
    run_work()
    [opened] = told(listener)
    assert opened["data"]["document"] == f"{ORIGIN}/api/v1/petitions/only-outside?place=out"
    with transaction():
        session.get_one(Webhook, webhook.id).outside_russia = False
        session.execute(update(Delivery).values(state=DeliveryState.PENDING))
    delivering.deliver(session.scalars(select(Delivery.id)).one(), ORIGIN)
    assert len(listener.heard) == 1, "its readers are in Russia by now"
    assert session.scalar(select(Delivery.state)) == DeliveryState.VOID


def test_people_are_told_of_by_public_facts_and_who_withdrew_by_a_digest(webhook, listener, run_work):
    person = make.public_prisoner()
    with transaction():
        session.add(
            PublicChange(
                id=uuid.uuid4(), prisoner_id=person.id, kind="transferred", happened_on=clock.today(),
                shown_from=clock.now(),
            )
        )  # fmt: skip
    notice()
    run_work()
    [change] = told(listener)
    assert (change["type"], change["data"]["slug"], change["data"]["change"]) == (
        "person.changed", person.slug, "transferred",
    )  # fmt: skip
    assert set(change["data"]) == {"change", "document", "happened_on", "is_correction", "precision", "slug", "url"}
    with transaction():
        publication.withdraw(get_prisoner(person.id), reason="asked for it", actor=uuid.uuid4())
    notice()
    run_work()
    gone = told(listener)[-1]
    assert gone["type"] == "person.gone"
    assert gone["data"] == {"slug_sha256": hashlib.sha256(person.slug.encode()).hexdigest()}
    assert person.slug not in json.dumps(gone)


def test_whoever_withdrew_before_it_was_told_is_not_told_of(webhook, listener, run_work):
    person = make.public_prisoner()
    with transaction():
        session.add(
            PublicChange(
                id=uuid.uuid4(), prisoner_id=person.id, kind="released", happened_on=clock.today(),
                shown_from=clock.now(),
            )
        )  # fmt: skip
    notice()
    with transaction():
        publication.withdraw(get_prisoner(person.id), reason="asked for it", actor=uuid.uuid4())
    run_work()
    assert {each["type"] for each in told(listener)} <= {"person.gone"}
    assert DeliveryState.VOID in set(session.scalars(select(Delivery.state)))


def test_it_is_signed_as_standard_webhooks_say(webhook, listener, run_work):
    send_test(webhook)
    run_work()
    [(headers, body)] = listener.heard
    secret = base64.b64decode(webhooks.spell_secret(webhook.id).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (headers["host"], headers["content-type"]) == (listener.host, "application/json")


def test_a_job_that_runs_twice_sends_once(webhook, listener, run_work):
    delivery = send_test(webhook)
    run_work()
    delivering.deliver(delivery, ORIGIN)
    assert len(listener.heard) == 1
    with transaction():
        session.execute(update(Delivery).values(state="pending", held_until=clock.now() + timedelta(minutes=1)))
    delivering.deliver(delivery, ORIGIN)
    assert len(listener.heard) == 1, "another worker is at it"


def test_what_fails_is_tried_again_then_given_up_and_the_webhook_paused(webhook, listener, run_work):
    listener.status = 500
    with time_machine.travel(clock.now(), tick=False) as clocks:
        for _each in range(delivering.MOST_FAILURES):
            with transaction():
                webhooks.owe(webhook.id, _event())
        for wait in (*delivering.WAITS, timedelta(0)):
            run_work()
            clocks.shift(wait)
        session.expire_all()
        assert set(session.scalars(select(Delivery.state))) == {DeliveryState.GIVEN_UP}
        assert len(listener.heard) == delivering.MOST_FAILURES * (len(delivering.WAITS) + 1)
        assert len({headers["webhook-id"] for headers, _body in listener.heard}) == delivering.MOST_FAILURES
        assert session.get_one(Webhook, webhook.id).state == WebhookState.PAUSED
        listener.status = 200
        admin = accounts.person(Role.ADMIN).signed_in()
        with transaction():
            webhooks.take_up(admin, webhook.id)
            webhooks.send_again(admin, webhook.id, session.scalars(select(Delivery.id)).first())
        run_work()
        session.expire_all()
        assert DeliveryState.DELIVERED in set(session.scalars(select(Delivery.state)))


def test_a_redirect_is_not_followed(webhook, listener, run_work):
    with listening() as inside:
        listener.status, listener.location = 302, f"http://{inside.host}/"
        send_test(webhook)
        run_work()
        assert inside.heard == []
    assert session.execute(select(Delivery.state, Delivery.outcome)).one() == (DeliveryState.PENDING, "302")


def test_whoever_says_gone_is_left_alone(webhook, listener, run_work):
    listener.status = 410
    with transaction():
        webhooks.owe(webhook.id, _event())
    run_work()
    assert session.get_one(Webhook, webhook.id, populate_existing=True).state == WebhookState.PAUSED


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
     "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
     "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "2001:0:1::1", "fec0::1", "no address"],
)  # fmt: skip
def test_no_address_of_ours_is_reached(address):
    assert not is_public(address)
    door = Door(resolve=lambda _host, _port: ["93.184.216.34", address])
    with pytest.raises(NotSent, match="not-public"):
        post("https://partner.example/", b"", {}, door)


def test_the_address_that_was_checked_is_the_one_that_is_reached(monkeypatch):
    answers, reached = iter([["93.184.216.34"], ["127.0.0.1"]]), []

    def connect(address, **_how):
        reached.append(address)
        raise OSError

    monkeypatch.setattr("campaign.api.service.outgoing.socket.create_connection", connect)
    with pytest.raises(NotSent, match="connection"):
        post("https://partner.example/", b"", {}, Door(resolve=lambda _host, _port: next(answers)))
    assert reached == [("93.184.216.34", 443)], "resolved once, and never by name again"


def test_whoever_answers_a_byte_at_a_time_is_cut_off(monkeypatch, tmp_path):
    monkeypatch.setattr(outgoing, "WHOLE_PATIENCE", 0.3)
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for scheme, secured in (("http", None), ("https", certificate)):
        with dripping(secured) as host, pytest.raises(NotSent, match="timeout"):
            post(f"{scheme}://{host}/", b"{}", {}, Door(lambda _host, _port: ["127.0.0.1"], frozenset({host})))


@pytest.mark.parametrize(
    "url",
    ["http://partner.example/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/",
     "https://127.1/", "https://0x7f.0x1/", "https://a@partner.example/", "https://partner.example:22/",
     "https://partner.example:99999/", "https://printer.local/", "https://x.internal/", "https://x.onion/", "ftp://x.y/",
     "https://", "https://a b.example/", "https://partner.example/#x", "https://partner.example/" + "x" * 500,
     "https://metadata/", "https://партнёр.example/", "https://partner..example/",
     "https://[::ffff:1.2.3.4", "https://[x]/"],
)  # fmt: skip
def test_no_webhook_leads_anywhere_else(url):
    with pytest.raises(BadAddress):
        check_url(url)


def test_a_partner_sets_them_up_and_sees_none_of_others(client, app):
    partner, other = Partner(client, made_token()), Partner(client, made_token())
    body = {"url": "https://partner.example/hook", "events": ["petition.opened"]}
    made = partner.send("POST", "/webhooks", body)
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    again = partner.send("POST", "/webhooks", {**body, "events": ["person.gone"]})
    assert (again.json["id"], again.json["secret"]) == (made.json["id"], made.json["secret"])
    [listed] = partner.send("GET", "/webhooks").json["items"]
    assert (listed["events"], "secret" in listed) == (["person.gone"], False)
    assert other.send("GET", "/webhooks").json["items"] == []
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/test")):
        assert other.send(method, f"/webhooks/{listed['id']}{path}").status_code == 404
    refused = partner.send("POST", "/webhooks", {**body, "url": "https://localhost/"})
    assert list(refused.json["errors"]) == ["url"]
    assert partner.send("POST", "/webhooks", {**body, "events": ["test"]}).status_code == 422
    assert partner.send("POST", f"/webhooks/{listed['id']}/test").status_code == 202
    assert partner.send("DELETE", f"/webhooks/{listed['id']}").status_code == 204
    assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_revoked_token_is_told_nothing(webhook, listener, run_work):
    admin = accounts.person(Role.ADMIN).signed_in()
    with transaction():
        webhooks.owe(webhook.id, _event())
        tokens.revoke_token(admin, webhook.token_id)
    make.petition()
    assert notice() == 0
    run_work()
    assert listener.heard == []


def test_the_log_goes_after_thirty_days(webhook):
    with transaction():
        webhooks.owe(webhook.id, _event())
    for days, gone in ((30, 0), (32, 1)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False), transaction():
            assert noticing.forget_old(clock.today()) == gone
    assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_staff_see_what_was_told_test_pause_and_send_again(sign_in, webhook, listener, run_work):
    admin, at = sign_in(Role.ADMIN), f"/staff/programs/webhooks/{webhook.id}"
    assert "It was told nothing yet" in admin.get(at).get_data(as_text=True)
    assert send(admin, at, "/test").status_code == 303
    listener.status = 503
    run_work()
    page = admin.get(at).get_data(as_text=True)
    assert "HTTP 503" in page
    assert "a test" in page
    with transaction():
        session.execute(update(Delivery).values(state=DeliveryState.GIVEN_UP))
    listener.status = 200
    delivery = session.scalars(select(Delivery.id)).one()
    assert send(admin, at, f"/deliveries/{delivery}/again").status_code == 303
    run_work()
    assert "arrived" in admin.get(at).get_data(as_text=True)
    assert send(admin, at, "/pause").status_code == 303
    with transaction():
        session.execute(update(ApiToken).values(revoked_on=clock.today(), revoked_by=uuid.uuid4()))
    refused = send(admin, at, "/take-up")
    assert (refused.status_code, "Its token was revoked" in refused.get_data(as_text=True)) == (409, True)


def _event() -> uuid.UUID:
    event = WebhookEvent(
        id=uuid.uuid4(), kind=EventKind.PERSON_GONE, source=str(uuid.uuid4()), subject_id=None,
        happened_on=clock.today(), details={"slug_sha256": "0"}, outside_russia_only=False, noted_at=clock.now(),
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event.id


def test_nothing_waits_when_all_is_told(webhook, listener, run_work):
    with transaction():
        webhooks.owe(webhook.id, _event())
    run_work()
    assert jobs.count_by_state() == {}
