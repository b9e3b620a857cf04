"""The break-glass: what one person with access to the server may do alone, audited and shown to all staff."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup

from campaign.accounts import queries
from campaign.accounts.policy import LONGEST_PASSPHRASE
from campaign.accounts.service import break_glass, vault
from campaign.accounts.service.sessions import SignedIn, end_session, find_signed_in
from campaign.accounts.service.sign_in import begin_sign_in, finish_with_code
from campaign.kernel import clock
from campaign.kernel.actors import STAFF_ROLES, Role
from campaign.kernel.crypto.vault_door import vault_door
from campaign.kernel.db import transaction
from campaign.kernel.errors import DomainError, NotFound
from campaign.web.settings import settings

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


vault_group = AppGroup("vault", help="The sealed records of families, payees and reports.")


@vault_group.command("open")
@click.option("--first", required=True, help="The account of the first person.")
@click.option("--second", required=True, help="The account of the second person.")
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The private key.")
def open_vault(first: str, second: str, key_file: Path | None) -> None:
    """Open the vault for fifteen minutes, as two persons at one keyboard; Ctrl-C closes it.

    Each gives a passphrase, and a code where they have an app (from stdin, a line each, where that is no terminal).
    """
    path = key_file or settings().vault_private_key_file
    if path is None:
        _refuse("Give --key-file, or VAULT_PRIVATE_KEY_FILE.")
    try:
        key = vault.read_key(path.read_text())
        for username in (first, second):
            with _person(username) as actor, transaction():
                state = vault.load_key(actor, key)
    except OSError as problem:
        _refuse(f"{path} cannot be read: {problem.strerror}")
    except DomainError as problem:
        _refuse(problem.message or "This person may not open the vault.")
    click.echo(f"open for {state.seconds_left} seconds", err=True)
    try:
        vault_door.serve_until_over(tell=_tell_seconds)
    except KeyboardInterrupt:
        pass
    finally:
        with transaction():
            vault.close_vault(None)
    click.echo("closed", err=True)


@vault_group.command("close")
def close_vault() -> None:
    """Close the vault now, wherever it was opened on this machine."""
    with transaction():
        closed = vault.close_vault(None)
    if not closed:
        _refuse("The vault was closed.")
    click.echo("closed")


@contextmanager
def _person(username: str) -> Iterator[SignedIn]:
    """Whoever proves to be `username`, for the length of one act."""
    demo = settings().demo
    with transaction():
        started = begin_sign_in(username, _read_line(f"Passphrase of {username}"), demo=demo)
    if started is None:
        _refuse(f"This is not the passphrase of {username}, or there is no such account.")
    token: str | None = started.token
    if started.needs_second_factor:
        with transaction():
            token = finish_with_code(started.token, _read_line(f"Code of {username}"))
    who = find_signed_in(token, demo=demo) if token else None
    if who is None:
        _refuse(f"This code is wrong or was used. {username} without an app opens the vault on the staff screen.")
    try:
        yield who
    finally:
        with transaction():
            end_session(who.id, who.session_id)


def _tell_seconds(left: int) -> None:
    if left % 60 == 0 or sys.stderr.isatty():
        click.echo(f"\r{left // 60}:{left % 60:02} left ", err=True, nl=not sys.stderr.isatty())


def _read_line(prompt: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, err=True))
    return sys.stdin.readline(LONGEST_PASSPHRASE + 2).rstrip("\r\n")


groups = (staff_group, vault_group)
