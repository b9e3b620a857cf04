"""The link to a letter of somebody without an account: derived, so that the database holds none (SAFETY.md 24)."""

from campaign.kernel import clock, tokens
from campaign.kernel.db import session
from campaign.letters.models import SCOPE, Letter
from campaign.letters.service.moves import locked

PURPOSE = "guest-letter"


def token_of(letter: Letter) -> str:
    """The token of the letter's page; it works as long as the row stands."""
    return tokens.derive(SCOPE, PURPOSE, letter.id, version=1, expires_on=None)


def find_by_token(token: str, *, lock: bool = False) -> Letter | None:
    """The letter behind a link, or None when it is gone or belongs to an account.

    Raises BadToken, KeyMissing, KeyDestroyed.
    """
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    letter = session.get(Letter, claim.row)
    if letter is None or letter.written_by is not None:
        return None
    return locked(letter.id) if lock else letter
