"""Reads of rounds, applications and scores. No words: these are sealed."""

import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select

from campaign.funds.queries.balances import sums_at
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.errors import NotFound
from campaign.payments.models import Payment, PaymentState
from campaign.rounds.models import (
    ApplicationState,
    GrantApplication,
    GrantEvent,
    GrantRound,
    GrantScore,
    RoundState,
)

SORTS = {
    "number": (GrantRound.number,), "title": (func.lower(GrantRound.title),), "state": (GrantRound.state,),
    "budget": (GrantRound.currency, GrantRound.budget), "closes": (GrantRound.closes_on,),
}  # fmt: skip


def get_round(round_id: uuid.UUID) -> GrantRound:
    """One round. Raises NotFound."""
    found = session.get(GrantRound, round_id)
    if found is None:
        raise NotFound
    return found


def get_application(round_id: uuid.UUID, application_id: uuid.UUID) -> GrantApplication:
    """One application of this very round. Raises NotFound."""
    found = session.get(GrantApplication, application_id)
    if found is None or found.round_id != round_id:
        raise NotFound
    return found


def select_rounds(*, state: str = "", search: str = "", sort: str = "") -> Select[GrantRound]:
    """Rounds for a list: newest first unless sorted."""
    statement = select(GrantRound)
    if state in set(RoundState):
        statement = statement.where(GrantRound.state == state)
    if search:
        number = search.removeprefix("R").removeprefix("r")
        by_number = [GrantRound.number == int(number)] if number.isascii() and number.isdecimal() else []
        statement = statement.where(or_(GrantRound.title.icontains(search, autoescape=True), *by_number))
    columns = SORTS.get(sort.removeprefix("-"), ())
    orders = [each.desc() if sort.startswith("-") else each.asc() for each in columns]
    return statement.order_by(*orders, GrantRound.number.desc())


def list_applications(round_id: uuid.UUID) -> Sequence[GrantApplication]:
    """All of a round, the first that came first."""
    mine = select(GrantApplication).where(GrantApplication.round_id == round_id)
    return session.scalars(mine.order_by(GrantApplication.number)).all()


def count_applications(round_id: uuid.UUID, state: ApplicationState | None = None) -> int:
    """How many a round has, in one state or in all."""
    mine = select(func.count()).where(GrantApplication.round_id == round_id)
    return session.scalar(mine if state is None else mine.where(GrantApplication.state == state)) or 0


def count_unpaid(fund_id: uuid.UUID) -> int:
    """How many rounds of a fund are decided, without payments yet or with one that is still a draft."""
    drafts = (
        select(GrantApplication.round_id)
        .join(Payment, Payment.id == GrantApplication.payment_id)
        .where(Payment.state == PaymentState.DRAFT)
    )
    unpaid = or_(GrantRound.state == RoundState.DECIDED, GrantRound.id.in_(drafts))
    return session.scalar(select(func.count()).where(GrantRound.fund_id == fund_id, unpaid)) or 0


def scores_of(round_id: uuid.UUID) -> Mapping[uuid.UUID, tuple[int, int]]:
    """By application the sum of its points and how many scored it."""
    rows = session.execute(
        select(GrantScore.application_id, func.sum(GrantScore.points), func.count())
        .join(GrantApplication, GrantApplication.id == GrantScore.application_id)
        .where(GrantApplication.round_id == round_id)
        .group_by(GrantScore.application_id)
    )
    return {application: (int(points), amount) for application, points, amount in rows}


def own_scores(round_id: uuid.UUID, scorer: uuid.UUID) -> Mapping[uuid.UUID, GrantScore]:
    """By application what somebody has scored."""
    mine = (
        select(GrantScore)
        .join(GrantApplication, GrantApplication.id == GrantScore.application_id)
        .where(GrantApplication.round_id == round_id, GrantScore.scorer_id == scorer)
    )
    return {each.application_id: each for each in session.scalars(mine)}


def list_events(round_id: uuid.UUID) -> Sequence[GrantEvent]:
    """Its history, oldest first."""
    return session.scalars(select(GrantEvent).where(GrantEvent.round_id == round_id).order_by(GrantEvent.id)).all()


def available_of(found: GrantRound) -> int:
    """What there is to give: the budget, or what the fund has in that currency where that is less; never below zero."""
    sums = sums_at(clock.today(), [found.fund_id]).get(found.fund_id, [])
    has = next((each.has for each in sums if each.currency == found.currency), 0)
    return max(min(found.budget, has), 0)


def count_waiting(account: uuid.UUID) -> tuple[int, int, int]:
    """How many applications somebody can verify, how many they can score, and how many splits they can decide on."""
    verifying = GrantRound.state == RoundState.VERIFICATION
    to_verify = _count(verifying, GrantApplication.state == ApplicationState.RECEIVED, _not_theirs(account))
    scored = select(GrantScore.application_id).where(GrantScore.scorer_id == account)
    to_score = _count(
        GrantRound.state == RoundState.SCORING, GrantRound.proposal.is_(None),
        GrantApplication.state == ApplicationState.ELIGIBLE, _not_theirs(account), GrantApplication.id.not_in(scored),
    )  # fmt: skip
    proposed = select(func.count()).where(
        GrantRound.state == RoundState.SCORING, GrantRound.proposal.is_not(None), GrantRound.proposed_by != account
    )
    return to_verify, to_score, session.scalar(proposed) or 0


def sums_by_category(round_id: uuid.UUID) -> Sequence[tuple[str, int, int, int]]:
    """By category: how many applied, how many got something, and how much."""
    rows = session.execute(
        select(
            GrantApplication.category, func.count(), func.count().filter(GrantApplication.granted > 0),
            func.coalesce(func.sum(GrantApplication.granted), 0),
        )
        .where(GrantApplication.round_id == round_id, GrantApplication.state != ApplicationState.WITHDRAWN)
        .group_by(GrantApplication.category)
        .order_by(GrantApplication.category)
    )  # fmt: skip
    return [(category, applied, got, int(given or 0)) for category, applied, got, given in rows]


def needs_in(round_id: uuid.UUID) -> Collection[uuid.UUID]:
    """Needs for which somebody has applied in this round."""
    mine = select(GrantApplication.need_id).where(GrantApplication.round_id == round_id)
    return [each for each in session.scalars(mine) if each is not None]


def _not_theirs(account: uuid.UUID) -> ColumnElement[bool]:
    return GrantApplication.entered_by != account


def _count(*conditions: ColumnElement[bool]) -> int:
    joined = select(func.count()).select_from(GrantApplication)
    joined = joined.join(GrantRound, GrantRound.id == GrantApplication.round_id)
    return session.scalar(joined.where(*conditions)) or 0
