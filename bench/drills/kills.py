"""kill -9 of the mail worker and the beat, again and again, while confirmations leave."""

import os
import random
import time
from pathlib import Path
from typing import Any

from flask import Flask

from bench import mail
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.stage import Process, Stage, stage, start
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session
from campaign.kernel.doorbell import doorbell
from campaign.kernel.mail import delivery
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft, sign
from launcher.plan import plan_for
from launcher.settings import read_settings

KILLS, MAILS = 20, 2000
VICTIMS = ("worker-mail", "beat")


def run(kills: int = KILLS, mails: int = MAILS) -> list[Outcome]:
    """Lose none, send as few twice as can be, and those under the same Message-ID."""
    sink = CountingSink()
    try:
        with stage(SMTP_URL=sink.url) as on:
            return [_drill(on, sink, kills, mails)]
    finally:
        sink.stop()


def _drill(on: Stage, sink: CountingSink, kills: int, mails: int) -> Outcome:
    app = on.application()
    petition = mail.owe(on, app, 0)
    others = [start(c.name, c.arguments, on) for c in commands(on) if c.name == "worker-bulk"]
    in_doubt = 0
    try:
        for number in range(kills):
            _sign(app, petition, number, mails // kills)
            victims = start_victims(on)
            sink.wait_for(sink.count + random.randint(1, mails // kills * 4 // 5), 30)
            for victim in victims:
                victim.kill()
            in_doubt += let_leases_end(on, app)
        _press(app)
        victims = start_victims(on)
        finished = sink.wait_for(mails, 60) and _settled(on)
        for victim in victims:
            victim.stop()
    finally:
        for other in others:
            other.stop()
        doorbell.connect(None)
    lost = mails - len(sink.message_ids)
    return Outcome(
        f"kill -9 of mail worker and beat, {kills} times during {mails:,} mails",
        "none lost; copies carry the same Message-ID",
        held=finished and lost == 0 and sink.odd_copies == 0,
        figures={"lost": lost, "fate unknown": in_doubt, "sent twice": sink.duplicates,
                 "with another Message-ID": sink.odd_copies},
    )  # fmt: skip


def commands(on: Stage) -> list[Any]:
    """What `make run` starts."""
    return plan_for(read_settings(dict(on.environment), Path(os.devnull))).processes


def start_victims(on: Stage) -> list[Process]:
    """The mail worker and the beat, as `make run` starts them."""
    return [start(command.name, command.arguments, on) for command in commands(on) if command.name in VICTIMS]


def let_leases_end(on: Stage, app: Flask) -> int:
    """Let five minutes pass for what the dead held, and sweep; gives how many bodies may have left or not."""
    in_doubt = on.number("SELECT count(*) FROM mail WHERE state = 'handoff'")
    on.run("UPDATE mail SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL")
    with app.app_context():
        delivery.sweep()
        session.remove()
    return in_doubt


def _sign(app: Flask, petition: Any, round_number: int, count: int) -> None:
    with app.app_context():
        for number in range(count):
            mailbox = read_address(f"signer-{round_number}-{number}@example.org")
            sign(petition, SignatureDraft(mailbox, "", None, Visibility.COUNT, False, None, "en"), quarantined=False)
        session.remove()


def _press(app: Flask) -> None:
    with app.app_context():
        doorbell.press("mail.fast")


def _settled(on: Stage) -> bool:
    """Whether every row ended as sent; the last ones are recorded a moment after their mail has come."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if on.number("SELECT count(*) FROM mail WHERE state <> 'sent'") == 0:
            return True
        time.sleep(0.2)
    return False
