"""The schema changes while people sign, with a backup holding the table."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench import content
from bench.drills.database import count_lost
from bench.drills.outcome import Outcome
from bench.drills.visitors import Crowd, statuses
from bench.stage import ROOT, Stage, serving, stage

SIGNATURES = 200_000
BACKUP_SECONDS = 8
MOST_SECONDS = 2.0
MIGRATION = '''
"""A column more, as the next version would add it."""
import sqlalchemy as sa
from alembic import op
revision = "drill"
down_revision = "{before}"

def upgrade():
    op.add_column("signature", sa.Column("drill", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_check_constraint("drill_known", "signature", "drill IS NOT NULL", postgresql_not_valid=True)
'''


def run(signatures: int = SIGNATURES, backup_seconds: float = BACKUP_SECONDS) -> list[Outcome]:
    """Add a column under load, once with nothing in the way and once behind a long-running reader."""
    with stage() as on:
        app = on.application()
        slug = content.make_petitions(app, 1)[0]
        content.fill(on, app, slug, signatures)
        folder = _next_version(on)
        with serving(on) as origin:
            crowd = Crowd(origin, slug)
            time.sleep(2)
            free = _migrate(on, folder)
            on.run(
                "ALTER TABLE signature DROP COLUMN drill", f"UPDATE alembic_version SET version_num = '{_head(folder)}'"
            )
            reader = threading.Thread(target=_read_for, args=(on, backup_seconds))
            reader.start()
            time.sleep(0.5)
            held = _migrate(on, folder)
            reader.join()
            time.sleep(1)
            answers = crowd.stop()
        lost = count_lost(on, app, slug, answers)
    found, slowest = statuses(answers), max(answer.seconds for answer in answers)
    return [
        Outcome(
            f"a migration of {signatures:,} signatures under signing load, then again behind a backup",
            f"everybody is answered 303 within {MOST_SECONDS:.0f} s; the migration waits for the backup",
            held=set(found) == {303} and lost == 0 and slowest <= MOST_SECONDS and held >= backup_seconds - 2,
            figures={"answers": found, "slowest": f"{slowest:.1f} s", "lost": lost, "migration": f"{free:.1f} s",
                     f"behind {backup_seconds:g} s of backup": f"{held:.1f} s"},
        )
    ]  # fmt: skip


def _next_version(on: Stage) -> Path:
    folder = on.folder / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "drill.py").write_text(MIGRATION.format(before=_head(folder)))
    return folder


def _head(folder: Path) -> str:
    return max(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*.py"))


def _migrate(on: Stage, folder: Path) -> float:
    started = time.monotonic()
    outcome = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", "--directory", str(folder)],
        env=on.child_environment(), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if outcome.returncode:
        raise RuntimeError(f"the migration failed: {outcome.stderr[-300:]}")
    return time.monotonic() - started


def _read_for(on: Stage, seconds: float) -> None:
    """Hold the table as pg_dump does, for so long."""
    with on.connect() as connection, connection.transaction():
        connection.execute("SELECT count(*) FROM signature")
        time.sleep(seconds)
