"""Mail as plain smtplib sends it on one reused connection: what our own delivery is measured against."""

import smtplib
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bench.stage import Stage

RETURN_PATH = "b+plain@example.org"
# About as long as our own confirmation.
MESSAGE = (
    "From: Made Up <petitions@example.org>\r\nTo: somebody@example.org\r\nSubject: Please confirm\r\n"
    "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <plain@example.org>\r\n\r\n" + "A line of text.\r\n" * 50
)


def rate(count: int, send: Callable[[], int]) -> float:
    """Mails a second of `send`; raises RuntimeError where it sent another number than `count`."""
    started = time.monotonic()
    sent = send()
    if sent != count:
        raise RuntimeError(f"{sent} of {count} mails were sent")
    return sent / (time.monotonic() - started)


def send_committing(on: Stage, url: str, count: int) -> int:
    """Send, with one UPDATE of a row of `plain_mail` and a commit after each."""
    with client(url) as relay, on.connect() as connection:
        connection.autocommit = False
        for number in range(1, count + 1):
            relay.sendmail(RETURN_PATH, "somebody@example.org", MESSAGE)
            connection.execute("UPDATE plain_mail SET state = 'sent', sent_at = now() WHERE id = %s", [number])
            connection.commit()
    return count


def send_bare(url: str, count: int) -> int:
    """Send, and record nothing."""
    with client(url) as relay:
        for _ in range(count):
            relay.sendmail(RETURN_PATH, "somebody@example.org", MESSAGE)
    return count


def client(url: str) -> smtplib.SMTP:
    """A plain conversation with the sink."""
    parts = urlsplit(url)
    return smtplib.SMTP(parts.hostname or "", parts.port or 25)
