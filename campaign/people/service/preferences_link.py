"""The link to the preferences, asked for without a mail at hand: the same for every address, in answer and time."""

import uuid

from campaign.kernel.addresses import Mailbox
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.mail.quota import take_mail
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.people.models import SCOPE

MAIL = "mail.preferences"
NOBODY = "nobody@invalid.invalid"
"""In the place of an address that has had its three mails: a row is owed all the same, and ends without a mail."""


def ask_for_link(mailbox: Mailbox, *, language: str) -> None:
    """Owe a mail whose maker finds out whether we write to this address, when it is made and not before.

    So a known and an unknown address cost the same statements here. The sealed address goes with the mail, or when it
    turns out that there is none.
    """
    keyring.ensure(SCOPE)
    address = mailbox.address if take_mail(mailbox.canonical) else NOBODY
    queue_mail(
        MAIL, lane=Lane.FAST, language=language, dedupe=dedupe_key(SCOPE, MAIL, uuid.uuid4().bytes), recipient=address,
        scope=SCOPE,
    )  # fmt: skip
