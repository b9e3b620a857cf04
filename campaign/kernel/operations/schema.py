"""What shape the database is in: the server's version and the newest migration it has."""

from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from campaign.kernel.db import session


def server_major() -> int:
    """PostgreSQL's major version."""
    return int(session.scalar(text("SHOW server_version_num")) or 0) // 10000


def current_revision() -> str:
    """The newest migration of the database, '' when it has none."""
    return MigrationContext.configure(session.connection()).get_current_revision() or ""


def newest_revision(migrations: Path) -> str:
    """The newest migration this code brings."""
    return _scripts(migrations).get_current_head() or ""


def knows_revision(migrations: Path, revision: str) -> bool:
    """Whether this code can bring a database from `revision` to its own shape."""
    return revision in {script.revision for script in _scripts(migrations).walk_revisions()}


def _scripts(migrations: Path) -> ScriptDirectory:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(migrations))
    return ScriptDirectory.from_config(settings)
