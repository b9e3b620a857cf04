"""Taking a gift that counts out of the books: asked for by one person, carried out by another (SAFETY.md 13).

What was never settled ends on the word of one: nothing of it stands in the ledger. The row of the gift is locked first,
then what was asked for.
"""

import uuid
from datetime import date

from sqlalchemy import select

from campaign.funds.models import Memo
from campaign.gifts.models import COUNTED, Gift, GiftReturn, GiftState, Returning, ReturnState
from campaign.gifts.service import gifts
from campaign.gifts.service.gifts import NotThatStep
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.money import Money
from campaign.kernel.versions import check_version


def ask(
    gift_id: uuid.UUID, what: Returning, *, happened_on: date, seen_version: int, actor: uuid.UUID,
    amount: Money | None = None, memo: Memo | None = None,
) -> GiftReturn:  # fmt: skip
    """Ask a second person to give some of it back, or to enter that it is disputed, failed or was entered wrongly.

    Nothing moves yet. Raises NotFound, Conflict, and whatever carrying it out would raise.
    """
    found = _lock_gift(gift_id)
    check_version(found.version, seen_version)
    if found.state not in COUNTED:
        raise NotThatStep(N_("This gift does not count. Nothing stands in the books that could be taken out."))
    if _waiting(gift_id) is not None:
        raise Conflict(N_("Somebody has asked for this already; a second person decides."))
    made = GiftReturn(
        id=uuid.uuid4(), gift_id=gift_id, what=what, amount=amount.minor if amount else None, memo=memo,
        happened_on=happened_on, state=ReturnState.WAITING, asked_by=actor, asked_at=clock.now(),
    )  # fmt: skip
    # Tried out and rolled back, so that whoever asks is told what stands in the way, and not only the second person.
    trial = session.begin_nested()
    try:
        _run(found, what, amount, memo, happened_on, actor)
    finally:
        trial.rollback()
    session.add(made)
    session.flush()
    audit.record("gift.ask", actor=actor, about=f"gift:{gift_id}", reason=what)
    return made


def carry_out(return_id: uuid.UUID, *, actor: uuid.UUID) -> Gift:
    """Do what another asked for. Raises NotFound, Conflict when it was decided on, Forbidden for whoever asked, and
    whatever the step raises; then it keeps waiting."""
    asked = _lock(return_id)
    if asked.asked_by == actor:
        raise Forbidden(N_("Who asked for this does not carry it out. A second person must."))
    found = _lock_gift(asked.gift_id)
    amount = Money(asked.amount, found.currency) if asked.amount is not None else None
    _decide(asked, ReturnState.DONE, actor)
    return _run(found, Returning(asked.what), amount, Memo(asked.memo) if asked.memo else None, asked.happened_on,
                actor)  # fmt: skip


def drop(return_id: uuid.UUID, *, actor: uuid.UUID) -> GiftReturn:
    """Leave the gift as it is; whoever asked takes it back with the same button. Raises NotFound, Conflict."""
    asked = _lock(return_id)
    _decide(asked, ReturnState.WITHDRAWN if asked.asked_by == actor else ReturnState.REFUSED, actor)
    return asked


def _run(
    found: Gift, what: Returning, amount: Money | None, memo: Memo | None, day: date, actor: uuid.UUID
) -> Gift:  # fmt: skip
    if what == Returning.REFUND:
        return gifts.refund(found.id, amount or Money(0, found.currency), happened_on=day, seen_version=None,
                            actor=actor)  # fmt: skip
    if what == Returning.DISPUTE:
        return gifts.dispute(found.id, happened_on=day, seen_version=None, actor=actor)
    if what == Returning.WRONG:
        return gifts.take_back(found.id, memo=memo or Memo.DID_NOT_HAPPEN, actor=actor)
    if found.state not in COUNTED | {GiftState.DISPUTED}:
        raise NotThatStep(N_("Something has happened to this gift since it was asked for. Leave it as it is."))
    return gifts.fail(found.id, happened_on=day, seen_version=None, actor=actor)


def _lock_gift(gift_id: uuid.UUID) -> Gift:
    found = session.get(Gift, gift_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _lock(return_id: uuid.UUID) -> GiftReturn:
    seen = session.get(GiftReturn, return_id)
    if seen is None:
        raise NotFound
    _lock_gift(seen.gift_id)
    found = session.get_one(GiftReturn, return_id, with_for_update=True, populate_existing=True)
    if found.state != ReturnState.WAITING:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found


def _waiting(gift_id: uuid.UUID) -> uuid.UUID | None:
    mine = select(GiftReturn.id).where(GiftReturn.gift_id == gift_id, GiftReturn.state == ReturnState.WAITING)
    return session.scalar(mine)


def _decide(asked: GiftReturn, state: ReturnState, actor: uuid.UUID) -> None:
    asked.state, asked.decided_by, asked.decided_at = state, actor, clock.now()
    session.flush()
    audit.record("gift.decide", actor=actor, about=f"gift:{asked.gift_id}", reason=f"{asked.what}: {state}")
