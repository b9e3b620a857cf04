"""What stands between the web server and the application: no thread is spent on a visitor who is slow to send.

Under Granian's WSGI interface a thread waits for the body of its request, so eight connections that send a byte a
second would stop everybody else. Its RSGI interface lets the body come in first, any number of bodies at once; then the
WSGI application runs on one of WEB_THREADS threads, as it would have.
"""

import asyncio
import io
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from queue import SimpleQueue
from typing import Any, Protocol

from campaign.web.i18n import WsgiApp

BODY_SECONDS = 60.0
# A body that is read as it comes may take longer, as long as something comes.
STILL_SECONDS = 20.0
# Of bodies that are coming in, in one process: without a limit, many large ones at once would fill the memory.
MOST_WAITING = 128 * 1024 * 1024
# A body of a form, which is taken in one go.
SMALL = 64 * 1024
Headers = list[tuple[str, str]]
Kept = Callable[[dict[str, Any]], tuple[str, Headers, bytes] | None]
"""Finds an answer that is ready in memory."""
Task = tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]


class HeadersOfRequest(Protocol):
    """What Granian gives of headers."""

    def items(self) -> list[tuple[str, str]]:
        """Every header line, names in lower case."""
        ...


class Scope(Protocol):
    """What Granian tells of a request (RSGI 1.5)."""

    proto: str
    method: str
    path: str
    query_string: str
    scheme: str
    http_version: str
    server: str
    client: str
    authority: str | None
    headers: HeadersOfRequest


class Stream(Protocol):
    """An answer whose length is not known yet."""

    async def send_bytes(self, data: bytes) -> None:
        """Send a piece; raises when the visitor has gone."""
        ...


class Conversation(Protocol):
    """One request and its answer."""

    async def __call__(self) -> bytes:
        """The whole body."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""
        ...

    def response_empty(self, status: int, headers: Headers) -> None:
        """Answer without a body."""
        ...

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""
        ...

    def response_stream(self, status: int, headers: Headers) -> Stream:
        """Begin an answer that is sent piece by piece."""
        ...


class TooMuchAtOnce(Exception):
    """More is coming in than may be held."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application said: its first pieces, and the rest of them if there are more."""

    status: int
    headers: Headers
    first: list[bytes]
    rest: Iterator[bytes]
    close: Callable[[], object]


class Hands:
    """Threads that do what the loop may not wait for.

    As `run_in_executor`, with half its cost: one future a task instead of two, and the loop is woken once for all that
    was done before it looked.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._waiting: SimpleQueue[Task] = SimpleQueue()
        self._done: deque[tuple[Task, Any, BaseException | None]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_woken = False

    async def do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Call `work` on a thread and give what it returns or raises."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._start(loop)
        future = loop.create_future()
        self._waiting.put((future, work, arguments))
        return await future

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        # With the first request: threads do not survive the fork into worker processes.
        if self._loop is None:
            for number in range(self._threads):
                threading.Thread(target=self._run, name=f"web_{number}", daemon=True).start()
        self._loop, self._is_woken = loop, False

    def _run(self) -> None:
        while True:
            task = self._waiting.get()
            outcome, problem = None, None
            try:
                outcome = task[1](*task[2])
            except BaseException as raised:
                problem = raised
            self._done.append((task, outcome, problem))
            # Looked at after the outcome was appended, and cleared before outcomes are taken, so that none is missed.
            if not self._is_woken and self._loop is not None:
                self._is_woken = True
                with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
                    self._loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        self._is_woken = False
        while self._done:
            (future, _work, _arguments), outcome, problem = self._done.popleft()
            if future.done():  # given up by the visitor
                continue
            if problem is None:
                future.set_result(outcome)
            else:
                future.set_exception(problem)


class Incoming(io.RawIOBase):
    """A body that is read as it comes: each piece is fetched from the loop when a thread asks for it, so that one piece
    is in memory at a time, and a sender who is faster than the reader waits."""

    def __init__(self, conversation: Conversation, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._pieces, self._loop = aiter(conversation), loop
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as the piece at hand goes. Raises TimeoutError (an OSError) when nothing comes."""
        if not self._rest:
            found = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
            self._rest = memoryview(found.result())
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    async def _next(self) -> bytes:
        async with asyncio.timeout(STILL_SECONDS):
            # Not anext(pieces, default), which wraps what Granian gives and ends the process.
            try:
                while not (piece := await self._pieces.__anext__()):
                    continue
            except StopAsyncIteration:
                return b""
        return piece


class Front:
    """The RSGI application (github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md); one a process."""

    def __init__(
        self, app: WsgiApp, *, threads: int, largest_body: int, kept: Kept = lambda _environ: None,
        reads_as_it_comes: Callable[[str], bool] = lambda _path: False,
    ) -> None:  # fmt: skip
        """`reads_as_it_comes` names the paths whose large bodies a thread takes while they come in; one at a time a
        process, since a slow one keeps its thread."""
        self._app = app
        self._kept = kept
        self._hands = Hands(threads)
        self._largest = largest_body
        self._waiting = 0
        self._reads_as_it_comes = reads_as_it_comes
        self._is_reading = False

    async def __rsgi__(self, scope: Scope, conversation: Conversation) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        environ = environ_of(scope)
        if scope.method in {"GET", "HEAD"}:
            found = self._kept(environ)
            if found is not None:
                status, headers, body = found
                _send(conversation, int(status[:3]), headers, body)
                return
        if self._is_long(scope, environ):
            await self._answer_as_it_comes(conversation, environ)
            return
        try:
            if scope.method not in {"GET", "HEAD"}:
                environ["wsgi.input"] = io.BytesIO(await self._read(conversation, environ))
        except TimeoutError:
            conversation.response_bytes(408, [("connection", "close")], b"The request took too long to arrive.\n")
            return
        except TooMuchAtOnce:
            conversation.response_bytes(503, [("retry-after", "10")], b"Too much is being sent. Please try again.\n")
            return
        await self._answer(conversation, environ)

    async def _answer(self, conversation: Conversation, environ: dict[str, Any]) -> None:
        answer = await self._hands.do(self._ask, environ)
        if len(answer.first) < 2:
            _send(conversation, answer.status, answer.headers, b"".join(answer.first))
        else:
            await self._send_piece_by_piece(conversation, answer)

    def _is_long(self, scope: Scope, environ: Mapping[str, Any]) -> bool:
        return scope.method == "POST" and _declared(environ) > self._largest and self._reads_as_it_comes(scope.path)

    async def _answer_as_it_comes(self, conversation: Conversation, environ: dict[str, Any]) -> None:
        if self._is_reading:
            conversation.response_bytes(503, [("retry-after", "60")], b"A large file is coming in. Please try again.\n")
            return
        self._is_reading = True
        try:
            environ["wsgi.input"] = io.BufferedReader(Incoming(conversation, asyncio.get_running_loop()), SMALL)
            await self._answer(conversation, environ)
        finally:
            self._is_reading = False

    async def _read(self, conversation: Conversation, environ: Mapping[str, Any]) -> bytes:
        """The body, or so much of it that the application sees that it is too large."""
        async with asyncio.timeout(BODY_SECONDS):
            if 0 < _declared(environ) <= SMALL:
                return await conversation()
            return await self._read_large(conversation)

    async def _read_large(self, conversation: Conversation) -> bytes:
        pieces, size = [], 0
        try:
            async for piece in conversation:
                pieces.append(piece)
                size += len(piece)
                self._waiting += len(piece)
                if self._waiting > MOST_WAITING:
                    raise TooMuchAtOnce
                if size > self._largest:
                    break
        finally:
            self._waiting -= size
        return b"".join(pieces)

    def _ask(self, environ: dict[str, Any]) -> Answer:
        begun: list[Any] = []

        def start(status: str, headers: Headers, _problem: Any = None) -> Callable[[bytes], None]:
            begun[:] = [int(status[:3]), headers]
            return lambda _data: None

        pieces: Iterable[bytes] = self._app(environ, start)
        close = getattr(pieces, "close", lambda: None)
        try:
            rest = iter(pieces)
            first = list(islice(rest, 2))
        except BaseException:
            close()
            raise
        if len(first) < 2:
            close()
        return Answer(begun[0], begun[1], first, rest, close)

    async def _send_piece_by_piece(self, conversation: Conversation, answer: Answer) -> None:
        stream, pieces = conversation.response_stream(answer.status, answer.headers), chain(answer.first, answer.rest)
        try:
            while (piece := await self._hands.do(next, pieces, None)) is not None:
                await stream.send_bytes(piece)
        finally:
            await self._hands.do(answer.close)


def _send(conversation: Conversation, status: int, headers: Headers, body: bytes) -> None:
    # A visitor who has gone meanwhile is no error.
    with suppress(RuntimeError):
        if body:
            conversation.response_bytes(status, headers, body)
        else:
            conversation.response_empty(status, headers)


def _declared(environ: Mapping[str, Any]) -> int:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length.isdecimal() and len(length) < 12 else 0


def environ_of(scope: Scope) -> dict[str, Any]:
    """The request as PEP 3333 wants it, with an empty body."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # Granian has decoded the path already; PEP 3333 wants its bytes, each as one character.
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        _add_header(environ, name, value)
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    # With an underscore it could pass for another one: X_Forwarded_For would be believed as X-Forwarded-For.
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
    if key in environ and key != "HTTP_HOST":
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value
