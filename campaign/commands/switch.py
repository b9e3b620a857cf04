"""`flask switch …`: kill switches by hand; they need the database and nothing else."""

import click
from flask.cli import AppGroup

from campaign.kernel.db import transaction
from campaign.kernel.say import NOTHING, refuse
from campaign.kernel.switches import Switch, list_switches, set_switch

switch_group = AppGroup("switch", help="Kill switches, one a function.")


@switch_group.command("list")
def list_all() -> None:
    """Each switch with its state."""
    for switch, state in list_switches():
        click.echo(f"{switch.value}\t{'off' if state is not None and not state.is_on else 'on'}")


@switch_group.command("on")
@click.argument("name", type=click.Choice([switch.value for switch in Switch]))
@click.option("--reason", default="", help="Kept in the audit trail.")
def turn_on(name: str, reason: str) -> None:
    """Let a function work again."""
    _set(name, on=True, reason=reason)


@switch_group.command("off")
@click.argument("name", type=click.Choice([switch.value for switch in Switch]))
@click.option("--reason", default="", help="Kept in the audit trail.")
def turn_off(name: str, reason: str) -> None:
    """Stop a function within seconds, with an honest page for the public."""
    _set(name, on=False, reason=reason)


def _set(name: str, *, on: bool, reason: str) -> None:
    state = dict(list_switches())[Switch(name)]
    word = "on" if on else "off"
    if on == (state is None or state.is_on):
        refuse(f"{name} is {word} already; nothing was changed.", NOTHING)
    with transaction():
        set_switch(Switch(name), on=on, reason=reason)
    click.echo(f"{name}\t{word}")
