"""Gifts from their announcement to the ledger, and back.

Every move holds the row of the gift and looks at its state; then that of its pledge; what it posts comes last. So two
persons at once do one thing once, and a gift counts when it has settled, once, and never before.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from campaign.funds.models import LedgerAccount, LedgerEntry, Memo
from campaign.funds.service import ledger, periods
from campaign.funds.service.ledger import Line, Source
from campaign.gifts.models import (
    COUNTED,
    LONGEST_NUMBER,
    Gift,
    GiftAllocation,
    GiftMove,
    GiftState,
    Pledge,
)
from campaign.gifts.service import donors, gift_lines, instalments, numbers, thanks
from campaign.gifts.service.donors import DonorDraft
from campaign.gifts.service.gift_lines import Share, split
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, NotFound
from campaign.kernel.money import BadAmount, Money
from campaign.kernel.text import one_line
from campaign.kernel.versions import check_version

_S = GiftState
MOVES: Mapping[GiftState, frozenset[GiftState]] = {
    _S.INITIATED: frozenset({_S.PENDING, _S.SETTLED, _S.FAILED, _S.EXPIRED}),
    _S.PENDING: frozenset({_S.SETTLED, _S.FAILED, _S.EXPIRED}),
    _S.SETTLED: frozenset({_S.PARTLY_REFUNDED, _S.REFUNDED, _S.DISPUTED, _S.FAILED, _S.PENDING}),
    _S.PARTLY_REFUNDED: frozenset({_S.PARTLY_REFUNDED, _S.REFUNDED, _S.DISPUTED, _S.FAILED}),
    _S.DISPUTED: frozenset({_S.SETTLED, _S.PARTLY_REFUNDED, _S.FAILED}),
    _S.REFUNDED: frozenset(),
    _S.FAILED: frozenset(),
    _S.EXPIRED: frozenset(),
}
LARGEST = 10**13
"""In minor units: what is more was mistyped."""
FURTHEST_DAYS = 400
OTHER_CURRENCY = N_("It came in another currency. Write it down as another gift, and let this one end.")


class BadGift(DomainError):
    """Something about the gift cannot be so."""


class NotThatStep(Conflict):
    """From where the gift is there is no such step, perhaps since somebody made it a moment ago."""


class Twice(Conflict):
    """The same gift is here already; `gift_id` is it."""

    def __init__(self, gift_id: uuid.UUID) -> None:
        super().__init__(N_("This gift is here already, by the number that its service or bank gave it."))
        self.gift_id = gift_id


@dataclass(frozen=True, slots=True)
class GiftDraft:
    """A gift as it is written down. Allocations are net amounts by fund, and sum to gross less fee; for a single fund
    the amount may be left at 0."""

    account: str
    gross: Money
    allocations: Mapping[uuid.UUID, int]
    expected_on: date
    fee: int = 0
    external_id: str = ""
    pledge_id: uuid.UUID | None = None
    donor: DonorDraft | None = None
    line_id: uuid.UUID | None = None
    taken_as: uuid.UUID | None = None


def write_down(draft: GiftDraft, *, actor: uuid.UUID | None, is_demo: bool = False) -> Gift:
    """Write down a gift that is announced. Nothing of it counts yet. Raises BadGift, Twice, NotFound, BadDonor."""
    check_amounts(draft.gross, draft.fee)
    check_account(draft.account, draft.gross.currency)
    _check_ahead(draft.expected_on)
    number, row = one_line(draft.external_id, LONGEST_NUMBER), uuid.uuid4()
    if (known := numbers.find_gift(draft.account, number)) is not None:
        raise Twice(known)
    pledge = session.get(Pledge, draft.pledge_id) if draft.pledge_id else None
    if draft.pledge_id and pledge is None:
        raise NotFound
    donor_id = pledge.donor_id if pledge else None
    if draft.donor is not None and not draft.donor.is_empty and donor_id is None:
        donor_id = donors.add_donor(draft.donor, released_by=actor, is_demo=is_demo).id
    made = Gift(
        id=row, pledge_id=draft.pledge_id, donor_id=donor_id, state=_S.INITIATED, account=draft.account,
        gross=draft.gross.minor, fee=draft.fee, refunded=0, currency=draft.gross.currency,
        **numbers.sealed_in(row, number),
        expected_on=draft.expected_on, line_id=draft.line_id, taken_as=draft.taken_as, made_by=actor,
        made_on=clock.today(), is_demo=is_demo,
    )  # fmt: skip
    shares = _shares_for(draft)
    session.add(made)
    session.flush()
    for fund_id, net in shares.items():
        session.add(GiftAllocation(gift_id=made.id, fund_id=fund_id, amount=net, returned=0, fee=0))
    session.flush()
    _share_fee(made)
    _note(made, "", actor)
    audit.record("gift.write", actor=actor, about=f"gift:{made.id}")
    return made


def pend(gift_id: uuid.UUID, *, seen_version: int | None, actor: uuid.UUID | None) -> Gift:
    """It is under way. Raises NotFound, NotThatStep, Conflict."""
    found = lock_gift(gift_id, _S.PENDING, seen_version)
    if found.state == _S.SETTLED:
        raise NotThatStep(N_("This gift has settled. Say that it was entered wrongly, if that is so."))
    _turn(found, _S.PENDING, actor)
    return found


def settle(
    gift_id: uuid.UUID, *, happened_on: date, actor: uuid.UUID | None, seen_version: int | None = None,
    gross: Money | None = None, fee: int | None = None, account: str | None = None,
    line: tuple[uuid.UUID, uuid.UUID] | None = None,
) -> Gift:  # fmt: skip
    """It has arrived, perhaps as another amount: from now on it counts, and stands in the ledger with gross, fee and
    net by fund. `line`: of a statement, and what it was matched with. Raises NotFound, NotThatStep, Conflict, BadGift,
    BadEntry."""
    found = lock_gift(gift_id, _S.SETTLED, seen_version)
    if found.state == _S.DISPUTED:
        raise NotThatStep(N_("Say first how the dispute ended."))
    check_arrived(happened_on)
    if gross is not None and gross.currency != found.currency:
        raise BadGift(OTHER_CURRENCY)
    if account is not None:
        found.account = account
    check_account(found.account, found.currency)
    _set_amounts(found, found.gross if gross is None else gross.minor, found.fee if fee is None else fee)
    found.settled_on = happened_on
    if line is not None:
        found.line_id, found.taken_as = line
    move = _turn(found, _S.SETTLED, actor, happened_on=happened_on)
    instalments.bring(found)
    donors.keep_longer(found.donor_id, happened_on)
    thanks.owe_thanks(found)
    lines = gift_lines.came_in(shares_of(gift_id), found.account, found.currency)
    return _post(found, move, lines, Memo.GIFT, happened_on, actor)


def refund(
    gift_id: uuid.UUID, amount: Money, *, happened_on: date, seen_version: int | None, actor: uuid.UUID | None
) -> Gift:
    """Some of it, or all, was given back. The fee stays paid. Raises NotFound, NotThatStep, Conflict, BadGift."""
    found = lock_gift(gift_id, _S.PARTLY_REFUNDED, seen_version)
    _check_after(found, happened_on)
    left = found.gross - found.refunded
    if found.state not in COUNTED:
        raise NotThatStep(N_("Only a gift that counts can be given back."))
    if amount.currency != found.currency or not 0 < amount.minor <= left:
        raise BadGift(N_("Give back an amount above zero, and no more than is left of the gift, in its own currency."))
    parts = split(amount.minor, {each.fund_id: each.left for each in shares_of(gift_id)})
    for each in _allocations(gift_id):
        each.returned += parts[each.fund_id]
    found.refunded += amount.minor
    now = _S.REFUNDED if found.refunded == found.gross else _S.PARTLY_REFUNDED
    move = _turn(found, now, actor, happened_on=happened_on, amount=amount.minor)
    if now == _S.REFUNDED:
        instalments.send_back(found)
    return _post(
        found, move, gift_lines.returned(parts, found.account, found.currency), Memo.GIFT_RETURNED, happened_on, actor
    )


def dispute(gift_id: uuid.UUID, *, happened_on: date, seen_version: int | None, actor: uuid.UUID | None) -> Gift:
    """The service took it back until it is decided whose it is. Raises NotFound, NotThatStep, Conflict, BadGift."""
    found = lock_gift(gift_id, _S.DISPUTED, seen_version)
    _check_after(found, happened_on)
    move = _turn(found, _S.DISPUTED, actor, happened_on=happened_on)
    instalments.send_back(found)
    lines = gift_lines.taken_away(shares_of(gift_id), found.account, found.currency)
    return _post(found, move, lines, Memo.GIFT_RETURNED, happened_on, actor)


def win(gift_id: uuid.UUID, *, happened_on: date, seen_version: int | None, actor: uuid.UUID | None) -> Gift:
    """The dispute ended for us: what was left of it is here again. Raises NotFound, NotThatStep, Conflict, BadGift."""
    found = lock_gift(gift_id, _S.SETTLED, seen_version)
    if found.state != _S.DISPUTED:
        raise NotThatStep(N_("Nobody disputes this gift any more."))
    _check_after(found, happened_on)
    now = _S.PARTLY_REFUNDED if found.refunded else _S.SETTLED
    move = _turn(found, now, actor, happened_on=happened_on)
    instalments.bring(found)
    lines = gift_lines.given_again(shares_of(gift_id), found.account, found.currency)
    return _post(found, move, lines, Memo.GIFT, happened_on, actor)


def fail(gift_id: uuid.UUID, *, happened_on: date, seen_version: int | None, actor: uuid.UUID | None) -> Gift:
    """It did not come, or bounced after it had: then the ledger gets the opposite, fee included. Of a dispute: it was
    lost, and nothing more moves. Raises NotFound, NotThatStep, Conflict, BadGift."""
    found = lock_gift(gift_id, _S.FAILED, seen_version)
    was = GiftState(found.state)
    if found.settled_on is not None:
        _check_after(found, happened_on)
    else:
        check_arrived(happened_on)
    move = _turn(found, _S.FAILED, actor, happened_on=happened_on)
    if was not in COUNTED:
        return found
    instalments.send_back(found)
    lines = gift_lines.went_back(shares_of(gift_id), found.account, found.currency)
    return _post(found, move, lines, Memo.GIFT_RETURNED, happened_on, actor)


def take_back(
    gift_id: uuid.UUID, *, memo: Memo, actor: uuid.UUID | None, seen_version: int | None = None,
    to: GiftState = GiftState.PENDING, line_id: uuid.UUID | None = None,
) -> Gift:  # fmt: skip
    """It was entered wrongly: its entry is reversed, and it waits again (or, with `to`, ends). What came with a line of
    a statement only that line (`line_id`) gives back. Raises NotFound, NotThatStep for one to which something has
    happened since, Conflict, BadEntry."""
    found = lock_gift(gift_id, to, seen_version)
    if found.line_id != line_id:
        raise NotThatStep(N_("It came with a line of a statement. Undo it at the line."))
    if found.state != _S.SETTLED or found.refunded or found.entry_number is None or _was_disputed(gift_id):
        raise NotThatStep(N_("Something has happened to this gift since it came. It cannot simply be taken back."))
    entry = session.get_one(LedgerEntry, found.entry_number)
    move = _turn(found, to, actor)
    instalments.send_back(found)
    found.settled_on = found.line_id = found.taken_as = found.entry_number = None
    session.flush()
    day = max(periods.book_day(clock.today()), entry.happened_on)
    move.entry_number = ledger.reverse(entry.number, memo=memo, happened_on=day, actor=actor).number
    session.flush()
    return found


def expire(gift_id: uuid.UUID, *, actor: uuid.UUID | None, seen_version: int | None = None) -> Gift:
    """Nobody waits for it any more. Raises NotFound, NotThatStep, Conflict."""
    found = lock_gift(gift_id, _S.EXPIRED, seen_version)
    _turn(found, _S.EXPIRED, actor)
    return found


def lock_gift(gift_id: uuid.UUID, to: GiftState, seen_version: int | None) -> Gift:
    """The gift under the lock of its row, where it can go to that state. Raises NotFound, NotThatStep, Conflict."""
    found = session.scalar(
        select(Gift).where(Gift.id == gift_id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if to not in MOVES[GiftState(found.state)]:
        raise NotThatStep(N_("Somebody else has moved this gift a moment ago, or it is at its end. Nothing was done."))
    if seen_version is not None:
        check_version(found.version, seen_version)
    return found


def shares_of(gift_id: uuid.UUID) -> list[Share]:
    """What each fund has of it, in one order."""
    return [Share(each.fund_id, each.amount, each.fee, each.returned) for each in _allocations(gift_id)]


def _allocations(gift_id: uuid.UUID) -> Sequence[GiftAllocation]:
    statement = select(GiftAllocation).where(GiftAllocation.gift_id == gift_id).order_by(GiftAllocation.fund_id)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def _shares_for(draft: GiftDraft) -> dict[uuid.UUID, int]:
    net, given = draft.gross.minor - draft.fee, dict(draft.allocations)
    if not given:
        raise BadGift(N_("Say for which fund it is."))
    if len(given) == 1:
        given = {fund: amount or net for fund, amount in given.items()}
    if any(amount <= 0 for amount in given.values()) or sum(given.values()) != net:
        raise BadGift(N_("What the funds get must be above zero each, and sum to what is left after the fee."))
    return given


def _set_amounts(found: Gift, gross: int, fee: int) -> None:
    """Another amount than announced: each fund has its part of it, as it had of the other."""
    check_amounts(Money(gross, found.currency), fee)
    if gross - fee != found.net:
        shares = split(gross - fee, {each.fund_id: each.amount for each in _allocations(found.id)})
        if any(amount <= 0 for amount in shares.values()):
            raise BadGift(N_("So little came that one of the funds would have nothing of it. Write down another gift."))
        for each in _allocations(found.id):
            each.amount = shares[each.fund_id]
    found.gross, found.fee = gross, fee
    session.flush()
    _share_fee(found)


def _share_fee(found: Gift) -> None:
    allocations = _allocations(found.id)
    fees = split(found.fee, {each.fund_id: each.amount for each in allocations})
    for each in allocations:
        each.fee = fees[each.fund_id]
    session.flush()


def _turn(
    found: Gift, now: GiftState, actor: uuid.UUID | None, *, happened_on: date | None = None, amount: int | None = None
) -> GiftMove:
    was, found.state = found.state, now
    session.flush()
    audit.record("gift.move", actor=actor, about=f"gift:{found.id}", reason=f"{was} > {now}")
    return _note(found, was, actor, happened_on=happened_on, amount=amount)


def _note(
    found: Gift, was: str, actor: uuid.UUID | None, *, happened_on: date | None = None, amount: int | None = None
) -> GiftMove:
    move = GiftMove(
        id=uuid.uuid4(), gift_id=found.id, was=was, now=found.state, happened_on=happened_on or clock.today(),
        actor_id=actor, details={"amount": amount} if amount else {},
    )  # fmt: skip
    session.add(move)
    session.flush()
    return move


def _post(
    found: Gift, move: GiftMove, lines: list[Line], memo: Memo, happened_on: date, actor: uuid.UUID | None
) -> Gift:
    entry = ledger.post(
        lines, memo=memo, happened_on=periods.book_day(happened_on), actor=actor, reference=found.code,
        source=Source("gift", move.id),
    )  # fmt: skip
    move.entry_number = entry.number
    if memo == Memo.GIFT:
        found.entry_number = entry.number
    session.flush()
    return found


def _was_disputed(gift_id: uuid.UUID) -> bool:
    return bool(session.scalar(select(func.count()).where(GiftMove.gift_id == gift_id, GiftMove.now == _S.DISPUTED)))


def check_amounts(gross: Money, fee: int) -> None:
    """Raise BadGift for amounts that cannot be those of a gift."""
    try:
        Money(gross.minor, gross.currency)
    except BadAmount as problem:
        raise BadGift(problem.message) from problem
    if gross.minor <= 0 or fee < 0:
        raise BadGift(N_("A gift is an amount above zero, and a fee is not below it."))
    if gross.minor > LARGEST:
        raise BadGift(N_("This amount is too large. Please check it."))
    if fee >= gross.minor:
        raise BadGift(N_("The fee would leave nothing of it. Please check both amounts."))


def check_account(code: str, currency: str) -> None:
    """Raise BadGift for what is no open place of ours that holds this currency."""
    found = session.scalar(select(LedgerAccount).where(LedgerAccount.code == code))
    if found is None or not found.is_open or found.rail is None:
        raise BadGift(N_("Choose one of the places where money lies that are open."))
    if found.currency not in {None, currency}:
        raise BadGift(N_("That place holds another currency."))


def _check_ahead(day: date) -> None:
    if day < periods.earliest_day():
        raise BadGift(ledger.TOO_LONG_AGO)
    if (day - clock.today()).days > FURTHEST_DAYS:
        raise BadGift(N_("That day is too far away. Please check the year."))


def check_arrived(day: date) -> None:
    """Raise BadGift for a day ahead, or one so long ago that its year was mistyped."""
    if day > clock.today():
        raise BadGift(N_("This day is still ahead. Only what has happened is posted."))
    if day < periods.earliest_day():
        raise BadGift(ledger.TOO_LONG_AGO)


def _check_after(found: Gift, day: date) -> None:
    check_arrived(day)
    if found.settled_on is not None and day < found.settled_on:
        raise BadGift(N_("That is before the day on which the gift came."))
