"""`flask jobs …` and `flask retention …`: background work by hand."""

import click
from flask import current_app
from flask.cli import AppGroup

from campaign.kernel import jobs
from campaign.kernel.db import transaction
from workers.drain import drain
from workers.lines.retention import run_retention

jobs_group = AppGroup("jobs", help="Background work.")
retention_group = AppGroup("retention", help="What is kept, and for how long.")


@jobs_group.command("drain")
@click.option("--threads", default=4, show_default=True, help="Connections to the mail relay.")
def drain_jobs(threads: int) -> None:
    """Do everything that is due, without Celery or Redis."""
    done = drain(current_app._get_current_object(), threads=threads)  # type: ignore[attr-defined]
    click.echo(f"mails {done.mails}, jobs {done.jobs}, timetable {', '.join(done.lines) or 'nothing due'}")


@jobs_group.command("failed")
def list_failed_jobs() -> None:
    """The jobs that wait for a person: number, kind, tries, and the kind of error."""
    for row in jobs.list_failed():
        click.echo(f"{row.id}\t{row.kind}\t{row.attempts} tries\t{row.error}")


@jobs_group.command("retry")
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "is_all", is_flag=True, help="All that wait for a person.")
def retry_jobs(numbers: tuple[int, ...], is_all: bool) -> None:
    """Let jobs that were given up run again."""
    with transaction():
        wanted = [row.id for row in jobs.list_failed()] if is_all else numbers
        done = sum(jobs.retry_failed(number) for number in wanted)
    click.echo(f"{done} jobs will run again")
    if done < len(wanted) or not done:
        raise SystemExit(1 if done else 2)


@retention_group.command("run")
def retention_run() -> None:
    """Apply every retention rule now; exit 1 when one of them failed."""
    outcome = run_retention()
    for rule, gone in outcome.gone.items():
        click.echo(f"{rule}\t{gone}")
    for rule in outcome.failed:
        click.echo(f"{rule} failed; the log says how", err=True)
    if outcome.failed:
        raise SystemExit(1)


groups = (jobs_group, retention_group)
