"""Whether a deployment is safe: each check gives findings, and one that cannot run is a finding (SAFETY.md 28)."""

from collections.abc import Callable, Iterator, Sequence

from campaign.kernel.db import session
from campaign.kernel.operations.doctor import database, files, network, settings
from campaign.kernel.registry import Finding, Level, doctor_checks
from config import Config

Check = Callable[[Config], Sequence[Finding]]

CHECKS: dict[str, Check] = {
    "settings": settings.check_settings,
    "proxies": settings.check_proxies,
    "vault": settings.check_vault,
    "database": database.check_server,
    "migrations": database.check_migrations,
    "clock": database.check_clock,
    "worker": database.check_worker,
    "backup": database.check_backup,
    "work": database.check_stuck_work,
    "keyring": files.check_keyring,
    "keyring files": files.check_keyring_files,
    "secrets": files.check_secret_files,
    "disk": files.check_disk,
    "redis": network.check_redis,
    "mail": network.check_mail,
}


def examine(config: Config) -> Iterator[Finding]:
    """Run every check and those that features registered, yielding what each finds."""
    for name, check in CHECKS.items():
        yield from _run(name, lambda check=check: check(config))  # type: ignore[misc]
    for name, registered in doctor_checks.items():
        yield from _run(name, registered)


def _run(name: str, check: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
    try:
        return check()
    except Exception as problem:  # a check that breaks is what an operator must hear of
        return [Finding(Level.FAIL, name, f"cannot be checked: {type(problem).__name__}")]
    finally:
        session.remove()
