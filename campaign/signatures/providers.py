"""Mail domains as staff may see them: large providers by name, all others told apart but not named.

A small domain can be one person's, so it would identify a signer. Under the petition's own key it becomes a mark that
still shows "900 signatures from one unknown domain", and means nothing once the key is gone.
"""

import hashlib
import hmac
import uuid

from campaign.kernel.crypto.keyring import keyring
from campaign.petitions.models import petition_scope

LARGE_PROVIDERS = frozenset(
    ["gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "pm.me", "tutanota.com", "tuta.com", "tuta.io", "riseup.net", "posteo.de", "posteo.net", "mailbox.org", "gmx.de", "gmx.net", "gmx.at", "gmx.com", "web.de", "t-online.de", "freenet.de", "fastmail.com", "zoho.com", "mail.com", "orange.fr", "free.fr", "laposte.net", "libero.it", "wp.pl", "onet.pl", "seznam.cz", "ukr.net", "i.ua", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "lenta.ru", "autorambler.ru", "vk.com"]
)

# Run by the state, by companies under its control, or by an employer: who reads the mail there is not the signer's choice.
WATCHED_SUFFIXES = (
    "mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru", "vk.com", "yandex.ru", "yandex.com", "ya.ru", "rambler.ru",
    "lenta.ru", "autorambler.ru", "gov.ru", "mos.ru", "gosuslugi.ru", "rzd.ru", "sberbank.ru", "gazprom.ru", "edu.ru",
)  # fmt: skip


def domain_mark(petition: uuid.UUID, domain: str) -> str:
    """The provider's name if it is a large one, else `~` and eight hex digits that name it within this petition only."""
    if domain in LARGE_PROVIDERS:
        return domain
    key = keyring.key(petition_scope(petition), "mail-domain")
    return "~" + hmac.digest(key, domain.encode(), hashlib.sha256).hex()[:8]


def is_watched(domain: str) -> bool:
    """Whether the signer should be told that others may read this mailbox."""
    return any(domain == suffix or domain.endswith("." + suffix) for suffix in WATCHED_SUFFIXES)
