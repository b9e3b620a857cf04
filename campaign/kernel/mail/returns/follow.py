"""What follows when a mail comes back, for those who know whom it was for."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from campaign.kernel.mail.returns.classes import ReturnKind
from campaign.kernel.registry import Registry


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


mail_returns: Registry[Callable[[Returned], None]] = Registry("what follows a returned mail")
"""Each is called in the transaction that settles it, for hard and soft bounces, full mailboxes, policy blocks, delays
and complaints; it looks at `kind` and `mail_kind` and leaves alone what is not its own."""
