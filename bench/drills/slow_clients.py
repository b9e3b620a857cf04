"""Clients that send a byte a second must not keep others from signing."""

import socket
import statistics
import threading
from urllib.parse import urlsplit

from bench import content
from bench.drills.outcome import Outcome
from bench.drills.visitors import Answer, sign, statuses
from bench.load import read_form
from bench.stage import serving, stage

SLOW = 100
POSTS = 20
PATIENCE = 3.0


def run() -> list[Outcome]:
    """Sign alone, then among clients that never end their headers, then among such as never end their body."""
    with stage() as on, serving(on) as origin:
        slug = content.make_petitions(on.application(), 1)[0]
        form = read_form(origin, slug)

        def sign_some(name: str) -> list[Answer]:
            return [sign(origin, slug, form, f"{name}-{n}@example.org", timeout=PATIENCE) for n in range(POSTS)]

        sign_some("warm")
        alone = sign_some("alone")
        outcomes = []
        for kind in ("headers", "body"):
            with _SlowClients(origin, slug, kind) as slow:
                among = sign_some(kind)
                outcomes.append(_outcome(kind, slow.count, alone, among))
    return outcomes


def _outcome(kind: str, held_open: int, alone: list[Answer], among: list[Answer]) -> Outcome:
    before, after = (statistics.median(each.seconds for each in answers) for answers in (alone, among))
    return Outcome(
        f"{SLOW} clients that never end their {kind}",
        "others sign as before",
        held=set(statuses(among)) == {303} and after < before + 0.25,
        figures={
            "held open": held_open,
            "median alone": f"{before * 1000:.0f} ms",
            "median among them": f"{after * 1000:.0f} ms",
            "slowest": f"{max(each.seconds for each in among) * 1000:.0f} ms",
            "answers": statuses(among),
        },
    )


class _SlowClients:
    """Connections that send a byte a second."""

    def __init__(self, origin: str, slug: str, kind: str) -> None:
        self.target, self.kind = urlsplit(origin), kind
        self.head = f"POST /petitions/{slug}/sign HTTP/1.1\r\nHost: {self.target.netloc}\r\n"
        self.sockets: list[socket.socket] = []
        self._stop = threading.Event()
        self._drip = threading.Thread(target=self._run)

    @property
    def count(self) -> int:
        """Connections the server still holds open."""
        return sum(each.fileno() >= 0 for each in self.sockets)

    def __enter__(self) -> "_SlowClients":
        head = self.head
        if self.kind == "body":
            head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nemail="
        for _ in range(SLOW):
            client = socket.create_connection((self.target.hostname or "", self.target.port or 80), timeout=5)
            client.sendall(head.encode())
            self.sockets.append(client)
        self._drip.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self._stop.set()
        self._drip.join()
        for client in self.sockets:
            client.close()

    def _run(self) -> None:
        while not self._stop.wait(1):
            for client in self.sockets:
                try:
                    client.sendall(b"x")
                except OSError:
                    client.close()
