"""A petition's page for anonymous visitors, against a plain view that returns a constant of the same size."""

from contextlib import ExitStack
from urllib.request import urlopen

from bench import content
from bench.load import Run, get
from bench.report import Measure, compare
from bench.stage import serving, stage

LIMIT = 0.7
ROUNDS = 3
SECONDS = 5.0


def measure() -> list[Measure]:
    """The whole page, and the answer to a visitor who has it already."""
    with ExitStack() as stack:
        on = stack.enter_context(stage())
        slug = content.make_petitions(on.application(), 1)[0]
        ours = f"{stack.enter_context(serving(on))}/petitions/{slug}"
        size, etag = look_at(ours)
        plain = stack.enter_context(serving(on, "bench.plain:app", PLAIN_PAGE_BYTES=str(size))) + "/page"
        series = in_turns(ours, plain, etag)
    return [
        compare(f"petition page of {size / 1000:.0f} kB / plain view of that size", *_rates(series, "ours", "plain"),
                limit=LIMIT, steal=_steal(series)),
        compare("petition page, 304 by ETag / the same plain view", *_rates(series, "unchanged", "plain"), limit=None,
                steal=_steal(series)),
    ]  # fmt: skip


def look_at(url: str) -> tuple[int, str]:
    """The page's size and ETag; makes sure that the ETag gives a 304."""
    with urlopen(url, timeout=10) as answer:
        return len(answer.read()), answer.headers["ETag"]


def in_turns(ours: str, plain: str, etag: str) -> dict[str, list[Run]]:
    """Measure the two sides and the 304, in turns."""
    series: dict[str, list[Run]] = {"ours": [], "plain": [], "unchanged": []}
    for url in (ours, plain):
        get(url, 2)
    for _ in range(ROUNDS):
        series["ours"].append(get(ours, SECONDS))
        series["plain"].append(get(plain, SECONDS))
        series["unchanged"].append(get(ours, SECONDS, f"If-None-Match: {etag}"))
    for name, runs in series.items():
        if any(run.failed for run in runs):
            raise RuntimeError(f"{name}: {sum(run.failed for run in runs)} answers were errors")
    return series


def _rates(series: dict[str, list[Run]], *names: str) -> list[list[float]]:
    return [[run.per_second for run in series[name]] for name in names]


def _steal(series: dict[str, list[Run]]) -> list[float]:
    return [run.steal for runs in series.values() for run in runs]
