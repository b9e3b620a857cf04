"""`flask jobs …` and `flask retention …`: background work by hand."""

import click
from flask import current_app
from flask.cli import AppGroup

from workers.drain import drain
from workers.schedule import run_retention

jobs_group = AppGroup("jobs", help="Background work.")
retention_group = AppGroup("retention", help="What is kept, and for how long.")


@jobs_group.command("drain")
@click.option("--threads", default=4, show_default=True, help="Connections to the mail relay.")
def drain_jobs(threads: int) -> None:
    """Do everything that is due, without Celery or Redis."""
    done = drain(current_app._get_current_object(), threads=threads)  # type: ignore[attr-defined]
    click.echo(f"mails {done.mails}, jobs {done.jobs}, timetable {', '.join(done.lines) or 'nothing due'}")


@retention_group.command("run")
def retention_run() -> None:
    """Apply every retention rule now."""
    run_retention()
    click.echo("ok")


groups = (jobs_group, retention_group)
