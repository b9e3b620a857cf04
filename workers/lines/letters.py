"""What the clock does for letters."""

from campaign.kernel import clock
from campaign.kernel.db import transaction
from campaign.letters.service import outcomes, queue, reply_work, stats, translating


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
