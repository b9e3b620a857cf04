"""`flask doctor`: whether this deployment is safe."""

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from campaign.kernel.operations.doctor import examine
from campaign.kernel.registry import Level
from campaign.kernel.say import DONE, PARTLY
from campaign.web.guards import metrics_token
from campaign.web.settings import settings


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--metrics-token", "show_token", is_flag=True, help="Print what a monitoring server shows at /metrics.")
@with_appcontext
def doctor(as_json: bool, show_token: bool) -> None:
    """Check settings, servers, keys, clocks and backups; one line each, exit 1 when something is unsafe."""
    if show_token:
        click.echo(metrics_token())
        return
    worst = DONE
    for finding in examine(settings()):
        click.echo(json.dumps(asdict(finding)) if as_json else f"{finding.level:<4}  {finding.name}: {finding.advice}")
        if finding.level is Level.FAIL:
            worst = PARTLY
    raise SystemExit(worst)
