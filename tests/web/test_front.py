"""The front: bodies come in before a thread is spent, and the application sees what PEP 3333 promises."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from campaign.web import front
from campaign.web.front import Front, environ_of


def run_to_end(work: Coroutine[Any, Any, None]) -> None:
    """Run it on a loop of its own thread: a browser of other tests keeps one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@dataclass
class Lines:
    """Header lines as Granian gives them."""

    lines: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.lines


@dataclass
class Request:
    """What Granian tells of a request."""

    method: str = "GET"
    path: str = "/"
    lines: list[tuple[str, str]] = field(default_factory=list)
    client: str = "127.0.0.1:5000"
    proto: str = "http"
    query_string: str = ""
    scheme: str = "http"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    authority: str | None = None

    @property
    def headers(self) -> Lines:
        return Lines(self.lines)


class Conversation:
    """Plays the visitor: sends pieces with a pause before each, and keeps the answer."""

    def __init__(self, *pieces: bytes, pause: float = 0.0) -> None:
        self.pieces, self.pause = pieces, pause
        self.status, self.body, self.streamed = 0, b"", 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            await asyncio.sleep(self.pause)
            yield piece

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    def response_empty(self, status: int, headers: Any) -> None:
        self.status = status

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.body = status, body

    def response_stream(self, status: int, headers: Any) -> "Conversation":
        self.status = status
        return self

    async def send_bytes(self, data: bytes) -> None:
        self.body += data
        self.streamed += 1


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(app: Callable[..., Any], request: Request, *conversations: Conversation, largest: int = 100) -> None:
    """Let all the visitors speak at once."""
    server = Front(app, threads=1, largest_body=largest)

    async def all_at_once() -> None:
        await asyncio.gather(*(server.__rsgi__(request, each) for each in conversations))  # type: ignore[arg-type]

    run_to_end(all_at_once())


def test_a_body_in_pieces_arrives_whole():
    visitor = Conversation(b"email=", b"anna")
    ask(echo, Request("POST"), visitor)
    assert (visitor.status, visitor.body) == (200, b"email=anna")


def test_a_small_body_whose_length_is_known_is_taken_in_one_go():
    visitor = Conversation(b"email=", b"anna")
    ask(echo, Request("POST", lines=[("content-length", "10")]), visitor)
    assert (visitor.status, visitor.body) == (200, b"email=anna")


def test_slow_senders_hold_no_thread():
    slow = [Conversation(b"x", b"y", pause=0.1) for _ in range(50)]
    quick = Conversation(b"quick")
    ask(echo, Request("POST"), *slow, quick)
    assert {each.status for each in (*slow, quick)} == {200}


def test_who_takes_too_long_is_told(monkeypatch):
    monkeypatch.setattr(front, "BODY_SECONDS", 0.05)
    visitor = Conversation(b"x", pause=1)
    ask(echo, Request("POST"), visitor)
    assert visitor.status == 408


def test_a_body_that_is_too_large_is_cut_where_the_application_sees_it():
    visitor = Conversation(*[b"x" * 60] * 100)
    ask(echo, Request("POST"), visitor, largest=100)
    assert len(visitor.body) == 120


def test_many_large_bodies_at_once_are_refused_and_not_held(monkeypatch):
    monkeypatch.setattr(front, "MOST_WAITING", 1000)
    visitors = [Conversation(b"x" * 300, b"x", pause=0.05) for _ in range(10)]
    ask(echo, Request("POST"), *visitors, largest=500)
    assert {each.status for each in visitors} == {200, 503}


def test_a_long_answer_is_sent_piece_by_piece_and_closed():
    closed = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a", b"b", b"c"])

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Pieces:
        start("200 OK", [])
        return Pieces()

    visitor = Conversation()
    ask(app, Request(), visitor)
    assert (visitor.body, visitor.streamed, closed) == (b"abc", 3, [True])


def test_paths_are_decoded_and_repeated_headers_joined():
    request = Request(
        path="/petitions/а%41", client="[::1]:77",
        lines=[("cookie", "a=1"), ("cookie", "b=2"), ("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2")],
    )  # fmt: skip
    environ = environ_of(request)  # type: ignore[arg-type]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/petitions/а%41"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
    assert environ["REMOTE_ADDR"] == "::1"


@pytest.mark.parametrize("name", ["x_forwarded_for", "content_length"])
def test_a_header_with_an_underscore_passes_for_no_other(name):
    environ = environ_of(Request(lines=[(name, "9")]))  # type: ignore[arg-type]
    assert not {"HTTP_X_FORWARDED_FOR", "CONTENT_LENGTH"} & environ.keys()


def test_a_page_that_is_ready_in_memory_needs_no_thread():
    def refuse(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        raise AssertionError("the application was asked")

    visitor = Conversation()
    server = Front(refuse, threads=1, largest_body=1, kept=lambda _environ: ("200 OK", [], b"kept"))
    run_to_end(server.__rsgi__(Request(), visitor))  # type: ignore[arg-type]
    assert (visitor.status, visitor.body) == (200, b"kept")


@pytest.mark.parametrize("path", ["/petitions", "/ru/petitions"])
def test_a_kept_page_is_the_one_the_application_gave(client, path):
    cache = client.application.extensions["page_cache"]
    page = client.get(path)
    kept = cache.kept({"REQUEST_METHOD": "GET", "PATH_INFO": path})
    assert kept is not None
    assert (kept[0], kept[2]) == ("200 OK", page.data)
    unchanged = cache.kept({"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_IF_NONE_MATCH": page.headers["ETag"]})
    assert unchanged is not None
    assert unchanged[0].startswith("304")
    signed_in = f"{client.application.config['SESSION_COOKIE_NAME']}=x"
    assert cache.kept({"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_COOKIE": signed_in}) is None


def test_a_large_body_of_a_named_path_is_read_while_it_comes():
    seen = []

    def app(environ, start):
        stream = environ["wsgi.input"]
        while piece := stream.read(5000):
            seen.append(len(piece))
        start("200 OK", [])
        return [str(sum(seen)).encode()]

    pieces = [b"x" * 10_000] * 9
    request = Request(method="POST", path="/long", lines=[("content-length", "90000")])
    conversation = Conversation(*pieces)
    server = Front(app, threads=1, largest_body=1000, reads_as_it_comes=lambda path: path == "/long")
    run_to_end(server.__rsgi__(request, conversation))
    assert (conversation.status, conversation.body) == (200, b"90000")
    other = Conversation(*pieces)
    run_to_end(server.__rsgi__(Request(method="POST", path="/other", lines=request.lines), other))
    assert int(other.body) - 90_000 < 90_000, "elsewhere no more than the limit is read"


def test_one_large_body_at_a_time():
    def app(environ, start):
        environ["wsgi.input"].read()
        start("200 OK", [])
        return [b"done"]

    server = Front(app, threads=2, largest_body=10, reads_as_it_comes=lambda _path: True)
    first, second = Conversation(b"x" * 50, b"y" * 50, pause=0.1), Conversation(b"x" * 100)
    request = Request(method="POST", lines=[("content-length", "100")])

    async def both() -> None:
        await asyncio.gather(server.__rsgi__(request, first), server.__rsgi__(request, second))

    run_to_end(both())
    assert (first.status, second.status) == (200, 503)


def test_a_sender_who_stops_is_left(monkeypatch):
    monkeypatch.setattr(front, "STILL_SECONDS", 0.05)
    problems = []

    def app(environ, start):
        try:
            environ["wsgi.input"].read()
        except OSError as problem:
            problems.append(problem)
        start("400 Bad Request", [])
        return [b"gone"]

    server = Front(app, threads=1, largest_body=10, reads_as_it_comes=lambda _path: True)
    conversation = Conversation(b"x", b"y", pause=0.2)
    run_to_end(server.__rsgi__(Request(method="POST", lines=[("content-length", "100")]), conversation))
    assert (conversation.status, len(problems)) == (400, 1)
