"""A relay that puts off, refuses, and breaks the connection before and after the final dot."""

import time
from dataclasses import dataclass

from flask import Flask

from bench import content, mail
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.stage import LOOPBACK, Stage, free_port, stage
from campaign.kernel.db import session
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.rows import Lane

MAILS = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """What the relay does to the first try at each mail, and what is to become of the mails."""

    name: str
    verb: str
    reply: str
    promise: str
    delivered: int = MAILS
    copies: int = 0
    tries: int = MAILS


FAULTS = (
    Fault("relay answers 421 to the connection", "HELLO", "421 later", "all delivered once it is back",
          tries=1),
    Fault("relay answers 451 to MAIL", "MAIL", "451 later", "all delivered at the next try"),
    Fault("relay answers 451 to DATA", "DATA", "451 later", "all delivered at the next try"),
    Fault("relay answers 554 to DATA", "DATA", "554 no", "none delivered, all failed", delivered=0),
    Fault("relay answers 451 to RCPT", "RCPT", "451 later", "all delivered at the next try"),
    Fault("relay answers 451 after the final dot", "DOT", "451 later", "all delivered at the next try"),
    Fault("relay answers 550 to RCPT", "RCPT", "550 no", "none delivered, all failed", delivered=0),
    Fault("relay answers 554 after the final dot", "DOT", "554 no", "none delivered, all failed", delivered=0),
    Fault("connection cut at RCPT", "RCPT", "cut", "all delivered once"),
    Fault("connection cut after 354, before the final dot", "BODY", "cut", "all delivered once"),
    Fault("connection cut after the final dot, mail not taken", "DOT", "cut", "all delivered once"),
    Fault("connection cut after the final dot, mail taken", "DOT", "cut-after",
          "all delivered, the copy under the same Message-ID", copies=MAILS),
)  # fmt: skip


def run() -> list[Outcome]:
    """Fifty mails for each fault."""
    sink = CountingSink()
    try:
        with stage(durable=False, SMTP_URL=sink.url) as on:
            app = on.application()
            return [*(_drill(on, app, sink, number, fault) for number, fault in enumerate(FAULTS)), _down(on, sink)]
    finally:
        sink.stop()


def _down(on: Stage, sink: CountingSink) -> Outcome:
    """Nobody listens for a while; then the relay is back."""
    content.empty(on)
    sink.message_ids.clear()
    sink.answer = lambda verb, recipient: None
    app = on.application(SMTP_URL=f"smtp://{LOOPBACK}:{free_port()}")
    mail.owe(on, app, MAILS, "made-up-down")
    with app.app_context():
        deliver_lane(Lane.FAST, in_context=app.app_context)
        session.remove()
    spent = on.number("SELECT coalesce(max(attempts), 0) FROM mail")
    app = on.application()
    with app.app_context():
        on.run("UPDATE mail SET due_at = now() WHERE state IN ('pending', 'retry')")
        # The breaker lets a first mail through after half a minute.
        deadline = time.monotonic() + 60
        while len(sink.message_ids) < MAILS and time.monotonic() < deadline:
            deliver_lane(Lane.FAST, in_context=app.app_context)
            time.sleep(1)
        session.remove()
    delivered = len(sink.message_ids)
    return Outcome(
        "relay down, then back",
        "all delivered once",
        held=delivered == MAILS and sink.duplicates == 0,
        figures={"delivered": delivered, "copies": sink.duplicates, "most tries spent": spent},
    )


def _drill(on: Stage, app: Flask, sink: CountingSink, number: int, fault: Fault) -> Outcome:
    tried: set[str] = set()

    def answer(verb: str, recipient: str) -> str | None:
        # Before there is a recipient, each try counts as that of another mail.
        mail_at_hand = recipient or f"number {len(tried)}"
        if verb != fault.verb or mail_at_hand in tried or len(tried) >= fault.tries:
            return None
        tried.add(mail_at_hand)
        return fault.reply

    content.empty(on)
    sink.message_ids.clear()
    mail.owe(on, app, MAILS, f"made-up-{number}")
    sink.answer = answer
    with app.app_context():
        # A try is due after a minute at the earliest; here that minute passes at once.
        for _ in range(3):
            deliver_lane(Lane.FAST, in_context=app.app_context)
            on.run("UPDATE mail SET due_at = now() WHERE state = 'retry'")
        session.remove()
    delivered = len(sink.message_ids)
    failed = on.number("SELECT count(*) FROM mail WHERE state = 'failed'")
    waiting = on.number("SELECT count(*) FROM mail WHERE state NOT IN ('failed', 'sent')")
    held = (delivered, failed, waiting) == (fault.delivered, MAILS - fault.delivered, 0)
    figures = {
        "delivered": delivered,
        "failed": failed,
        "copies": sink.duplicates,
        "with another Message-ID": sink.odd_copies,
    }
    return Outcome(
        fault.name, fault.promise, held and sink.duplicates == fault.copies and sink.odd_copies == 0, figures
    )
