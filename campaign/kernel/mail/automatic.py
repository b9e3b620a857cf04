"""The register of automatic mails: what each text is for, why it goes out, to whom, and which fields it may use.

One entry a folder of templates/email, registered beside the kind of mail that sends it. What staff change of a text is
kernel/mail/own_texts.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.kernel.errors import N_
from campaign.kernel.registry import Registry


class Why(StrEnum):
    """On what ground a mail goes out."""

    ACT = "act"
    """It answers what somebody did themselves."""
    CONSENT = "consent"
    """They agreed to hear from us, and can end that with one press."""
    SERVICE = "service"
    """It belongs to something they have taken on."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a text, written [[name]], that is filled for each reader."""

    name: str
    words: str
    """Marked with N_: what it stands for."""
    example: str | date
    """For previews: a path of ours, a day, or words marked with N_. It names nobody."""
    is_needed: bool = True
    """Whether a text without it would be worth nothing."""


@dataclass(frozen=True, slots=True)
class AutomaticMail:
    """One text that the platform sends by itself; all words are marked with N_."""

    kind: str
    """The kind of mail that sends it; a kind may have several texts."""
    name: str
    trigger: str
    """A sentence: when it goes out."""
    reader: str
    why: Why
    slots: Sequence[Slot] = ()
    folder: str = ""
    """Its folder in templates/email, where that is not the kind's name."""

    @property
    def key(self) -> str:
        """What it is known by: its folder."""
        return self.folder or self.kind.replace(".", "_")


UNSUBSCRIBE = Slot("unsubscribe", N_("the link by which such mails end"), "/unsubscribe/example")

automatic_mails: Registry[AutomaticMail] = Registry("automatic mail")


def register_all(mails: Sequence[AutomaticMail]) -> None:
    """Add a feature's mails."""
    for mail in mails:
        automatic_mails.register(mail.key, mail)


def page_link(path: str) -> Slot:
    """The usual field: the link to the page on which everything stands."""
    return Slot("link", N_("the link to the page on which everything stands"), path)
