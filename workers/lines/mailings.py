"""What the clock does for mailings, and for mail that comes back."""

from campaign.kernel.db import transaction
from campaign.kernel.mail.returns import rates
from campaign.mailings.service import sending, watching


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


def watch_returns() -> None:
    """Raise an alarm for kinds of mail of which too much comes back."""
    with transaction():
        rates.watch_rates()
