"""A way to a server that delays every answer on request."""

import asyncio
import contextlib
import threading
from urllib.parse import urlsplit, urlunsplit

from bench.stage import LOOPBACK


class SlowWay:
    """Passes bytes to a port of this machine and back; each piece on its way back waits `seconds` first."""

    def __init__(self, target: int) -> None:
        self.target, self.seconds, self.port = target, 0.0, 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slow way", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def through(self, url: str) -> str:
        """The same address by this way."""
        parts = urlsplit(url)
        secret, _, _ = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{secret}@{LOOPBACK}:{self.port}"))

    def stop(self) -> None:
        """Close the way."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._pass, LOOPBACK, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self.target)
        except OSError:
            writer.transport.abort()
            return
        ways = [asyncio.create_task(_copy(reader, back, self, 0)), asyncio.create_task(_copy(there, writer, self, 1))]
        try:
            # One side that ends ends the other: a server that is gone must look gone.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (back, writer):
                end.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: SlowWay, delays: int) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            await asyncio.sleep(way.seconds * delays)
            writer.write(piece)
            await writer.drain()
