"""The break-glass: what one person with access to the server may do alone, audited and shown to all staff."""

import sys
from typing import NoReturn

import click
from flask.cli import AppGroup

from campaign.accounts import queries
from campaign.accounts.policy import LONGEST_PASSPHRASE
from campaign.accounts.service import break_glass
from campaign.kernel import clock
from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound

staff_group = AppGroup("staff", help="Staff accounts; each use is shown to all staff for 7 days.")


@staff_group.command("add")
@click.option("--username", required=True, help="The account, made if there is none.")
@click.option("--role", required=True, type=click.Choice(sorted(role.value for role in STAFF_ROLES)))
def add(username: str, role: str) -> None:
    """Give a staff role. The passphrase of a new account is read from stdin; an existing account keeps its own."""
    is_known = queries.find_account_by_name(username) is not None
    passphrase = "" if is_known else _read_passphrase()
    try:
        with transaction():
            added = break_glass.add_staff(username, Role(role), passphrase)
    except NotFound:
        _refuse(f"{username} is locked; `flask staff reset` opens it again.")
    except DomainError as problem:
        _refuse(problem.message)
    if not added.is_new:
        click.echo(f"{added.account.username} exists and keeps its passphrase", err=True)
    click.echo(f"{added.account.username}\t{role}\tuntil {added.grant.expires_on.isoformat()}")


@staff_group.command("reset")
@click.option("--username", required=True)
def reset(username: str) -> None:
    """Give an account a new passphrase (from stdin) and forget its second factors and sessions; its roles stay."""
    passphrase = _read_passphrase()
    try:
        with transaction():
            account = break_glass.reset_account(username, passphrase)
    except NotFound:
        _refuse(f"There is no account {username}.")
    except DomainError as problem:
        _refuse(problem.message)
    click.echo(f"{account.username}\treset")


@staff_group.command("renew")
@click.option("--username", required=True)
def renew(username: str) -> None:
    """Renew every staff role of an account for 90 days, lapsed ones too."""
    try:
        with transaction():
            renewed = break_glass.renew_staff(username)
    except NotFound:
        _refuse(f"There is no account {username}.")
    if not renewed:
        _refuse(f"{username} holds no staff role.")
    for grant in renewed:
        click.echo(f"{username}\t{grant.role}\tuntil {grant.expires_on.isoformat()}")


@staff_group.command("list")
def list_staff() -> None:
    """Every staff role with its holder, the day it ends, and whether it has ended."""
    today = clock.today()
    for account, grant in queries.list_staff():
        state = account.state if not account.is_active else ("ended" if grant.expires_on <= today else "current")
        click.echo(f"{account.username}\t{grant.role}\tuntil {grant.expires_on.isoformat()}\t{state}")


def _read_passphrase() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline(LONGEST_PASSPHRASE + 2).rstrip("\r\n")


def _refuse(message: str) -> NoReturn:
    """Say why, and exit 2: nothing was changed."""
    click.echo(message, err=True)
    raise SystemExit(2)


groups = (staff_group,)
