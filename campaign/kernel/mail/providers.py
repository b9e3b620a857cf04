"""Which large host keeps a mailbox, as a word of a fixed list: what limits and figures are kept by.

Never the domain itself: a small one can be one person's, and a column of domains would be a list of employers.
"""

GMAIL = "gmail"
OTHER = "other"

_DOMAINS: dict[str, tuple[str, ...]] = {
    GMAIL: ("gmail.com", "googlemail.com"),
    "outlook": ("msn.com", "passport.com", "windowslive.com"),
    "yahoo": ("aol.com", "aim.com", "ymail.com", "rocketmail.com"),
    "icloud": ("icloud.com", "me.com", "mac.com"),
    "proton": ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
    "tuta": ("tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "tutamail.com", "keemail.me"),
    "gmx": ("web.de", "mail.com", "email.de", "1und1.de", "caramail.com"),
    "tonline": ("t-online.de", "magenta.de"),
    "mailru": ("mail.ru", "bk.ru", "list.ru", "inbox.ru", "internet.ru", "xmail.ru", "mail.ua"),
    "yandex": (
        "yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "yandex.uz", "yandex.com.tr", "ya.ru",
        "narod.ru",
    ),
    "rambler": ("rambler.ru", "lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru", "rambler.ua"),
    "ukrnet": ("ukr.net",),
    "seznam": ("seznam.cz", "email.cz", "post.cz"),
}  # fmt: skip
# Under the domains of many countries: yahoo.co.uk, hotmail.fr, gmx.at.
_BRANDS = {"yahoo": "yahoo", "outlook": "outlook", "hotmail": "outlook", "live": "outlook", "gmx": "gmx"}
_BY_DOMAIN = {domain: provider for provider, domains in _DOMAINS.items() for domain in domains}

PROVIDERS: tuple[str, ...] = (*_DOMAINS, OTHER)
"""Every word there is. A check of the database holds rows to it, so that a new one needs a migration."""


def provider_of(address: str) -> str:
    """Return the host of a mailbox, one of PROVIDERS, by the domain of its address; asks no network."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    known = _BY_DOMAIN.get(domain)
    if known is not None:
        return known
    brand, _dot, rest = domain.partition(".")
    return _BRANDS.get(brand, OTHER) if rest and rest.count(".") <= 1 else OTHER
