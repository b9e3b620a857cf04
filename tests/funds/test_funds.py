"""A fund's way: two persons open it, two end it, and what is left moves on by its rule."""

import threading
import uuid

import pytest
from sqlalchemy import select, text

from campaign.funds.models import (
    Fund,
    FundEvent,
    FundKind,
    FundState,
    GivingState,
    LedgerProposal,
    Memo,
    ProposalState,
    PublicLevel,
    Residual,
)
from campaign.funds.queries import funds as queries
from campaign.funds.queries.balances import sums_at
from campaign.funds.queries.public import public_funds
from campaign.funds.service import funds, giving, ledger, manual
from campaign.funds.service.funds import BadFund, FundDraft, NotThatState
from campaign.funds.service.giving import NamesDesignated
from campaign.funds.service.ledger import AlreadyPosted, BadEntry, Source
from campaign.funds.service.manual import EntryDraft
from campaign.funds.service.verify import verify
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, Forbidden
from campaign.kernel.money import Money
from campaign.prisoners.models import Prisoner
from campaign.prisoners.service.publication import withdraw
from tests.funds import made
from tests.support import make

pytestmark = pytest.mark.usefixtures("app")
ANNA, BORIS = uuid.UUID(int=1), uuid.UUID(int=2)
S = FundState


def draft(**changes):
    values = {
        "kind": FundKind.CAUSE, "currency": "EUR", "public_level": PublicLevel.FIGURES, "goal": 470_000,
        "titles": {"en": "A lawyer for those far away", "ru": "Адвокат для тех, кто далеко"},
        "summaries": {"en": "A made-up sentence."}, "abouts": {"en": "Made *up*."},
    }  # fmt: skip
    return FundDraft(**(values | changes))


def make_fund(**changes):
    with transaction():
        return funds.create_fund(draft(**changes), actor=ANNA)


def move(fund, to, actor=ANNA, **more):
    with transaction():
        seen = session.scalar(select(Fund.version).where(Fund.id == fund))
        funds.move_fund(fund, to, actor=actor, **{"seen_version": seen} | more)


def opened(**changes):
    found = make_fund(**changes)
    move(found.id, S.REVIEW)
    move(found.id, S.OPEN, BORIS)
    session.expunge_all()
    return found.id


def test_who_hands_in_does_not_open():
    found = make_fund()
    move(found.id, S.REVIEW)
    with pytest.raises(Forbidden):
        move(found.id, S.OPEN)
    move(found.id, S.OPEN, BORIS)
    events = session.scalars(select(FundEvent).order_by(FundEvent.id)).all()
    assert [each.now for each in events] == ["draft", "review", "open"]
    with pytest.raises(NotThatState):
        move(found.id, S.OPEN, BORIS)


@pytest.mark.parametrize("to", [S.OPEN, S.PAUSED, S.CLOSING, S.CLOSED, S.DRAFT])
def test_a_draft_can_only_be_handed_in(to):
    found = make_fund()
    with pytest.raises(NotThatState):
        move(found.id, to, BORIS, residual=Residual.GENERAL)


def test_what_is_changed_after_it_was_handed_in_is_handed_in_anew():
    found = make_fund()
    move(found.id, S.REVIEW)
    with transaction():
        changed = funds.edit_fund(found.id, draft(goal=None), seen_version=2, actor=ANNA)
    assert (changed.state, changed.goal) == (S.DRAFT, None)


def test_whoever_changes_it_second_is_told():
    found = make_fund()
    with transaction():
        funds.edit_fund(found.id, draft(goal=5), seen_version=1, actor=ANNA)
    with pytest.raises(Conflict), transaction():
        funds.edit_fund(found.id, draft(goal=6), seen_version=1, actor=BORIS)


@pytest.mark.parametrize(
    "changes",
    [
        {"titles": {"ru": "Только по-русски"}},
        {"goal": 0},
        {"goal": -1},
        {"currency": "EURO"},
        {"prisoner": "nobody-at-all", "kind": FundKind.PRISONER},
    ],
)
def test_what_a_fund_cannot_be(changes):
    with pytest.raises(BadFund):
        make_fund(**changes)


def test_kind_and_currency_stay_once_it_is_open():
    fund = opened()
    with pytest.raises(BadFund), transaction():
        funds.edit_fund(fund, draft(currency="USD"), seen_version=3, actor=ANNA)


def test_there_is_one_general_fund():
    opened(kind=FundKind.GENERAL)
    with pytest.raises(BadFund):
        make_fund(kind=FundKind.GENERAL)


def test_the_same_title_gets_another_address():
    assert [make_fund().slug for _turn in range(3)] == [
        "a-lawyer-for-those-far-away", "a-lawyer-for-those-far-away-2", "a-lawyer-for-those-far-away-3"
    ]  # fmt: skip


def test_whose_it_is_stands_only_where_everybody_may_know():
    who = make.public_prisoner()
    with pytest.raises(BadFund):
        make_fund(kind=FundKind.FAMILY, prisoner=who.slug, public_level=PublicLevel.HIDDEN)
    with pytest.raises(BadFund):
        make_fund(kind=FundKind.CAUSE, prisoner=who.slug)
    found = make_fund(kind=FundKind.FAMILY, prisoner=who.slug)
    assert found.prisoner_id == who.id
    with transaction():
        withdraw(session.get_one(Prisoner, who.id), "made up", actor=ANNA)
    session.expire_all()
    found = session.get_one(Fund, found.id)
    assert (found.prisoner_id, found.public_level) == (None, PublicLevel.HIDDEN)
    assert (found.titles, found.slug) == (funds.NEUTRAL, f"fund-{found.number}"), "nobody finds it later to erase it"
    assert (found.summaries, found.abouts) == ({}, {})


def test_whoever_is_erased_is_named_by_no_fund():
    who = make.public_prisoner()
    found = make_fund(kind=FundKind.FAMILY, prisoner=who.slug)
    with transaction():
        giving.propose_giving(found.id, {"en": "Made up: thanks for Anna"}, actor=ANNA)
    with transaction():
        assert funds.forget_person(who.id) == 1
    session.expire_all()
    found = session.get_one(Fund, found.id)
    assert (found.titles, found.slug, found.abouts) == (funds.NEUTRAL, f"fund-{found.number}", {})
    assert [(each.state, each.texts) for each in queries.list_givings(found.id)] == [(GivingState.WITHDRAWN, {})]


def test_an_edit_that_cuts_the_link_keeps_no_word():
    who = make.public_prisoner()
    fund = opened(kind=FundKind.FAMILY, prisoner=who.slug)
    hidden = {"kind": FundKind.FAMILY, "public_level": PublicLevel.HIDDEN}
    with pytest.raises(BadFund), transaction():
        funds.edit_fund(fund, draft(**hidden), seen_version=3, actor=ANNA)
    neutral = {"titles": {"en": "A hidden fund"}, "summaries": {}, "abouts": {}}
    with transaction():
        found = funds.edit_fund(fund, draft(**hidden, **neutral), seen_version=3, actor=ANNA)
    assert (found.prisoner_id, found.slug, found.state) == (None, f"fund-{found.number}", S.OPEN)


@pytest.mark.parametrize(
    "changes",
    [
        {"titles": {"en": "Another"}}, {"summaries": {}}, {"abouts": {"en": "Give to me"}}, {"goal": 5},
        {"public_level": PublicLevel.FIGURES},
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", [S.OPEN, S.PAUSED])
def test_what_a_second_person_opened_is_not_rewritten_by_one(changes, state):
    fund = opened(public_level=PublicLevel.WORDS)
    if state == S.PAUSED:
        move(fund, S.PAUSED)
    seen = queries.get_fund(fund).version
    with pytest.raises(BadFund), transaction():
        funds.edit_fund(fund, draft(**{"public_level": PublicLevel.WORDS} | changes), seen_version=seen, actor=ANNA)
    with transaction():
        found = funds.edit_fund(fund, draft(public_level=PublicLevel.HIDDEN), seen_version=seen, actor=ANNA)
    assert found.public_level == PublicLevel.HIDDEN


def test_an_open_fund_is_changed_by_way_of_another_review():
    fund = opened()
    move(fund, S.PAUSED)
    move(fund, S.REVIEW)
    seen = queries.get_fund(fund).version
    with pytest.raises(BadFund), transaction():
        funds.edit_fund(fund, draft(currency="USD"), seen_version=seen, actor=ANNA)
    assert session.scalar(public_funds().where(Fund.id == fund)) is None
    with transaction():
        funds.edit_fund(fund, draft(goal=5), seen_version=seen, actor=ANNA)
    move(fund, S.REVIEW)
    with pytest.raises(Forbidden):
        move(fund, S.OPEN)
    move(fund, S.OPEN, BORIS)


def test_nobody_opens_what_they_did_not_see():
    found = make_fund()
    move(found.id, S.REVIEW)
    with transaction():
        funds.edit_fund(found.id, draft(goal=5), seen_version=2, actor=ANNA)
    move(found.id, S.REVIEW)
    with pytest.raises(Conflict):
        move(found.id, S.OPEN, BORIS, seen_version=2)
    assert queries.get_fund(found.id).state == S.REVIEW


NUMBERS = (
    "DE89 3704 0044 0532 0130 00 please", "to gb82west12345698765432", "4111-1111-1111-1111", "40817810099910004312",
    "0x52908400098527886E0F7030069857D2E4169EE7", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
)  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("where", ["titles", "summaries", "abouts"])
def test_numbers_of_accounts_stand_in_no_text(number, where):
    with pytest.raises(BadFund):
        make_fund(**{where: {"en": f"Give: {number}"}})


def test_other_numbers_may():
    make_fund(abouts={"en": "From 2024 to 2026, 470 000 roubles; 7 years; +49 30 1234567; uc-star.ru/2025/11/27/x."})


def test_what_is_left_moves_on_by_the_rule_and_the_books_say_so():
    bank, second = made.bank(), made.bank("Second bank")
    fund, other = opened(), opened()
    made.gift(fund, 10_000)
    made.gift(fund, 700, "USD", account=second)
    made.payment(fund, 4_000)
    with pytest.raises(BadFund):
        move(fund, S.CLOSING)
    with pytest.raises(BadFund):
        move(fund, S.CLOSING, residual=Residual.GENERAL)
    with pytest.raises(BadFund):
        move(fund, S.CLOSING, residual=Residual.FUND, residual_fund_id=fund)
    move(fund, S.CLOSING, residual=Residual.FUND, residual_fund_id=other)
    with pytest.raises(Forbidden):
        move(fund, S.CLOSED)
    move(fund, S.CLOSED, BORIS)
    sums = sums_at(clock.today())
    assert [(each.currency, each.has) for each in sums[other]] == [("EUR", 6_000), ("USD", 700)]
    assert [(each.currency, each.received, each.passed_on, each.has) for each in sums[fund]] == [
        ("EUR", 10_000, 4_000, 0), ("USD", 700, 0, 0)
    ]  # fmt: skip
    with pytest.raises(BadEntry):
        made.gift(fund, 1)
    session.rollback()
    assert list(verify()) == []
    assert bank


def test_a_fund_below_zero_does_not_end():
    made.bank()
    fund, other = opened(), opened()
    made.payment(fund, 5)
    move(fund, S.CLOSING, residual=Residual.FUND, residual_fund_id=other)
    with pytest.raises(BadFund):
        move(fund, S.CLOSED, BORIS)
    assert queries.get_fund(fund).state == S.CLOSING


def test_an_empty_fund_ends_without_an_entry():
    opened(kind=FundKind.GENERAL)
    fund = opened()
    move(fund, S.CLOSING, residual=Residual.GENERAL)
    move(fund, S.CLOSED, BORIS)
    assert session.execute(text("SELECT count(*) FROM ledger_entry")).scalar_one() == 0


@pytest.mark.slow
def test_nothing_is_entered_for_a_fund_while_it_ends(app):
    made.bank()
    fund, other = opened(), opened()
    made.gift(fund, 100)
    move(fund, S.CLOSING, residual=Residual.FUND, residual_fund_id=other)
    start, outcomes = threading.Barrier(2), []

    def work(act):
        with app.app_context():
            start.wait()
            try:
                act()
                outcomes.append("done")
            except (BadEntry, NotThatState):
                outcomes.append("told")
            session.remove()

    acts = [lambda: move(fund, S.CLOSED, BORIS), lambda: made.gift(fund, 5)]
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    session.rollback()
    assert sums_at(clock.today())[fund][0].has == 0
    assert sums_at(clock.today())[other][0].has in {100, 105}
    assert outcomes.count("done") >= 1


WORDS = {"en": "A made-up bank, purpose: thanks"}


def test_where_to_give_takes_two_persons_and_has_a_history():
    fund = opened()
    with transaction():
        first = giving.propose_giving(fund, WORDS, actor=ANNA)
    assert giving.giving_of(queries.get_fund(fund)) is None
    with pytest.raises(NotThatState), transaction():
        giving.propose_giving(fund, WORDS, actor=BORIS)
    with pytest.raises(Forbidden), transaction():
        giving.release_giving(fund, first.id, actor=ANNA)
    with transaction():
        giving.release_giving(fund, first.id, actor=BORIS)
    with pytest.raises(NotThatState), transaction():
        giving.release_giving(fund, first.id, actor=BORIS)
    with transaction():
        second = giving.propose_giving(fund, {"en": "Another made-up bank"}, actor=BORIS)
    with transaction():
        giving.release_giving(fund, second.id, actor=ANNA)
    shown = giving.giving_of(queries.get_fund(fund))
    assert shown is not None
    assert shown.id == second.id
    assert {each.state for each in queries.list_givings(fund)} == {GivingState.RELEASED, GivingState.REPLACED}
    with transaction():
        giving.take_down_giving(fund, second.id, actor=BORIS)
    assert giving.giving_of(queries.get_fund(fund)) is None


def test_while_a_fund_rests_nobody_is_told_where_to_give():
    fund = opened()
    with transaction():
        text_ = giving.propose_giving(fund, WORDS, actor=ANNA)
    with transaction():
        giving.release_giving(fund, text_.id, actor=BORIS)
    move(fund, S.PAUSED)
    assert giving.giving_of(queries.get_fund(fund)) is None


def test_nothing_is_shown_of_whoever_carries_a_label(monkeypatch):
    fund = opened()
    named = {"is": False}
    monkeypatch.setattr(giving, "find_designated", lambda words: ["found"] if named["is"] else [])
    with transaction():
        text_ = giving.propose_giving(fund, WORDS, actor=ANNA)
    named["is"] = True
    with pytest.raises(NamesDesignated), transaction():
        giving.release_giving(fund, text_.id, actor=BORIS)
    named["is"] = False
    with transaction():
        giving.release_giving(fund, text_.id, actor=BORIS)
    assert giving.giving_of(queries.get_fund(fund)) is not None
    named["is"] = True
    assert giving.giving_of(queries.get_fund(fund)) is None, "labelled since"
    with pytest.raises(NamesDesignated), transaction():
        giving.propose_giving(fund, WORDS, actor=ANNA)


def test_an_entry_by_hand_is_written_by_one_and_posted_by_another():
    made.bank()
    fund = opened()
    entry = EntryDraft(Memo.GIFT, clock.today(), made.gift_lines(fund, 500), "g-1")
    with transaction():
        waiting = manual.propose_entry(entry, actor=ANNA)
    assert sums_at(clock.today()) == {}
    with pytest.raises(Forbidden), transaction():
        manual.post_proposal(waiting.id, actor=ANNA)
    with transaction():
        posted = manual.post_proposal(waiting.id, actor=BORIS)
    assert (posted.reference, posted.posted_by, sums_at(clock.today())[fund][0].has) == ("G-1", BORIS, 500)
    with pytest.raises(Conflict), transaction():
        manual.post_proposal(waiting.id, actor=BORIS)
    with transaction():
        back = manual.propose_reversal(posted.number, memo=Memo.WRONG_FUND, happened_on=clock.today(), actor=ANNA)
    with pytest.raises(Conflict), transaction():
        manual.propose_reversal(posted.number, memo=Memo.TWICE, happened_on=clock.today(), actor=BORIS)
    with transaction():
        manual.post_proposal(back.id, actor=BORIS)
    with pytest.raises(AlreadyPosted), transaction():
        manual.propose_reversal(posted.number, memo=Memo.TWICE, happened_on=clock.today(), actor=BORIS)
    assert sums_at(clock.today()) == {}


@pytest.mark.parametrize("kind", ["gift", "payment", "payment_back", "bank_own"])
def test_what_another_part_posted_is_not_taken_back_by_hand(kind):
    made.bank()
    fund = opened()
    number = made.gift(fund, 500, source=Source(kind, uuid.uuid4()))
    asked = {"memo": Memo.DID_NOT_HAPPEN, "happened_on": clock.today(), "actor": ANNA}
    with pytest.raises(BadEntry, match="where it was entered"), transaction():
        manual.propose_reversal(number, **asked)
    with transaction():
        session.add(
            LedgerProposal(
                id=uuid.uuid4(), state=ProposalState.WAITING, asked_by=ANNA, asked_at=clock.now(), reverses=number,
                memo=Memo.DID_NOT_HAPPEN, happened_on=clock.today(), lines=[],
            )
        )  # fmt: skip
    waiting = session.scalars(select(LedgerProposal.id)).one()
    with pytest.raises(BadEntry, match="where it was entered"), transaction():
        manual.post_proposal(waiting, actor=BORIS)
    assert sums_at(clock.today())[fund][0].has == 500


def test_what_cannot_be_posted_any_more_keeps_waiting():
    made.bank()
    fund, other = opened(), opened()
    with transaction():
        waiting = manual.propose_entry(
            EntryDraft(Memo.GIFT, clock.today(), made.gift_lines(fund, 500)), actor=ANNA
        )  # fmt: skip
    move(fund, S.CLOSING, residual=Residual.FUND, residual_fund_id=other)
    move(fund, S.CLOSED, BORIS)
    with pytest.raises(BadEntry), transaction():
        manual.post_proposal(waiting.id, actor=BORIS)
    with transaction():
        assert manual.refuse_proposal(waiting.id, actor=ANNA).state == "withdrawn"


def test_transfers_between_funds_take_open_funds():
    bank = made.bank()
    fund, waiting = opened(), make_fund().id
    made.gift(fund, 100)
    with pytest.raises(BadEntry), transaction():
        ledger.transfer(bank, fund, waiting, Money(5, "EUR"), happened_on=clock.today(), actor=None)
