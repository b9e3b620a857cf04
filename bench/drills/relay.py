"""A relay that puts off, refuses, and breaks the connection before and after the final dot."""

from dataclasses import dataclass

from flask import Flask

from bench import content, mail
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.stage import Stage, stage
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


FAULTS = (
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
            return [_drill(on, app, sink, number, fault) for number, fault in enumerate(FAULTS)]
    finally:
        sink.stop()


def _drill(on: Stage, app: Flask, sink: CountingSink, number: int, fault: Fault) -> Outcome:
    tried: set[str] = set()

    def answer(verb: str, recipient: str) -> str | None:
        if verb != fault.verb or recipient in tried:
            return None
        tried.add(recipient)
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
