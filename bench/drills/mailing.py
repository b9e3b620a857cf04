"""A mailing to many while all fails: workers killed, Redis emptied, PostgreSQL restarted and out of disk, a relay that
flaps, a clock that jumps, and two people who say yes at the same moment.
"""

import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import psycopg
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from bench import mailing_out, supporters
from bench.drills.clock import JUMPS, jump
from bench.drills.database import Database, restartable_stage
from bench.drills.disk_full import CannotMount, fill, small_disk
from bench.drills.kills import commands
from bench.drills.outcome import Outcome
from bench.drills.redis import Broker
from bench.drills.sink import CountingSink
from bench.stage import Stage, start
from campaign.kernel.actors import Role
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.mail import delivery
from campaign.mailings.models import Mailing, MailingState
from campaign.mailings.service import states, watching

PEOPLE, KILLS = 22_000, 30
"""One in eleven has taken the consent back: 20,000 are left."""
WORKERS = ("worker-bulk", "beat")
MOST_UNKNOWN = 0.01
PATIENCE = 600
DISK_BYTES = 2 << 30
"""Room for its people and for the log that PostgreSQL keeps between checkpoints (1 GB): full only when it is filled."""
FLAPS = (("MAIL", "451 later"), ("RCPT", "451 later"), ("DATA", "451 later"), ("RCPT", "cut"))
CUTS = ("BODY", "cut"), ("DOT", "cut"), ("DOT", "cut-after")


@dataclass(frozen=True, slots=True)
class Somebody:
    """An organiser, as policies see one."""

    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def has_role(self, *roles: Role) -> bool:
        """Whether they hold one of these."""
        return Role.ORGANISER in roles

    def has_role_in(self, _kind: str, _subject: uuid.UUID, *roles: Role) -> bool:
        """The same everywhere."""
        return self.has_role(*roles)

    def subjects_of(self, _kind: str, *_roles: Role) -> None:
        """Everybody."""


@dataclass(slots=True)
class Scene:
    """Everything that runs, and what was done to it."""

    on: Stage
    app: Flask
    database: Database
    broker: Broker
    sink: CountingSink
    has_disk: bool
    readers: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    told: int = 0

    def note(self, fault: str, times: int = 1) -> None:
        """One more of a kind."""
        self.faults[fault] = self.faults.get(fault, 0) + times


def run(people: int = PEOPLE, kills: int = KILLS) -> list[Outcome]:
    """Everybody gets it once; whose fate nobody knows is one in a hundred at most, and each is listed."""
    with scene(people) as here:
        mailing = mailing_out.approved()
        _two_say_yes(here, mailing)
        for number in range(kills):
            _round(here, number, kills)
        finished = _finish(here, mailing)
        return _outcomes(here, mailing, kills, finished)


@contextmanager
def scene(people: int) -> Iterator[Scene]:
    """Servers of the drill's own, with people who agreed to news."""
    with ExitStack() as stack:
        sink = CountingSink()
        stack.callback(sink.stop)
        on, database, has_disk = _stage(stack)
        broker = Broker(on.folder)
        stack.callback(broker.stop)
        on = replace(on, environment={**on.environment, "SMTP_URL": sink.url, "REDIS_URL": broker.url})
        app = on.application()
        supporters.fill(on, app, people)
        with app.app_context():
            yield Scene(on, app, database, broker, sink, has_disk)


def _stage(stack: ExitStack) -> tuple[Stage, Database, bool]:
    """With a small disk of its own under the database where this machine allows it."""
    try:
        return *stack.enter_context(restartable_stage(disk=partial(small_disk, size=DISK_BYTES))), True
    except CannotMount:
        return *stack.enter_context(restartable_stage()), False


def _two_say_yes(here: Scene, mailing: uuid.UUID) -> None:
    """Two people press at the same moment; the one who comes second is told."""
    with transaction():
        mailing_out.count(mailing)
    with transaction():
        found = states.lock_mailing(mailing)
        found.state, found.approved_by, found.proposed_by = MailingState.PROPOSED, None, mailing_out.ONE
    version, told = session.get_one(Mailing, mailing).version, []
    here.readers = _number(here, "SELECT free FROM mailing_count")
    session.remove()
    together = threading.Barrier(2)

    def press() -> None:
        with here.app.app_context():
            together.wait()
            try:
                with transaction():
                    states.approve(mailing, typed=here.readers, seen_version=version, actor=Somebody())
            except Conflict:
                told.append(1)

    pressing = [threading.Thread(target=press) for _ in range(2)]
    for each in pressing:
        each.start()
    for each in pressing:
        each.join()
    here.told = len(told)


def _round(here: Scene, number: int, kills: int) -> None:
    """Workers start, something else fails at times, and they are killed in the middle of their work."""
    workers = [start(each.name, each.arguments, here.on) for each in commands(here.on) if each.name in WORKERS]
    left = here.readers - here.sink.count
    # The first rounds end while mails are still being owed.
    aim = here.sink.count + random.randint(1, max(left // max(kills - number, 1), 2))
    here.sink.wait_for(aim, 20)
    _other_fault(here, number, kills)
    for worker in workers:
        worker.kill()
    here.note("kill -9 of worker and beat")
    _let_leases_end(here)


def _other_fault(here: Scene, number: int, kills: int) -> None:
    part = number * 10 // max(kills, 10)
    if part == 1:
        here.broker.empty()
        here.note("Redis emptied")
    elif part == 2 and number % 2:
        here.database.restart()
        here.note("PostgreSQL restarted")
    elif part in (3, 4):
        here.note("relay put off, or cut", _flap(here, number))
    elif part == 5 and here.has_disk and "disk full" not in here.faults:
        _fill_disk(here)
    elif part == 6 and number % 3 < len(JUMPS):
        jump(here.on, JUMPS[number % 3])
        here.note(f"clock by {JUMPS[number % 3]}")


def _flap(here: Scene, number: int) -> int:
    """Some mails are put off or cut at each verb, for as long as it takes to meet a dozen of them."""
    met: list[str] = []
    verb, reply = (*FLAPS, *CUTS)[number % (len(FLAPS) + len(CUTS))]
    most = 4 if (verb, reply) in CUTS else 20

    def answer(at: str, _recipient: str) -> str | None:
        if at != verb or len(met) >= most:
            return None
        met.append(at)
        return reply

    here.sink.answer = answer
    deadline = time.monotonic() + 10
    while len(met) < most and time.monotonic() < deadline:
        time.sleep(0.02)
    here.sink.answer = lambda at, recipient: None
    return len(met)


def _fill_disk(here: Scene) -> None:
    filler = fill(here.database.folder)
    time.sleep(4)
    filler.unlink()
    if here.database.server.process.poll() is not None:
        here.database.restart()
    here.note("disk full")


def _let_leases_end(here: Scene) -> None:
    """Let five minutes pass for what the dead held and for what waits to be tried again, and sweep."""
    for _ in range(30):
        try:
            here.on.run(
                "UPDATE mail SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL",
                "UPDATE mail SET due_at = now() WHERE state = 'retry'",
                "UPDATE job SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL",
                "UPDATE job SET due_at = now() WHERE state = 'pending'",
                "UPDATE mail_pace SET cap = NULL, rests_until = NULL",
            )
            delivery.sweep()
        except (psycopg.Error, SQLAlchemyError):
            time.sleep(1)
        else:
            return
        finally:
            session.remove()
    raise RuntimeError("the database has not come back within half a minute")


def _finish(here: Scene, mailing: uuid.UUID) -> bool:
    """Let it end in peace; whether it did."""
    workers = [start(each.name, each.arguments, here.on) for each in commands(here.on) if each.name in WORKERS]
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            if _number(here, "SELECT count(*) FROM mailing WHERE owed_at IS NOT NULL") and not _number(here, _OPEN):
                break
            time.sleep(1)
            _let_leases_end_of_retries(here)
    finally:
        for worker in workers:
            worker.stop()
    _let_leases_end(here)
    with transaction():
        watching.watch(mailing)
    return session.get_one(Mailing, mailing, populate_existing=True).state == MailingState.SENT


_OPEN = "SELECT count(*) FROM mail WHERE state IN ('pending', 'retry', 'claimed', 'handoff')"


def _let_leases_end_of_retries(here: Scene) -> None:
    here.on.run("UPDATE mail SET due_at = now() WHERE state = 'retry'")


def _number(here: Scene, query: str) -> int:
    return here.on.number(query)


def _outcomes(here: Scene, mailing: uuid.UUID, kills: int, finished: bool) -> list[Outcome]:
    unknown = _unknown(here)
    received = {each for each, ids in here.sink.message_ids.items() if ids}
    owed = _number(here, "SELECT count(*) FROM mailing_recipient")
    lost = here.readers - len(received | unknown)
    # Three mails on their way a kill and each cut are no hundredth of a short run.
    most = max(here.readers * MOST_UNKNOWN, 4 * kills + 12)
    summary = session.get_one(Mailing, mailing).summary or {}
    counted = sum(host.get("unknown", 0) for host in summary.get("providers", {}).values())
    done = ", ".join(f"{fault} {times}×" for fault, times in here.faults.items())
    return [
        Outcome(
            f"a mailing to {here.readers:,} people: {done}",
            "each gets it once; unknown below 1 in 100, and each listed",
            held=finished and lost == 0 and here.sink.duplicates == 0 and owed == here.readers
            and len(unknown) <= most and counted == len(unknown),
            figures={"owed": owed, "received": len(received), "lost": lost, "received twice": here.sink.duplicates,
                     "unknown": len(unknown), "of these received": len(unknown & received)},
        ),
        Outcome(
            "two people say yes to a mailing at the same moment", "one of them does; the other is told",
            held=here.told == 1, figures={"told": here.told},
        ),
    ]  # fmt: skip


def _unknown(here: Scene) -> set[str]:
    """The addresses of mails whose fate nobody knows: what staff see as a number, looked up by name for the drill."""
    numbers = {supporters.id_of(each): supporters.address_of(each) for each in range(PEOPLE)}
    with here.on.connect() as connection:
        rows = connection.execute(
            "SELECT person_id FROM mailing_recipient JOIN mail ON mail.ref = mailing_recipient.id"
            " WHERE mail.state = 'unknown'"
        ).fetchall()
    return {numbers[row[0]] for row in rows}
