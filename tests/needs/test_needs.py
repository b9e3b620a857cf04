"""Needs: the way from the report to the end, with its two looks, and what becomes of what was written."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from campaign.funds.models import Expense
from campaign.kernel import clock
from campaign.kernel.audit import AuditEntry
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import Conflict, NotFound
from campaign.kernel.money import Money
from campaign.kernel.registry_needs import NeedOrigin, OriginFacts, need_origins
from campaign.needs.models import (
    CheckedBy,
    Need,
    NeedCategory,
    NeedEvent,
    NeedState,
    NeedVisibility,
    PayeeKind,
)
from campaign.needs.queries import needs as queries
from campaign.needs.service import fulfilment, needs
from campaign.needs.service.moves import NotThatStep, note_of, words_of
from campaign.needs.service.needs import BadNeed, OtherPerson
from campaign.prisoners.models import ConsentKind, Prisoner, PrisonerConsent
from campaign.prisoners.service.consent import revoke_consent
from campaign.prisoners.service.erasure import erase_rows
from campaign.prisoners.service.watch import WatchDraft, set_watch
from tests.needs import made
from tests.needs.made import AUTHOR, FIRST, OTHER, SECOND
from tests.support import make

pytestmark = pytest.mark.usefixtures("app")
S = NeedState


def test_two_others_make_sure_of_it_and_somebody_else_approves_it():
    found = made.need()
    with pytest.raises(OtherPerson), transaction():
        needs.verify(found.id, CheckedBy.LETTER, seen_version=found.version, actor=AUTHOR)
    with transaction():
        needs.verify(found.id, CheckedBy.RELATIVE, "The sister says so.", seen_version=found.version, actor=FIRST)
    assert made.again(found).state == S.REPORTED
    with pytest.raises(OtherPerson), transaction():
        needs.verify(found.id, CheckedBy.LAWYER, seen_version=made.again(found).version, actor=FIRST)
    with pytest.raises(NotThatStep), transaction():
        needs.approve(found.id, seen_version=made.again(found).version, actor=OTHER)
    with transaction():
        needs.verify(found.id, CheckedBy.LAWYER, seen_version=made.again(found).version, actor=SECOND)
    assert made.again(found).state == S.VERIFIED
    with pytest.raises(OtherPerson), transaction():
        needs.approve(found.id, seen_version=made.again(found).version, actor=AUTHOR)
    with transaction():
        needs.approve(found.id, seen_version=made.again(found).version, actor=FIRST)
    assert made.again(found).state == S.APPROVED
    events = queries.list_events(found.id)
    assert [each.word for each in events] == ["reported", "verified", "verified", "approved"]
    assert note_of(events[1]) == "The sister says so."
    assert words_of(made.again(found)) == "The appeal is in March."
    trail = session.scalars(select(AuditEntry.action).where(AuditEntry.object == f"need:{found.id}")).all()
    assert trail == ["need.reported", "need.verified", "need.verified", "need.approved"]


def test_a_change_makes_two_look_anew_and_whoever_changed_it_is_none_of_them():
    found = made.need(S.APPROVED)
    with pytest.raises(Conflict), transaction():
        needs.edit(found.id, made.draft(), seen_version=found.version - 1, actor=FIRST)
    with transaction():
        needs.edit(found.id, made.draft(amount=Money(90_000, "EUR")), seen_version=found.version, actor=FIRST)
    changed = made.again(found)
    assert (changed.state, changed.first_verified_by, changed.approved_by) == (S.REPORTED, None, None)
    with pytest.raises(OtherPerson), transaction():
        needs.verify(found.id, CheckedBy.KNOWN, seen_version=changed.version, actor=FIRST)
    with transaction():
        needs.verify(found.id, CheckedBy.KNOWN, seen_version=changed.version, actor=AUTHOR)
    begun = made.need(S.IN_FULFILMENT)
    with pytest.raises(NotThatStep), transaction():
        needs.edit(begun.id, made.draft(), seen_version=begun.version, actor=FIRST)


@pytest.mark.parametrize(
    "columns",
    [
        {"first_verified_by": AUTHOR}, {"first_verified_by": SECOND}, {"second_verified_by": None},
        {"approved_by": AUTHOR}, {"approved_by": None}, {"amount": None, "currency": None}, {"amount": 0},
        {"state": "fulfilled"}, {"prisoner_id": None},
    ],
)  # fmt: skip
def test_the_database_itself_refuses_a_need_without_its_persons_or_its_figures(columns):
    found = made.need(S.APPROVED)
    with pytest.raises(IntegrityError), transaction():
        session.execute(update(Need).where(Need.id == found.id).values(**columns))


def test_a_need_is_begun_once_fulfilled_once_and_open_again_when_that_failed():
    found = made.need(S.APPROVED)
    with pytest.raises(NotThatStep), transaction():
        fulfilment.fulfil(found.id, actor=OTHER)
    with transaction():
        fulfilment.begin_fulfilment(found.id, actor=OTHER)
    with pytest.raises(NotThatStep), transaction():
        fulfilment.begin_fulfilment(found.id, actor=OTHER)
    for _twice in range(2):
        with transaction():
            fulfilment.fulfil(found.id, actor=OTHER)
    assert (made.again(found).state, made.again(found).ended_on) == (S.FULFILLED, clock.today())
    with time_machine.travel(clock.now() + timedelta(days=70)):
        for _twice in range(2):
            with transaction():
                fulfilment.back_to_approved(found.id, actor=OTHER)
        back = made.again(found)
        assert (back.state, back.ended_on) == (S.APPROVED, None)
        assert back.expires_on == clock.today() + needs.AGAIN
        assert [each.id for each in queries.approved_needs()] == [found.id]
    reported = made.need()
    with pytest.raises(NotThatStep), transaction():
        fulfilment.back_to_approved(reported.id, actor=OTHER)
    with pytest.raises(NotFound), transaction():
        fulfilment.begin_fulfilment(uuid.uuid4(), actor=OTHER)


@pytest.mark.slow
def test_two_who_begin_at_once_do_it_once(app):
    found, start, outcomes = made.need(S.APPROVED), threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    fulfilment.begin_fulfilment(found.id, actor=OTHER)
                outcomes.append("done")
            except NotThatStep:
                outcomes.append("told")
            session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["done", "told"]


def test_what_nobody_begins_runs_out_on_its_day_and_can_be_taken_up_again():
    waiting, begun = made.need(S.APPROVED), made.need(S.IN_FULFILMENT)
    with time_machine.travel(clock.now() + timedelta(days=60)), transaction():
        assert needs.expire_due(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=61)):
        assert queries.approved_needs() == []
        with transaction():
            assert needs.expire_due(clock.today()) == 1
        assert (made.again(waiting).state, made.again(begun).state) == (S.EXPIRED, S.IN_FULFILMENT)
        with transaction():
            needs.take_up_again(waiting.id, seen_version=made.again(waiting).version, actor=FIRST)
        back = made.again(waiting)
        assert (back.state, back.author_id, back.first_verified_by) == (S.REPORTED, FIRST, None)
        assert back.expires_on == clock.today() + needs.LASTS


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": None}, "how much"), ({"amount": Money(0, "EUR")}, "above zero"),
        ({"amount": Money(-5, "EUR")}, "above zero"),
        ({"expires_on": clock.today() - timedelta(days=1)}, "between today"),
        ({"expires_on": clock.today() + timedelta(days=400)}, "between today"),
        ({"visibility": NeedVisibility.CATEGORY}, "consent"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(changes, said):
    who = make.public_prisoner().id
    with pytest.raises(BadNeed, match=said), transaction():
        needs.report(who, made.draft(**changes), actor=AUTHOR)
    with pytest.raises(NotFound), transaction():
        needs.report(uuid.uuid4(), made.draft(), actor=AUTHOR)


def test_no_money_goes_to_the_account_of_somebody_on_the_list_of_the_state():
    who = make.prisoner().id
    with transaction():
        set_watch(session.get_one(Prisoner, who), WatchDraft("yes", True, None, None), actor=None)
    with pytest.raises(BadNeed, match="own account"), transaction():
        needs.report(who, made.draft(payees=(PayeeKind.FACILITY_ACCOUNT,)), actor=AUTHOR)
    with transaction():
        found = needs.report(who, made.draft(payees=(PayeeKind.RELATIVE, PayeeKind.RELATIVE)), actor=AUTHOR)
    assert made.again(found).payees == ["relative"]


def test_the_public_sees_what_was_agreed_to_and_only_while_it_holds():
    who = made.agreeing()
    money = made.need(S.APPROVED, prisoner=who, visibility=NeedVisibility.AMOUNT)
    made.need(S.APPROVED, prisoner=who, category=NeedCategory.TRAVEL, visibility=NeedVisibility.CATEGORY)
    made.need(S.APPROVED, prisoner=who, category=NeedCategory.LIVING)
    made.need(S.VERIFIED, prisoner=who, category=NeedCategory.FINES, visibility=NeedVisibility.AMOUNT)
    shown = {each.category: each.money for each in queries.public_needs(who)}
    assert shown == {NeedCategory.LAWYER: Money(30_000, "EUR"), NeedCategory.TRAVEL: None}
    hidden = made.need(prisoner=who)
    with pytest.raises(BadNeed), transaction():
        needs.show_less(hidden.id, NeedVisibility.AMOUNT, actor=OTHER)
    with transaction():
        needs.show_less(money.id, NeedVisibility.CATEGORY, actor=OTHER)
    assert {each.money for each in queries.public_needs(who)} == {None}
    consent = session.scalars(select(PrisonerConsent).where(PrisonerConsent.kind == ConsentKind.FUND)).one()
    with transaction():
        revoke_consent(session.get_one(Prisoner, who), consent.id, actor=None)
    assert queries.public_needs(who) == []
    assert {each.visibility for each in session.scalars(select(Need))} == {NeedVisibility.HIDDEN}


def test_who_is_erased_leaves_figures_alone():
    who = make.prisoner()
    waiting, done = made.need(S.APPROVED, prisoner=who.id), made.need(S.FULFILLED, prisoner=who.id)
    declined = made.need(S.DECLINED, prisoner=who.id)
    with transaction():
        erase_rows(who.id)
    assert (made.again(waiting).state, made.again(done).state) == (S.DECLINED, S.FULFILLED)
    for each in (waiting, done, declined):
        assert (made.again(each).prisoner_id, made.again(each).words_sealed) == (None, None)
    assert not session.scalars(select(NeedEvent).where(NeedEvent.note_sealed.is_not(None))).all()
    assert queries.find_need(done.id).money == Money(30_000, "EUR")


def test_words_and_notes_go_half_a_year_after_the_end():
    found, open_one = made.need(S.DECLINED), made.need(S.APPROVED, expires_on=clock.today() + timedelta(days=366))
    with time_machine.travel(clock.now() + timedelta(days=needs.KEPT_DAYS - 1)), transaction():
        assert needs.erase_old_words(clock.today()) == 0
    with time_machine.travel(clock.now() + timedelta(days=needs.KEPT_DAYS)), transaction():
        assert needs.erase_old_words(clock.today()) == 1
        assert needs.erase_old_words(clock.today()) == 0
    assert made.again(found).words_sealed is None
    assert [note_of(each) for each in queries.list_events(found.id)] == ["", ""]
    assert words_of(made.again(open_one))


def test_nothing_written_stands_in_clear():
    made.need(S.DECLINED, words="Лекарства для Анны")
    dump = session.scalar(text("SELECT string_agg(need::text, '') FROM need"))
    dump += session.scalar(text("SELECT string_agg(need_event::text, '') FROM need_event"))
    assert "Анны" not in dump
    assert "made up" not in dump
    assert "Лекарства".encode().hex() not in dump


def test_what_was_written_down_elsewhere_becomes_one_need(monkeypatch):
    who, origin, taken = make.prisoner().id, uuid.uuid4(), []
    facts = OriginFacts(who, "medicine", True, is_open=True)
    known = NeedOrigin(
        "made up", lambda each: facts if each == origin else None, lambda _each: "Insulin",
        lambda each, actor: taken.append((each, actor)), lambda _each: "/",
    )  # fmt: skip
    monkeypatch.setitem(need_origins._items, "made-up", known)
    with transaction():
        found = needs.report(who, made.draft(words=""), actor=AUTHOR, origin=("made-up", origin))
    assert (words_of(found), taken) == ("Insulin", [(origin, AUTHOR)])
    assert queries.find_by_origin("made-up", [origin])[origin].id == found.id
    for other in (("made-up", uuid.uuid4()), ("nowhere", origin)):
        with pytest.raises(BadNeed), transaction():
            needs.report(who, made.draft(), actor=AUTHOR, origin=other)
    with pytest.raises(IntegrityError), transaction():
        needs.report(who, made.draft(), actor=AUTHOR, origin=("made-up", origin))


def test_each_category_is_the_word_of_an_account_of_expenses():
    assert {f"expenses:{each}" for each in NeedCategory} == set(Expense) - {Expense.FEES}


def test_a_list_is_narrowed_and_sorted():
    who = make.prisoner().id
    mine = made.need(prisoner=who)
    other = made.need(S.VERIFIED, category=NeedCategory.MEDICINE, amount=Money(5, "EUR"))
    made.need(S.DECLINED)
    listed = lambda account=OTHER, **more: [  # noqa: E731 - read as a table below
        each.id for each in session.scalars(queries.select_needs(queries.Wanted(**more), account=account))
    ]
    assert set(listed()) == {mine.id, other.id}
    assert listed(prisoners=[who]) == [mine.id]
    assert listed(category="medicine") == listed(state="verified") == listed(number=other.number) == [other.id]
    assert listed(sort="amount") == [other.id, mine.id]
    assert listed(sort="-amount") == [mine.id, other.id]
    assert len(listed(state="")) == 3
    assert listed(AUTHOR, state=queries.MINE) == []
    assert set(listed(state=queries.MINE)) == {mine.id, other.id}
    assert queries.count_waiting(OTHER) == (1, 1)
    assert queries.count_waiting(AUTHOR) == (0, 0)
