"""`python -m workers.lmtp`: takes in what the mail server hands over (LMTP, RFC 2033), and answers 250 once it is kept.

A process of its own, since a mailbox that is flooded must hold up neither pages nor mail that leaves. It decides only
whether a message is for us; reading it is a job of the workers, so that nothing a stranger wrote is parsed here.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from campaign import create_app
from campaign.kernel.db import session as database
from campaign.kernel.db import transaction
from campaign.kernel.mail.delivery import post_office
from campaign.kernel.mail.returns.accept import Flooded, TooLong, accept, is_ours
from campaign.kernel.mail.returns.reading import LONGEST
from config import Config

log = structlog.get_logger()

THREADS = 2
MOST_CONNECTIONS = 20
IDLE_SECONDS = 60
MOST_COMMANDS = 1000
"""Of one kind on one connection; a mail server comes back with a new one."""

TAKEN = "250 2.6.0 Kept"
LATER = "451 4.3.0 Not now, try again later"
FLOODED = "452 4.3.1 Too much is waiting, try again later"
TOO_LONG = "552 5.3.4 Too long"
UNKNOWN = "550 5.1.1 Nobody of that name here"
ONE_ONLY = "452 4.5.3 One recipient at a time"
BUSY = b"421 4.3.2 Too many connections, try again later\r\n"


class Inbox:
    """Decides on recipients and keeps messages, a thread and a transaction each."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lmtp")
        self.conversations: set[asyncio.BaseTransport] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Ours or not. One at a time, since the replies after DATA are one for each (RFC 2033, 4.2)."""
        if post_office.sender is None or not is_ours(address, post_office.sender):
            return UNKNOWN
        if envelope.rcpt_tos:
            return ONE_ONLY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: LMTP, session: Session, envelope: Envelope
    ) -> str:
        """Kept or not; what is not kept stays with the mail server, which tries again."""
        content, recipient = envelope.content, envelope.rcpt_tos[0]
        if not isinstance(content, bytes):
            return LATER
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._keep, content, recipient)

    def _keep(self, content: bytes, recipient: str) -> str:
        with self._app.app_context():
            try:
                with transaction():
                    accept(content, recipient)
            except TooLong:
                return TOO_LONG
            except Flooded:
                log.error("lmtp.flooded")
                return FLOODED
            except Exception as problem:
                # The database is away, a key cannot be read, the disk is full: the mail server keeps it for us.
                log.error("lmtp.not_kept", exc_info=problem)
                return LATER
            finally:
                with suppress(Exception):
                    database.remove()
        return TAKEN

    def finish(self) -> None:
        """Let what is being kept be kept."""
        self._threads.shutdown(wait=True, cancel_futures=True)


class Conversation(LMTP):
    """One connection, within bounds."""

    def __init__(self, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            inbox, data_size_limit=LONGEST, enable_SMTPUTF8=False, decode_data=False, hostname="localhost",
            ident="LMTP", timeout=IDLE_SECONDS, command_call_limit=MOST_COMMANDS, loop=loop,
        )  # fmt: skip
        self._inbox = inbox

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Turn away whoever is one too many."""
        if len(self._inbox.conversations) >= MOST_CONNECTIONS and isinstance(transport, asyncio.Transport):
            transport.write(BUSY)
            transport.close()
            return
        self._inbox.conversations.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the connection."""
        if self.transport is not None:
            self._inbox.conversations.discard(self.transport)
            super().connection_lost(error)


async def serve(app: Flask, listen: str, stop: asyncio.Event) -> None:
    """Listen until `stop`; `listen` is unix:/path or lmtp://host:port. Ends what is being kept before it returns."""
    # aiosmtpd tells its log of every address.
    for name in ("mail.log", "mail.debug"):
        logging.getLogger(name).disabled = True
    loop, inbox = asyncio.get_running_loop(), Inbox(app)
    server = await _listen(loop, listen, lambda: Conversation(inbox, loop))
    log.info("lmtp.listening", at=listen)
    await stop.wait()
    server.close()
    await loop.run_in_executor(None, inbox.finish)
    # The replies to what was kept just now.
    await asyncio.sleep(0.1)


async def _serve_until_signal(app: Flask, listen: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(app, listen, stop)


def _listen(
    loop: asyncio.AbstractEventLoop, listen: str, factory: Callable[[], Conversation]
) -> Awaitable[asyncio.AbstractServer]:
    if listen.startswith("unix:"):
        path = Path(listen.removeprefix("unix:"))
        path.unlink(missing_ok=True)
        return _listen_on_socket(loop, path, factory)
    host, _colon, port = listen.removeprefix("lmtp://").rpartition(":")
    return loop.create_server(factory, host.strip("[]"), int(port))


async def _listen_on_socket(
    loop: asyncio.AbstractEventLoop, path: Path, factory: Callable[[], Conversation]
) -> asyncio.AbstractServer:
    server = await loop.create_unix_server(factory, str(path))
    # The mail server is another user, in a group of ours.
    path.chmod(0o660)
    return server


def main() -> None:
    """Read the settings and listen."""
    config = Config.from_env()
    if config.lmtp_listen is None:
        sys.exit("fail  LMTP_LISTEN is not set: nothing to listen on")
    asyncio.run(_serve_until_signal(create_app(config), config.lmtp_listen))


if __name__ == "__main__":
    main()
