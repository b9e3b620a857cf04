"""What shape the database is in: the server's version and the newest migration it has."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from campaign.kernel.db import session

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


def server_major() -> int:
    """PostgreSQL's major version."""
    return int(session.scalar(text("SHOW server_version_num")) or 0) // 10000


def current_revision() -> str:
    """The newest migration of the database, '' when it has none."""
    if session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return ""
    return session.scalar(text("SELECT version_num FROM alembic_version")) or ""


def newest_revision(migrations: Path) -> str:
    """The newest migration this code brings."""
    return _scripts(migrations).get_current_head() or ""


def knows_revision(migrations: Path, revision: str) -> bool:
    """Whether this code can bring a database from `revision` to its own shape."""
    return revision in {script.revision for script in _scripts(migrations).walk_revisions()}


def _scripts(migrations: Path) -> "ScriptDirectory":
    # Importing Alembic slows the start of every process that has commands.
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(migrations))
    return ScriptDirectory.from_config(settings)
