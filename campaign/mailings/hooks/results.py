"""What stays of the mails of a mailing as numbers."""

from campaign.kernel.mail.batches import forgotten_mails
from campaign.kernel.mail.returns.follow import mail_returns
from campaign.mailings.service import tallies


def register() -> None:
    """Fill the registries."""
    forgotten_mails.register("mailings", tallies.keep_endings)
    mail_returns.register("mailings-tally", tallies.note_returned)
