"""The list of 200,000 people: found by a fragment of a name, and page by page with filters and in every order.

Through the whole application as an organiser has it, one request after the other; PEOPLE in the environment makes it
smaller for a try.
"""

import gc
import itertools
import os
import secrets
import statistics
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient

from bench import supporters
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import Stage, stage
from campaign.accounts.models import Origin
from campaign.accounts.service.accounts import create_account
from campaign.accounts.service.roles import put_grant
from campaign.accounts.service.sessions import open_session
from campaign.kernel.actors import Role
from campaign.kernel.db import transaction
from campaign.people.queries.name_index import name_index
from campaign.web.sealed_search import seal_with
from campaign.web.session_cookie import SEARCH_KEY, TOKEN

PEOPLE = int(os.environ.get("PEOPLE", "200000"))
KEY = Fernet.generate_key().decode()
SEARCH_MS, LIST_MS, MEGABYTES = 300.0, 150.0, 150.0
REQUESTS = 120
SHOWN_BEFORE_RESET = 40


def measure() -> list[Measure]:
    """Memory and time of the index, then each kind of page."""
    with stage() as on:
        app = on.application(DEMO="1")
        supporters.fill(on, app, PEOPLE)
        measures = _measure_index(app)
        client, _organiser = signed_in(app)
        kinds = {
            f"{SEARCH_MS:g} ms / search by a fragment of a name": (SEARCH_MS, _searches()),
            f"{SEARCH_MS:g} ms / search with a slip": (SEARCH_MS, _slips()),
            f"{SEARCH_MS:g} ms / search by exact address": (SEARCH_MS, _addresses()),
            f"{LIST_MS:g} ms / list by name, page by page": (LIST_MS, _pages("name")),
            f"{LIST_MS:g} ms / list in other orders": (LIST_MS, _other_orders()),
            f"{LIST_MS:g} ms / list with two filters": (LIST_MS, _filtered()),
        }
        for name, (limit, addresses) in kinds.items():
            measures.append(_measure(on, client, f"{name}, p95, {PEOPLE:,} people", limit, addresses))
    return measures


def _measure_index(app: Flask) -> list[Measure]:
    ticks = Ticks.now()
    with app.app_context():
        gc.collect()
        before, began = _resident(), time.perf_counter()
        name_index.keep_up()
        took = time.perf_counter() - began
        gc.collect()
        grown = _resident() - before
    steal = [Ticks.now().steal_since(ticks)]
    return [
        Measure(f"{MEGABYTES:g} MB / names of {PEOPLE:,} people in memory", MEGABYTES / max(grown, 0.1), 1, 1, "x",
                steal=steal, note=f"{grown:.0f} MB in a process"),
        Measure("names read into memory", took, unit=" s", steal=steal),
    ]  # fmt: skip


def _measure(on: Stage, client: FlaskClient, name: str, limit: float, addresses: Sequence[str]) -> Measure:
    ticks, took = Ticks.now(), []
    for at, address in enumerate(addresses):
        if at % SHOWN_BEFORE_RESET == 0:
            # Nobody could look at so many pages in an hour; what is measured is the page.
            on.run("DELETE FROM allowance_use")
        began = time.perf_counter()
        response = client.get(address)
        took.append(1000 * (time.perf_counter() - began))
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
    p95 = statistics.quantiles(took, n=20)[-1]
    note = f"p95 {p95:.0f} ms, median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms"
    rounds = {"milliseconds": [round(each, 1) for each in took]}
    return Measure(name, limit / p95, 1, 1, "x", rounds, [Ticks.now().steal_since(ticks)], note)


def signed_in(app: Flask) -> tuple[FlaskClient, uuid.UUID]:
    """An organiser who is signed in, and their account."""
    with app.app_context():
        with transaction():
            account = create_account("bench-organiser", secrets.token_hex(16), language="en", is_demo=True)
            put_grant(account.id, Role.ORGANISER, origin=Origin.DEMO)
        with transaction():
            token = open_session(account, second_factor_done=True)
        organiser = account.id
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[TOKEN], cookie[SEARCH_KEY] = token, KEY
    client.get("/staff/people")
    return client, organiser


def _searches() -> list[str]:
    """Fragments of two to six letters in both alphabets, of first names too, and two words in any order."""
    names = [supporters.name_of(number * 7919 % PEOPLE) for number in range(REQUESTS)]
    asked = []
    for at, name in enumerate(names):
        first, last = name.split()
        begin = at % 3
        asked.append((last[begin : begin + 2 + at % 5], first[:4], f"{last[:3]} {first}")[at % 3])
    return [f"/staff/people?find={seal_with(KEY, each)}" for each in asked]


def _slips() -> list[str]:
    names = [supporters.name_of(number * 7919 % PEOPLE).split()[1] for number in range(REQUESTS // 4)]
    return [f"/staff/people?find={seal_with(KEY, name[:3] + 'щ' + name[3:])}" for name in names]


def _addresses() -> list[str]:
    asked = [supporters.address_of(number * 7919 % PEOPLE) for number in range(REQUESTS // 4)]
    return [f"/staff/people?find={seal_with(KEY, address)}" for address in asked]


def _pages(sort: str) -> list[str]:
    last = max(PEOPLE // 50, 1)
    return [f"/staff/people?sort={sort}&page={1 + at * 37 % last}" for at in range(REQUESTS)]


def _other_orders() -> list[str]:
    orders = ("since", "-since", "country", "-country", "active", "-active")
    return [f"/staff/people?sort={orders[at % len(orders)]}&page={1 + at // 6}" for at in range(REQUESTS)]


def _filtered() -> list[str]:
    tag = str(supporters.tag_id(3))
    some = itertools.cycle([
        {"country": "DE", "consent": "news"}, {"language": "ru", "f.shift": "late"}, {"skill": "law", "has": "email"},
        {"no-consent": "events", "from": "2025-01-01"}, {"f.size.from": "10", "f.size.to": "20", "country": "GE"},
        {"spoken": "de", "time": "evenings", "sort": "-since"}, {"country": "FR", "kept": "staff", "tag": tag},
    ])  # fmt: skip
    return [f"/staff/people?{urlencode(next(some))}&page={1 + at % 5}" for at in range(REQUESTS)]


def _resident() -> float:
    """Megabytes of this process that lie in memory."""
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
