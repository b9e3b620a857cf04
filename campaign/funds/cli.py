"""Commands of this feature."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.funds.service.exports import as_beancount, as_csv
from campaign.funds.service.verify import ledger_end, verify
from campaign.kernel import audit
from campaign.kernel.db import transaction

funds_group = AppGroup("funds", help="Funds and the ledger.")
MOST_SHOWN = 50


@funds_group.command("verify")
def verify_ledger() -> None:
    """Check every entry, sum and reversal of the ledger; exit 2 when something does not hold.

    Write down the last line elsewhere: nothing in a chain tells whether its end was cut off.
    """
    flaws = 0
    for flaw in verify():
        flaws += 1
        if flaws <= MOST_SHOWN:
            click.echo(flaw.problem)
    end = ledger_end()
    if flaws:
        click.echo(f"{flaws} flaws", err=True)
        raise SystemExit(2)
    click.echo(f"ok: {end.entries} entries, {end.postings} postings")
    click.echo(f"end: {end.entries} {end.digest.hex()}")


@funds_group.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "beancount"]), required=True)
@click.option("--to", "path", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output.")
def export_ledger(form: str, path: Path | None) -> None:
    """Write the whole ledger as CSV, or for Beancount, whose bean-check then confirms every balance."""
    with transaction():
        audit.record("ledger.export", about=form)
    parts: Iterable[str] = as_csv() if form == "csv" else as_beancount()
    if path is None:
        sys.stdout.writelines(parts)
        return
    with path.open("w", encoding="utf-8") as file:
        path.chmod(0o600)
        file.writelines(parts)


groups = (funds_group,)
