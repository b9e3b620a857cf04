"""Entries made by hand, and entries taken back: written by one person, posted by another (SAFETY.md 13)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from campaign.funds.models import (
    POSTABLE,
    REVERSAL_MEMOS,
    Fund,
    LedgerAccount,
    LedgerEntry,
    LedgerProposal,
    Memo,
    ProposalState,
)
from campaign.funds.models.chart import FIXED_CODES
from campaign.funds.service import ledger
from campaign.funds.service.ledger import AlreadyPosted, BadEntry, Line, Source
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, Forbidden, NotFound
from campaign.kernel.money import Money

SOURCE = "proposal"
NOT_HERE = N_(
    "This entry was not written by hand. Take it back where it was entered: with its gift, its payment or its line of a"
    " statement."
)
_S = ProposalState


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What is to be posted."""

    memo: Memo
    happened_on: date
    lines: Sequence[Line]
    reference: str = ""


def propose_entry(draft: EntryDraft, *, actor: uuid.UUID, is_demo: bool = False) -> LedgerProposal:
    """Write an entry down for a second person; nothing counts yet. Raises BadEntry for what could not be posted."""
    if draft.memo in REVERSAL_MEMOS:
        raise BadEntry(N_("An entry is taken back by its reversal, not by another entry."))
    ledger.check_sums(draft.lines)
    ledger.check_typed_day(draft.happened_on)
    reference = ledger.check_reference(draft.reference)
    _check_known(draft.lines)
    lines = [
        {
            "account": str(each.account), "fund": str(each.fund_id), "currency": each.money.currency,
            "amount": each.money.minor,
        }
        for each in draft.lines
    ]  # fmt: skip
    return _propose(memo=draft.memo, happened_on=draft.happened_on, lines=lines, reference=reference, actor=actor,
                    is_demo=is_demo)  # fmt: skip


def propose_reversal(number: int, *, memo: Memo, happened_on: date, actor: uuid.UUID) -> LedgerProposal:
    """Ask for an entry to be taken back, with the reason. Raises NotFound, BadEntry, AlreadyPosted, Conflict."""
    found = session.get(LedgerEntry, number)
    if found is None:
        raise NotFound
    _check_own(found)
    if memo not in REVERSAL_MEMOS:
        raise BadEntry(N_("Say why the entry is taken back."))
    if found.reverses is not None:
        raise BadEntry(N_("A reversal is not reversed. Post what is right as a new entry."))
    ledger.check_typed_day(happened_on)
    if happened_on < found.happened_on:
        raise BadEntry(N_("An entry cannot be taken back before the day on which it happened."))
    back = session.scalar(select(LedgerEntry.number).where(LedgerEntry.reverses == number))
    if back is not None:
        raise AlreadyPosted(back, N_("Somebody has taken this entry back already. Nothing was done twice."))
    waiting = select(LedgerProposal.id).where(LedgerProposal.reverses == number, LedgerProposal.state == _S.WAITING)
    if session.scalar(waiting) is not None:
        raise Conflict(N_("Somebody has asked for this already; a second person decides."))
    return _propose(memo=memo, happened_on=happened_on, lines=[], reverses=number, actor=actor)


def post_proposal(proposal_id: uuid.UUID, *, actor: uuid.UUID) -> LedgerEntry:
    """Post what another wrote. Raises NotFound, Conflict when it was decided on, Forbidden for whoever wrote it, and
    whatever posting raises; then it keeps waiting."""
    found = _lock(proposal_id)
    if found.asked_by == actor:
        raise Forbidden(N_("Who wrote this entry does not post it. A second person must."))
    memo = Memo(found.memo)
    if found.reverses is not None:
        _check_own(session.get_one(LedgerEntry, found.reverses))
        entry = ledger.reverse(found.reverses, memo=memo, happened_on=found.happened_on, actor=actor)
    else:
        entry = ledger.post(
            lines_of(found), memo=memo, happened_on=found.happened_on, actor=actor, reference=found.reference,
            source=Source(SOURCE, found.id),
        )  # fmt: skip
    _decide(found, _S.POSTED, actor, entry.number)
    return entry


def refuse_proposal(proposal_id: uuid.UUID, *, actor: uuid.UUID) -> LedgerProposal:
    """Refuse it; whoever wrote it takes it back with the same button. Raises NotFound, Conflict."""
    found = _lock(proposal_id)
    _decide(found, _S.WITHDRAWN if found.asked_by == actor else _S.REFUSED, actor, None)
    return found


def is_own(entry: LedgerEntry) -> bool:
    """Whether it is taken back here. What a gift, a payment or a line of a statement posted is taken back with that:
    else it would go on counting there, and its own refund would post the opposite once more."""
    return entry.source_kind in {None, SOURCE}


def lines_of(proposal: LedgerProposal) -> list[Line]:
    """The lines that were written down."""
    return [
        Line(each["account"], uuid.UUID(each["fund"]), Money(each["amount"], each["currency"]))
        for each in proposal.lines
    ]


def _check_own(entry: LedgerEntry) -> None:
    if not is_own(entry):
        raise BadEntry(NOT_HERE)


def _check_known(lines: Sequence[Line]) -> None:
    """Told to whoever types, and not only to whoever posts it."""
    codes = {str(each.account) for each in lines} - FIXED_CODES
    statement = select(LedgerAccount.code).where(LedgerAccount.code.in_(codes), LedgerAccount.is_open)
    if set(session.scalars(statement)) != codes:
        raise BadEntry(N_("One of the accounts is closed."))
    funds = {each.fund_id for each in lines}
    if set(session.scalars(select(Fund.id).where(Fund.id.in_(funds), Fund.state.in_(POSTABLE)))) != funds:
        raise BadEntry(ledger.NO_ENTRIES)


def _propose(*, actor: uuid.UUID, **values: object) -> LedgerProposal:
    made = LedgerProposal(id=uuid.uuid4(), state=_S.WAITING, asked_by=actor, asked_at=clock.now(), **values)
    session.add(made)
    session.flush()
    audit.record("ledger.propose", actor=actor, about=f"ledger-proposal:{made.id}", reason=made.memo)
    return made


def _lock(proposal_id: uuid.UUID) -> LedgerProposal:
    found = session.get(LedgerProposal, proposal_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != _S.WAITING:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found


def _decide(found: LedgerProposal, state: ProposalState, actor: uuid.UUID, number: int | None) -> None:
    found.state, found.decided_by, found.decided_at, found.entry_number = state, actor, clock.now(), number
    session.flush()
    audit.record("ledger.decide", actor=actor, about=f"ledger-proposal:{found.id}", reason=state)
