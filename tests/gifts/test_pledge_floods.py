"""A rush of pledges, and addresses that programs like to use: slowed, and nobody is refused (SAFETY.md 21)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from campaign.gifts.models import Pledge
from campaign.gifts.views.pledging import PLEDGING
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.signatures.service import admit
from tests.funds import made as books
from tests.gifts import made
from tests.support.pages import field_values

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}
TOR = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def fund(app):
    books.bank()
    return made.open_fund()


@pytest.fixture(autouse=True)
def limited(app, config, monkeypatch):
    """Limits as in production, and nobody has used any of theirs."""
    monkeypatch.setitem(app.extensions, "unforgotten", replace(config, rate_limits=True))
    buckets = (admit.networks, admit.domains, PLEDGING.networks, PLEDGING.domains)
    for each in buckets:
        monkeypatch.setattr(each, "_monotonic", lambda: 0.0)
        each.clear()
    yield
    for each in buckets:
        each.clear()


def send(client, fund, address, *, where=ELSEWHERE, **more):
    client.set_cookie("place", "out")
    page = client.get(f"/funds/{fund.slug}/pledge").text
    fields = field_values(page, "/pledge") | {"amount": "20", "schedule": "monthly", "email": address} | more
    return client.post(f"/funds/{fund.slug}/pledge", data=fields, environ_overrides=where)


def again(client, fund, fields):
    return client.post(f"/funds/{fund.slug}/pledge", data=fields, environ_overrides=ELSEWHERE)


def stored():
    session.remove()
    return session.scalar(select(func.count()).select_from(Pledge)) or 0


def test_a_disposable_address_waits_a_minute_and_is_taken(client, fund):
    answer = send(client, fund, "anna@mailinator.com", alias="A neighbour", visibility="public")
    assert answer.status_code == 200
    assert "One moment" in answer.text
    assert stored() == 0
    fields = field_values(answer.text, "/pledge")
    assert (fields["alias"], fields["amount"], fields["reminders"]) == ("A neighbour", "20", "y"), "nothing is lost"
    early = field_values(again(client, fund, fields).text, "/pledge")
    assert early["ticket"] == fields["ticket"], "the minute goes on"
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert again(client, fund, fields).location.endswith("/pledged")
        assert stored() == 1
        other = again(client, fund, fields | {"email": "other@mailinator.com"})
    assert stored() == 1, "a ticket is worth one pledge"
    assert field_values(other.text, "/pledge")["ticket"] != fields["ticket"], "and nobody waits with it for ever"


def test_a_rush_of_signing_stops_no_pledge_and_one_of_pledges_no_signature(client, fund):
    network = "203.0.113.0/24"
    for _ in range(admit.networks.rate.burst):
        assert admit.admits(network, "gmail.com")
    assert not admit.admits(network, "gmail.com")
    assert send(client, fund, made.ADDRESS).location.endswith("/pledged")
    admit.networks.clear()
    while PLEDGING.admits(network, "gmail.com"):
        pass
    assert send(client, fund, "else@example.org").status_code == 200
    assert admit.admits(network, "gmail.com")


def test_where_no_network_is_known_nothing_is_counted_for_it(client, fund):
    for _ in range(PLEDGING.networks.rate.burst + 5):
        assert PLEDGING.admits(None, "gmail.com")
    assert send(client, fund, made.ADDRESS, where=TOR).location.endswith("/pledged")


def test_a_ticket_of_one_fund_is_worth_nothing_at_another(client, fund):
    fields = field_values(send(client, fund, "anna@mailinator.com").text, "/pledge")
    other = made.open_fund()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert again(client, other, fields).status_code == 200
    assert stored() == 0
