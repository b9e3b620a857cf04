"""`flask keys …`: the master key, and the key that signs."""

import secrets
from base64 import b64encode
from pathlib import Path

import click
from flask.cli import AppGroup

from campaign.kernel.operations.rotation import put_in_place, rewrap_keyring
from campaign.kernel.say import NOTHING, counting, problems_told, refuse
from campaign.kernel.signing_key import ensure_signing_key, public_key_pem, public_key_text
from campaign.web.settings import settings
from config import Config
from config_secrets import read_master_key, write_private

keys_group = AppGroup("keys", help="The master key, and the key that signs.")

NEXT_STEPS = """\
What is left to do, on every server:
  1. MASTER_KEY (or its file) becomes the new key, MASTER_KEY_OLD (or the file with .old) the former one.
  2. Restart web, workers and beat, then run `flask keys rotate` again for keys made meanwhile.
  3. When it says that nothing was left: drop MASTER_KEY_OLD, NEW_MASTER_KEY and their files; make a new backup.
     Backups made before open with the former key only: keep it offline until the last of them is gone."""


@keys_group.command("rotate")
def rotate() -> None:
    """Wrap every key of the keyring under a new master key; can be interrupted and run again at any point.

    The new key is NEW_MASTER_KEY, NEW_MASTER_KEY_FILE, or `.new` beside the master key's file; development makes one.
    """
    config = settings()
    with problems_told():
        new_file = _new_file(config)
        new = config.new_master_key or (read_master_key(new_file) if new_file is not None else None)
        with counting("keys") as show:
            done = rewrap_keyring(new or config.master_key, progress=show)
        click.echo(f"{done} keys wrapped anew")
        if new_file is not None and config.master_key_file is not None and not config.production:
            put_in_place(new_file, config.master_key_file)
            click.echo("The new key is in place; running processes find it by themselves.", err=True)
        elif new is not None:
            click.echo(NEXT_STEPS, err=True)
        elif not done:
            refuse("Nothing was left to do. Drop the former key, and NEW_MASTER_KEY if it is still set.", NOTHING)


@keys_group.command("signing")
@click.option("--pem", is_flag=True, help="As a PEM file, which OpenSSL reads.")
def signing(pem: bool) -> None:
    """Show the public half of the key that signs mirrors and dumps; makes the key if there is none."""
    with problems_told():
        ensure_signing_key()
        click.echo(public_key_pem().strip() if pem else public_key_text())


def _new_file(config: Config) -> Path | None:
    """Where the new key stands, made in development; None when it is given otherwise, or this is the second pass."""
    if config.new_master_key is not None or config.master_key_file is None:
        return None
    path = config.master_key_file.with_name(f"{config.master_key_file.name}.new")
    if path.exists():
        return path
    if config.production:
        return None
    write_private(path, b64encode(secrets.token_bytes(48)).decode())
    return path
