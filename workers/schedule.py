"""The whole timetable, each line with its reason.

A line runs once a period however many beats and drains there are (kernel/schedule.py), and again at once when it fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from campaign.kernel import schedule
from campaign.kernel.db import session, transaction
from workers import sweeper
from workers.lines import (
    activities,
    api,
    appeals,
    gifts,
    letters,
    mailings,
    needs,
    penpals,
    people,
    retention,
    signatures,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timetable."""

    every: timedelta
    run: Callable[[], object]
    reason: str


PULSE = "pulse"
LINES: dict[str, Line] = {
    PULSE: Line(timedelta(seconds=20), lambda: None, "/readyz tells by it that a worker lives"),
    "sweep": Line(timedelta(seconds=10), sweeper.sweep, "finds work whose ring was lost and leases of dead workers"),
    "roll-up": Line(timedelta(seconds=5), signatures.roll_up_counts, "keeps few deltas to add up when a count is read"),
    "appeals": Line(timedelta(minutes=1), appeals.turn_appeals, "an urgent action ends at its minute"),
    "remind": Line(
        timedelta(hours=1), signatures.remind_signers, "a reminder is due two days after signing, at no fixed hour"
    ),
    "reservations": Line(
        timedelta(minutes=5), penpals.drop_expired_reservations, "a promise of 48 hours ends without an event"
    ),
    "attention": Line(
        timedelta(minutes=20), penpals.keep_attention, "letters grow older than 90 days as the day changes"
    ),
    "writers": Line(
        timedelta(hours=6), penpals.turn_writers, "a pause ends on its day, and a role of a writer does not lapse"
    ),
    "rota": Line(timedelta(minutes=30), penpals.keep_rota, "what others change moves turns; reminders are due by day"),
    "assignments": Line(
        timedelta(hours=1),
        penpals.turn_assignments,
        "an offer that ran out must be free for others, and a nudge must be due",
    ),
    "pledges": Line(
        timedelta(hours=6), gifts.turn_pledges, "a part of a pledge is due on its day, and so is its reminder"
    ),
    "received": Line(
        timedelta(hours=6), gifts.show_received, "what was given by the end of a week is shown in the next one"
    ),
    "birthdays": Line(
        timedelta(hours=12),
        penpals.tell_birthdays,
        "a letter takes three weeks, and a birthday is told of within five days",
    ),
    "digests": Line(
        timedelta(hours=1), penpals.send_digests, "the mail of the week is there when Monday's work begins"
    ),
    "letters": Line(
        timedelta(minutes=30),
        letters.turn_letters,
        "what others changed holds or frees letters, and silence lasts only so long",
    ),
    "letter-stats": Line(
        timedelta(days=1), letters.count_letters, "what was learned of letters holds for weeks, not minutes"
    ),
    "tasks": Line(
        timedelta(hours=6), activities.sweep_tasks, "what somebody took and did not finish must be open for others"
    ),
    "needs": Line(timedelta(hours=6), needs.sweep_needs, "nobody is to pay for what was needed last year"),
    "tasks-due": Line(
        timedelta(hours=1), activities.turn_tasks, "what comes again comes on its day, and so do reminders"
    ),
    "events": Line(
        timedelta(minutes=5), activities.turn_events, "a held place that ran out is for the next in the queue, in time"
    ),
    "asks": Line(
        timedelta(days=1), people.follow_asks, "whoever took the step they were asked for is seen the next day"
    ),
    "activity": Line(
        timedelta(hours=1), people.follow_people, "a list by last activity may be an hour behind, not a day"
    ),
    "returns": Line(
        timedelta(minutes=15), mailings.watch_returns, "mailbox hosts lose their patience within hours, not days"
    ),
    "mailings": Line(
        timedelta(minutes=1),
        mailings.turn_mailings,
        "what begins at an hour begins at it, and what goes wrong stops in minutes",
    ),
    "mailing-figures": Line(
        timedelta(hours=1), mailings.count_mailings, "mails come back for days, and their rows go in seven"
    ),
    "dumps": Line(
        timedelta(minutes=15),
        api.make_dumps,
        "one that holds somebody who withdrew is made anew before it is handed out",
    ),
    "news": Line(timedelta(minutes=1), api.notice_news, "a partner hears of a verdict or a withdrawal within minutes"),
    "evidence": Line(timedelta(days=1), people.seal_evidence, "what came plain from an older version must not stay so"),
    "doubles": Line(
        timedelta(days=1), people.find_doubles, "who was written down today may be known under another spelling"
    ),
    "reports": Line(
        timedelta(days=1), people.count_reports, "figures by month are looked at by day, and too slow for a page"
    ),
    "automations": Line(
        timedelta(hours=1),
        people.run_automations,
        "a rule waits for days, so that an hour is soon enough to meet somebody",
    ),
    "retention": Line(timedelta(hours=6), retention.keep_retention, "what is due to go goes within the day it is due"),
    "compare-counts": Line(
        timedelta(days=1), signatures.compare_counts, "a count that drifts must be noticed by us first"
    ),
}


def run_line(name: str) -> bool:
    """Run a line if its turn has come; gives whether it ran. A failure is logged and the line runs again next time."""
    line = LINES[name]
    with transaction():
        due = schedule.take_turn(name, line.every)
    if not due:
        return False
    try:
        line.run()
    except Exception as problem:
        log.error("schedule.failed", line=name, exc_info=problem)
        session.remove()
        with transaction():
            schedule.forget_turn(name)
        raise
    return True


def run_due_lines() -> list[str]:
    """Run every line whose turn has come; gives their names. One that fails does not stop the others."""
    ran = []
    for name in LINES:
        try:
            if run_line(name):
                ran.append(name)
        except Exception:  # noqa: S112 - run_line has logged it
            continue
    return ran
