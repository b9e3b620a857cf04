"""Where links of a mail may lead, and what they look like to whoever reads the mail on its way."""

import re
from urllib.parse import urlsplit

from campaign.kernel.errors import N_
from campaign.mailings.service.text.parts import ref_of

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OWN_PATH = re.compile(r"/[a-z0-9-]*")
SHORTENERS = frozenset(
    {
        "bit.ly", "tinyurl.com", "goo.gl", "t.co", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "clck.ru",
        "vk.cc", "u.to", "rb.gy", "lnkd.in", "shorturl.at", "goo.su", "t.ly", "tiny.cc", "s.id",
    }
)  # fmt: skip


def check_target(target: str) -> str | None:
    """What is wrong with where a link leads, as a message; None where it may lead there.

    An address out there begins with https:// (http:// is warned about), one that is written to with mailto:, a page of
    ours is named as `kind:slug` or by a path of one word.
    """
    ref = ref_of(target)
    if ref is not None:
        return None if _SLUG.fullmatch(ref.slug) else N_("after the colon stands the last part of the page’s address.")
    if target.startswith("/"):
        if _OWN_PATH.fullmatch(target):
            return None
        return N_(
            "a path can name somebody. Write petition:…, prisoner:… or event:… with the last part of the address."
        )
    return _check_outside(target)


def _check_outside(target: str) -> str | None:
    try:
        parts = urlsplit(target)
    except ValueError:
        return N_("this is no address.")
    if parts.scheme == "mailto" and "@" in parts.path and not parts.query:
        return None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        return N_("links lead to https://…, mailto:…, or to something of ours as petition:…")
    if parts.username is not None:
        return N_("an address with a name before an @ leads elsewhere than it seems to.")
    return None


def own_path(target: str, hosts: frozenset[str]) -> str | None:
    """The path of one of our own pages, written out in full or not; None for others. Without language prefix."""
    if target.startswith("/"):
        path = target
    else:
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        ours = {urlsplit(f"//{host}").hostname for host in hosts}
        if parts.scheme not in {"https", "http"} or (parts.hostname or "").rstrip(".") not in ours:
            return None
        path = parts.path or "/"
    return re.sub(r"^/(?:ru|de)(?=/|$)", "", path) or "/"


def names_a_page(path: str) -> bool:
    """Whether a path of ours has more than one word, so that it may carry a name."""
    return _OWN_PATH.fullmatch(path) is None and re.fullmatch(r"/l/[a-z]{8}", path) is None


def is_shortener(target: str) -> bool:
    """Whether a link hides where it leads, and tells a third party who pressed it."""
    host = urlsplit(target).hostname or ""
    return host in SHORTENERS or host.removeprefix("www.") in SHORTENERS


def is_unsafe(target: str) -> bool:
    """Whether whoever is on the way can read what is asked for."""
    return urlsplit(target).scheme == "http"
