"""Whether the database stands as this code prepared it, told without loading the application.

On a second start there is nothing to migrate and nothing to load, and to find that out by the application's own means
would take longer than all the rest of the start. Two things have to agree: the note left under the data folder by the
last preparation, which names the code that did it, and what the database says of itself.
"""

import hashlib
import json
from pathlib import Path

from launcher.programs import write_private
from launcher.settings import Settings

NOTE = "prepared.json"
CODE = ("campaign", "workers", "migrations", "launcher")
STATE = "SELECT version_num, EXISTS (SELECT FROM petition) FROM alembic_version"


def is_prepared(settings: Settings, database_url: str) -> bool:
    """Say whether a preparation would change nothing; when in doubt, it would."""
    try:
        note = json.loads((settings.data_dir / NOTE).read_text())
    except (OSError, ValueError):
        return False
    return bool(note) and note == _state(settings, database_url)


def note_prepared(settings: Settings, database_url: str) -> None:
    """Leave the note that the next start looks at; without a state worth noting there is none."""
    state = _state(settings, database_url)
    if state is not None:
        write_private(settings.data_dir / NOTE, json.dumps(state))


def _state(settings: Settings, database_url: str) -> dict[str, str | bool] | None:
    revision, has_content = _ask(database_url)
    if not revision or (settings.demo and not has_content):
        return None
    return {"code": _fingerprint(), "revision": revision, "demo": settings.demo}


def _ask(database_url: str) -> tuple[str, bool]:
    """Return the schema's revision and whether there is any content; no revision where the database cannot tell."""
    import psycopg  # takes a while to load, and only an embedded start asks

    try:
        with psycopg.connect(database_url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
            row = connection.execute(STATE).fetchone()
    except psycopg.Error:
        return "", False
    return (str(row[0]), bool(row[1])) if row else ("", False)


def _fingerprint() -> str:
    """Return a digest of the code by names, sizes and times, as Python itself decides whether to compile anew."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in {".py", ".toml", ".sql", ".csv", ".json"}:
                found = path.stat()
                digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
