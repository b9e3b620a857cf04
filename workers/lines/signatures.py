"""What the clock does for signatures and their count."""

import structlog

from campaign.kernel import alarms, clock
from campaign.kernel.alarms import AlarmKind
from campaign.kernel.db import transaction
from campaign.signatures.service import count, expire

log = structlog.get_logger()


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
