"""Yesterday's backup is put back: nobody is mailed again, and newer suppressions stay."""

import subprocess
import sys
import time
from uuid import UUID

from flask import Flask

from bench import mail
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.stage import ROOT, Stage, stage, working
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session, transaction
from campaign.kernel.mail import suppression
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft, sign
from workers.drain import drain

SIGNED, AFTER, SUPPRESSED = 500, 100, 50


def run() -> list[Outcome]:
    """Back up with every mail still owed, send them all, put the backup back, and let everything run."""
    sink = CountingSink()
    try:
        with stage(SMTP_URL=sink.url) as on:
            return [_drill(on, sink)]
    finally:
        sink.stop()


def _drill(on: Stage, sink: CountingSink) -> Outcome:
    app, file = on.application(), str(on.folder / "yesterday.backup")
    petition = mail.owe(on, app, SIGNED)
    _command(on, "backup", file)
    _sign(app, petition, AFTER)
    with app.app_context():
        drain(app)
        for number in range(SUPPRESSED):
            with transaction():
                suppression.suppress(f"gone-{number}@example.org", suppression.SuppressionReason.ASKED)
        session.remove()
    before = sink.count
    started = time.monotonic()
    _command(on, "restore", "--yes", file)
    took = time.monotonic() - started
    with app.app_context():
        session.remove()
    with working(on):
        # Long enough for the sweeper and the hourly reminders to do what they would do.
        time.sleep(25)
    _command(on, "audit", "verify")
    again, kept = sink.count - before, on.number("SELECT count(*) FROM suppression")
    waiting = on.number("SELECT count(*) FROM mail WHERE state = 'unknown'")
    return Outcome(
        f"yesterday's backup restored after {before} mails were sent",
        "no mail sent again, newer suppressions kept, the audit trail whole",
        held=before == SIGNED + AFTER and again == 0 and kept == SUPPRESSED and waiting == SIGNED,
        figures={"mails sent again": again, "held for a person": waiting,
                 "suppressions kept": f"{kept} of {SUPPRESSED}", "restored in": f"{took:.1f} s"},
    )  # fmt: skip


def _command(on: Stage, *arguments: str) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        env=on.child_environment(), cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    if outcome.returncode:
        raise RuntimeError(f"flask {' '.join(arguments)}: {outcome.stderr[-500:]}")


def _sign(app: Flask, petition: UUID, count: int) -> None:
    with app.app_context():
        for number in range(count):
            draft = SignatureDraft(
                read_address(f"later-{number}@example.org"), "", None, Visibility.COUNT, False, None, "en"
            )
            sign(petition, draft, quarantined=False)
        session.remove()
