"""Reads of needs. No words: these are sealed."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.kernel.kept import Kept
from campaign.kernel.money import Money, exponent
from campaign.kernel.registry_needs import need_holders
from campaign.needs.models import (
    ENDED,
    WAITING,
    Need,
    NeedCategory,
    NeedEvent,
    NeedSource,
    NeedState,
    NeedVisibility,
    PayeeKind,
    Urgency,
)
from campaign.needs.queries.consent import agreeing

SOON = timedelta(days=7)
OPEN, MINE = "open", "mine"
"""Words of the filter by state: all that has not ended; what waits for whoever looks."""
_URGENCY = case({each.value: place for place, each in enumerate(Urgency)}, value=Need.urgency)
_STATE = case({each.value: place for place, each in enumerate(NeedState)}, value=Need.state)
SORTS: dict[str, tuple[Any, ...]] = {
    "number": (Need.number,), "category": (Need.category,), "urgency": (_URGENCY, Need.expires_on),
    "state": (_STATE,), "amount": (Need.currency, Need.amount), "expires": (Need.expires_on,),
}  # fmt: skip

REREAD_AFTER = 10.0


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """An approved need for those who pay: nothing that is written, and nobody's name."""

    id: uuid.UUID
    code: str
    category: NeedCategory
    is_in_kind: bool
    money: Money | None
    urgency: Urgency
    state: NeedState
    expires_on: date
    payees: tuple[PayeeKind, ...]
    prisoner_id: uuid.UUID | None
    still_open: Money | None = None
    """What is left of the amount, where a part of it is paid."""
    is_in_part: bool = False

    @property
    def to_pay(self) -> Money | None:
        """What there is to pay."""
        return self.still_open or self.money


@dataclass(frozen=True, slots=True)
class PublicNeed:
    """What the public sees of one need."""

    category: NeedCategory
    is_in_kind: bool
    money: Money | None
    still_open: Money | None = None
    """About what is left of it, in full tens, up: nobody reads a single payment off it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the list, and its order."""

    state: str = OPEN
    """A state, OPEN, MINE, or empty for all."""
    category: str = ""
    urgency: str = ""
    source: str = ""
    prisoners: Collection[uuid.UUID] | None = None
    number: int | None = None
    sort: str = ""


def get_need(need_id: uuid.UUID) -> Need:
    """One need. Raises NotFound."""
    found = session.get(Need, need_id)
    if found is None:
        raise NotFound
    return found


def approved_needs() -> Sequence[NeedFacts]:
    """What is to be paid for or got, and nobody sees to it yet: what is urgent first, then what runs out first."""
    today = clock.today()
    open_now = select(Need).where(Need.state == NeedState.APPROVED, Need.expires_on >= today)
    return [facts_of(each) for each in session.scalars(open_now.order_by(_URGENCY, Need.expires_on, Need.number))]


def needs_to_pay() -> Sequence[NeedFacts]:
    """What money is looked for: all that are approved, and what is open of those that are paid in part and for which
    nothing is under way."""
    in_part = select(Need).where(Need.state == NeedState.IN_FULFILMENT, Need.covered > 0, ~Need.is_in_kind)
    left = [each for each in session.scalars(in_part.order_by(_URGENCY, Need.number)) if each.still_open is not None]
    return [*approved_needs(), *(facts_of(each) for each in left if not any(holds(each.id) for holds in need_holders))]


def find_need(need_id: uuid.UUID) -> NeedFacts | None:
    """One need in any state, as those see it who pay; None where there is none."""
    found = session.get(Need, need_id)
    return facts_of(found) if found is not None else None


def find_needs(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, NeedFacts]:
    """Several of them, by id."""
    return {each.id: facts_of(each) for each in session.scalars(select(Need).where(Need.id.in_(ids)))}


def facts_of(need: Need) -> NeedFacts:
    """What those who pay may know of it."""
    return NeedFacts(
        need.id, need.code, NeedCategory(need.category), need.is_in_kind, need.money, Urgency(need.urgency),
        NeedState(need.state), need.expires_on, tuple(PayeeKind(each) for each in need.payees), need.prisoner_id,
        need.still_open, need.is_in_part,
    )  # fmt: skip


def select_needs(wanted: Wanted, *, account: uuid.UUID) -> Select[Need]:
    """Needs for a list: what is urgent first unless sorted."""
    statement = select(Need)
    if wanted.state == OPEN:
        statement = statement.where(Need.state.not_in(ENDED))
    elif wanted.state == MINE:
        statement = statement.where(waits_for(account))
    elif wanted.state in set(NeedState):
        statement = statement.where(Need.state == wanted.state)
    if wanted.category in set(NeedCategory):
        statement = statement.where(Need.category == wanted.category)
    if wanted.urgency in set(Urgency):
        statement = statement.where(Need.urgency == wanted.urgency)
    if wanted.source in set(NeedSource):
        statement = statement.where(Need.source == wanted.source)
    if wanted.prisoners is not None:
        statement = statement.where(Need.prisoner_id.in_(wanted.prisoners))
    if wanted.number is not None:
        statement = statement.where(Need.number == wanted.number)
    columns = SORTS.get(wanted.sort.removeprefix("-"), SORTS["urgency"])
    orders = [each.desc().nulls_last() if wanted.sort.startswith("-") else each.asc().nulls_last() for each in columns]
    return statement.order_by(*orders, Need.number.desc())


def waits_for(account: uuid.UUID) -> ColumnElement[bool]:
    """Whether somebody can take its next step: make sure of it, or approve it. Not of what they wrote themselves."""
    to_verify = and_(Need.state == NeedState.REPORTED, Need.first_verified_by.is_distinct_from(account))
    return and_(Need.author_id != account, or_(to_verify, Need.state == NeedState.VERIFIED))


def count_by_state() -> dict[NeedState, int]:
    """How many there are in each state."""
    rows = session.execute(select(Need.state, func.count()).group_by(Need.state)).all()
    return {NeedState(state): amount for state, amount in rows}


def count_waiting(account: uuid.UUID) -> tuple[int, int]:
    """How many somebody can make sure of, and how many they can approve."""
    counts = [
        func.count().filter(Need.state == NeedState.REPORTED), func.count().filter(Need.state == NeedState.VERIFIED),
    ]  # fmt: skip
    row = session.execute(select(*counts).where(waits_for(account))).one()
    return row[0], row[1]


def count_pressing(today: date) -> tuple[int, int]:
    """How many urgent ones are approved and nobody sees to them, and how many run out within a week unfulfilled."""
    counts = [
        func.count().filter(Need.state == NeedState.APPROVED, Need.urgency == Urgency.URGENT),
        func.count().filter(Need.state.in_(WAITING), Need.expires_on <= today + SOON),
    ]  # fmt: skip
    row = session.execute(select(*counts).select_from(Need)).one()
    return row[0], row[1]


def list_events(need_id: uuid.UUID) -> Sequence[NeedEvent]:
    """Its history, oldest first."""
    return session.scalars(select(NeedEvent).where(NeedEvent.need_id == need_id).order_by(NeedEvent.number)).all()


def list_of_prisoner(prisoner_id: uuid.UUID, *, most: int = 10) -> Sequence[Need]:
    """What somebody needs that has not ended, what is urgent first."""
    mine = select(Need).where(Need.prisoner_id == prisoner_id, Need.state.not_in(ENDED))
    return session.scalars(mine.order_by(_URGENCY, Need.expires_on, Need.number).limit(most)).all()


def find_by_origin(kind: str, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Need]:
    """By where they come from: the needs that were reported there."""
    found = session.scalars(select(Need).where(Need.origin_kind == kind, Need.origin_id.in_(ids)))
    return {each.origin_id: each for each in found if each.origin_id is not None}


def public_needs(prisoner_id: uuid.UUID) -> Sequence[PublicNeed]:
    """What the public may see of what somebody needs now: approved, not hidden, and only while they agree to it."""
    if prisoner_id not in _shown.current():
        return []
    shown = select(Need).where(
        Need.prisoner_id == prisoner_id, Need.prisoner_id.in_(agreeing()), Need.visibility != NeedVisibility.HIDDEN,
        Need.state.in_((NeedState.APPROVED, NeedState.IN_FULFILMENT)), Need.expires_on >= clock.today(),
    )  # fmt: skip
    found = session.scalars(shown.order_by(_URGENCY, Need.category, Need.number)).all()
    return [_in_public(each) for each in found]


# Of whom anything may be shown at all, which is asked on every person's page; what it is, and whether it still may, is
# asked for each page of theirs.
_shown = Kept(
    lambda: frozenset(
        session.scalars(select(Need.prisoner_id).where(Need.visibility != NeedVisibility.HIDDEN).distinct())
    ),
    REREAD_AFTER,
)


def forget_shown() -> None:
    """Read anew of whom something is shown: at once here, within REREAD_AFTER seconds in other processes."""
    _shown.forget()


def _in_public(need: Need) -> PublicNeed:
    money = need.money if need.visibility == NeedVisibility.AMOUNT else None
    left = need.still_open if money is not None else None
    if left is not None and money is not None:
        step = 10 * 10 ** exponent(left.currency)
        left = Money(min(-(-left.minor // step) * step, money.minor), left.currency)
    return PublicNeed(NeedCategory(need.category), need.is_in_kind, money, left)
