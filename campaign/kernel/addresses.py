"""E-mail addresses: the form one sends to, and the form one compares.

Syntax is email-validator's (RFC 5321, 5322 and 6531 without their oddities); nothing here asks the network.
"""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from campaign.kernel.errors import N_, DomainError

LONGEST = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
# "Each mailbox on Yandex Mail has aliases in" these domains: yandex.com/support/domain/additional/mailbox-alias.xml
# Whether dots and hyphens are one there is not said, so they stay apart: two people taken for one lose a signature.
_YANDEX = frozenset({"yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru"})


class BadAddress(DomainError):
    """This is no address that mail can be sent to. The message never repeats the address."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address in the three forms that are needed."""

    address: str
    """To send to: the local part as it was written, the domain in lower-case ASCII (IDNA)."""
    canonical: str
    """To compare: equal for spellings that reach one mailbox, never mailed to, its own canonical form."""
    domain: str
    """The domain in lower-case ASCII, for limits per provider."""


def read_address(raw: str) -> Mailbox:
    """Read what a person typed. Surrounding spaces are dropped, Cyrillic domains are welcome.

    Raises BadAddress for wrong syntax, more than 254 characters, a local part outside ASCII, and any control or
    invisible character.
    """
    address = _visible(raw)
    # Refused as written, not after normalising: were a fullwidth or Kelvin K taken for a k, one person could ask for
    # mail about another's address and receive it (the attack on password resets of CVE-2019-19844).
    if not address.rpartition("@")[0].isascii():
        raise BadAddress(N_("Use an address with Latin letters before the @; few servers deliver to any other."))
    try:
        found = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=True
        )
    except EmailNotValidError:
        raise BadAddress(N_("This is not a complete e-mail address. It should look like name@example.org.")) from None
    domain = found.ascii_domain.lower()
    return Mailbox(_within_limit(f"{found.local_part}@{domain}"), _canonical(found.local_part, domain), domain)


def deliverable_address(raw: str) -> str:
    """Return the address to send to; raises BadAddress as `read_address` does."""
    return read_address(raw).address


def canonical_address(raw: str) -> str:
    """Return the form for blind indexes; raises BadAddress as `read_address` does."""
    return read_address(raw).canonical


def canonical_of_stored(address: str) -> str:
    """The same for an address that `read_address` gave when it was taken in: it is not checked anew.

    Checking costs more than anything else that is done to a mail before it leaves.
    """
    local, _at, domain = address.rpartition("@")
    return _canonical(local, domain.lower())


def _canonical(local: str, domain: str) -> str:
    """Lower case; plus tags folded for all domains, dots for Gmail, one name for the domains of Gmail and of Yandex."""
    local = local.lower()
    # A name that begins with a plus has no tag; a dot before the plus would end the name, which is no valid syntax.
    local = local.partition("+")[0].rstrip(".") or local
    if domain in _GOOGLE:
        # "Dots don't matter in Gmail addresses": support.google.com/mail/answer/7436150
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@yandex.ru" if domain in _YANDEX else f"{local}@{domain}"


def _visible(raw: str) -> str:
    """Drop surrounding spaces; refuse what does not show, since it would end in a header or fool a reader."""
    address = raw.strip(" \u00a0\u2003\u3000")
    if any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in _within_limit(address)):
        raise BadAddress(
            N_("The address contains an invisible character. Please type it by hand instead of pasting it.")
        )
    return address


def _within_limit(address: str) -> str:
    if len(address) > LONGEST:
        raise BadAddress(N_("An e-mail address has at most 254 characters. Please check what was entered."))
    return address
