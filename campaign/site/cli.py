"""Demo content."""

import click
from flask.cli import AppGroup

from campaign.designations.service import load_register
from campaign.kernel.db import transaction
from campaign.site import demo

demo_group = AppGroup("demo", help="Demo content, for development only.")


@demo_group.command("load")
def load_demo() -> None:
    """Fill an empty database with demo content; adds no petition to one that holds any, and exits with 2 then."""
    with transaction():
        load_register()
        loaded = demo.load()
    if not loaded:
        click.echo("there is content already; nothing was changed", err=True)
        raise SystemExit(2)
    click.echo("demo content loaded", err=True)


@demo_group.command("sign-ins")
def print_sign_ins() -> None:
    """The demo sign-ins."""
    for line in demo.sign_ins():
        click.echo(line)


groups = (demo_group,)
