"""A made-up history of the books: closed months, reports that were published, and what waits for a second person.

Made last of all that posts, since nothing can be posted into a closed month.
"""

import uuid
from contextlib import suppress
from datetime import timedelta

from campaign.accounting.service import reports
from campaign.accounting.service.reports import NotPublishable
from campaign.accounts.queries import find_account_by_name
from campaign.funds.service import closing, received
from campaign.funds.service.closing import NotClosable
from campaign.funds.service.periods import end_of_month
from campaign.kernel import clock

STILL_OPEN = timedelta(days=31)
"""How long a month of the demo stays open: the last one that is over waits for somebody to close it."""
KEPT_WAITING = timedelta(days=62)


def close_months() -> None:
    """Close what is over and tell of it, in the open transaction."""
    first, second = (_account(name) for name in ("treasurer-1", "admin-1"))
    received.move_on(clock.today())
    while (wanted := closing.next_month()) is not None and end_of_month(wanted) + STILL_OPEN <= clock.today():
        seen = closing.review_month(wanted)
        if not seen.is_closable:
            break
        found = closing.propose_closing(wanted, seen_entries=seen.entries, actor=first, is_demo=True)
        closing.confirm_closing(found.id, seen_entries=seen.entries, actor=second)
    _propose_next(first)
    _publish(first, second)


def _propose_next(first: uuid.UUID) -> None:
    wanted = closing.next_month()
    if wanted is None:
        return
    with suppress(NotClosable):
        seen = closing.review_month(wanted)
        closing.propose_closing(wanted, seen_entries=seen.entries, actor=first, is_demo=True)


def _publish(first: uuid.UUID, second: uuid.UUID) -> None:
    """What is old enough for the demo; one more waits for a second person."""
    with suppress(NotPublishable):
        while True:
            draft = reports.next_draft()
            found = reports.propose_report(draft.ends_on, actor=first, is_demo=True)
            if draft.ends_on + KEPT_WAITING > clock.today():
                return
            reports.publish_report(found.id, actor=second)


def _account(name: str) -> uuid.UUID:
    found = find_account_by_name(name)
    if found is None:
        raise LookupError(name)
    return found.id
