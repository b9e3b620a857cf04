"""Commands of this feature."""

import click
from flask.cli import AppGroup

from campaign.designations.service import BadRegister, load_register
from campaign.kernel.db import transaction

designations_group = AppGroup("designations", help="The register of organisations and the labels a state puts on them.")


@designations_group.command("load")
def load() -> None:
    """Load the register that comes with the program; safe to run again."""
    try:
        with transaction():
            loaded = load_register()
    except BadRegister as problem:
        click.echo(problem.message, err=True)
        raise SystemExit(2) from problem
    click.echo(f"organisations {loaded.organisations}, designations added {loaded.added}, changed {loaded.changed}")


groups = (designations_group,)
