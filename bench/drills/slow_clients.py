"""Clients that send a byte a second must not keep others from signing."""

import socket
import statistics
import threading
from urllib.parse import urlsplit

from bench import content
from bench.drills.outcome import Outcome
from bench.drills.visitors import sign_some, statuses
from bench.stage import serving, stage

SLOW = 200
POSTS = 40


def run() -> list[Outcome]:
    """Sign alone, then among slow clients: half never end their headers, half never end their body."""
    with stage() as on, serving(on) as origin:
        slug = content.make_petitions(on.application(), 1)[0]
        sign_some(origin, slug, "warm", 10)
        alone = sign_some(origin, slug, "alone", POSTS)
        with _SlowClients(origin, slug) as slow:
            among = sign_some(origin, slug, "among", POSTS)
            held_open = slow.count
    before, after = (statistics.median(each.seconds for each in answers) for answers in (alone, among))
    return [
        Outcome(
            f"{SLOW} slow clients (half in the headers, half in the body)",
            "others sign as before",
            held=set(statuses(among)) == {303} and after < before + 0.25,
            figures={"held open": held_open, "median alone": f"{before * 1000:.0f} ms",
                     "median among them": f"{after * 1000:.0f} ms",
                     "slowest": f"{max(each.seconds for each in among) * 1000:.0f} ms"},
        )
    ]  # fmt: skip


class _SlowClients:
    def __init__(self, origin: str, slug: str) -> None:
        self.target, self.slug = urlsplit(origin), slug
        self.sockets: list[socket.socket] = []
        self._stop = threading.Event()
        self._drip = threading.Thread(target=self._run)

    @property
    def count(self) -> int:
        """Connections the server still holds open."""
        return sum(each.fileno() >= 0 for each in self.sockets)

    def __enter__(self) -> "_SlowClients":
        for number in range(SLOW):
            client = socket.create_connection((self.target.hostname or "", self.target.port or 80), timeout=5)
            head = f"POST /petitions/{self.slug}/sign HTTP/1.1\r\nHost: {self.target.netloc}\r\n"
            if number % 2:
                head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nemail="
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
