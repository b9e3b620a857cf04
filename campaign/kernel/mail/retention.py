"""What of mail goes away by itself."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete

from campaign.kernel.errors import N_
from campaign.kernel.mail.batches import forget_old_batches, forgotten_mails
from campaign.kernel.mail.quota import KEPT_DAYS, forget_old_days
from campaign.kernel.mail.rows import FINAL, MailRow
from campaign.kernel.mail.share import forget_shares
from campaign.kernel.mail.suppression import delete_expired
from campaign.kernel.mail.tally import keep_tally
from campaign.kernel.registry import RetentionRule, Survivor, retention_rules, survivors

ROWS_DAYS = 7


def delete_old_rows(today: date) -> int:
    """Delete rows of mails that ended a week ago; what they were about no longer needs their key.

    How many of a kind were sent on a day is kept for a while, of nobody in particular.
    """
    before = datetime.combine(today - timedelta(days=ROWS_DAYS), time(), UTC)
    for keep in forgotten_mails:
        keep(before)
    gone = keep_tally(delete(MailRow).where(MailRow.state.in_(FINAL), MailRow.finished_at < before), today)
    forget_old_batches(before)
    return gone


def forget_days(today: date) -> int:
    """Forget the quotas and shares of days that are over."""
    return forget_shares(today) + forget_old_days(today)


def register() -> None:
    """Fill the registry."""
    for rule in (
        RetentionRule(
            "mail", ROWS_DAYS, delete_old_rows,
            N_("That a mail was sent, without its text or address: deleted after 7 days."),
        ),
        RetentionRule(
            "mail-quota", KEPT_DAYS, forget_days,
            N_("How many mails an unnamed address got today: its key is destroyed after 2 days."),
        ),
        RetentionRule(
            "suppression", None, delete_expired,
            N_("That an address must not be mailed, as an unreadable mark: kept until its owner lifts it."),
        ),
    ):  # fmt: skip
        retention_rules.register(rule.name, rule)
    survivors.register("suppression", Survivor("suppression", ("address_index",)))
