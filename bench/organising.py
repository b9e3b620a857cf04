"""What organisers open and start beside the list, with 200,000 people who have a history: each page, and each job.

No limit is set for these but a second for what somebody waits for; PEOPLE in the environment makes it smaller for a
try.
"""

import os
import statistics
import time
import uuid
from collections.abc import Callable, Sequence

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench import supporters
from bench.machine import Ticks
from bench.people import PEOPLE, signed_in
from bench.report import Measure
from bench.stage import Stage, stage
from campaign.accounts.service.acting import find_acting
from campaign.activities.models import CallFill
from campaign.activities.service import calls_filling
from campaign.activities.service.calls import CallListDraft, create_list
from campaign.kernel.db import session, transaction
from campaign.people.models import AutomationDryRun, Purpose
from campaign.people.queries.name_index import Look, name_index
from campaign.people.queries.people_list import Hits, select_ids
from campaign.people.queries.segments import EVERYBODY
from campaign.people.queries.wanted import Wanted
from campaign.people.service.automations import dry_run, rules
from campaign.people.service.ladder import count as ladder_count
from campaign.people.service.reports import count as reports_count
from campaign.people.service.segments.freeze import freeze_people
from workers.run_jobs import run_due_jobs

PAGE_MS, REQUESTS = 1_000.0, 20
PLACES = ("rung:0", "rung:1", "rung:2", "free:write_one_letter", "held:write_one_letter:asked")
_NUMBERED = "(SELECT id, row_number() OVER (ORDER BY id)::int AS n FROM person) AS people"
_HISTORY = (
    "INSERT INTO interaction (person_id, kind, happened_on, word, amount)"
    " SELECT id, (array['wrote','came','asked','called','gave_time'])[(n + k * 3) % 5 + 1],"
    f" current_date - ((n::bigint * 7 + k * 131) % 700)::int, '', 0 FROM {_NUMBERED}, generate_series(1, 4) AS k",
    "INSERT INTO ask (id, person_id, step, way, state, asked_on, ended_on) SELECT gen_random_uuid(), id,"
    " 'write_one_letter', 'in_person', (array['asked','did','not_now','not_now'])[n % 4 + 1], current_date - n % 90,"
    f" CASE WHEN n % 4 > 0 THEN current_date END FROM {_NUMBERED} WHERE n % 5 = 0",
    "INSERT INTO consent (id, person_id, purpose, text_version, given_on) SELECT gen_random_uuid(), id, 'calls', '1',"
    f" current_date - n % 300 FROM {_NUMBERED} WHERE n % 3 = 0",
    "INSERT INTO person_identity (id, person_id, kind, value_sealed, value_index) SELECT gen_random_uuid(), id,"
    f" 'phone', 'x', sha256(('phone' || n)::bytea) FROM {_NUMBERED} WHERE n % 3 = 0",
)  # fmt: skip


def measure() -> list[Measure]:
    """Pages, then what is started and ends in the background."""
    with stage() as on:
        app = on.application(DEMO="1")
        supporters.fill(on, app, PEOPLE)
        with on.connect() as connection:
            connection.execute("SET statement_timeout = 0")
            for statement in _HISTORY:
                connection.execute(statement)  # type: ignore[call-overload]
            connection.execute("VACUUM ANALYZE")
        with app.app_context():
            name_index.keep_up()
        client, organiser = signed_in(app)
        return [*_in_the_background(app, organiser), *_pages(on, client)]


def _pages(on: Stage, client: FlaskClient) -> list[Measure]:
    pages = {
        "ladder page": ["/staff/people/ladder"],
        "reports": ["/staff/people/reports"],
        "list by a place on the ladder": [f"/staff/people?ladder={place}" for place in PLACES],
        "list of those who agreed to nothing": ["/staff/people?consent=-"],
        "one person": [f"/staff/people/{supporters.id_of(number * 7919 % PEOPLE)}" for number in range(REQUESTS)],
    }  # fmt: skip
    return [_page(on, client, name, addresses) for name, addresses in pages.items()]


def _page(on: Stage, client: FlaskClient, name: str, addresses: Sequence[str]) -> Measure:
    ticks, took = Ticks.now(), []
    on.run("DELETE FROM allowance_use")
    for at in range(REQUESTS):
        began = time.perf_counter()
        response = client.get(addresses[at % len(addresses)])
        took.append(1000 * (time.perf_counter() - began))
        if response.status_code != 200:
            raise RuntimeError(f"{addresses[at % len(addresses)]}: {response.status_code}")
    p95 = statistics.quantiles(took, n=20)[-1]
    note = f"p95 {p95:.0f} ms, median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms"
    steal = [Ticks.now().steal_since(ticks)]
    return Measure(f"{PAGE_MS:g} ms / {name}, p95, {PEOPLE:,} people", PAGE_MS / p95, 1, 1, "x", steal=steal, note=note)


def _in_the_background(app: Flask, organiser: uuid.UUID) -> list[Measure]:
    with app.app_context():
        run_due_jobs()
        return [
            _job("ladder counted", lambda: ladder_count.ask_for(EVERYBODY)),
            _job("reports counted", lambda: reports_count.ask_for_figures(EVERYBODY)),
            _job("dry run of a rule", lambda: _try_a_rule(organiser), _tried),
            _job("call list made of all who agreed to calls", lambda: _make_calls(organiser), _filled),
        ]


def _job(name: str, start: Callable[[], object], told: Callable[[], str] = lambda: "") -> Measure:
    ticks, began = Ticks.now(), time.perf_counter()
    with transaction():
        start()
    asked = time.perf_counter() - began
    run_due_jobs()
    took = time.perf_counter() - began
    session.rollback()
    steal = [Ticks.now().steal_since(ticks)]
    note = f"{1000 * asked:.0f} ms until the answer; {told()}{PEOPLE:,} people, load {os.getloadavg()[0]:.1f}"
    return Measure(f"{name}, with its job", took, unit=" s", steal=steal, note=note)


def _try_a_rule(organiser: uuid.UUID) -> None:
    actor = find_acting(organiser)
    if actor is None:
        raise RuntimeError("nobody")
    rule = rules.RuleDraft(
        title="Thank", trigger="agreed", act="give-tag", trigger_values={"purpose": "calls"},
        act_values={"tag": str(supporters.tag_id(1))}, back_days=30,
    )  # fmt: skip
    dry_run.ask_for_dry_run(rules.make_rule(rule, actor=actor).id, actor=actor)


def _tried() -> str:
    run = session.scalars(select(AutomationDryRun)).one()
    return f"{run.state}, {sum(amount for name, amount in run.counts.items() if name != 'now'):,} occasions; "


def _make_calls(organiser: uuid.UUID) -> None:
    actor = find_acting(organiser)
    if actor is None:
        raise RuntimeError("nobody")
    look: Look = name_index.look()
    people = select_ids(Wanted(consent=Purpose.CALLS), Hits(), within=None, look=look)
    made = create_list(CallListDraft("Calls"), actor=organiser)
    calls_filling.begin_fill(made.id, freeze_people(people, "Calls", actor=actor), actor=organiser)


def _filled() -> str:
    fill = session.scalars(select(CallFill)).one()
    return f"{fill.added:,} of {fill.total:,} on it; "
