"""Checks of the database and of what it says about the rest."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from campaign.kernel import clock, jobs
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session
from campaign.kernel.mail import rows
from campaign.kernel.mail.rows import MailState
from campaign.kernel.operations import schema
from campaign.kernel.registry import Finding, Level
from campaign.kernel.schedule import PeriodicRun
from config import Config

MIGRATIONS = Path(__file__).resolve().parents[4] / "migrations"
OLDEST_SERVER = 16
PULSE_AGE = timedelta(seconds=90)
BACKUP_AGE = timedelta(hours=36)
SKEW_WARNS, SKEW_FAILS = timedelta(seconds=2), timedelta(seconds=30)


def check_server(_config: Config) -> list[Finding]:
    """The server's version, its treatment of Cyrillic, and that it does not log statements."""
    major = schema.server_major()
    found = []
    if major < OLDEST_SERVER:
        found.append(Finding(Level.FAIL, "database", f"is PostgreSQL {major}; {OLDEST_SERVER} or newer is needed"))
    if session.scalar(text("SELECT lower('Ж') = 'ж'")) is not True:
        # Search and the uniqueness of names rely on it; the C locale leaves Cyrillic as it is.
        advice = "lower('Ж') does not work; create the database with a Unicode locale (builtin PG_UNICODE_FAST, or ICU)"
        found.append(Finding(Level.FAIL, "database", advice))
    if session.scalar(text("SHOW log_statement")) not in {"none", "ddl"}:
        found.append(Finding(Level.FAIL, "database", "log_statement writes addresses into its log; set it to none"))
    return found or [Finding(Level.OK, "database", f"PostgreSQL {major}")]


def check_migrations(_config: Config) -> list[Finding]:
    """The newest migration is applied."""
    here, newest = schema.current_revision(), schema.newest_revision(MIGRATIONS)
    if here != newest:
        return [Finding(Level.FAIL, "migrations", f"database at {here or 'none'}, code at {newest}: flask db upgrade")]
    return [Finding(Level.OK, "migrations", f"at {here}")]


def check_clock(_config: Config) -> list[Finding]:
    """This machine's clock against the database's."""
    before = clock.now()
    there: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs(there - (before + (clock.now() - before) / 2))
    if skew > SKEW_WARNS:
        level = Level.FAIL if skew > SKEW_FAILS else Level.WARN
        return [
            Finding(level, "clock", f"differs from the database's by {skew.total_seconds():.0f} s; run an NTP client")
        ]
    return [Finding(Level.OK, "clock", f"{skew.total_seconds() * 1000:.0f} ms from the database's")]


def check_worker(_config: Config) -> list[Finding]:
    """A worker was there within the last minute and a half."""
    last = session.scalar(select(PeriodicRun.last_run_at).where(PeriodicRun.name == "pulse"))
    if last is None or clock.now() - last > PULSE_AGE:
        seen = "never" if last is None else f"last {last:%Y-%m-%d %H:%M} UTC"
        return [Finding(Level.WARN, "worker", f"no pulse ({seen}); start workers and beat, or run flask jobs drain")]
    return [Finding(Level.OK, "worker", "alive")]


def check_backup(config: Config) -> list[Finding]:
    """The age of the last backup of the database, as the audit trail knows it."""
    last = session.scalar(select(func.max(AuditEntry.at)).where(AuditEntry.action == "backup.made"))
    if last is None or clock.now() - last > BACKUP_AGE:
        age = "never" if last is None else f"last {last:%Y-%m-%d %H:%M} UTC"
        level = Level.FAIL if config.production else Level.WARN
        return [Finding(level, "backup", f"{age}; run flask backup FILE every day")]
    return [Finding(Level.OK, "backup", f"{last:%Y-%m-%d %H:%M} UTC")]


def check_stuck_work(_config: Config) -> list[Finding]:
    """What waits for a person: mails whose fate is unknown and jobs that were given up."""
    unknown = sum(count for (_, state), count in rows.count_by_state().items() if state == MailState.UNKNOWN)
    failed = jobs.count_by_state().get("failed", 0)
    if unknown or failed:
        return [
            Finding(Level.WARN, "work", f"{unknown} mails of unknown fate, {failed} failed jobs: flask jobs failed")
        ]
    return [Finding(Level.OK, "work", "nothing waits for a person")]
