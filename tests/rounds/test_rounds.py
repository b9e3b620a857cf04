"""Grant rounds from the plan to the payments: two persons at each decision, and no more money than there is."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict
from campaign.kernel.money import Money
from campaign.needs.models import NeedCategory, NeedState
from campaign.payments.models import Payment
from campaign.prisoners.service.erasure import erase_rows
from campaign.rounds.models import ApplicationState, GrantApplication, GrantRound, RoundState, SplitRule
from campaign.rounds.queries import rounds as queries
from campaign.rounds.service import applications, decisions, rounds
from campaign.rounds.service.applications import ApplicationDraft
from campaign.rounds.service.decisions import NotScored
from campaign.rounds.service.rounds import BadRound, NotThatStep, OtherPerson, RoundDraft
from tests.funds import made as made_funds
from tests.needs import made as made_needs
from tests.support import make

pytestmark = pytest.mark.usefixtures("app")
PLANNER, ENTERER, CHECKER, FIRST, SECOND = (uuid.UUID(int=number) for number in range(11, 16))
S = RoundState


def draft(fund: uuid.UUID, minor: int = 60_000, **changes: object) -> RoundDraft:
    values = {
        "title": "Spring", "fund_id": fund, "budget": Money(minor, "EUR"), "scorers": 2, "opens_on": clock.today(),
        "closes_on": clock.today() + timedelta(days=30),
    }  # fmt: skip
    return RoundDraft(**{**values, **changes})  # type: ignore[arg-type]


def again(found: GrantRound) -> GrantRound:
    session.expire_all()
    return session.get_one(GrantRound, found.id)


def step(found: GrantRound, to: RoundState) -> None:
    with transaction():
        rounds.step(found.id, to, seen_version=again(found).version, actor=PLANNER)


def opened(has: int = 100_000, minor: int = 60_000) -> GrantRound:
    """A round that takes applications, of a fund that has so much."""
    fund = made_funds.fund()
    if has:
        made_funds.bank()
        made_funds.gift(fund, has)
    with transaction():
        found = rounds.plan(draft(fund, minor), actor=PLANNER)
    step(found, S.OPEN)
    return found


def entered(found: GrantRound, minor: int, **changes: object) -> GrantApplication:
    values = {"category": NeedCategory.LAWYER, "asked": Money(minor, "EUR"), "words": "Семья просит", **changes}
    with transaction():
        return applications.enter(found.id, ApplicationDraft(**values), actor=ENTERER)  # type: ignore[arg-type]


def scored(
    *asked: tuple[int, int], has: int = 100_000, minor: int = 60_000
) -> tuple[GrantRound, list[GrantApplication]]:
    """A round in which each of those who ask has the points twice."""
    found = opened(has, minor)
    made = [entered(found, each) for each, _points in asked]
    step(found, S.VERIFICATION)
    with transaction():
        for each in made:
            applications.verify(found.id, each.id, is_eligible=True, actor=CHECKER)
    step(found, S.SCORING)
    with transaction():
        for each, (_asked, points) in zip(made, asked, strict=True):
            for who in (FIRST, SECOND):
                applications.score(found.id, each.id, points, "Ясно", actor=who)
    return found, made


def test_a_round_is_decided_by_two_and_becomes_drafts_of_payments_once():
    found, made = scored((50_000, 5), (30_000, 3), (20_000, 1))
    with transaction():
        decisions.propose(found.id, SplitRule.NEEDIEST, seen_version=again(found).version, actor=FIRST)
    with pytest.raises(OtherPerson), transaction():
        decisions.decide(found.id, seen_version=again(found).version, actor=FIRST)
    with pytest.raises(NotThatStep), transaction():
        applications.score(found.id, made[0].id, 1, actor=FIRST)
    with pytest.raises(NotThatStep), transaction():
        applications.withdraw(found.id, made[0].id, actor=ENTERER)
    with pytest.raises(NotThatStep), transaction():
        decisions.make_payments(found.id, actor=FIRST)
    with transaction():
        decisions.decide(found.id, seen_version=again(found).version, actor=SECOND)
    assert (again(found).state, again(found).granted) == (S.DECIDED, 60_000)
    assert [each.granted for each in queries.list_applications(found.id)] == [50_000, 10_000, 0]
    for _twice in range(2):
        with transaction():
            assert decisions.make_payments(found.id, actor=SECOND) == 2
    payments = session.scalars(select(Payment).order_by(Payment.amount)).all()
    assert [(each.state, each.amount) for each in payments] == [("draft", 10_000), ("draft", 50_000)]
    step(found, S.REPORTED)
    assert queries.sums_by_category(found.id) == [("lawyer", 3, 2, 60_000)]
    with pytest.raises(NotThatStep):
        step(found, S.OPEN)


def test_what_the_fund_has_counts_and_not_what_was_planned():
    found, _made = scored((50_000, 5), (30_000, 3), has=40_000)
    available, shares = decisions.preview(found.id, SplitRule.EQUAL)
    assert (available, [each.given for each in shares]) == (40_000, [20_000, 20_000])
    with transaction():
        decisions.propose(found.id, SplitRule.EQUAL, seen_version=again(found).version, actor=FIRST)
    made_funds.payment(again(found).fund_id, 15_000)
    with pytest.raises(Conflict, match="otherwise now"), transaction():
        decisions.decide(found.id, seen_version=again(found).version, actor=SECOND)
    for _twice in range(2):
        with transaction():
            decisions.take_back(found.id, actor=SECOND)
    assert again(found).proposal is None
    empty, _none = scored((500, 2), has=0)
    with pytest.raises(NotThatStep, match="nothing to give"), transaction():
        decisions.propose(empty.id, SplitRule.EQUAL, seen_version=again(empty).version, actor=FIRST)


def test_who_entered_an_application_neither_verifies_nor_scores_it():
    found = opened()
    one, other = entered(found, 500), entered(found, 700)
    with pytest.raises(NotThatStep), transaction():
        applications.verify(found.id, one.id, is_eligible=True, actor=CHECKER)
    step(found, S.VERIFICATION)
    with pytest.raises(OtherPerson), transaction():
        applications.verify(found.id, one.id, is_eligible=True, actor=ENTERER)
    with pytest.raises(NotThatStep, match="not verified"):
        step(found, S.SCORING)
    with transaction():
        applications.verify(found.id, one.id, is_eligible=True, actor=CHECKER)
    with pytest.raises(BadRound, match="Say why"), transaction():
        applications.verify(found.id, other.id, is_eligible=False, actor=CHECKER)
    with transaction():
        applications.verify(found.id, other.id, is_eligible=False, reason="twice", actor=CHECKER)
    step(found, S.SCORING)
    for application, points, who, problem in (
        (one, 3, ENTERER, OtherPerson), (one, 6, FIRST, BadRound), (one, 0, FIRST, BadRound),
        (other, 3, FIRST, NotThatStep),
    ):  # fmt: skip
        with pytest.raises(problem), transaction():
            applications.score(found.id, application.id, points, actor=who)
    with transaction():
        applications.score(found.id, one.id, 3, actor=FIRST)
        applications.score(found.id, one.id, 4, actor=FIRST)
    assert queries.scores_of(found.id) == {one.id: (4, 1)}
    with pytest.raises(NotScored), transaction():
        decisions.propose(found.id, SplitRule.EQUAL, seen_version=again(found).version, actor=FIRST)
    assert queries.count_waiting(SECOND) == (0, 1, 0)


def test_an_application_for_a_need_is_one_a_round_and_its_payment_knows_the_need():
    found, who = opened(), make.prisoner()
    need = made_needs.need(NeedState.APPROVED, prisoner=who.id)
    reported = made_needs.need()
    made = entered(found, 25_000, need_id=need.id, words="")
    assert made.prisoner_id == who.id
    for changes in (
        {"need_id": need.id}, {"need_id": reported.id}, {"need_id": uuid.uuid4()}, {"words": ""},
        {"need_id": need.id, "category": NeedCategory.TRAVEL}, {"asked": Money(5, "USD")}, {"asked": Money(0, "EUR")},
    ):  # fmt: skip
        with pytest.raises(BadRound):
            entered(found, 100, **changes)
    step(found, S.VERIFICATION)
    with transaction():
        applications.verify(found.id, made.id, is_eligible=True, actor=CHECKER)
    step(found, S.SCORING)
    with transaction():
        for each in (FIRST, SECOND):
            applications.score(found.id, made.id, 3, actor=each)
    with transaction():
        decisions.propose(found.id, SplitRule.EQUAL, seen_version=again(found).version, actor=FIRST)
    with transaction():
        decisions.decide(found.id, seen_version=again(found).version, actor=SECOND)
    with transaction():
        decisions.make_payments(found.id, actor=SECOND)
    payment = session.scalars(select(Payment)).one()
    assert (payment.need_id, payment.amount, payment.category) == (need.id, 25_000, "expenses:lawyer")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("round", {"granted": 60_001}), ("round", {"decided_by": None}), ("round", {"proposed_by": SECOND}),
        ("round", {"state": "scoring"}), ("round", {"proposal": None}),
        ("application", {"granted": 50_001}), ("application", {"verified_by": ENTERER}),
        ("application", {"state": "withdrawn"}),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_more_money_and_fewer_persons(table, columns):
    found, made = scored((50_000, 5), (30_000, 3))
    with transaction():
        decisions.propose(found.id, SplitRule.NEEDIEST, seen_version=again(found).version, actor=FIRST)
    with transaction():
        decisions.decide(found.id, seen_version=again(found).version, actor=SECOND)
    model, row = (GrantRound, found.id) if table == "round" else (GrantApplication, made[0].id)
    with pytest.raises(IntegrityError), transaction():
        session.execute(update(model).where(model.id == row).values(**columns))


@pytest.mark.slow
def test_two_who_decide_at_once_do_it_once(app):
    found, _made = scored((50_000, 5))
    with transaction():
        decisions.propose(found.id, SplitRule.EQUAL, seen_version=again(found).version, actor=FIRST)
    version, start, outcomes = again(found).version, threading.Barrier(2), []

    def work(who: uuid.UUID) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    decisions.decide(found.id, seen_version=version, actor=who)
                outcomes.append("done")
            except Conflict:
                outcomes.append("told")
            session.remove()

    threads = [threading.Thread(target=work, args=(who,)) for who in (SECOND, CHECKER)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["done", "told"]


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": Money(0, "EUR")}, {"budget": Money(-1, "EUR")}, {"scorers": 1}, {"scorers": 10},
        {"closes_on": clock.today() - timedelta(days=1)}, {"fund_id": uuid.uuid4()},
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(changes):
    fund = made_funds.fund()
    with pytest.raises(BadRound), transaction():
        rounds.plan(draft(fund, **changes), actor=PLANNER)


def test_words_are_sealed_and_go_with_the_person_or_half_a_year_after_the_end():
    found, who = opened(), make.prisoner()
    need = made_needs.need(NeedState.APPROVED, prisoner=who.id)
    theirs, other = entered(found, 100, need_id=need.id), entered(found, 200)
    dump = session.scalar(text("SELECT string_agg(grant_application::text, '') FROM grant_application"))
    assert "Семья" not in dump
    assert applications.words_of(theirs) == "Семья просит"
    assert rounds.count_of_person(who.id) == 1
    with transaction():
        erase_rows(who.id)
    session.expire_all()
    gone = session.get_one(GrantApplication, theirs.id)
    assert (gone.words_sealed, gone.prisoner_id, gone.need_id, gone.asked) == (None, None, None, 100)
    step(found, S.CALLED_OFF)
    with time_machine.travel(clock.now() + timedelta(days=rounds.KEPT_DAYS - 1)), transaction():
        assert rounds.erase_old_words(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=rounds.KEPT_DAYS)), transaction():
        assert rounds.erase_old_words(clock.today()) == 1
    session.expire_all()
    assert session.get_one(GrantApplication, other.id).words_sealed is None


def test_a_withdrawn_application_gets_nothing():
    found, made = scored((50_000, 5), (30_000, 3))
    with transaction():
        applications.withdraw(found.id, made[0].id, actor=ENTERER)
        applications.withdraw(found.id, made[0].id, actor=ENTERER)
    assert [each.number for each in decisions.preview(found.id, SplitRule.NEEDIEST)[1]] == [made[1].number]
    assert session.get_one(GrantApplication, made[0].id).state == ApplicationState.WITHDRAWN
