"""What of mail that came back goes away by itself."""

from datetime import date, timedelta

from sqlalchemy import delete, update

from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.kernel.mail.returns.models import MailReturn, MailReturned
from campaign.kernel.mail.returns.settle import SOFT_WITHIN
from campaign.kernel.registry import RetentionRule, retention_rules

KEPT_DAYS = 30


def delete_old(today: date) -> int:
    """Delete what came back more than 30 days ago, and the marks of addresses that count no longer."""
    before = today - timedelta(days=KEPT_DAYS)
    gone = len(
        session.scalars(delete(MailReturn).where(MailReturn.received_on < before).returning(MailReturn.id)).all()
    )
    session.execute(delete(MailReturned).where(MailReturned.returned_on < before))
    late = MailReturned.returned_on <= today - timedelta(days=SOFT_WITHIN)
    session.execute(
        update(MailReturned).where(late, MailReturned.address_index.is_not(None)).values(address_index=None)
    )
    return gone


def register() -> None:
    """Fill the registry."""
    rule = RetentionRule(
        "mail-returns", KEPT_DAYS, delete_old,
        N_("Mail that came back or was written to us, sealed: what a machine settles is erased at once, all else after 30 days."),  # noqa: E501
    )  # fmt: skip
    retention_rules.register(rule.name, rule)
