"""Lines of statements that are gifts: taking one settles and posts, giving it back reverses."""

import uuid

from sqlalchemy import select

from campaign.funds.models import LedgerAccount, Memo, Rail
from campaign.gifts.models import COUNTED, EXPECTED, Gift, GiftState, PledgeInstalment
from campaign.gifts.service import gifts
from campaign.gifts.service.gifts import GiftDraft, NotThatStep
from campaign.gifts.service.instalments import OPEN, lock_pledge
from campaign.kernel.db import session
from campaign.kernel.errors import N_, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_money import BankFacts

DONE = N_("This gift has come already, or is waited for no more. Nothing was done twice.")


def take(candidate_id: uuid.UUID, amount: Money, line: BankFacts, *, actor: uuid.UUID | None) -> Gift:
    """Say that so much of the line is this gift, or this instalment. Raises NotFound, NotThatStep, BadGift,
    BadEntry."""
    taken = select(Gift.id).where(Gift.line_id == line.line_id, Gift.taken_as == candidate_id, Gift.state.in_(COUNTED))
    if session.scalar(taken) is not None:
        raise NotThatStep(DONE)
    if session.get(Gift, candidate_id) is not None:
        return _take_gift(candidate_id, amount, line, actor)
    return _take_instalment(candidate_id, amount, line, actor)


def give_back(candidate_id: uuid.UUID, line_id: uuid.UUID, *, actor: uuid.UUID | None) -> Gift:
    """Undo that: its entry is reversed. A gift that was announced waits again; one that a line alone had made ends.
    Raises NotFound, NotThatStep where something has happened to it since."""
    statement = select(Gift).where(Gift.line_id == line_id, Gift.taken_as == candidate_id)
    found = session.scalars(statement).first()
    if found is None:
        raise NotFound
    to = GiftState.PENDING if found.id == candidate_id else GiftState.FAILED
    return gifts.take_back(found.id, memo=Memo.DID_NOT_HAPPEN, actor=actor, to=to, line_id=line_id)


def _take_gift(gift_id: uuid.UUID, amount: Money, line: BankFacts, actor: uuid.UUID | None) -> Gift:
    found = gifts.lock_gift(gift_id, GiftState.SETTLED, None)
    if found.state not in EXPECTED:
        raise NotThatStep(DONE)
    fee = found.fee if amount.minor == found.net else 0
    gross = amount.minor + fee
    # What a service pays out has its fee taken off; at a bank less money is less of a gift.
    if amount.minor < found.gross and amount.currency == found.currency and _is_service(line.account):
        gross, fee = found.gross, found.gross - amount.minor
    return gifts.settle(
        gift_id, happened_on=line.day, gross=Money(gross, amount.currency), fee=fee, account=line.account,
        line=(line.line_id, gift_id), actor=actor,
    )  # fmt: skip


def _take_instalment(instalment_id: uuid.UUID, amount: Money, line: BankFacts, actor: uuid.UUID | None) -> Gift:
    seen = session.get(PledgeInstalment, instalment_id)
    if seen is None:
        raise NotFound
    pledge = lock_pledge(seen.pledge_id)
    found = session.get_one(PledgeInstalment, instalment_id, populate_existing=True)
    if found.state not in OPEN:
        raise NotThatStep(DONE)
    made = gifts.write_down(
        GiftDraft(
            account=line.account, gross=amount, allocations={pledge.fund_id: 0}, expected_on=line.day,
            pledge_id=pledge.id, line_id=line.line_id, taken_as=instalment_id,
        ),
        actor=actor, is_demo=pledge.is_demo,
    )  # fmt: skip
    return gifts.settle(made.id, happened_on=line.day, line=(line.line_id, instalment_id), actor=actor)


def _is_service(account: str) -> bool:
    return session.scalar(select(LedgerAccount.rail).where(LedgerAccount.code == account)) == Rail.SERVICE
