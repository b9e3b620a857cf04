"""`flask audit …`: the audit trail."""

import click
from flask.cli import AppGroup

from campaign.kernel import audit
from campaign.kernel.say import NOTHING

audit_group = AppGroup("audit", help="The audit trail.")


@audit_group.command("verify")
def verify_audit() -> None:
    """Check the whole chain; name each break and exit 2 when it does not hold.

    The last line is the chain's end: written down elsewhere, it shows later whether entries were cut off.
    """
    breaks = 0
    for each in audit.verify():
        breaks += 1
        click.echo(each.problem)
    if breaks:
        click.echo(f"{breaks} breaks: the trail was changed outside the application", err=True)
        raise SystemExit(NOTHING)
    end = audit.chain_end()
    click.echo(f"ok: {end.entries} entries, ending in {end.digest.hex()[:16] or 'nothing'}")
