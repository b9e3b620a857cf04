"""Whether a text that staff wrote may leave: known fields only, no markup, nothing unseen, no link to elsewhere, and a
subject that tells nothing.

Texts have no logic. What looks like a template, or like markup, is refused and never run.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from campaign.kernel.errors import N_
from campaign.kernel.mail.automatic import AutomaticMail
from campaign.kernel.mail.message import SLOT

LONGEST_SUBJECT, LONGEST_BODY = 120, 6000
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_TEMPLATE = re.compile(r"\{[{%#]|[}%#]\}|\$\{|<%")
_MARKUP = re.compile(r"<\s*[/!?A-Za-z]|&[#A-Za-z]\w*;|\]\(|\[[^\[\]]*\]\[|javascript:|data:", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[^\s<>]+|(?:mailto|tel|tg|sms):\S+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?\"'()[]“”„«»"
"""What ends a sentence or a quotation, and no address."""
# Mail programs make links of bare names of hosts as well.
_HOST = re.compile(r"(?<![\w@.-])(?:[\w-]{2,}\.)+[^\W\d_]{2,}(?![\w-])")
_MAILBOX = re.compile(r"[^\s@<>()]+@((?:[\w-]+\.)+[^\W\d_]{2,})")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is refused."""

    message: str
    """Marked with N_."""
    values: Mapping[str, str] = field(default_factory=dict)


def tidy(text: str) -> str:
    """A body as it is kept: line breaks of one kind, no spaces at the ends of lines, one break at its end."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip(" ") for line in lines).strip("\n") + "\n"


def check_subject(subject: str, *, names: Callable[[str], str | None]) -> list[Fault]:
    """What is wrong with a subject; `names` gives a prisoner's name that stands in it, or None."""
    if not subject.strip():
        return [Fault(N_("A mail needs a subject."))]
    faults = []
    if len(subject) > LONGEST_SUBJECT:
        faults.append(Fault(N_("A subject has at most %(most)s characters."), {"most": str(LONGEST_SUBJECT)}))
    if unseen := _unseen_in(subject, allowed=""):
        faults.append(unseen)
    if "[[" in subject or "]]" in subject:
        faults.append(Fault(N_("A subject has no fields: whoever sees the mailbox reads it.")))
    faults += _tricks(subject)
    if _ADDRESS.search(subject) or _HOST.search(subject) or _MAILBOX.search(subject):
        faults.append(Fault(N_("A subject holds no link.")))
    if (name := names(subject)) is not None:
        faults.append(
            Fault(N_("“%(name)s” is the name of somebody on our pages. A subject names nobody."), {"name": name})
        )
    return faults


def check_body(mail: AutomaticMail, body: str, *, host: str) -> list[Fault]:
    """What is wrong with a body of `mail`; `host` is ours, and links lead nowhere else."""
    if not body.strip():
        return [Fault(N_("A mail needs a text."))]
    faults = []
    if len(body) > LONGEST_BODY:
        faults.append(Fault(N_("A text has at most %(most)s characters."), {"most": str(LONGEST_BODY)}))
    if unseen := _unseen_in(body, allowed="\n"):
        faults.append(unseen)
    bare = SLOT.sub(" ", body)
    return [*faults, *_slot_faults(mail, body), *_tricks(bare), *_foreign_links(bare, host)]


def _unseen_in(text: str, *, allowed: str) -> Fault | None:
    for char in text:
        if char not in allowed and unicodedata.category(char) in _UNSEEN:
            words = N_("It holds a character that cannot be seen (%(code)s): take it out, or type the line anew.")
            return Fault(words, {"code": f"U+{ord(char):04X}"})
    return None


def _slot_faults(mail: AutomaticMail, body: str) -> list[Fault]:
    used, known = SLOT.findall(body), {slot.name: slot for slot in mail.slots}
    faults = [
        Fault(N_("This mail knows no field [[%(field)s]]."), {"field": name})
        for name in dict.fromkeys(used)
        if name not in known
    ]
    faults += [
        Fault(N_("The field [[%(field)s]] is missing, without which the mail is worth nothing."), {"field": name})
        for name, slot in known.items()
        if slot.is_needed and name not in used
    ]
    rest = SLOT.sub("", body)
    if "[[" in rest or "]]" in rest:
        faults.append(Fault(N_("A field is written [[name]], without spaces; one of them is not.")))
    return faults


def _tricks(text: str) -> list[Fault]:
    if _TEMPLATE.search(text):
        return [Fault(N_("Texts have no conditions, loops or calculations: only fields as [[name]]."))]
    if _MARKUP.search(text):
        return [Fault(N_("These mails are plain text, without markup."))]
    return []


def _foreign_links(text: str, host: str) -> list[Fault]:
    addresses = [found.rstrip(_AFTER_ADDRESS) for found in _ADDRESS.findall(text)]
    hosts = [(found, _host_of(found)) for found in addresses]
    rest = _ADDRESS.sub(" ", text)
    hosts += [(found[0], found[1].lower()) for found in _MAILBOX.finditer(rest)]
    hosts += [(found, found.lower()) for found in _HOST.findall(_MAILBOX.sub(" ", rest))]
    return [
        Fault(N_("“%(link)s” leads elsewhere. Links lead to our own pages alone."), {"link": found})
        for found, its_host in dict(hosts).items()
        if its_host != host
    ]


def _host_of(address: str) -> str:
    """Empty where it is not plainly a host's: another scheme, a user name before the host, what programs read
    differently."""
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or "\\" in address:
        return ""
    return (parts.hostname or "").lower()
