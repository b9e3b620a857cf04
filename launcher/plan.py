"""The commands that make up the platform on one machine."""

import sys
from dataclasses import dataclass

from launcher.settings import Settings
from launcher.supervisor import Command


@dataclass(frozen=True)
class Plan:
    """What prepares the database and answers with the demo sign-ins, and what to keep running after that.

    Where the database is prepared already, `sign_ins` answers instead, if there are any.
    """

    preparation: Command
    sign_ins: Command | None
    processes: list[Command]


def plan_for(settings: Settings) -> Plan:
    """Return the plan for these settings; demo content only where it is wanted."""
    preparation = [sys.executable, "-m", "launcher.prepare", *(["--demo"] if settings.demo else [])]
    listing = Command("sign-ins", [sys.executable, "-m", "launcher.prepare", "--sign-ins"]) if settings.demo else None
    return Plan(
        Command("preparation", preparation),
        listing,
        [_web(settings), *_workers(), _beat(settings), *_listener(settings)],
    )


def _web(settings: Settings) -> Command:
    # The threads are those of the front (campaign/web/front.py), which reads WEB_THREADS itself.
    arguments = [sys.executable, "-m", "granian", "--interface", "rsgi", "rsgi:server"]
    arguments += ["--host", settings.host, "--port", str(settings.port)]
    arguments += ["--workers", str(settings.web_workers)]
    # An access log would tie addresses to what was signed and when.
    arguments += ["--no-ws", "--no-access-log", "--workers-kill-timeout", "10"]
    return Command("web", arguments)


def _workers() -> list[Command]:
    queues = {"worker-mail": "mail.fast,mail.letters", "worker-bulk": "mail.bulk,jobs"}
    return [_worker(name, queue) for name, queue in queues.items()]


def _worker(name: str, queues: str) -> Command:
    arguments = [sys.executable, "-m", "celery", "-A", "workers.celery_app", "worker", "-Q", queues, "-c", "1"]
    # Gossip and mingle make workers talk among themselves for seconds at the start; ours have nothing to tell.
    arguments += ["-n", f"{name}@%h", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return Command(name, arguments)


def _listener(settings: Settings) -> list[Command]:
    # No page waits for it either, and a mail server that finds nobody tries again.
    return [Command("lmtp", [sys.executable, "-m", "workers.lmtp"], late=True)] if settings.lmtp_listen else []


def _beat(settings: Settings) -> Command:
    arguments = [sys.executable, "-m", "celery", "-A", "workers.celery_app", "beat", "--loglevel", "INFO"]
    arguments += ["--schedule", str(settings.data_dir / "beat-schedule"), "--pidfile="]
    # No page waits for the clock, and on two cores each process that starts beside others delays them.
    return Command("beat", arguments, late=True)
