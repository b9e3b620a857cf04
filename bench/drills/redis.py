"""Redis slow, stopped, emptied, and accepting without ever answering, while people sign."""

import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import redis

from bench import content
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.drills.slow_way import SlowWay
from bench.drills.visitors import Answer, sign_some, statuses
from bench.stage import ROOT, Stage, serving, stage, working
from launcher import valkey

POSTS = 12
MOST_ADDED = 0.5
SLOW_SECONDS = 2.0


class Broker:
    """A Redis of the drill's own, which the keeper does not watch; it comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "broker"
        self.server = valkey.start(self.folder, 2)

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url

    def stop(self) -> None:
        """End it; what it held is gone, as nothing is kept on disk."""
        self.server.process.send_signal(signal.SIGCONT)
        self.server.stop()

    def start(self) -> None:
        """Bring it back, empty."""
        self.server = valkey.start(self.folder, 2)

    def empty(self) -> None:
        """Forget everything, as an operator might."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def freeze(self) -> None:
        """Accept connections (the kernel does) and never answer."""
        self.server.process.send_signal(signal.SIGSTOP)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything running, limits on as in real life, and the figures of a normal day."""

    on: Stage
    broker: Broker
    sink: CountingSink
    origin: str
    slug: str
    normal: float
    way: SlowWay

    def sign(self, name: str) -> list[Answer]:
        """Sign a few times."""
        return sign_some(self.origin, self.slug, name, POSTS)


@contextmanager
def scene() -> Iterator[Scene]:
    """A web server without workers: what is signed waits until a drill delivers it."""
    with ExitStack() as stack:
        sink = CountingSink()
        stack.callback(sink.stop)
        on = stack.enter_context(stage(SMTP_URL=sink.url, RATE_LIMITS="1"))
        broker = Broker(on.folder)
        stack.callback(broker.stop)
        way = SlowWay(urlsplit(broker.url).port or 0)
        stack.callback(way.stop)
        slug = content.make_petitions(on.application(), 1)[0]
        origin = stack.enter_context(serving(on, REDIS_URL=way.through(broker.url)))
        normal = [answer.seconds for answer in sign_some(origin, slug, "normal", POSTS)]
        yield Scene(on, broker, sink, origin, slug, statistics.median(normal), way)


def run(only: str = "") -> list[Outcome]:
    """Each fault with delivery without Redis, then delivery once it is back; `only` "frozen" is the short form."""
    with scene() as here:
        if only == "frozen":
            return [_frozen(here)]
        return [_slow(here), _emptied(here), _frozen(here), _stopped(here), _back_again(here)]


def _slow(here: Scene) -> Outcome:
    here.way.seconds = SLOW_SECONDS
    answers = here.sign("slow")
    here.way.seconds = 0.0
    return _outcome(here, f"Redis answers {SLOW_SECONDS:g} s late", answers, {})


def _emptied(here: Scene) -> Outcome:
    here.broker.empty()
    return _outcome(here, "Redis emptied", here.sign("emptied"), {})


def _frozen(here: Scene) -> Outcome:
    here.broker.freeze()
    answers = here.sign("frozen")
    return _outcome(here, "Redis accepts and never answers", answers, drain(here.on, here.broker))


def _stopped(here: Scene) -> Outcome:
    here.broker.stop()
    answers = here.sign("stopped")
    return _outcome(here, "Redis stopped", answers, drain(here.on, here.broker))


def drain(on: Stage, broker: Broker) -> dict[str, str]:
    """`flask jobs drain` in a process of its own while Redis is as it is."""
    started = time.monotonic()
    outcome = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "drain"],
        env=on.child_environment(REDIS_URL=broker.url), cwd=ROOT, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    waiting = on.number("SELECT count(*) FROM mail WHERE state <> 'sent'")
    done = "nothing waits after" if outcome.returncode == 0 and waiting == 0 else f"{waiting} wait after"
    return {"`flask jobs drain`": f"{done} {time.monotonic() - started:.1f} s"}


def _back_again(here: Scene) -> Outcome:
    """Workers start while Redis is away, it comes back, and the mail goes out."""
    with working(here.on, REDIS_URL=here.broker.url):
        here.sign("waiting")
        owed = here.on.number("SELECT count(*) FROM mail")
        time.sleep(2)
        here.broker.start()
        started = time.monotonic()
        arrived = here.sink.wait_for(owed, 90)
    return Outcome(
        "Redis comes back", "mail goes out by itself", arrived,
        {"mails": f"{here.sink.count} of {owed}", "after": f"{time.monotonic() - started:.1f} s"},
    )  # fmt: skip


def _outcome(here: Scene, fault: str, answers: list[Answer], more: dict[str, str]) -> Outcome:
    added = max(answer.seconds for answer in answers) - here.normal
    held = added <= MOST_ADDED and set(statuses(answers)) == {303}
    figures = {"most added": f"{added * 1000:.0f} ms", "answers": statuses(answers), **more}
    return Outcome(fault, "signing at most 0.5 s slower; mail goes out without Redis", _delivered(held, more), figures)


def _delivered(held: bool, more: dict[str, str]) -> bool:
    return held and all(text.startswith("nothing") for text in more.values())
