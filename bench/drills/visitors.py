"""Visitors who sign over HTTP, one request a connection as most do, and what they were answered."""

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from bench.load import read_form

NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, when, and after how long."""

    status: int
    at: float
    seconds: float
    email: str


def post(origin: str, path: str, values: dict[str, str], timeout: float = 30) -> Answer:
    """Send a form; NO_ANSWER when the connection broke."""
    parts = urlsplit(origin)
    started = time.monotonic()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        connection.request("POST", path, urlencode(values), headers)
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    except (OSError, http.client.HTTPException):
        status = NO_ANSWER
    finally:
        connection.close()
    now = time.monotonic()
    return Answer(status, now, now - started, values.get("email", ""))


def sign(origin: str, slug: str, form: dict[str, str], email: str, *, timeout: float = 30, **changes: str) -> Answer:
    """Sign as `email`."""
    return post(origin, f"/petitions/{slug}/sign", {**form, "email": email, **changes}, timeout)


def sign_some(origin: str, slug: str, name: str, count: int, **changes: str) -> list[Answer]:
    """Sign `count` times, one after the other."""
    form = read_form(origin, slug)
    return [sign(origin, slug, form, f"Signer-{name}-{number}@Example.org", **changes) for number in range(count)]


def statuses(answers: list[Answer]) -> dict[int, int]:
    """How often each status was answered."""
    return dict(sorted(Counter(answer.status for answer in answers).items()))


class Crowd:
    """Threads that sign with ever new addresses until told to stop."""

    def __init__(self, origin: str, slug: str, size: int = 8) -> None:
        self.origin, self.slug, self.form = origin, slug, read_form(origin, slug)
        self.answers: list[Answer] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(size)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> list[Answer]:
        """End and give what everybody was answered."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.answers

    def _run(self, number: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            email = f"crowd-{number}-{turn}@example.org"
            self.answers.append(sign(self.origin, self.slug, self.form, email))
            if self.answers[-1].status != 303:
                self._stop.wait(0.05)
