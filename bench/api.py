"""Answers of the API, each rendered afresh: no address is asked twice within the ten seconds that an answer is kept.

An answer may take 80 ms for 95 of a hundred programs at 16 connections, on a machine that web, database and the load
share. What the application spends on one is measured beside it: it does not depend on who else works here.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from flask import Flask

from bench import content, made_up
from bench.load import Spread, get_many
from bench.prisoners import cost_of
from bench.report import Measure
from bench.stage import serving, stage
from campaign.designations.service import load_register
from campaign.kernel.db import transaction

PEOPLE = 20_000
PETITIONS = 2_000
ALLOWED_MS = 80.0
CONNECTIONS = 16
ROUNDS = 3
SECONDS = 6.0
WISHES = ("", "lang=ru", "lang=de", "place=out", "place=out&lang=ru", "place=out&lang=de")


def measure() -> list[Measure]:
    """Each kind of answer for 95 of a hundred programs, and what one costs the application."""
    with ExitStack() as stack:
        on = stack.enter_context(stage())
        slugs = made_up.fill(on, PEOPLE)
        app = on.application()
        with app.app_context(), transaction():
            load_register()
        petitions = content.make_petitions(app, PETITIONS)
        kinds = {
            "one person": [f"/api/v1/people/{slugs[number * 7919 % PEOPLE]}" for number in range(PEOPLE)],
            "fifty people": list(_pages(app, "people")),
            "one petition": [f"/api/v1/petitions/{slug}?{wish}" for wish in WISHES for slug in petitions],
        }
        costs = {name: cost_of(app, addresses) for name, addresses in kinds.items()}
        origin = stack.enter_context(serving(on))
        runs: dict[str, list[Spread]] = {name: [] for name in kinds}
        for name, addresses in kinds.items():
            (on.folder / name.replace(" ", "-")).write_text("".join(f"{each}\n" for each in addresses))
        for _ in range(ROUNDS):
            for name in kinds:
                runs[name].append(get_many(origin, on.folder / name.replace(" ", "-"), SECONDS, CONNECTIONS))
    for name, each in runs.items():
        if any(run.failed for run in each):
            raise RuntimeError(f"{name}: {sum(run.failed for run in each)} answers were errors")
    return [_measure(name, runs[name], costs[name]) for name in kinds]


def _pages(app: Flask, kind: str) -> Iterator[str]:
    """The address of every page of a list, for each wish."""
    client = app.test_client()
    for wish in WISHES:
        cursor = ""
        while cursor is not None:
            address = f"/api/v1/{kind}?{wish}{f'&cursor={cursor}' if cursor else ''}"
            yield address
            page = client.get(address).get_json()
            cursor = page["next"]


def _measure(name: str, runs: Sequence[Spread], cost: float) -> Measure:
    slow = sorted(run.p95_ms for run in runs)[len(runs) // 2]
    rate = sorted(run.per_second for run in runs)[len(runs) // 2]
    return Measure(
        f"API, {name}, 20,000 people: allowed / 95% within", ALLOWED_MS, slow, 1.0, " ms",
        {"p95_ms": [run.p95_ms for run in runs], "per_second": [run.per_second for run in runs]},
        [run.steal for run in runs], f"{rate:.0f}/s; {cost:.1f} ms of the application's processor an answer",
    )  # fmt: skip
