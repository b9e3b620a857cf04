"""Commands that belong to no single feature: background work, the audit trail, switches."""

import click
from flask.cli import AppGroup

from campaign.kernel import audit
from campaign.kernel.db import transaction
from campaign.kernel.switches import Switch, list_switches, set_switch

audit_group = AppGroup("audit", help="The audit trail.")
switch_group = AppGroup("switch", help="Kill switches, one a function.")


@audit_group.command("verify")
def verify_audit() -> None:
    """Check the whole chain; exit 2 and name each break when it does not hold."""
    breaks = list(audit.verify())
    for each in breaks:
        click.echo(each.problem)
    if breaks:
        raise SystemExit(2)
    click.echo(f"ok: {audit.count_entries()} entries")


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
    with transaction():
        set_switch(Switch(name), on=on, reason=reason)
    click.echo(f"{name}\t{'on' if on else 'off'}")


groups = (audit_group, switch_group)
