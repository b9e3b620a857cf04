"""Closing a month of the books: one person proposes it, another confirms, and it is never opened again (SAFETY.md 13).

Months are closed in their order, each once it is over. What is found later, or put right, stands in the month that is
open then; an entry that is dated into a closed month is refused by the database itself.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from campaign.funds.models import GENESIS, LedgerEntry, LedgerMonth, MonthState
from campaign.funds.service.ledger import lock_chain
from campaign.funds.service.periods import closed_through, end_of_month
from campaign.funds.service.verify import Flaw, verify_month
from campaign.kernel import audit, clock
from campaign.kernel.db import session
from campaign.kernel.errors import N_, Conflict, DomainError, Forbidden, NotFound
from campaign.kernel.registry_money import MonthCheck, month_checks

_S = MonthState


class NotClosable(DomainError):
    """The month is not the next one, is not over, or something that must be settled first is open."""


@dataclass(frozen=True, slots=True)
class Review:
    """What there is to look at before a month is closed."""

    starts_on: date
    ends_on: date
    entries: int
    """As many as whoever decides has seen: one more, and the decision is not carried out."""
    checks: Sequence[MonthCheck]
    flaws: Sequence[Flaw]

    @property
    def is_closable(self) -> bool:
        """Whether nothing that must be settled first is open."""
        return not self.flaws and not any(each.count and each.is_blocking for each in self.checks)


def next_month() -> date | None:
    """The first day of the month that is closed next, once it is over; None while nothing stands in the ledger.

    The first of all is that of the first entry which holds: what was taken back, and what took it back, open no months.
    """
    closed = closed_through()
    if closed is not None:
        return closed + timedelta(days=1)
    taken_back = select(LedgerEntry.reverses).where(LedgerEntry.reverses.is_not(None))
    holds = LedgerEntry.reverses.is_(None), LedgerEntry.number.not_in(taken_back)
    first = session.scalar(select(func.min(LedgerEntry.happened_on)).where(*holds))
    return None if first is None else first.replace(day=1)


def review_month(starts_on: date) -> Review:
    """Go through the month: its entries, what each feature has open of it, and whether its part of the chain holds."""
    ends_on = end_of_month(starts_on)
    entries = select(func.count()).where(LedgerEntry.happened_on.between(starts_on, ends_on))
    checks = [each for list_checks in month_checks for each in list_checks(starts_on, ends_on)]
    return Review(starts_on, ends_on, session.scalar(entries) or 0, checks, verify_month(starts_on, ends_on))


def propose_closing(starts_on: date, *, seen_entries: int, actor: uuid.UUID, is_demo: bool = False) -> LedgerMonth:
    """Ask a second person to close the month. Raises NotClosable, and Conflict when entries came in since they were
    looked at or somebody has asked already."""
    lock_chain()
    if session.scalar(select(LedgerMonth.id).where(LedgerMonth.state == _S.PROPOSED)) is not None:
        raise Conflict(N_("Somebody has asked for this already; a second person decides."))
    found = _closable(starts_on, seen_entries)
    made = LedgerMonth(
        starts_on=starts_on, state=_S.PROPOSED, asked_by=actor, asked_at=clock.now(), entries=found.entries,
        checks=_open_of(found), is_demo=is_demo,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record("ledger.month.propose", actor=actor, about=f"ledger-month:{starts_on:%Y-%m}")
    return made


def confirm_closing(month_id: int, *, seen_entries: int, actor: uuid.UUID) -> LedgerMonth:
    """Close it for good. Raises NotFound, Forbidden for whoever asked, NotClosable, and Conflict when it was decided
    on or entries came in since they were looked at; then it keeps waiting."""
    found = _lock(month_id)
    if found.asked_by == actor:
        raise Forbidden(N_("Who asked for the month to be closed does not close it. A second person must."))
    lock_chain()
    review = _closable(found.starts_on, seen_entries)
    last = session.execute(select(LedgerEntry.number, LedgerEntry.digest).order_by(LedgerEntry.number.desc()).limit(1))
    found.last_number, found.last_digest = next(((row.number, row.digest) for row in last), (0, GENESIS))
    found.entries, found.checks = review.entries, _open_of(review)
    _decide(found, _S.CLOSED, actor)
    return found


def refuse_closing(month_id: int, *, actor: uuid.UUID) -> LedgerMonth:
    """Leave it open; whoever asked takes it back with the same button. Raises NotFound, Conflict."""
    found = _lock(month_id)
    _decide(found, _S.WITHDRAWN if found.asked_by == actor else _S.REFUSED, actor)
    return found


def _closable(starts_on: date, seen_entries: int) -> Review:
    if starts_on != next_month():
        raise NotClosable(N_("Months are closed in their order; this one is not the next."))
    if end_of_month(starts_on) >= clock.today():
        raise NotClosable(N_("This month is not over yet."))
    found = review_month(starts_on)
    if found.entries != seen_entries:
        raise Conflict(N_("Entries of this month were posted since you looked at it. Look at it again."))
    if not found.is_closable:
        raise NotClosable(N_("Something of this month has to be settled first; it is listed below."))
    return found


def _open_of(review: Review) -> list[dict[str, object]]:
    return [{"label": each.label, "count": each.count} for each in review.checks if each.count]


def _lock(month_id: int) -> LedgerMonth:
    found = session.get(LedgerMonth, month_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.state != _S.PROPOSED:
        raise Conflict(N_("Somebody else has decided on this a moment ago. Nothing was done twice."))
    return found


def _decide(found: LedgerMonth, state: MonthState, actor: uuid.UUID) -> None:
    found.state, found.decided_by, found.decided_at = state, actor, clock.now()
    session.flush()
    audit.record(f"ledger.month.{state}", actor=actor, about=f"ledger-month:{found.starts_on:%Y-%m}")
