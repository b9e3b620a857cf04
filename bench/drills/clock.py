"""The clock jumps while mail leaves: an hour ahead, back by two, and right again.

The machine's own clock belongs to everybody on it. To rows a clock set forward by an hour and rows whose every moment
lies an hour earlier are the same thing, so the drill moves the rows: all processes, PostgreSQL included, see the jump.
"""

import time

from bench import mail
from bench.drills.outcome import Outcome
from bench.drills.sink import CountingSink
from bench.stage import Stage, stage, working

MAILS = 300
MOST_TICK_SECONDS = 45
JUMPS = ("1 hour", "-2 hours", "1 hour")
_COLUMNS = """
SELECT format('UPDATE %%I SET %%s', table_name,
    string_agg(format('%%I = %%I - interval ''JUMP''', column_name, column_name), ', '))
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND table_type = 'BASE TABLE'
    AND table_name = ANY(%s) GROUP BY table_name
"""
TABLES = ("mail", "job", "periodic_run", "signature_delta", "switch")


def run(mails: int = MAILS) -> list[Outcome]:
    """Nothing is lost, periodic work goes on, and copies carry the same Message-ID."""
    sink = CountingSink()
    try:
        with stage(SMTP_URL=sink.url) as on:
            return [_drill(on, sink, mails)]
    finally:
        sink.stop()


def jump(on: Stage, by: str) -> None:
    """Let the clock jump by an interval, for everything that is stored."""
    with on.connect() as connection:
        statements = [row[0] for row in connection.execute(_COLUMNS.replace("JUMP", by), [list(TABLES)]).fetchall()]  # type: ignore[call-overload]
        # A clock jumps between two statements of anybody's: waiting for the rows one by one would meet a worker that
        # holds one and wants another, and one of the two would be told of a deadlock that no clock ever made.
        with connection.transaction():
            connection.execute(f"LOCK TABLE {', '.join(TABLES)} IN EXCLUSIVE MODE")  # type: ignore[arg-type]
            for statement in statements:
                connection.execute(statement)


def _drill(on: Stage, sink: CountingSink, mails: int) -> Outcome:
    app = on.application()
    owed = 0
    stalled: list[float] = []
    with working(on):
        for number, by in enumerate(JUMPS):
            mail.owe(on, app, mails, f"jump-{number}")
            owed += mails
            sink.wait_for(owed - mails // 2, 30)
            jump(on, by)
            mail.owe(on, app, 1, f"after-{number}")
            owed += 1
            stalled.append(_wait_for(sink, f"signer-after-{number}-0@example.org"))
        started = time.monotonic()
        while len(sink.message_ids) < owed and time.monotonic() < started + 60:
            time.sleep(0.2)
        tick = _next_tick(on)
    lost = owed - len(sink.message_ids)
    return Outcome(
        f"the clock jumps by {', '.join(JUMPS)} while {owed} mails leave",
        "none lost; copies carry the same Message-ID; who signs after a jump is mailed at once",
        held=lost == 0 and sink.odd_copies == 0 and tick < MOST_TICK_SECONDS and max(stalled) < 30,
        figures={"lost": lost, "sent twice": sink.duplicates, "with another Message-ID": sink.odd_copies,
                 "longest wait after a jump": f"{max(stalled):.1f} s", "the timetable goes on after": f"{tick:.0f} s"},
    )  # fmt: skip


def _next_tick(on: Stage) -> float:
    """Seconds until a line of the timetable runs that is due every twenty."""
    started = time.monotonic()
    ticked = "SELECT count(*) FROM periodic_run WHERE name = 'pulse' AND last_run_at BETWEEN %s AND now()"
    with on.connect() as connection:
        moment = connection.execute("SELECT now()").fetchone()
    while time.monotonic() < started + MOST_TICK_SECONDS and moment:
        if on.number(ticked, moment[0]):
            break
        time.sleep(0.2)
    return time.monotonic() - started


def _wait_for(sink: CountingSink, recipient: str) -> float:
    started = time.monotonic()
    while recipient not in sink.message_ids and time.monotonic() < started + 30:
        time.sleep(0.05)
    return time.monotonic() - started
