"""The word of thanks with its receipt, by mail, once a gift."""

from campaign.gifts.models import SCOPE, Donor, Gift
from campaign.kernel import clock, tokens
from campaign.kernel.crypto.keyring import keyring
from campaign.kernel.db import session
from campaign.kernel.mail.rows import Lane, dedupe_key, queue_mail

MAIL = "gift.thanks"
PURPOSE = "gift"


def owe_thanks(gift: Gift) -> bool:
    """Owe it in the open transaction, where there is an address and none was owed before; gives whether it is now."""
    donor = session.get(Donor, gift.donor_id) if gift.donor_id else None
    if donor is None or donor.email_sealed is None or gift.thanked_on is not None:
        return False
    keyring.ensure(SCOPE)
    gift.thanked_on = clock.today()
    session.flush()
    key = dedupe_key(SCOPE, MAIL, gift.id.bytes)
    return queue_mail(MAIL, lane=Lane.LETTERS, language=donor.language, dedupe=key, ref=gift.id)


def token_of(gift: Gift) -> str:
    """The token of a gift's receipt; it works as long as it is known who gave."""
    return tokens.derive(SCOPE, PURPOSE, gift.id, version=1, expires_on=None)


def find_by_token(token: str) -> Gift | None:
    """The gift behind a link; None when it is not known any more whose it was. Raises BadToken, KeyMissing,
    KeyDestroyed."""
    claim = tokens.parse(token)
    tokens.verify(claim, SCOPE, PURPOSE, version=1, today=clock.today())
    found = session.get(Gift, claim.row, populate_existing=True)
    return found if found is not None and found.donor_id is not None else None
