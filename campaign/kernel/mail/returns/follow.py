"""What follows when a mail comes back, for those who know whom it was for."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from campaign.kernel import clock
from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.mail.suppression import SuppressionReason, suppress
from campaign.kernel.registry import Registry

HARD_DAYS = 180


@dataclass(frozen=True, slots=True)
class Returned:
    """One mail of ours that came back, told once for each way in which it did."""

    mail: uuid.UUID
    kind: ReturnKind
    code: str
    mail_kind: str
    """Empty when the mail's row is gone by now."""
    ref: uuid.UUID | None
    """What the mail was about, as on its row."""
    address: str | None = field(repr=False)
    """To which this very mail went, proven; None where that cannot be told any more."""
    at_door: bool = False
    """Whether our relay itself refused it, so that it never left and is counted as failed already."""


mail_returns: Registry[Callable[[Returned], None]] = Registry("what follows a returned mail")
"""Each is called in the transaction that settles it, for hard and soft bounces, full mailboxes, policy blocks, delays
and complaints; it looks at `kind` and `mail_kind` and leaves alone what is not its own."""


def tell(returned: Returned) -> None:
    """Let everybody do what follows, in the open transaction."""
    for follow in mail_returns:
        follow(returned)


def suppress_dead(address: str) -> None:
    """Write to an address that does not exist no more for half a year: it may be somebody's then."""
    suppress(address, SuppressionReason.BOUNCED, expires_on=clock.today() + timedelta(days=HARD_DAYS))
