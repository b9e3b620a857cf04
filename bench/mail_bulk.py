"""Mails of a mailing a second, against smtplib on one reused connection that commits one UPDATE a mail.

The mails are those of a real mailing: each opens its reader's sealed address, asks for the consent it goes under and
carries a link of its own to unsubscribe. Beside them: owing a hundred thousand at once, and a confirmation that is
written while they wait and leave.
"""

import os
import secrets
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, text

import campaign.kernel.db as database
from bench import supporters
from bench.imports import peak_of
from bench.machine import Ticks
from bench.mail import owe
from bench.plain import TABLES
from bench.plain_mail import rate, send_bare, send_committing
from bench.report import Measure, compare
from bench.sink import mail_sink
from bench.stage import Stage, stage, start
from campaign.kernel import clock, prepared
from campaign.kernel.db import db, session, transaction
from campaign.kernel.mail import batches
from campaign.kernel.mail.batches import Owed
from campaign.kernel.mail.delivery import deliver_lane
from campaign.kernel.mail.providers import provider_of
from campaign.kernel.mail.rows import Lane, dedupe_key
from campaign.mailings.service.sending import KIND
from campaign.people.models import SCOPE
from launcher.plan import plan_for
from launcher.settings import read_settings

PIPELINING, ONE_BY_ONE = 1.0, 0.8
MOST_STATEMENTS = 2.0
MOST_SECONDS, CONFIRMED_WITHIN = 20, 5
MOST_GROWTH = 1.1
ROUNDS = 3
MAILS = 1_500
MANY = int(os.environ.get("BENCH_MAILS", "100000"))
FEW = MANY // 10
PAGE = 5_000
CONFIRMATIONS = 5
BODY = "A made-up paragraph of a made-up mailing, about as long as such a paragraph is.\n\n" * 18


def measure() -> list[Measure]:
    """All of it, on one stage."""
    with ExitStack() as stack:
        in_groups = stack.enter_context(mail_sink())
        plainly = stack.enter_context(mail_sink(pipelining=False))
        on = stack.enter_context(stage(SMTP_URL=in_groups))
        app = on.application()
        supporters.fill(on, app, MANY)
        on.run(*TABLES.split(";"), f"INSERT INTO plain_mail SELECT n, 'pending' FROM generate_series(1, {MAILS}) AS n")
        owed = _owing(on, app)
        rates = [
            *_rates(on, app, in_groups, "the relay pipelines", PIPELINING),
            *_rates(on, on.application(SMTP_URL=plainly), plainly, "one by one", ONE_BY_ONE),
        ]
        return [*rates, *owed, _confirming(on, app)]


def _rates(on: Stage, app: Flask, url: str, words: str, limit: float) -> list[Measure]:
    """Ours, plain delivery with a commit a mail, and delivery without any record, in turns."""
    _leave_waiting(on, MAILS)
    rates: dict[str, list[float]] = {"ours": [], "committing": [], "bare": []}
    statements: list[int] = []
    began = Ticks.now()
    for _ in range(ROUNDS):
        _wait_again(on)
        with _counting(app, statements):
            rates["ours"].append(rate(MAILS, lambda: _deliver(app)))
        on.run("UPDATE plain_mail SET state = 'pending'", "VACUUM plain_mail")
        rates["committing"].append(rate(MAILS, lambda: send_committing(on, url, MAILS)))
        rates["bare"].append(rate(MAILS, lambda: send_bare(url, MAILS)))
    steal = [Ticks.now().steal_since(began)]
    a_mail = sum(statements) / (ROUNDS * MAILS)
    load = f"load {os.getloadavg()[0]:.1f}"
    return [
        compare(f"mails of a mailing, {words} / smtplib with one commit a mail", rates["ours"], rates["committing"],
                limit=limit, steal=steal, note=load),
        compare(f"the same / bare smtplib, nothing recorded, {words}", rates["ours"], rates["bare"], limit=None,
                steal=steal),
        Measure(f"2 / statements a mail, {words}", round(MOST_STATEMENTS / a_mail, 2), 1.0, 1.0, "x",
                note=f"{a_mail:.2f}"),
    ]  # fmt: skip


def _deliver(app: Flask) -> int:
    with app.app_context():
        sent = deliver_lane(Lane.BULK, in_context=app.app_context)
        session.remove()
    return sent


@contextmanager
def _counting(app: Flask, statements: list[int]) -> Iterator[None]:
    """Count what is asked of the database, by either way there is to ask it."""
    lend = database.lend_alone
    lenders = (database, prepared)

    def note(*_arguments: Any) -> None:
        statements.append(1)

    def lend_and_note(statement: str) -> Any:
        statements.append(1)
        return lend(statement)

    with app.app_context():
        engine = db.engine
    for module in lenders:
        module.lend_alone = lend_and_note
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
        for module in lenders:
            module.lend_alone = lend


def _leave_waiting(on: Stage, count: int) -> None:
    """Keep so many of the mails, so that a round has as many as the other side."""
    on.run(f"DELETE FROM mail WHERE id NOT IN (SELECT id FROM mail LIMIT {count})", "VACUUM FULL mail", "ANALYZE mail")


def _wait_again(on: Stage) -> None:
    on.run(
        "UPDATE mail SET state = 'pending', attempts = 0, finished_at = NULL, error = '', due_at = now()",
        "VACUUM mail",
        "CHECKPOINT",
    )


def _owing(on: Stage, app: Flask) -> list[Measure]:
    """A tenth, then all of them: seconds, and memory beside that of the tenth."""
    began = Ticks.now()
    peaks, seconds = [], 0.0
    for count in (FEW, MANY):
        mailing = _mailing(on, count)
        with open("/proc/self/clear_refs", "w") as marks:
            marks.write("5")
        started = time.monotonic()
        with app.app_context():
            _owe_all(on, mailing)
            session.remove()
        seconds = time.monotonic() - started
        peaks.append(peak_of(os.getpid()) / 1024)
        if count == FEW:
            on.run("DELETE FROM mail", "DELETE FROM mailing_recipient")
    steal = [Ticks.now().steal_since(began)]
    took = f"{seconds:.1f} s, {MANY / seconds:,.0f} rows a second, load {os.getloadavg()[0]:.1f}"
    return [
        Measure(f"20 s / {MANY:,} mails owed, {PAGE:,} a page", round(MOST_SECONDS / seconds, 2), 1.0, 1.0, "x",
                steal=steal, note=took),
        Measure(f"peak memory of owing {FEW:,} / {MANY:,}", round(peaks[0] / peaks[1], 2), 1.0,
                round(1 / MOST_GROWTH, 2), "x", steal=steal, note=f"{peaks[1]:.0f} and {peaks[0]:.0f} MiB"),
    ]  # fmt: skip


def _mailing(on: Stage, count: int) -> uuid.UUID:
    """A mailing under way with so many recipients; two persons have said yes."""
    made, code = uuid.uuid4(), secrets.token_hex(4)
    with on.connect() as connection:
        connection.execute(
            "INSERT INTO mailing (id, state, title, code, audience, topic, quiet_days, by_local_time, ab_share, "
            "ab_hours, proposed_by, approved_by, send_at, owed_at, paused_reason, is_demo, created_on, version) VALUES "
            "(%s, 'sending', 'made up', %s, 'segment', 'news', 0, false, 0, 4, gen_random_uuid(), gen_random_uuid(), "
            "now(), now(), '', false, current_date, 1)",
            [made, code],
        )
        for language in ("en", "ru", "de"):
            connection.execute(
                "INSERT INTO mailing_text (mailing_id, language, subject, subject_b, body, plain) "
                "VALUES (%s, %s, 'Made-up news', '', %s, '')",
                [made, language, BODY],
            )
        connection.execute("UPDATE consent SET ended_on = NULL")
        connection.execute(
            "INSERT INTO mailing_recipient (id, mailing_id, person_id, variant, owed_on) "
            "SELECT gen_random_uuid(), %s, id, 'a', current_date FROM person LIMIT %s",
            [made, count],
        )
        connection.execute("ANALYZE")
    return made


def _owe_all(on: Stage, mailing: uuid.UUID) -> None:
    """Owe everybody their mail as a fan-out does: a page, a transaction."""
    rows = text(
        "SELECT r.id, person_id, language FROM mailing_recipient r JOIN person ON person.id = person_id "
        "WHERE mailing_id = :mailing AND r.id > :after ORDER BY r.id LIMIT :page"
    )
    after, moment = uuid.UUID(int=0), clock.now()
    with transaction():
        batches.open_batch(mailing)
    while True:
        with transaction():
            page = session.execute(rows, {"mailing": mailing, "after": after, "page": PAGE}).all()
            if not page:
                return
            after = page[-1].id
            batches.owe_many(
                mailing, KIND,
                [
                    Owed(
                        uuid.uuid4(), row.id, row.language, dedupe_key(SCOPE, KIND, mailing.bytes, row.person_id.bytes),
                        provider_of("somebody@people.example"), moment,
                    )
                    for row in page
                ],
            )  # fmt: skip


def _confirming(on: Stage, app: Flask) -> Measure:
    """How long confirmations take that are written one after the other while a worker is busy with all the others."""
    on.run("DELETE FROM mail")
    with app.app_context():
        _owe_all(on, _mailing(on, MANY))
        session.remove()
    settings = read_settings({**on.environment}, on.folder / "no.env")
    commands = [each for each in plan_for(settings).processes if each.name in {"worker-mail", "beat"}]
    bulk = [sys.executable, "-c", "from bench.mail_bulk import keep_busy; keep_busy()"]
    running = [start(each.name, each.arguments, on) for each in commands] + [start("bulk", bulk, on)]
    began = Ticks.now()
    took = []
    try:
        _until(on, "SELECT count(*) FROM mail WHERE kind = 'mailing' AND state = 'sent'", 1_000)
        for number in range(CONFIRMATIONS):
            started = time.monotonic()
            owe(on, app, 1, f"made-up-busy-{number}")
            _until(on, "SELECT count(*) FROM mail WHERE kind <> 'mailing' AND state = 'sent'", number + 1)
            took.append(time.monotonic() - started)
            time.sleep(1)
        left = on.number("SELECT count(*) FROM mail WHERE kind = 'mailing' AND state IN ('pending', 'retry')")
    finally:
        for each in running:
            each.stop()
    slowest = max(took)
    return Measure(
        f"5 s / a confirmation while {MANY:,} others wait and leave, the slowest of {CONFIRMATIONS}",
        round(CONFIRMED_WITHIN / slowest, 2), 1.0, 1.0, "x", steal=[Ticks.now().steal_since(began)],
        note=f"{slowest:.1f} s; {left:,} others still waited at the end; load {os.getloadavg()[0]:.1f}",
    )  # fmt: skip


def keep_busy() -> None:
    """What a worker of the bulk lane does, in a process of its own, until it is stopped."""
    from wsgi import app

    while True:
        with app.app_context():
            deliver_lane(Lane.BULK, in_context=app.app_context)
            session.remove()


def _until(on: Stage, query: str, enough: int) -> None:
    deadline = time.monotonic() + 60
    while on.number(query) < enough:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{query} stays below {enough}")
        time.sleep(0.02)
