"""Owing mails about letters to whoever wrote them: with an account to its address, else to the one that was left.

No mail says who is meant, nor what was written: it leads to a page behind the sign-in, or to the letter's own page.
"""

from enum import StrEnum

from campaign.accounts.service.emails import email_of
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail
from campaign.letters.models import SCOPE, Letter, LetterThread
from campaign.letters.service.bodies import read_contact
from campaign.penpals.service.assignments.mails import reader_of


class Tidings(StrEnum):
    """The kinds of mail; each with a text in templates/email."""

    CHANGES = "letter.changes"
    """A moderator asks for changes; the text stands as it was."""
    REJECTED = "letter.rejected"
    HELD = "letter.held"
    FREED = "letter.freed"
    SENT = "letter.sent"
    NEWS = "letter.news"
    """What was heard of it after it left: delivered, returned, kept by the censor, lost."""
    REPLY = "letter.reply"


def tell(what: Tidings, letter: Letter, *, turn: str = "") -> bool:
    """Owe the mail to whoever wrote the letter; gives whether there is somebody with an address.

    Once for this letter, its state and `turn`, whoever asks again.
    """
    thread = session.get_one(LetterThread, letter.thread_id)
    reader = reader_of(thread.volunteer_id)
    address = email_of(reader) if reader is not None else read_contact(letter)
    language = reader.language if reader is not None else letter.contact_language
    if address is None:
        return False
    keyring.ensure(SCOPE)
    return queue_mail(
        what, lane=Lane.LETTERS, language=language, ref=letter.id,
        dedupe=dedupe_key(SCOPE, what, letter.id.bytes, str(letter.version).encode(), turn.encode()),
        recipient=address, scope=SCOPE,
    )  # fmt: skip
