"""PostgreSQL restarted while people sign."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from flask import Flask

from bench import content
from bench.drills.outcome import Outcome
from bench.drills.visitors import Answer, Crowd, statuses
from bench.stage import Stage, migrate, serving, stage
from campaign.kernel.addresses import canonical_address
from campaign.kernel.crypto.blind import blind_index
from campaign.petitions.models import petition_scope
from launcher import postgres
from launcher.identity import choose

MOST_SECONDS = 10.0


class Database:
    """A PostgreSQL of the drill's own, which the keeper does not watch; it comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.identity = choose(self.folder)
        self.identity.take_over(self.folder)
        self.server = postgres.start(self.folder, self.identity, 2)

    def restart(self) -> float:
        """Stop and start again; gives the moment at which it took connections again."""
        self.server.stop()
        self.server = postgres.start(self.folder, self.identity, 2)
        return time.monotonic()


@contextmanager
def restartable_stage(
    disk: Callable[[Path], AbstractContextManager[None]] = nullcontext,
) -> Iterator[tuple[Stage, Database]]:
    """A stage whose database can be restarted, with its files on a disk of its own if one is given."""
    with stage() as first, ExitStack() as stack:
        folder = first.folder / "database"
        folder.mkdir(mode=0o700)
        stack.enter_context(disk(folder))
        database = Database(folder)
        try:
            environment = {**first.environment, "DATABASE_URL": database.server.url}
            servers = replace(first.servers, database_url=database.server.url)
            on = replace(first, servers=servers, environment=environment)
            migrate(on)
            yield on, database
        finally:
            database.server.stop()


def run(only: str = "") -> list[Outcome]:
    """Restart it twice under load; `only` "cut" is the short form: every connection is cut, once."""
    with restartable_stage() as (on, database):
        app = on.application()
        slug = content.make_petitions(app, 1)[0]
        with serving(on) as origin:
            crowd = Crowd(origin, slug)
            if only == "cut":
                fault, recoveries = "all connections to PostgreSQL cut under signing load", [_cut(on, crowd)]
            else:
                fault = "PostgreSQL restarted twice under signing load"
                recoveries = [_restart(database, crowd) for _ in range(2)]
            answers = crowd.stop()
        lost = count_lost(on, app, slug, answers)
    found = statuses(answers)
    return [
        Outcome(
            fault,
            "only 503 meanwhile, works again within 10 s, no accepted signature lost",
            held=set(found) <= {303, 503} and found.get(303, 0) > 0 and lost == 0 and max(recoveries) <= MOST_SECONDS,
            figures={"answers": found, "works again after": f"{max(recoveries):.1f} s", "lost": lost},
        )
    ]


def _restart(database: Database, crowd: Crowd) -> float:
    time.sleep(3)
    return recovery(crowd, database.restart())


def _cut(on: Stage, crowd: Crowd) -> float:
    time.sleep(1)
    on.number(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return recovery(crowd, time.monotonic(), seconds=1.5)


def recovery(crowd: Crowd, ready: float, *, seconds: float = 3.0) -> float:
    """Seconds from the moment the database is ready until signing works and goes on working."""
    time.sleep(seconds)
    bad = [answer.at for answer in crowd.answers if answer.status != 303 and answer.at > ready]
    good = [answer.at for answer in crowd.answers if answer.status == 303 and answer.at > max(bad, default=ready)]
    return (min(good) if good else time.monotonic() + MOST_SECONDS) - ready


def count_lost(on: Stage, app: Flask, slug: str, answers: Sequence[Answer]) -> int:
    """Accepted signatures whose address is not in the database."""
    petition = content.petition_id(on, slug)
    with on.connect() as connection, app.app_context():
        stored = {bytes(row[0]) for row in connection.execute("SELECT address_index FROM signature")}
        scope = petition_scope(petition)
        return sum(
            blind_index(scope, canonical_address(answer.email)) not in stored
            for answer in answers
            if answer.status == 303
        )
