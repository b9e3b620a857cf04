"""The words of a letter: sealed when they are stored, opened for few, erased when they are no longer needed."""

from typing import NamedTuple

from campaign.kernel import clock
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.errors import N_
from campaign.letters.models import SCOPE, Letter, LetterPicture
from campaign.letters.models.outgoing import CONTACT, ORIGINAL, TEXT, WORDS
from campaign.letters.service.errors import TextGone


class Body(NamedTuple):
    """What was written, as far as it is still there."""

    text: str
    original: str
    """In the writer's own language; empty unless somebody translates."""

    @property
    def own(self) -> str:
        """What the writer wrote themselves."""
        return self.original or self.text


def write_body(letter: Letter, text: str, original: str = "") -> None:
    """Seal the words into the letter, which may be new."""
    keyring.ensure(SCOPE)
    letter.text_sealed = TEXT.seal(SCOPE, letter.id, text)
    letter.original_sealed = ORIGINAL.seal(SCOPE, letter.id, original) if original else None


def read_body(letter: Letter) -> Body:
    """Open the words. Raises TextGone once they are erased."""
    if letter.text_sealed is None:
        raise TextGone(N_("The text of this letter has been erased, as it is of every letter that has arrived."))
    original = letter.original_sealed
    return Body(
        TEXT.unseal(SCOPE, letter.id, letter.text_sealed),
        ORIGINAL.unseal(SCOPE, letter.id, original) if original is not None else "",
    )


def erase_body(letter: Letter) -> bool:
    """Erase words and pictures for good, also a moderator's; gives whether there was anything."""
    if letter.body_erased_on is not None:
        return False
    letter.text_sealed, letter.original_sealed, letter.words_sealed = None, None, None
    letter.body_erased_on = clock.today()
    session.query(LetterPicture).filter_by(letter_id=letter.id).delete()
    session.flush()
    return True


def write_words(letter: Letter, words: str) -> None:
    """Seal what a moderator says to the writer."""
    keyring.ensure(SCOPE)
    letter.words_sealed = WORDS.seal(SCOPE, letter.id, words) if words else None


def read_words(letter: Letter) -> str:
    """What a moderator said to the writer; empty when nothing."""
    return WORDS.unseal(SCOPE, letter.id, letter.words_sealed) if letter.words_sealed is not None else ""


def write_contact(letter: Letter, address: str) -> None:
    """Seal the address of a writer without an account."""
    keyring.ensure(SCOPE)
    letter.contact_sealed = CONTACT.seal(SCOPE, letter.id, address)


def read_contact(letter: Letter) -> str | None:
    """Where states and the answer are passed on; None with an account, or once it was erased."""
    return CONTACT.unseal(SCOPE, letter.id, letter.contact_sealed) if letter.contact_sealed is not None else None
