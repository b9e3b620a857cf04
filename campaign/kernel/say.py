"""How commands speak: progress for a person or for a log, one line for a problem, a phrase typed by hand."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from campaign.kernel.errors import DomainError

if TYPE_CHECKING:
    from rich.progress import Progress

DONE, PARTLY, NOTHING = 0, 1, 2
SECONDS_BETWEEN_LINES = 2.0


def refuse(message: str, status: int = NOTHING) -> NoReturn:
    """End the command with one line that says why."""
    click.echo(message, err=True)
    raise SystemExit(status)


@contextmanager
def problems_told() -> Iterator[None]:
    """Tell a refusal of the domain in its own words; nothing was changed then."""
    try:
        yield
    except DomainError as problem:
        refuse(problem.message)
    except KeyboardInterrupt:
        refuse("Interrupted. Run it again to go on.", 130)


def typed(phrase: str, *, given: str | None, warning: str) -> bool:
    """Whether the person typed the phrase, or gave it as an option, letter for letter."""
    if given is None:
        click.echo(warning, err=True)
        try:
            given = click.prompt(f"Type “{phrase}” to go on", default="", show_default=False, err=True)
        except click.Abort:
            # Ctrl-C, or nobody there to type: the line of the question is still open.
            click.echo(err=True)
            return False
    return given.strip() == phrase


@contextmanager
def counting(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show `done of total` while something long runs."""
    with _bar(counts=True) as bar:
        line = _Lines(title)
        task = bar.add_task(title, total=None) if bar else None

        def show(done: int, total: int) -> None:
            if bar and task is not None:
                bar.update(task, completed=done, total=total)
            else:
                line.say(f"{done} of {total}", last=done == total)

        yield show


@contextmanager
def measuring(title: str) -> Iterator[Callable[[int], None]]:
    """Show how many bytes went by, of an amount that is not known before."""
    with _bar(counts=False) as bar:
        line = _Lines(title)
        task = bar.add_task(title, total=None) if bar else None

        def show(done: int) -> None:
            if bar and task is not None:
                bar.update(task, completed=done)
            else:
                line.say(f"{done / 2**20:.1f} MiB", last=False)

        yield show


class _Lines:
    """Plain lines where nobody watches, few enough for a journal; the first and the last are always there."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.said_at = float("-inf")

    def say(self, what: str, *, last: bool) -> None:
        if last or time.monotonic() - self.said_at > SECONDS_BETWEEN_LINES:
            self.said_at = time.monotonic()
            click.echo(f"{self.title}: {what}", err=True)


@contextmanager
def _bar(*, counts: bool) -> Iterator["Progress | None"]:
    if not sys.stderr.isatty():
        yield None
        return
    # Web processes know the commands too, and need no progress bars.
    from rich import progress
    from rich.console import Console

    amount = progress.MofNCompleteColumn() if counts else progress.DownloadColumn()
    columns = (progress.TextColumn("{task.description}"), progress.BarColumn(), amount, progress.TimeElapsedColumn())
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar
