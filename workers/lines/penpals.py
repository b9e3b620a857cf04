"""What the clock does for pen-pals."""

import structlog

from campaign.kernel import clock
from campaign.kernel.db import transaction
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

log = structlog.get_logger()


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
