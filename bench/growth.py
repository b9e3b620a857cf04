"""Signing and the petition page with a million signatures, against the same with ten thousand."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.request import urlopen

from bench import content
from bench.load import Run, get, post_forms, write_forms
from bench.report import RESULTS, Measure, compare
from bench.stage import Stage, serving, stage

LIMIT = 0.9
ROUNDS = 3
SECONDS = 5.0
FEW, MANY = 10_000, 1_000_000
TABLES = ("signature", "mail", "mail_quota")


@dataclass(frozen=True, slots=True)
class Side:
    """One database with its server."""

    on: Stage
    origin: str
    slug: str
    forms: Path

    @property
    def page(self) -> str:
        """The petition's page."""
        return f"{self.origin}/petitions/{self.slug}"

    def sign(self, run: str) -> Run:
        """One run of signing; what it wrote stays, a few thousand rows."""
        rows = self.on.number("SELECT count(*) FROM signature WHERE state = 'pending'")
        outcome = post_forms(self.origin, self.forms, run, SECONDS)
        grown = self.on.number("SELECT count(*) FROM signature WHERE state = 'pending'") - rows
        if not outcome.accepted <= grown <= outcome.accepted + 64:
            raise RuntimeError(f"{outcome.accepted} accepted, {grown} rows")
        return outcome

    def render(self) -> float:
        """Milliseconds to render the page afresh: an unknown value of a known parameter is not in the cache."""
        times = []
        for number in range(20):
            started = monotonic()
            with urlopen(f"{self.page}?v=fresh{number}-{started}", timeout=30) as answer:
                answer.read()
            times.append(1000 * (monotonic() - started))
        return sorted(times)[len(times) // 2]


def measure() -> list[Measure]:
    """Both sizes in turns, and how much room a row takes."""
    with ExitStack() as stack:
        few, many = _side(stack, FEW), _side(stack, MANY)
        _write_sizes(many.on)
        for side in (few, many):
            side.sign("warm")
            get(side.page, 1)
        signing: dict[int, list[Run]] = {FEW: [], MANY: []}
        pages: dict[int, list[Run]] = {FEW: [], MANY: []}
        for number in range(ROUNDS):
            for count, side in ((MANY, many), (FEW, few)):
                signing[count].append(side.sign(f"r{number}"))
                pages[count].append(get(side.page, SECONDS))
        fresh = (1000 / many.render(), 1000 / few.render())
    return [
        _measure("signing, 1,000,000 signatures / 10,000", signing),
        _measure("petition page, 1,000,000 signatures / 10,000", pages),
        compare("petition page rendered afresh, 1,000,000 / 10,000", fresh[:1], fresh[1:], limit=None),
    ]


def _side(stack: ExitStack, count: int) -> Side:
    on = stack.enter_context(stage())
    app = on.application()
    slug = content.make_petitions(app, 1, f"grown-{count}")[0]
    content.fill(on, app, slug, count)
    origin = stack.enter_context(serving(on))
    return Side(on, origin, slug, write_forms(on.folder / "forms", origin, [slug]))


def _measure(name: str, runs: dict[int, list[Run]]) -> Measure:
    rates = [[run.accepted / run.requests * run.per_second for run in runs[count]] for count in (MANY, FEW)]
    return compare(name, *rates, limit=LIMIT, steal=[run.steal for each in runs.values() for run in each])


def _write_sizes(on: Stage) -> None:
    """Bytes a signature takes, indexes included, for the arithmetic in the documentation."""
    size = {
        table: on.number(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname ~ %s",
            f"^{table}(_p[0-9]+)?$",
        )
        / MANY
        for table in TABLES
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "sizes.json").write_text(json.dumps({"rows": MANY, "bytes_per_row": size}, indent=1) + "\n")
