"""`flask backup` and `flask restore`."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from campaign.kernel import audit
from campaign.kernel.db import db, transaction
from campaign.kernel.operations import backup
from campaign.kernel.operations import restore as restoring
from campaign.kernel.operations.doctor.database import MIGRATIONS
from campaign.kernel.operations.stream import Header
from campaign.kernel.say import NOTHING, measuring, problems_told, refuse, typed
from campaign.web.settings import settings

KEYRING_NOTE = "Keep this copy apart from backups of the database, and 7 days at most: destroyed keys live on in it."


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--keyring", "is_keyring", is_flag=True, help="Back up the keyring instead of the database.")
@with_appcontext
def back_up(file: Path, is_keyring: bool) -> None:
    """Write one encrypted file with the whole database, and nothing of the keyring; or the keyring alone."""
    with problems_told():
        if is_keyring:
            _back_up_keyring(file.absolute())
        else:
            _back_up_database(file.absolute())


def _back_up_database(file: Path) -> None:
    with measuring("backup") as show:
        made = backup.back_up_database(file, settings().database_url, settings().master_key, progress=show)
    with transaction():
        audit.record("backup.made", about="database")
    click.echo(f"{made.path}\t{made.bytes} bytes\tmigration {made.revision}")


def _back_up_keyring(file: Path) -> None:
    made = backup.back_up_keyring(file, settings().master_key)
    gone = backup.prune_keyring_backups(file.parent)
    with transaction():
        audit.record("backup.made_of_keyring", about="keyring")
    click.echo(f"{made.path}\t{made.bytes} bytes")
    for path in gone:
        click.echo(f"deleted {path}: older than {backup.KEYRING_DAYS} days", err=True)
    click.echo(KEYRING_NOTE, err=True)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask for the phrase.")
@click.option("--check", "only_check", is_flag=True, help="Read and verify the backup, change nothing.")
@with_appcontext
def restore(file: Path, yes: bool, only_check: bool) -> None:
    """Put the database (or the keyring) back to a backup. Stop web, workers and beat first.

    Mail that had not left is held for a person, everybody is signed out, suppressions and the audit trail stay as they
    are now, and keys that were destroyed stay destroyed.
    """
    config = settings()
    with problems_told():
        header = restoring.check_backup(file, config.find_master_keys(), migrations=MIGRATIONS)
        click.echo(f"{header.kind} of {header.made_at}, migration {header.revision or '-'}: whole", err=True)
        if only_check:
            return
        if not yes and not _means_it(header):
            refuse("Nothing was changed.", NOTHING)
        _restore(file, header)


def _means_it(header: Header) -> bool:
    name = db.engine.url.database if header.kind == backup.DATABASE else "the keyring"
    warning = (
        f"This puts {name} back to {header.made_at}. What came after is lost, save suppressions and the audit trail."
    )
    return typed(f"restore {name}", given=None, warning=warning)


def _restore(file: Path, header: Header) -> None:
    config = settings()
    if header.kind == backup.KEYRING:
        added = restoring.restore_keyring(file, config.find_master_keys())
        click.echo(f"keyring restored: {added} keys came back")
        return
    # Importing Alembic slows the start of every process that has commands; only this one needs it.
    from flask_migrate import upgrade

    with measuring("restore") as show:
        restoring.restore_database(file, config.database_url, config.find_master_keys(), migrate=upgrade, progress=show)
    click.echo(f"database restored to {header.made_at}; mail that had not left is held, everybody is signed out")
    _tell_what_was_undone(datetime.fromisoformat(header.made_at))


def _tell_what_was_undone(moment: datetime) -> None:
    """The trail of what came after stays, its effects do not: an erased person or a revoked role is back."""
    undone = audit.count_since(moment)
    undone.pop("backup.restored", None)
    if undone:
        click.echo("Recorded since then and undone by this; see what has to be done again:", err=True)
    for action, count in undone.items():
        click.echo(f"  {count} × {action}", err=True)
