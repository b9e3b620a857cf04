"""Under attack a proof is asked for, and only then."""

import base64
import html
import json
from datetime import timedelta

import altcha
import pytest
import time_machine
from sqlalchemy import func, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.limits import Buckets, Rate
from campaign.signatures.models import Signature
from campaign.signatures.service import admit
from tests.support import make
from tests.support.pages import field_values

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def petition(app):
    return make.petition()


def send(client, petition, number, **changes):
    page = client.get(f"/petitions/{petition.slug}").get_data(as_text=True)
    values = field_values(page, "/sign") | {"email": f"signer{number}@gmail.com"} | changes
    return client.post(f"/petitions/{petition.slug}/sign", data=values, environ_overrides=ELSEWHERE)


def flood(client, petition):
    """Sign until a proof is asked for; gives the page that asks."""
    for number in range(admit.networks.rate.burst):
        assert send(client, petition, number).status_code == 303
    answer = send(client, petition, 1000, display_name="Anna", visibility="name", updates="y")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def stored() -> int:
    session.remove()
    return session.scalar(select(func.count()).select_from(Signature)) or 0


def solve(page: str) -> str:
    puzzle = json.loads(html.unescape(page.split('data-puzzle="')[1].split('"')[0]))
    options = puzzle["challenge"], puzzle["salt"], puzzle["algorithm"], puzzle["maxNumber"]
    solution = altcha.solve_challenge_v1(*options)
    answer = {name: puzzle[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps(answer | {"number": solution.number}).encode()).decode()


@pytest.mark.slow
@pytest.mark.usefixtures("limited")
def test_a_flood_from_one_network_is_asked_for_a_proof_that_counts_once(client, petition):
    page = flood(client, petition)
    before = stored()
    values = field_values(page, "/sign") | {"proof": solve(page)}
    assert values["display_name"] == "Anna", "nothing that was typed is lost"
    assert values["updates"] == "y"
    path = f"/petitions/{petition.slug}/sign"
    assert client.post(path, data=values, environ_overrides=ELSEWHERE).status_code == 303
    assert stored() == before + 1
    replay = client.post(path, data=values | {"email": "other@gmail.com"}, environ_overrides=ELSEWHERE)
    assert replay.status_code == 429
    assert stored() == before + 1
    other = make.petition()
    abroad = client.post(f"/petitions/{other.slug}/sign", data=values, environ_overrides=ELSEWHERE)
    assert abroad.status_code == 429, "a proof is worth something for its own petition only"


@pytest.mark.slow
@pytest.mark.usefixtures("limited")
def test_without_a_script_a_minute_of_patience_does(client, petition):
    page = flood(client, petition)
    before = stored()
    path = f"/petitions/{petition.slug}/sign"
    values = field_values(page, "/sign")
    early = client.post(path, data=values, environ_overrides=ELSEWHERE)
    assert field_values(early.get_data(as_text=True), "/sign")["ticket"] == values["ticket"], "the minute goes on"
    assert stored() == before
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert client.post(path, data=values, environ_overrides=ELSEWHERE).status_code == 303
        assert stored() == before + 1
        assert client.post(path, data=values, environ_overrides=ELSEWHERE).status_code == 200
    assert stored() == before + 1


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    "junk",
    ["x", "\x00", "A" * 3000, *(base64.b64encode(each).decode() for each in (b"[]", b"{}", b"[" * 1500))],
)
def test_a_forged_proof_is_refused(client, petition, junk):
    assert send(client, petition, 1, proof=junk).status_code == 429
    assert send(client, petition, 1, ticket=junk).status_code == 200
    assert stored() == 0


@pytest.mark.usefixtures("limited")
def test_a_disposable_address_is_slowed_and_not_refused(client, petition):
    answer = send(client, petition, 1, email="anna@mailinator.com")
    assert answer.status_code == 200
    values = field_values(answer.get_data(as_text=True), "/sign")
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert client.post(f"/petitions/{petition.slug}/sign", data=values).status_code == 303
    assert stored() == 1


@pytest.mark.usefixtures("limited")
def test_a_visitor_over_the_onion_service_has_no_network(client, petition):
    onion = ELSEWHERE | {"HTTP_HOST": "abcdef.onion"}
    for _ in range(admit.networks.rate.burst + 5):
        assert admit.admits(None, "gmail.com")
    with client.application.test_request_context(environ_overrides=onion):
        from campaign.web.network import client_network

        assert client_network() is None


def test_buckets_fill_again_and_forget():
    time = [0.0]
    buckets = Buckets(Rate(burst=2, seconds=10), monotonic=lambda: time[0])
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert buckets.take("b")
    time[0] = 10.0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    time[0] = 100_000.0
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]


@pytest.mark.usefixtures("limited")
def test_a_form_sent_in_a_blink_is_asked_for_a_proof_and_not_lost(client, petition):
    answer = send(client, petition, 1, seconds="0")
    assert answer.status_code == 200
    values = field_values(answer.get_data(as_text=True), "/sign") | {"proof": solve(answer.get_data(as_text=True))}
    assert client.post(f"/petitions/{petition.slug}/sign", data=values).status_code == 303
    session.remove()
    assert not session.scalars(select(Signature)).one().is_quarantined
