"""List, search and person page with twenty thousand people, each page rendered afresh: no address is asked twice
within the ten seconds that a page is kept, or it is one that is never kept.

A page may take 100 ms for 95 of a hundred visitors at 16 connections, on a machine that web, database and the load
share. What the application spends on a page is measured beside it: it does not depend on who else works here.
"""

import itertools
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from flask import Flask

from bench import made_up
from bench.load import Spread, get_many
from bench.report import Measure
from bench.stage import serving, stage
from campaign.designations.service import load_register
from campaign.kernel.db import transaction

PEOPLE = 20_000
ALLOWED_MS = 100.0
CONNECTIONS = 16
ROUNDS = 3
SECONDS = 6.0
RENDERED = 150


def measure() -> list[Measure]:
    """Each kind of page for 95 of a hundred visitors, and what one costs the application."""
    with ExitStack() as stack:
        on = stack.enter_context(stage())
        slugs = made_up.fill(on, PEOPLE)
        kinds = _addresses(slugs)
        app = on.application()
        with app.app_context(), transaction():
            # Every page passes the gate of the register (web/left_out.py), which has nothing to do while it is empty.
            load_register()
        costs = {name: cost_of(app, addresses) for name, addresses in kinds.items()}
        origin = stack.enter_context(serving(on))
        files = {name: _written(on.folder / name.split()[0], addresses) for name, addresses in kinds.items()}
        runs: dict[str, list[Spread]] = {name: [] for name in kinds}
        for _ in range(ROUNDS):
            for name, file in files.items():
                runs[name].append(get_many(origin, file, SECONDS, CONNECTIONS))
    for name, each in runs.items():
        if any(run.failed for run in each):
            raise RuntimeError(f"{name}: {sum(run.failed for run in each)} answers were errors")
    return [_measure(name, runs[name], costs[name]) for name in kinds]


def _addresses(slugs: Sequence[str]) -> dict[str, list[str]]:
    """Addresses of each kind in an order in which none comes back soon."""
    pairs = [
        f"/prisoners?status={status}&region={region}&page={page}&sort={sort}"
        for page, region, status, sort in itertools.product(
            range(1, 6), made_up.REGIONS, ("pretrial", "serving"), ("name", "lately")
        )
    ]
    names = [made_up.name_of(number * 37 % PEOPLE) for number in range(2000)]
    spread = [slugs[number * 7919 % PEOPLE] for number in range(PEOPLE)]
    return {
        "list with two filters": [each.replace("&page=1&", "&") for each in pairs],
        "search by name": [f"/prisoners?q={quote(last)}" for _first, last in names],
        "typing slip in a search": [f"/prisoners?q={quote(_slip(last))}" for _first, last in names],
        "page of a person": [f"/prisoners/{slug}" for slug in spread],
    }


def _slip(name: str) -> str:
    """The fourth letter is missing."""
    return name[:3] + name[4:]


def _written(path: Path, addresses: Sequence[str]) -> Path:
    path.write_text("".join(f"{each}\n" for each in addresses))
    return path


def cost_of(app: Flask, addresses: Sequence[str]) -> float:
    """Milliseconds of processor time that the application spends on a page, the database not counted."""
    client = app.test_client()
    for address in addresses[:20]:
        client.get(address, follow_redirects=True)
    started = time.process_time()
    for address in addresses[20 : 20 + RENDERED]:
        if client.get(address, follow_redirects=True).status_code != 200:
            raise RuntimeError(address)
    return 1000 * (time.process_time() - started) / min(RENDERED, len(addresses) - 20)


def _measure(name: str, runs: Sequence[Spread], cost: float) -> Measure:
    slow = sorted(run.p95_ms for run in runs)[len(runs) // 2]
    rate = sorted(run.per_second for run in runs)[len(runs) // 2]
    return Measure(
        f"{name}, 20,000 people: allowed / 95% within", ALLOWED_MS, slow, 1.0, " ms",
        {"p95_ms": [run.p95_ms for run in runs], "per_second": [run.per_second for run in runs]},
        [run.steal for run in runs], f"{rate:.0f}/s; {cost:.1f} ms of the application's processor a page",
    )  # fmt: skip
