"""Commands of this feature."""

import click
from flask.cli import AppGroup

from campaign.kernel.db import transaction
from campaign.signatures.service.count import find_drift, roll_up

counts_group = AppGroup("counts", help="The counts of petitions.")


@counts_group.command("verify")
def verify_counts() -> None:
    """Compare every count with the confirmed signatures; exit 2 when they differ."""
    with transaction():
        roll_up()
    drift = find_drift()
    for each in drift:
        click.echo(f"petition {each.petition_id}: total {each.total}, confirmed {each.counted}")
    if drift:
        raise SystemExit(2)
    click.echo("ok")


groups = (counts_group,)
