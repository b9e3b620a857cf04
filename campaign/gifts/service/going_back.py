"""Lines of statements that are gifts which went back: the books have it already, so that nothing is posted."""

import uuid

from sqlalchemy import select

from campaign.gifts.models import Gift, GiftBanked, GiftMove
from campaign.gifts.queries.returns import find_went_back
from campaign.gifts.service.gifts import BadGift, NotThatStep
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts

DONE = N_("Somebody else has matched this a moment ago. Nothing was done twice.")


def take(move_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> None:
    """Say that so much of the line is the money of this gift that went back, or came again. Raises NotFound, BadGift,
    NotThatStep."""
    gift_id = _lock_gift_of(move_id)
    found = find_went_back({move_id}).get(move_id)
    if found is None:
        raise NotFound
    if found.account != line.account:
        raise BadGift(N_("This gift lay in another place than the one of this statement."))
    if amount.currency != found.amount.currency or amount.minor * found.amount.minor < 0:
        raise BadGift(N_("The other way round, or in another currency, a line is not this gift."))
    if abs(amount.minor) > abs(found.amount.minor):
        raise BadGift(N_("This is more than what is still open of what went back."))
    if session.get(GiftBanked, (move_id, line.line_id)) is not None:
        raise NotThatStep(DONE)
    session.add(
        GiftBanked(
            move_id=move_id, line_id=line.line_id, amount=amount.minor, taken_by=actor, taken_on=clock.today()
        )
    )  # fmt: skip
    session.flush()
    audit.record("gift.banked", actor=actor, about=f"gift:{gift_id}")


def give_back(move_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID) -> None:
    """Undo that; the books stay as they are. Raises NotFound."""
    gift_id = _lock_gift_of(move_id)
    found = session.get(GiftBanked, (move_id, line_id), populate_existing=True)
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()
    audit.record("gift.unbanked", actor=actor, about=f"gift:{gift_id}")


def _lock_gift_of(move_id: uuid.UUID) -> uuid.UUID:
    mine = select(GiftMove.gift_id).where(GiftMove.id == move_id).scalar_subquery()
    gift_id = session.scalar(select(Gift.id).where(Gift.id == mine).with_for_update())
    if gift_id is None:
        raise NotFound
    return gift_id
