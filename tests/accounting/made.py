"""Made-up months of the books."""

import uuid
from datetime import date

from campaign.accounting.service import reports
from campaign.funds.models import Expense
from campaign.funds.service import closing
from campaign.kernel.db import transaction
from tests.funds import made

FIRST, SECOND = uuid.UUID(int=11), uuid.UUID(int=12)


def month(fund: uuid.UUID, starts_on: date, *, gifts: int = 6, given: int = 10_000, **payments: int) -> None:
    """So many gifts, and so many payments of 40.00 by category, on days of the month."""
    for number in range(gifts):
        made.gift(fund, given, day=starts_on.replace(day=2 + number))
    for category, count in payments.items():
        for number in range(count):
            made.payment(fund, 4_000, day=starts_on.replace(day=3 + number), category=Expense[category])


def close() -> date:
    """Close the next month; gives its first day."""
    wanted = closing.next_month()
    assert wanted is not None
    seen = closing.review_month(wanted).entries
    with transaction():
        found = closing.propose_closing(wanted, seen_entries=seen, actor=FIRST)
    with transaction():
        closing.confirm_closing(found.id, seen_entries=seen, actor=SECOND)
    return wanted


def publish() -> uuid.UUID:
    """Propose and publish the next report."""
    draft = reports.next_draft()
    with transaction():
        found = reports.propose_report(draft.ends_on, actor=FIRST)
    with transaction():
        reports.publish_report(found.id, actor=SECOND)
    return found.id
