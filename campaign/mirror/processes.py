"""Makers in processes of their own, forked from this one: the application is ready there at once."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from types import TracebackType

from flask import Flask

from campaign.kernel.db import drop_connections, session
from campaign.mirror.pages import Link, Maker, Outcome, Plan

AHEAD = 2
"""Batches that wait for each process, so that none waits for us."""
_maker: Maker | None = None


class Processes:
    """Runs batches in `amount` processes; with one, in this process."""

    def __init__(self, app: Flask, plan: Plan, amount: int) -> None:
        self._app, self._plan, self._amount = app, plan, amount
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Processes":
        if self._amount > 1:
            # Connections of this process are of no use in another, and none may be used by two.
            session.remove()
            drop_connections(close=True)
            self._pool = ProcessPoolExecutor(
                self._amount, mp_context=multiprocessing.get_context("fork"), initializer=_begin,
                initargs=(self._app, self._plan),
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, batches: Iterator[list[Link]]) -> Iterator[Sequence[Outcome]]:
        """What came of each batch. `batches` may have more to give after something came of an earlier one."""
        if self._pool is None:
            maker = Maker(self._app, self._plan)
            for batch in batches:
                yield maker.make(batch)
            return
        running: set[Future[list[Outcome]]] = set()
        while True:
            while len(running) < self._amount * AHEAD and (batch := next(batches, [])):
                running.add(self._pool.submit(_make, batch))
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for each in finished:
                yield each.result()


def _begin(app: Flask, plan: Plan) -> None:
    global _maker
    # Ctrl-C is for the process that we work for; it ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with app.app_context():
        drop_connections(close=False)
    _maker = Maker(app, plan)


def _make(links: list[Link]) -> list[Outcome]:
    if _maker is None:
        raise RuntimeError("this process has not begun")
    return _maker.make(links)
