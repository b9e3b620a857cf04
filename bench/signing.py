"""Accepted signatures a second over HTTP, against a plain view that stores the form and nothing more."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import content
from bench.load import Run, post_forms, write_forms
from bench.plain import TABLES
from bench.report import Measure, compare
from bench.sink import mail_sink
from bench.stage import Stage, serving, stage, working

LIMIT = 0.6
SPREAD_LIMIT = 0.95
ROUNDS = 3
SECONDS = 5.0
PETITIONS = 100


class RowsDiffer(Exception):
    """More was answered as accepted than was stored, or the other way round."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Both sides, ready for load."""

    on: Stage
    ours: str
    plain: str
    plain_fast: str
    one: Path
    many: Path

    def ours_once(self, forms: Path, run: str) -> Run:
        """One run against us; every accepted request must be a row and every row an accepted request."""
        content.empty(self.on)
        outcome = post_forms(self.ours, forms, run, SECONDS)
        _check_rows(self.on.number("SELECT count(*) FROM signature"), outcome)
        return outcome

    def plain_once(self, origin: str, run: str) -> Run:
        """The same load against a plain view."""
        self.on.run("TRUNCATE plain_signature", "CHECKPOINT")
        outcome = post_forms(origin, self.one, run, SECONDS)
        _check_rows(self.on.number("SELECT count(*) FROM plain_signature"), outcome)
        return outcome


def _check_rows(rows: int, run: Run) -> None:
    # wrk stops at once, so what was under way on its 64 connections is stored and not counted.
    if not run.accepted <= rows <= run.accepted + 64:
        raise RowsDiffer(f"{run.accepted} accepted, {rows} rows, {run.failed} failed")


@contextmanager
def contest() -> Iterator[Contest]:
    """Our server and the plain ones on one stage."""
    with ExitStack() as stack:
        sink = stack.enter_context(mail_sink())
        on = stack.enter_context(stage(SMTP_URL=sink))
        on.run(*TABLES.split(";"))
        slugs = content.make_petitions(on.application(), PETITIONS)
        ours = stack.enter_context(serving(on))
        plain = stack.enter_context(serving(on, "bench.plain:app"))
        fast = stack.enter_context(serving(on, "bench.plain:app", PLAIN_AUTOCOMMIT="1"))
        one = write_forms(on.folder / "one", ours, slugs[:1])
        many = write_forms(on.folder / "many", ours, slugs)
        yield Contest(on, ours, plain, fast, one, many)


def measure() -> list[Measure]:
    """One petition against the plain view, against many petitions, and with workers running."""
    with contest() as sides:
        _warm_up(sides)
        ours, plain, fast, many = [], [], [], []
        for number in range(ROUNDS):
            ours.append(sides.ours_once(sides.one, f"a{number}"))
            plain.append(sides.plain_once(sides.plain, f"b{number}"))
            many.append(sides.ours_once(sides.many, f"c{number}"))
            fast.append(sides.plain_once(sides.plain_fast, f"d{number}"))
        with working(sides.on):
            busy = [sides.ours_once(sides.one, f"e{number}") for number in range(ROUNDS)]
    rate = _rates
    slow = f"median {ours[0].median_ms:.0f} ms, 99% {ours[0].slowest_ms:.0f} ms"
    return [
        compare("signing, one petition / plain view", rate(ours), rate(plain), limit=LIMIT,
                steal=_steal(ours, plain), note=slow),
        compare("signing, one petition / over 100 petitions", rate(ours), rate(many), limit=SPREAD_LIMIT,
                steal=_steal(ours, many)),
        compare("signing / plain view with autocommit", rate(ours), rate(fast), limit=None, steal=_steal(fast)),
        compare("signing with workers running / without", rate(busy), rate(ours), limit=None, steal=_steal(busy)),
    ]  # fmt: skip


def _warm_up(sides: Contest) -> None:
    for origin in (sides.ours, sides.plain, sides.plain_fast):
        post_forms(origin, sides.one, "warm", 2)


def _rates(runs: list[Run]) -> list[float]:
    return [run.accepted / run.requests * run.per_second for run in runs]


def _steal(*series: list[Run]) -> list[float]:
    return [run.steal for runs in series for run in runs]
