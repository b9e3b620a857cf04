"""The register of mail kinds: what each is for and how it is made at the moment it leaves."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from campaign.kernel.mail.message import Mail
from campaign.kernel.mail.rows import Claim
from campaign.kernel.registry import Registry
from campaign.kernel.switches import Switch


@dataclass(frozen=True, slots=True)
class MailKind:
    """One kind of mail.

    `build` gets a batch of claims and gives the mails by row id, reading and never writing. A claim left out has lost
    its reason (the signature was withdrawn meanwhile) and ends as suppressed.
    """

    build: Callable[[Sequence[Claim]], Mapping[uuid.UUID, Mail]]
    switch: Switch | None = None
    resend_unknown: bool = True
    """After a crash between body and reply: send again under the same Message-ID, or wait for a person."""
    ignores_suppression: bool = False
    by_consent: bool = False
    """Sent under a consent: each such mail carries the headers of web/mailing.with_unsubscribe. Mails
    that belong to what somebody did themselves (confirmations, the state of a letter) carry none."""
    counts: bool = False
    """Whether it counts towards what one person gets a day, and waits for the next when that is used (share.py)."""


mail_kinds: Registry[MailKind] = Registry("mail kind")
