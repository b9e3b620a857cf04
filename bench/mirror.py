"""A mirror of a site with 5,000 people, in three languages, on two processors: built whole, and built again."""

import os
import shutil
import time

from bench import content, made_up
from bench.machine import Ticks
from bench.report import Measure
from bench.stage import stage
from campaign.kernel.db import session
from campaign.kernel.places import Place
from campaign.kernel.signing_key import ensure_signing_key, public_key
from campaign.mirror.build import Built, build
from campaign.mirror.manifest import verify

PEOPLE, PETITIONS, PROCESSES = 5_000, 20, 2
MOST_SECONDS = 60


def measure() -> list[Measure]:
    """The first build, one when nothing has changed, and a check."""
    with stage() as on:
        made_up.fill(on, PEOPLE)
        app = on.application()
        content.make_petitions(app, PETITIONS)
        folder = on.folder / "mirror"
        with app.app_context():
            ensure_signing_key()
            start = Ticks.now()
            before = os.times()
            whole, first = _build(app, folder)
            used = sum(os.times()[:4]) - sum(before[:4])
            nothing, again = _build(app, folder)
            began = time.monotonic()
            verdict = verify(folder, public_key())
            checking = time.monotonic() - began
            steal, load = [Ticks.now().steal_since(start)], f"load {os.getloadavg()[0]:.1f}"
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.suffix != ".zip")
        packed = sum(path.stat().st_size for path in folder.glob("*.zip"))
        shutil.rmtree(folder)
    if whole.failed or nothing.written or verdict.problems or whole.files < 3 * PEOPLE:
        raise RuntimeError(f"{whole}, then {nothing}, then {verdict.problems[:3]}")
    pages = (
        f"{whole.files:,} files, {size / 1e6:.0f} MB, {packed / 1e6:.0f} MB packed, {used:.0f} s of processors, {load}"
    )
    return [
        _within(f"60 s / mirror of {PEOPLE:,} people in three languages", first, steal, pages),
        _within("60 s / the same when nothing has changed", again, steal, f"{nothing.same:,} the same, {load}"),
        Measure("files of a mirror checked", round(verdict.files / checking, 1), steal=steal),
    ]  # fmt: skip


def _build(app: object, folder: object) -> tuple[Built, float]:
    """What a build gave, and the seconds it took."""
    began = time.monotonic()
    built = build(app, folder, Place.RUSSIA, processes=PROCESSES, show=_silent, show_packed=_silent)  # type: ignore[arg-type]
    session.remove()
    return built, time.monotonic() - began


def _silent(_done: int, _total: int) -> None:
    """Say nothing."""


def _within(name: str, seconds: float, steal: list[float], note: str) -> Measure:
    """Seconds under the limit: the ratio says how many times over."""
    return Measure(name, round(MOST_SECONDS / seconds, 2), 1.0, 1.0, "x", steal=steal, note=f"{seconds:.2f} s, {note}")
