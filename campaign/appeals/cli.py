"""Commands of this feature."""

from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.appeals.service import target_files
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError
from campaign.kernel.say import NOTHING, PARTLY, refuse

appeals_group = AppGroup("appeals", help="Letters to officials.")


@appeals_group.command("import-targets")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Tell every problem, keep nothing.")
def import_targets(file: Path, dry_run: bool) -> None:
    """Take officials from a CSV, XLSX or ODS file; the same file twice changes nothing the second time."""
    if file.stat().st_size > target_files.BOUNDS.file:
        refuse("This file is larger than 2 MB. Split it.", NOTHING)
    try:
        found = target_files.read(file.read_bytes())
    except DomainError as problem:
        refuse(str(problem), NOTHING)
    for number, field, message in found.problems:
        click.echo(f"row {number}: {field}: {message}" if field else f"row {number}: {message}", err=True)
    if dry_run:
        click.echo(f"valid {len(found.rows)}, invalid {len({each[0] for each in found.problems})}")
        return
    with transaction():
        taken = target_files.import_file(found, actor=None)
    click.echo(
        f"imported {taken.imported}, updated {taken.updated}, duplicate {taken.duplicate}, invalid {taken.invalid}"
    )
    if taken.invalid:
        raise SystemExit(PARTLY if found.rows else NOTHING)


groups = (appeals_group,)
