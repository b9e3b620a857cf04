"""An SMTP server that counts what it has accepted, and misbehaves on request."""

import asyncio
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable

from bench.stage import LOOPBACK

MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)
LINK = re.compile(rb"https?://[^\s]+(/confirm/[^\s]+)")
Answer = Callable[[str, str], str | None]
"""(verb, recipient) to a reply, "cut", or None for success.

The verbs are HELLO (connection), MAIL, RCPT, DATA, BODY (after 354) and DOT; the first two know no recipient yet.
"""


class CountingSink:
    """Keeps Message-IDs and confirmation links by recipient; runs in a thread of its own.

    It takes groups of commands (RFC 2920) and says so, as relays in use do, unless told otherwise.
    """

    def __init__(self, *, pipelining: bool = True) -> None:
        self.greeting = "250-sink\r\n250-PIPELINING\r\n250 8BITMIME" if pipelining else "250-sink\r\n250 8BITMIME"
        self.message_ids: defaultdict[str, list[str]] = defaultdict(list)
        self.links: dict[str, str] = {}
        self.answer: Answer = lambda verb, recipient: None
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sink", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def url(self) -> str:
        """Where it listens, as SMTP_URL wants it."""
        return f"smtp://{LOOPBACK}:{self.port}"

    @property
    def count(self) -> int:
        """Mails accepted so far, second copies included."""
        return sum(map(len, list(self.message_ids.values())))

    @property
    def duplicates(self) -> int:
        """Second and further copies."""
        return self.count - len(self.message_ids)

    @property
    def odd_copies(self) -> int:
        """Recipients whose copies differ in their Message-ID; none of them would be dropped by a receiver."""
        return sum(len(set(ids)) > 1 for ids in self.message_ids.values())

    def wait_for(self, count: int, seconds: float) -> bool:
        """Wait until `count` mails have come."""
        deadline = time.monotonic() + seconds
        while self.count < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.count >= count

    def stop(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._converse, LOOPBACK, 0, limit=1 << 20))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient, accepted = "", False
        hello = self.answer("HELLO", "")
        writer.write(f"{hello or '220 sink'}\r\n".encode())
        if hello:
            await writer.drain()
            return
        while line := await reader.readline():
            verb = line[:4].upper().decode("ascii", "replace")
            reply: str | None = "250 ok"
            if verb == "EHLO":
                reply = self.greeting
            elif verb == "MAIL":
                reply = self.answer("MAIL", "") or reply
            elif verb == "RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                reply = self.answer("RCPT", recipient) or reply
                accepted = reply == "250 ok"
            elif verb == "DATA":
                # What came in the same group as a refused RCPT is about nobody.
                reply = await self._take_body(reader, writer, recipient) if accepted else "503 nobody"
                accepted = False
            elif verb == "QUIT":
                reply = "221 bye"
            if reply == "cut":
                writer.transport.abort()
                return
            writer.write(f"{reply}\r\n".encode())
            await writer.drain()

    async def _take_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: str) -> str:
        refusal = self.answer("DATA", recipient)
        if refusal:
            return refusal
        writer.write(b"354 go on\r\n")
        await writer.drain()
        if self.answer("BODY", recipient) == "cut":
            return "cut"
        body = await reader.readuntil(b"\r\n.\r\n")
        reply = self.answer("DOT", recipient)
        if reply in {None, "cut-after"}:
            self._keep(recipient, body)
        return "cut" if reply in {"cut", "cut-after"} else reply or "250 ok"

    def _keep(self, recipient: str, body: bytes) -> None:
        found, link = MESSAGE_ID.search(body), LINK.search(body)
        self.message_ids[recipient].append(found[1].decode() if found else "")
        if link:
            self.links[recipient] = link[1].decode()
