"""Grant rounds of the demo: one whose split can be previewed and decided, one that is over. Everything is invented."""

import uuid
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select

from campaign.accounts.queries import find_account_by_name
from campaign.funds.models import Fund, FundState
from campaign.funds.queries.balances import sums_at
from campaign.kernel import clock
from campaign.kernel.db import session
from campaign.kernel.money import Money
from campaign.needs.models import NeedCategory
from campaign.rounds.models import GrantRound, RoundState, SplitRule
from campaign.rounds.service import applications, decisions, rounds
from campaign.rounds.service.applications import ApplicationDraft
from campaign.rounds.service.rounds import RoundDraft

_C = NeedCategory


class Ask(NamedTuple):
    """One application of the demo, and what three people think of it."""

    category: NeedCategory
    amount: int
    words: str
    points: tuple[int, int, int]


SPRING = (
    Ask(_C.LAWYER, 80_000, "A made-up mother asks for the lawyer of the second instance.", (5, 4, 5)),
    Ask(_C.TRAVEL, 24_000, "A made-up sister: the first visit in two years.", (4, 4, 3)),
    Ask(_C.LIVING, 45_000, "A made-up family of five, the rent of three months.", (5, 5, 4)),
    Ask(_C.MEDICINE, 9_000, "A made-up father: insulin until summer.", (5, 5, 5)),
    Ask(_C.FINES, 60_000, "A made-up student: a fine, to be paid in parts.", (2, 3, 2)),
    Ask(_C.RELEASE, 15_000, "A made-up neighbour: the first weeks after the release.", (3, 3, 4)),
)
AUTUMN = SPRING[1:4]


def make_rounds() -> None:
    """Make them in the open transaction, by the demo accounts; nothing where no fund has money."""
    fund = _fund()
    if fund is None:
        return
    _run(fund, "Round of autumn", AUTUMN, 60_000, is_over=True)
    _run(fund, "Round of spring", SPRING, 120_000)


def _run(fund: Fund, title: str, asks: tuple[Ask, ...], budget: int, *, is_over: bool = False) -> None:
    planner, second, enterer, checker = (
        _account(name) for name in ("organiser-1", "admin-1", "coordinator-1", "coordinator-2")
    )
    today = clock.today()
    draft = RoundDraft(
        title, fund.id, Money(budget, "EUR"), 3, today - timedelta(days=30), today - timedelta(days=2)
    )  # fmt: skip
    found = rounds.plan(draft, actor=planner, is_demo=True)
    _step(found, RoundState.OPEN, planner)
    made = [
        applications.enter(
            found.id, ApplicationDraft(each.category, Money(each.amount, "EUR"), words=each.words), actor=enterer,
            is_demo=True,
        )
        for each in asks
    ]  # fmt: skip
    _step(found, RoundState.VERIFICATION, planner)
    for application in made:
        applications.verify(found.id, application.id, is_eligible=True, actor=checker)
    _step(found, RoundState.SCORING, planner)
    for application, ask in zip(made, asks, strict=True):
        for who, points in zip((checker, planner, second), ask.points, strict=True):
            applications.score(found.id, application.id, points, actor=who)
    if is_over:
        decisions.propose(found.id, SplitRule.NEEDIEST, seen_version=found.version, actor=planner)
        decisions.decide(found.id, seen_version=found.version, actor=second)
        decisions.make_payments(found.id, actor=second)
        _step(found, RoundState.REPORTED, planner)


def _step(found: GrantRound, to: RoundState, actor: uuid.UUID) -> None:
    rounds.step(found.id, to, seen_version=found.version, actor=actor)


def _fund() -> Fund | None:
    """The open fund of the demo that has most."""
    funds = session.scalars(select(Fund).where(Fund.is_demo, Fund.state == FundState.OPEN).order_by(Fund.number)).all()
    has = {
        fund_id: sum(each.has for each in sums if each.currency == "EUR")
        for fund_id, sums in sums_at(clock.today(), [each.id for each in funds]).items()
    }  # fmt: skip
    return max(funds, key=lambda each: has.get(each.id, 0), default=None)


def _account(name: str) -> uuid.UUID:
    found = find_account_by_name(name)
    if found is None:
        raise LookupError(name)
    return found.id
