"""Relays: how they are reached, which one is left alone for a while, and the connections that wait to be used again."""

import mailbox
import select
import smtplib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from campaign.kernel.mail.smtp import Connection, MailboxConnection, RelayDown, SmtpConnection

TIMEOUT = 30.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Transport(Protocol):
    """Where mail goes."""

    def connection(self) -> AbstractContextManager[Connection]:
        """A conversation for one thread, kept open for the next user where that pays."""
        ...


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


Note = Callable[[int, bool], None]
"""Is told the place of a relay and whether it is left alone now."""


class SmtpRelay:
    """One relay: its address, its breaker and the connections that wait to be used again."""

    def __init__(self, url: str, local_host: str, note: Callable[[bool], None] | None = None) -> None:
        parts = urlsplit(url)
        self.scheme = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password or "")
        self.local_host = local_host
        self.breaker = Breaker()
        self._note = note
        self._noted_open: bool | None = None
        self.pipelines = True
        """Until it turns out that it does not, whatever it announces."""
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
        if connection.confused:
            self.pipelines = False
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
            self._report(worked=False)
            raise RelayDown(type(problem).__name__) from problem
        self._report(worked=True)
        return SmtpConnection(client, time.monotonic(), self.pipelines and client.has_extn("pipelining"))

    def _report(self, *, worked: bool) -> None:
        """Tell the breaker; tell others what changed, and again for every try at a relay that stays away."""
        self.breaker.report(worked=worked)
        is_open = self.breaker.is_open
        if self._note is not None and (is_open or is_open != self._noted_open):
            self._note(is_open)
        self._noted_open = is_open

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

    def __init__(self, urls: list[str], local_host: str, note: Note | None = None) -> None:
        self.relays = [
            SmtpRelay(url, local_host, partial(note, place) if note else None) for place, url in enumerate(urls, 1)
        ]

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
