"""A real SMTP server on loopback that keeps what it is given, and misbehaves on request."""

import email
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it arrived."""

    return_path: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        parsed = email.message_from_bytes(self.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        """The body."""
        return str(self.message.get_content())

    def link(self, part: str) -> str:
        """The path of the first link that holds `part`."""
        for word in self.text.split():
            if word.startswith("http") and part in word:
                return "/" + word.split("/", 3)[3]
        raise AssertionError(f"no link with {part!r} in the mail")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Mailserver:
    """Keeps mails; `answer` decides the reply at a verb ("RCPT", "DATA", "DOT"), None means success."""

    def __init__(self) -> None:
        self.mails: list[Received] = []
        self.answer: Callable[[str, str], str | None] = lambda verb, recipient: None
        self._arrived = threading.Condition()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), decode_data=False, enable_SMTPUTF8=False
        )
        self._controller.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self._controller.port}"

    def clear(self) -> None:
        """Forget mails and misbehaviour."""
        self.mails.clear()
        self.answer = lambda verb, recipient: None

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a sender unless told otherwise."""
        reply = self.answer("MAIL", address)
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[Any]
    ) -> str:
        """Accept a recipient unless told otherwise."""
        reply = self.answer("RCPT", address)
        if reply == "cut":
            return await self._cut(server)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail unless told otherwise."""
        reply = self.answer("DOT", envelope.rcpt_tos[0])
        if reply is None or reply == "cut-after":
            content = envelope.original_content or b""
            with self._arrived:
                self.mails.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), content))
                self._arrived.notify_all()
        if reply in {"cut", "cut-after"}:
            return await self._cut(server)
        return reply or "250 ok"

    def wait_for_link(self, part: str, *, after: int = 0, seconds: float = 30) -> Received:
        """The first mail that holds a link with `part` and comes after so many others; demo content mails as well."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for mail in self.mails[after:]:
                if part in mail.text:
                    return mail
            time.sleep(0.1)
        raise AssertionError(f"no mail with {part!r} came within {seconds:g} seconds")

    def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """Wait until at least `count` mails have come; fails after `seconds`."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) >= count, seconds), (
                f"{len(self.mails)} of {count} mails"
            )
            return list(self.mails)

    async def _cut(self, server: SMTP) -> str:
        if server.transport is not None:
            server.transport.abort()
        return "421 bye"
