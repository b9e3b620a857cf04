"""The SMTP conversation, and the local mailbox that stands in for it in development.

A sender calls `before_body` between the server's 354 and the first byte of the body: that is where the row's `handoff`
is committed. What went wrong is told by type: before the body (try again), refused (by its code), or after the body
(nobody knows).
"""

import mailbox
import re
import select
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 30.0
MAILS_PER_CONNECTION = 100
SECONDS_PER_CONNECTION = 60.0
STATUS = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SendProblem(Exception):
    """A mail did not leave; `code` is a reply code or a word, free of anything the server quoted."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RelayDown(SendProblem):
    """The relay cannot be used at all; the mail itself was never tried."""


class TryLater(SendProblem):
    """This mail was put off (4xx), or the connection broke before its body could have been accepted."""

    def __init__(self, code: str, status: str = "") -> None:
        super().__init__(code)
        self.status = status
        """The enhanced status code (RFC 3463) where the server gave one."""

    @property
    def is_too_much(self) -> bool:
        """Whether the host says by policy that it wants no more of us for now (4.7.x)."""
        return self.status.startswith("4.7.")


class Refused(SendProblem):
    """This mail was refused for good (5xx); `code` carries the enhanced status as well where the server gave one."""


class FateUnknown(SendProblem):
    """The whole body left and no answer came: it may or may not have been accepted."""


class LostClaim(Exception):
    """The row is no longer ours; the body was not sent."""


class Connection(Protocol):
    """One open conversation."""

    @property
    def eight_bit(self) -> bool:
        """Whether the server takes 8-bit bodies as they are."""
        ...

    def send(self, return_path: str, recipient: str, message: bytes, before_body: Callable[[], bool]) -> None:
        """Hand over one mail; raises a SendProblem or LostClaim."""
        ...


class Transport(Protocol):
    """Where mail goes."""

    def connection(self) -> AbstractContextManager[Connection]:
        """A conversation for one thread, kept open for the next user where that pays."""
        ...


@dataclass(slots=True)
class SmtpConnection:
    """One connection, used by one thread at a time."""

    client: smtplib.SMTP
    opened_at: float
    mails: int = 0
    broken: bool = False

    @property
    def eight_bit(self) -> bool:
        """Whether the server takes 8-bit bodies as they are."""
        return self.client.has_extn("8bitmime")

    @property
    def worn(self) -> bool:
        """Whether it is time to close it: servers limit both the mails and the age of a connection."""
        age = time.monotonic() - self.opened_at
        return self.broken or self.mails >= MAILS_PER_CONNECTION or age > SECONDS_PER_CONNECTION

    def send(self, return_path: str, recipient: str, message: bytes, before_body: Callable[[], bool]) -> None:
        """MAIL, RCPT, DATA, then `before_body`, the body and the final dot."""
        self.mails += 1
        self._announce(return_path, recipient)
        try:
            still_ours = before_body()
        except BaseException:
            self._hang_up()
            raise
        if not still_ours:
            # After 354 the only way not to send a body is to close the connection.
            self._hang_up()
            raise LostClaim
        try:
            self.client.send(smtplib._quote_periods(message) + b"\r\n.\r\n")  # type: ignore[attr-defined]
            reply = self.client.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            self._hang_up()
            raise FateUnknown("connection-lost") from problem
        _expect(reply, 250)

    def _announce(self, return_path: str, recipient: str) -> None:
        options = ["BODY=8BITMIME"] if self.eight_bit else []
        steps: list[tuple[Callable[[], tuple[int, bytes]], int]] = [
            (lambda: self.client.mail(return_path, options), 250),
            (lambda: self.client.rcpt(recipient), 250),
            (lambda: self.client.docmd("DATA"), 354),
        ]
        try:
            for step, expected in steps:
                _expect(step(), expected)
        except SendProblem:
            self._reset()
            raise
        except (OSError, smtplib.SMTPException) as problem:
            self._hang_up()
            raise TryLater("connection-lost") from problem

    def _reset(self) -> None:
        try:
            self.client.rset()
        except (OSError, smtplib.SMTPException):
            self._hang_up()

    def _hang_up(self) -> None:
        self.broken = True
        self.client.close()


def _expect(reply: tuple[int, bytes], expected: int) -> None:
    code, words = reply
    if code == expected or (expected == 250 and code == 251):
        return
    found = STATUS.match(words)
    status = found[0].decode() if found else ""
    if 400 <= code < 500:
        raise TryLater(str(code), status)
    raise Refused(f"{code} {status}".rstrip())


class Breaker:
    """Keeps a relay that fails from being asked again and again; lets one attempt through after a pause."""

    def __init__(self, failures: int = 3, pause: float = 30.0) -> None:
        self.limit = failures
        self.pause = pause
        self._failures = 0
        self._retry_at = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether to try now; after the pause one caller is let through and the pause begins anew."""
        with self._lock:
            if self._failures < self.limit:
                return True
            if time.monotonic() < self._retry_at:
                return False
            self._retry_at = time.monotonic() + self.pause
            return True

    def report(self, *, worked: bool) -> None:
        """Tell how the attempt went."""
        with self._lock:
            self._failures = 0 if worked else self._failures + 1
            if self._failures >= self.limit:
                self._retry_at = time.monotonic() + self.pause

    @property
    def is_open(self) -> bool:
        """Whether the relay is being left alone."""
        return self._failures >= self.limit


class SmtpRelay:
    """One relay: its address, its breaker and the connections that wait to be used again."""

    def __init__(self, url: str, local_host: str) -> None:
        parts = urlsplit(url)
        self.scheme = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password or "")
        self.local_host = local_host
        self.breaker = Breaker()
        self._idle: list[SmtpConnection] = []
        self._lock = threading.Lock()

    def take(self) -> SmtpConnection:
        """An open connection, reused if a fresh enough one is idle; raises RelayDown."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._open()
            if not connection.worn and _still_open(connection.client):
                return connection
            _close(connection)

    def give_back(self, connection: SmtpConnection) -> None:
        """Keep the connection for the next mail, or close it when it is worn."""
        if connection.worn:
            _close(connection)
            return
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Close the connections that wait to be used again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            _close(connection)

    def _open(self) -> SmtpConnection:
        if not self.breaker.allows():
            raise RelayDown("breaker-open")
        try:
            client = self.connect()
        except (OSError, smtplib.SMTPException) as problem:
            self.breaker.report(worked=False)
            raise RelayDown(type(problem).__name__) from problem
        self.breaker.report(worked=True)
        return SmtpConnection(client, time.monotonic())

    def connect(self) -> smtplib.SMTP:
        """Open a connection, signed in and past EHLO; raises OSError or SMTPException."""
        # Verified TLS, unless the relay is this very machine.
        context = ssl._create_unverified_context() if self.host in LOOPBACK else ssl.create_default_context()  # noqa: S323
        client: smtplib.SMTP
        if self.scheme == "smtps":
            client = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=self.local_host, timeout=TIMEOUT, context=context
            )
        else:
            client = smtplib.SMTP(self.host, self.port, local_hostname=self.local_host, timeout=TIMEOUT)
        try:
            if self.scheme == "smtp+starttls":
                client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
            if self.user is not None:
                client.login(self.user, self.password)
        except BaseException:
            client.close()
            raise
        return client


class SmtpTransport:
    """One or two relays; the second serves while the first is left alone."""

    def __init__(self, urls: list[str], local_host: str) -> None:
        self.relays = [SmtpRelay(url, local_host) for url in urls]

    @contextmanager
    def connection(self) -> Iterator[SmtpConnection]:
        """A connection for one thread; raises RelayDown when no relay can be reached."""
        relay, connection = self._take()
        try:
            yield connection
        except BaseException:
            connection.broken = connection.broken or not _still_open(connection.client)
            raise
        finally:
            relay.give_back(connection)

    def close(self) -> None:
        """Close every idle connection."""
        for relay in self.relays:
            relay.close()

    def _take(self) -> tuple[SmtpRelay, SmtpConnection]:
        problem: RelayDown | None = None
        for relay in self.relays:
            try:
                return relay, relay.take()
            except RelayDown as failure:
                problem = failure
        raise problem or RelayDown("no-relay")


class MailboxConnection:
    """Writes each mail as a file."""

    eight_bit = True

    def __init__(self, box: mailbox.Maildir) -> None:
        self.box = box

    def send(self, return_path: str, recipient: str, message: bytes, before_body: Callable[[], bool]) -> None:
        """Store the mail as it would have gone over the wire."""
        if not before_body():
            raise LostClaim
        self.box.add(message.replace(b"\r\n", b"\n"))


class MailboxTransport:
    """The local mailbox of development (a Maildir under DATA_DIR, shown at /dev/mail)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def connection(self) -> Iterator[MailboxConnection]:
        """A handle on the mailbox."""
        yield MailboxConnection(mailbox.Maildir(self.folder, create=True))


def _still_open(client: smtplib.SMTP) -> bool:
    """Whether the server has not hung up meanwhile: an idle connection has nothing to read but its end."""
    if client.sock is None:
        return False
    readable, _, _ = select.select([client.sock], [], [], 0)
    return not readable


def _close(connection: SmtpConnection) -> None:
    try:
        if not connection.broken:
            connection.client.quit()
    except (OSError, smtplib.SMTPException):
        connection.client.close()
