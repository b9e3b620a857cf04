"""What the codes and words of a bounce mean.

Enhanced status codes are RFC 3463's and RFC 7505's; where servers use them loosely (a great one of Russia says "5.7.1
No such user"), the words beside them decide. Words are only looked at, never kept: they quote addresses.
"""

import re
from enum import StrEnum

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SPOKEN = re.compile(r"(?<![\d.])[45]\.[0-7]\.\d{1,3}(?![\d.])")
"""A code among words, where a program's version looks like one."""
BASIC = re.compile(r"(?<![\d.])([45])[0-7]\d(?![\d.])")


class ReturnKind(StrEnum):
    """What came back."""

    HARD = "hard"
    """There is no such mailbox, and there will be none tomorrow."""
    SOFT = "soft"
    """Not delivered, for a reason that may pass."""
    FULL = "full"
    """The mailbox is full: somebody's, who is away."""
    POLICY = "policy"
    """They do not take it from us: our fault or theirs, not the reader's."""
    DELAY = "delay"
    """Not delivered yet; they go on trying."""
    COMPLAINT = "complaint"
    """The reader called it spam."""
    AUTO = "auto"
    """A machine answered: somebody is away, or has read it."""
    HUMAN = "human"
    """Somebody wrote to us."""
    UNREADABLE = "unreadable"
    """Nothing that could be made out."""
    FORGED = "forged"
    """It says that a mail of ours came back, and cannot prove that it was one."""


BOUNCES = frozenset(
    {ReturnKind.HARD, ReturnKind.SOFT, ReturnKind.FULL, ReturnKind.POLICY, ReturnKind.DELAY, ReturnKind.COMPLAINT}
)
"""What says something of one mail of ours, and so must prove which."""

_NOBODY = (
    "user unknown", "unknown user", "unknown host", "no such user", "no such mailbox", "no such recipient",
    "user not found", "does not exist", "doesn't exist", "doesn't have a", "not a valid mailbox", "no mailbox here",
    "invalid mailbox", "invalid recipient", "invalid final delivery userid", "not a valid user", "mailbox not found",
    "recipient not found", "recipientnotfound", "unknown recipient", "unknown or illegal alias", "unrouteable address",
    "unroutable address", "mailbox unavailable", "mailbox is unavailable", "account is disabled",
    "account has been disabled", "mailbox disabled", "is inactive", "account disabled",
    "address rejected: undeliverable", "no longer valid", "no longer available", "not our customer",
    "couldn't find any host", "address couldn't be found", "host or domain name not found", "nullmx", "null mx",
    "does not accept mail", "нет такого пользователя", "пользователь не найден", "ящик не существует",
    "адресат не найден", "unbekannter empfänger", "existiert nicht", "empfänger unbekannt", "n'existe pas",
    "destinataire inconnu",
)  # fmt: skip
_FULL = (
    "mailbox full", "mailbox is full", "full mailbox", "folder is full", "space not enough", "disk quota",
    "mailbox quota", "mail quota", "quota violation", "exceeding their quota", "over quota", "overquota",
    "quota exceeded", "exceeded storage", "exceeds the quota", "exceeded the quota", "quotaexceeded", "out of storage",
    "not enough storage", "insufficient disk", "mailbox size limit", "ящик переполнен", "превышена квота",
    "postfach voll", "postfach ist voll", "speicherplatz",
)  # fmt: skip
_POLICY = (
    "spam", "blocked", "blacklist", "blocklist", "block list", "black list", "spamhaus", "policy", "reputation",
    "unsolicited", "dmarc", "spf ", "dkim", "not authenticated", "unauthenticated", "rate limit", "too many",
    "access denied", "not allowed to send", "message rejected", "content rejected", "refused by", "greylist",
    "suspicious", "virus", "bulk mail", "отклонено", "спам",
)  # fmt: skip


def class_of(text: str, *, status: str = "", action: str = "") -> tuple[ReturnKind, str]:
    """What one bounce is, with its enhanced code, or an empty one where there is none.

    `status` is the field of RFC 3464, `text` what stands beside it, `action` failed, delayed, relayed and so on.
    """
    code = _code(text, status)
    if action == "delayed":
        return ReturnKind.DELAY, code
    if action in {"delivered", "relayed", "expanded"} or code.startswith("2."):
        return ReturnKind.AUTO, code
    return _kind(code, text.lower()), code


def _code(text: str, status: str) -> str:
    """The most exact one: the server's own words are more exact than a status that ends in zeros."""
    stated = ENHANCED.search(status)
    if stated is not None and not stated[0].endswith((".0.0", ".5.0")):
        return stated[0]
    spoken = _SPOKEN.search(text)
    if spoken is not None and (stated is None or not spoken[0].endswith(".0.0")):
        return spoken[0]
    return stated[0] if stated is not None else ""


def _kind(code: str, words: str) -> ReturnKind:
    is_lasting = code.startswith("5") if code else "4" not in {found[1] for found in BASIC.finditer(words)}
    group = code.partition(".")[2]
    if group in {"2.2", "2.2.2"} or _says(words, _FULL):
        return ReturnKind.FULL
    # About us who send, not about whom we wrote to: bad sender's address, and its system's.
    if group in {"1.7", "1.8"}:
        return ReturnKind.POLICY
    if is_lasting and (group.startswith("1.") or group == "2.1"):
        return ReturnKind.HARD
    nobody = _says(words, _NOBODY)
    if group.startswith("7."):
        return ReturnKind.HARD if is_lasting and nobody else ReturnKind.POLICY
    if nobody:
        return ReturnKind.HARD if is_lasting else ReturnKind.SOFT
    return ReturnKind.POLICY if _says(words, _POLICY) else ReturnKind.SOFT


def _says(words: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in words for phrase in phrases)
