"""Who belongs to the trial of two subjects, and which of them did better: by what people did on our pages, by nothing
that a mail could tell.
"""

import hashlib
import uuid
from dataclasses import dataclass
from math import sqrt

from sqlalchemy import func, select

from campaign.kernel.arrivals import done_kinds
from campaign.kernel.db import session
from campaign.kernel.mail.rows import MailRow, MailState
from campaign.mailings.models import Mailing, MailingAction, MailingRecipient, Variant

PARTS = 10_000
LEAST_ACTIONS = 10
CERTAIN = 1.96
"""Standard errors between the two shares: one trial in twenty would show such a difference by chance."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one subject."""

    delivered: int
    acted: int

    @property
    def share(self) -> float:
        """Actions per mail that was handed over."""
        return self.acted / self.delivered if self.delivered else 0.0


def variant_of(mailing_id: uuid.UUID, person_id: uuid.UUID, share: int) -> Variant | None:
    """Which subject somebody gets in a trial among `share` of a hundred each; None: they wait for its end.

    By a hash of both, so that it stays the same whenever it is asked, and another mailing tries it with others.
    """
    digest = hashlib.sha256(mailing_id.bytes + person_id.bytes).digest()
    part = int.from_bytes(digest[:8]) % PARTS
    if part < share * PARTS // 100:
        return Variant.A
    return Variant.B if part < 2 * share * PARTS // 100 else None


def results_of(mailing: Mailing) -> dict[Variant, Result]:
    """What came of both so far, while one is tried."""
    sent = (MailRow.batch == mailing.id, MailRow.state == MailState.SENT)
    mails = (
        select(MailingRecipient.variant, func.count())
        .join(MailRow, MailRow.ref == MailingRecipient.id)
        .where(MailingRecipient.mailing_id == mailing.id, *sent)
        .group_by(MailingRecipient.variant)
    )
    acts = (
        select(MailingAction.variant, func.sum(MailingAction.amount))
        .where(MailingAction.mailing_id == mailing.id, MailingAction.kind.in_(done_kinds()))
        .group_by(MailingAction.variant)
    )
    delivered = {row[0]: row[1] for row in session.execute(mails)}
    acted = {row[0]: int(row[1]) for row in session.execute(acts)}
    return {each: Result(delivered.get(each, 0), acted.get(each, 0)) for each in Variant}


def better_of(results: dict[Variant, Result]) -> Variant:
    """B where it did better by more than chance would; else A."""
    a, b = results[Variant.A], results[Variant.B]
    sent, acted = a.delivered + b.delivered, a.acted + b.acted
    if not a.delivered or not b.delivered or acted < LEAST_ACTIONS:
        return Variant.A
    share = min(acted / sent, 1.0)
    error = sqrt(share * (1 - share) * (1 / a.delivered + 1 / b.delivered))
    return Variant.B if b.share - a.share > CERTAIN * error and b.share > a.share else Variant.A
