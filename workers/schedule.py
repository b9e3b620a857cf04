"""The whole timetable, each line with its reason.

A line runs once a period however many beats and drains there are (kernel/schedule.py), and again at once when it fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from campaign.activities.service import entering, recurring, signups, task_offers, task_reminders, tasks
from campaign.kernel import alarms, clock, schedule
from campaign.kernel.alarms import AlarmKind
from campaign.kernel.db import session, transaction
from campaign.kernel.mail.returns import rates
from campaign.kernel.registry import retention_rules
from campaign.letters.service import outcomes, queue, reply_work, stats, translating
from campaign.mailings.service import sending, watching
from campaign.needs.service import needs, parcels
from campaign.penpals.service import (
    attention,
    birthdays,
    digest,
    leads,
    reminders,
    reservations,
    rota,
    writer_clock,
)
from campaign.penpals.service.assignments import clock_turn
from campaign.people.service import activity, consents, doubles
from campaign.people.service.automations import run as automations
from campaign.people.service.ladder import answers
from campaign.people.service.ladder import count as ladder_count
from campaign.people.service.reports import count as report_counts
from campaign.signatures.service import count, expire
from workers import sweeper
from workers.appeals_clock import turn_appeals
from workers.pledges_due import show_received, turn_pledges
from workers.told_outside import make_dumps, notice_news

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timetable."""

    every: timedelta
    run: Callable[[], object]
    reason: str


def roll_up_counts() -> int:
    """Move count deltas into totals."""
    with transaction():
        return count.roll_up()


def compare_counts() -> None:
    """Compare totals with rows; an error in the log and an alarm on the dashboard for each petition that differs.

    An alarm ends by itself once a later comparison finds the two in agreement.
    """
    drift = count.find_drift()
    for each in drift:
        log.error("counts.drift", petition=str(each.petition_id), total=each.total, counted=each.counted)
    about = [f"petition:{each.petition_id}" for each in drift]
    with transaction():
        alarms.end_alarms(AlarmKind.COUNTS_DIFFER, besides=about)
        for one in about:
            alarms.raise_alarm(AlarmKind.COUNTS_DIFFER, about=one)


def remind_signers() -> int:
    """Owe a reminder to who has not confirmed for two days."""
    with transaction():
        return expire.queue_reminders(clock.today())


def drop_expired_reservations() -> int:
    """Let promises end whose time is over, delete those that nobody confirmed, and count none of them any longer."""
    with transaction():
        ended = reservations.expire_due(clock.now())
    with transaction():
        return ended + attention.drop_expired()


def keep_attention() -> None:
    """Once a day, soon after it has begun: rebuild the sums, whose oldest letters count no longer, then note the day.

    Whether the day is noted decides, so that a start, a failure or a second clock neither skips a day nor repeats one.
    """
    with transaction():
        if attention.is_day_noted():
            return
        changed = attention.rebuild()
    with transaction():
        attention.note_day()
    log.info("attention.rebuilt", changed=changed)


def turn_writers() -> object:
    """End pauses, renew roles, warn who is long away, and let go who was warned."""
    with transaction():
        return writer_clock.turn(clock.today())


def keep_rota() -> None:
    """Set turns of pen-pal groups right after what others changed, look for leads, and owe the reminders of today."""
    with transaction():
        rota.settle_all()
        leads.watch_leads()
    with transaction():
        reminders.queue_reminders(clock.today())
        reminders.tell_overdue(clock.today())


def turn_letters() -> None:
    """Hold and free what waits for a batch, a person at a time; presume or give up what nobody spoke of in its time."""
    for prisoner_id in queue.list_prisoners_to_settle():
        with transaction():
            queue.settle_prisoner(prisoner_id, actor=None)
    with transaction():
        translating.cancel_needless()
    with transaction():
        reply_work.cancel_needless()
    while True:
        with transaction():
            if outcomes.run_deadlines(clock.today()) < outcomes.BATCH:
                return


def count_letters() -> int:
    """Count anew what became of the letters of the last year."""
    with transaction():
        return stats.rebuild()


def sweep_tasks() -> int:
    """Open again what was taken and not done in its days; end offers that nobody answered."""
    with transaction():
        opened = tasks.sweep(clock.today())
    with transaction():
        return opened + task_offers.lapse(clock.today())


def sweep_needs() -> int:
    """End needs whose last day has passed, and free slots for parcels that nobody used in time."""
    with transaction():
        ended = needs.expire_due(clock.today())
    with transaction():
        return ended + parcels.lapse_due(clock.today())


def turn_tasks() -> None:
    """Make the tasks that come again, and owe the reminders of today."""
    with transaction():
        recurring.make_due(clock.today())
    with transaction():
        task_reminders.remind(clock.today())


def turn_events() -> None:
    """Let held places of events run out and ask the next; remind who comes tomorrow."""
    with transaction():
        signups.expire_offers()
    with transaction():
        entering.remind(clock.now())


def turn_assignments() -> None:
    """Follow whoever was moved by hand; then offers that run out, reminders, pauses that end, the promised rhythm.

    A transaction for each prisoner, so that one that fails stops no other from being followed.
    """
    today = clock.today()
    # First, so that nothing runs out for whom letters have begun to wait.
    for prisoner in clock_turn.list_live_prisoners():
        with transaction():
            clock_turn.settle(prisoner, today)
    with transaction():
        done = clock_turn.turn(today)
    log.info("assignments.turned", **done)


def tell_birthdays() -> int:
    """Owe a word about birthdays some weeks ahead."""
    with transaction():
        return birthdays.tell_birthdays(clock.today())


def send_digests() -> int:
    """Owe coordinators the mail of their week."""
    with transaction():
        return digest.owe_digests(clock.today())


def find_doubles() -> None:
    """Begin to look for records of one person."""
    with transaction():
        doubles.start_by_itself()


def follow_asks() -> None:
    """Find out what came of asking people for the next step, and count the ladder anew."""
    with transaction():
        answers.sweep(clock.today())
    with transaction():
        ladder_count.ask_for_all()


def count_reports() -> int:
    """Let the figures of the reports be counted anew."""
    with transaction():
        return report_counts.count_all_again()


def run_automations() -> int:
    """Ask for a run of every rule that is on."""
    with transaction():
        return automations.start_round()


def watch_returns() -> None:
    """Raise an alarm for kinds of mail of which too much comes back."""
    with transaction():
        rates.watch_rates()


def turn_mailings() -> None:
    """Begin those whose moment has come, and look after those that are leaving, each in a transaction of its own."""
    for mailing_id in sending.list_due():
        with transaction():
            sending.start(mailing_id)
    for mailing_id in watching.list_sending():
        with transaction():
            watching.watch(mailing_id)


def count_mailings() -> None:
    """Bring the numbers of mailings up to date that ended some days ago."""
    with transaction():
        watching.keep_count()


def follow_people() -> None:
    """Note of people on which day they last did something, as far as other features know it."""
    while True:
        with transaction():
            if activity.follow_activity(clock.today()) < activity.PIECE:
                return


def seal_evidence() -> None:
    """Seal what proves consents that were written down before it was sealed."""
    while True:
        with transaction():
            if consents.seal_plain_evidence() < consents.SEALED_AT_ONCE:
                return


@dataclass(frozen=True, slots=True)
class Retained:
    """What a round of retention came to: rows gone by rule, and the rules that failed."""

    gone: dict[str, int]
    failed: list[str]


class RetentionFailed(Exception):
    """Some rules failed and will be tried again."""


def run_retention() -> Retained:
    """Apply every retention rule, each in a transaction of its own so that one failure stops no other."""
    outcome = Retained({}, [])
    for name, rule in retention_rules.items():
        try:
            with transaction():
                outcome.gone[name] = rule.apply(clock.today())
        except Exception as problem:
            log.error("retention.failed", rule=name, exc_info=problem)
            session.remove()
            outcome.failed.append(name)
            continue
        if outcome.gone[name]:
            log.info("retention.applied", rule=name, rows=outcome.gone[name])
    return outcome


def keep_retention() -> None:
    """Apply every rule; a failed one makes the whole line run again."""
    outcome = run_retention()
    if outcome.failed:
        raise RetentionFailed(len(outcome.failed))


PULSE = "pulse"
LINES: dict[str, Line] = {
    PULSE: Line(timedelta(seconds=20), lambda: None, "/readyz tells by it that a worker lives"),
    "sweep": Line(timedelta(seconds=10), sweeper.sweep, "finds work whose ring was lost and leases of dead workers"),
    "roll-up": Line(timedelta(seconds=5), roll_up_counts, "keeps few deltas to add up when a count is read"),
    "appeals": Line(timedelta(minutes=1), turn_appeals, "an urgent action ends at its minute"),
    "remind": Line(timedelta(hours=1), remind_signers, "a reminder is due two days after signing, at no fixed hour"),
    "reservations": Line(
        timedelta(minutes=5), drop_expired_reservations, "a promise of 48 hours ends without an event"
    ),
    "attention": Line(timedelta(minutes=20), keep_attention, "letters grow older than 90 days as the day changes"),
    "writers": Line(timedelta(hours=6), turn_writers, "a pause ends on its day, and a role of a writer does not lapse"),
    "rota": Line(timedelta(minutes=30), keep_rota, "what others change moves turns; reminders are due by day"),
    "assignments": Line(
        timedelta(hours=1), turn_assignments, "an offer that ran out must be free for others, and a nudge must be due"
    ),
    "pledges": Line(timedelta(hours=6), turn_pledges, "a part of a pledge is due on its day, and so is its reminder"),
    "received": Line(timedelta(hours=6), show_received, "what was given by the end of a week is shown in the next one"),
    "birthdays": Line(
        timedelta(hours=12), tell_birthdays, "a letter takes three weeks, and a birthday is told of within five days"
    ),
    "digests": Line(timedelta(hours=1), send_digests, "the mail of the week is there when Monday's work begins"),
    "letters": Line(
        timedelta(minutes=30),
        turn_letters,
        "what others changed holds or frees letters, and silence lasts only so long",
    ),
    "letter-stats": Line(timedelta(days=1), count_letters, "what was learned of letters holds for weeks, not minutes"),
    "tasks": Line(timedelta(hours=6), sweep_tasks, "what somebody took and did not finish must be open for others"),
    "needs": Line(timedelta(hours=6), sweep_needs, "nobody is to pay for what was needed last year"),
    "tasks-due": Line(timedelta(hours=1), turn_tasks, "what comes again comes on its day, and so do reminders"),
    "events": Line(
        timedelta(minutes=5), turn_events, "a held place that ran out is for the next in the queue, in time"
    ),
    "asks": Line(timedelta(days=1), follow_asks, "whoever took the step they were asked for is seen the next day"),
    "activity": Line(timedelta(hours=1), follow_people, "a list by last activity may be an hour behind, not a day"),
    "returns": Line(timedelta(minutes=15), watch_returns, "mailbox hosts lose their patience within hours, not days"),
    "mailings": Line(
        timedelta(minutes=1), turn_mailings, "what begins at an hour begins at it, and what goes wrong stops in minutes"
    ),
    "mailing-figures": Line(timedelta(hours=1), count_mailings, "mails come back for days, and their rows go in seven"),
    "dumps": Line(
        timedelta(minutes=15),
        make_dumps,
        "one that holds somebody who withdrew is made anew before it is handed out",
    ),
    "news": Line(timedelta(minutes=1), notice_news, "a partner hears of a verdict or a withdrawal within minutes"),
    "evidence": Line(timedelta(days=1), seal_evidence, "what came plain from an older version must not stay so"),
    "doubles": Line(timedelta(days=1), find_doubles, "who was written down today may be known under another spelling"),
    "reports": Line(timedelta(days=1), count_reports, "figures by month are looked at by day, and too slow for a page"),
    "automations": Line(
        timedelta(hours=1), run_automations, "a rule waits for days, so that an hour is soon enough to meet somebody"
    ),
    "retention": Line(timedelta(hours=6), keep_retention, "what is due to go goes within the day it is due"),
    "compare-counts": Line(timedelta(days=1), compare_counts, "a count that drifts must be noticed by us first"),
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
