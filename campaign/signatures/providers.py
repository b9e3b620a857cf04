"""Mail domains as staff may see them: large providers by name, all others told apart but not named.

A small domain can be one person's, so it would identify a signer. Under the petition's own key it becomes a mark that
still shows "900 signatures from one unknown domain", and means nothing once the key is gone.
"""

import uuid
from pathlib import Path

from campaign.kernel.crypto.keyring import keyring
from campaign.petitions.models import petition_scope

DATA = Path(__file__).parent / "data"
LARGE_PROVIDERS = frozenset((DATA / "large_providers.txt").read_text().split())
# Run by the state, by companies under its control, or by an employer: others decide who reads the mail there.
WATCHED_SUFFIXES = tuple((DATA / "watched_mailboxes.txt").read_text().split())


def domain_mark(petition: uuid.UUID, domain: str) -> str:
    """The provider's name if it is a large one, else `~` and eight hex digits that name it in this petition only."""
    if domain in LARGE_PROVIDERS:
        return domain
    return "~" + keyring.digest(petition_scope(petition), "mail-domain", domain.encode()).hex()[:8]
