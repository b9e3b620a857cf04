"""Confirmation mails a second, against smtplib on one reused connection that commits one UPDATE a mail."""

import uuid
from contextlib import ExitStack

from flask import Flask

from bench import content
from bench.machine import Ticks
from bench.plain import TABLES
from bench.plain_mail import rate, send_bare, send_committing
from bench.report import Measure, compare
from bench.sink import mail_sink
from bench.stage import Stage, stage
from campaign.kernel.addresses import read_address
from campaign.kernel.db import session
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane
from campaign.signatures.models import Visibility
from campaign.signatures.service.sign import SignatureDraft, sign

LIMIT = 0.7
ROUNDS = 3
MAILS = 1500


def measure() -> list[Measure]:
    """Our delivery, plain delivery with a commit a mail, and delivery without any record."""
    with ExitStack() as stack:
        url = stack.enter_context(mail_sink())
        on = stack.enter_context(stage(SMTP_URL=url))
        app = on.application()
        owe(on, app, MAILS)
        on.run(*TABLES.split(";"), "INSERT INTO plain_mail SELECT n, 'pending' FROM generate_series(1, 1500) AS n")
        rates: dict[str, list[float]] = {"ours": [], "committing": [], "bare": []}
        start = Ticks.now()
        for _ in range(ROUNDS):
            rates["ours"].append(rate(MAILS, lambda: _ours(on, app)))
            rates["committing"].append(rate(MAILS, lambda: _committing(on, url)))
            rates["bare"].append(rate(MAILS, lambda: send_bare(url, MAILS)))
        steal = [Ticks.now().steal_since(start)]
    return [
        compare("confirmation mails / smtplib with one commit a mail", rates["ours"], rates["committing"],
                limit=LIMIT, steal=steal),
        compare("confirmation mails / bare smtplib, nothing recorded", rates["ours"], rates["bare"], limit=None,
                steal=steal),
    ]  # fmt: skip


def owe(on: Stage, app: Flask, count: int, slug: str = "made-up-mail") -> uuid.UUID:
    """Sign a new petition `count` times, so that as many confirmations are owed; gives the petition's id."""
    content.make_petitions(app, 1, slug)
    petition = content.petition_id(on, f"{slug}-0")
    with app.app_context():
        for number in range(count):
            mailbox = read_address(f"signer-{slug}-{number}@example.org")
            draft = SignatureDraft(mailbox, "Anna Example", "DE", Visibility.COUNT, False, None, "en")
            sign(petition, draft, quarantined=False)
        session.remove()
    return petition


def _ours(on: Stage, app: Flask) -> int:
    on.run("UPDATE mail SET state = 'pending', attempts = 0, finished_at = NULL, due_at = now()", "VACUUM mail")
    with app.app_context():
        sent = deliver_lane(Lane.FAST, in_context=app.app_context)
        session.remove()
    return sent


def _committing(on: Stage, url: str) -> int:
    on.run("UPDATE plain_mail SET state = 'pending'", "VACUUM plain_mail")
    return send_committing(on, url, MAILS)
