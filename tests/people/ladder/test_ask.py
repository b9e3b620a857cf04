"""Who may be asked for what: the rules, two who ask at once, and that nobody is asked twice within a cool-down."""

import itertools
import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from campaign.activities.models import Task, TaskKind, TaskState
from campaign.kernel import clock
from campaign.kernel.db import session, transaction
from campaign.kernel.errors import NotFound
from campaign.kernel.mail import suppression
from campaign.kernel.mail.rows import MailRow
from campaign.kernel.mail.suppression import SuppressionReason
from campaign.people.models import Ask, AskRest, AskState, AskWay, Interaction, InteractionKind, Person, Volunteer
from campaign.people.queries.ladder import DID_IT, NOT_NEXT, UNREACHABLE, Hold, people_on
from campaign.people.service import merging
from campaign.people.service.details import record_interaction
from campaign.people.service.ladder.ask import MayNotAsk, Refusal, ask, may_ask, note_ask
from campaign.people.service.records import PersonDraft, add_person
from campaign.people.service.volunteers import add_volunteer
from tests.people.ladder.steps import ORGANISER, signer
from tests.support import accounts, pens

WRITE, JOIN = "write_one_letter", "join_group"


def note(person: uuid.UUID, step: str = WRITE, way: AskWay = AskWay.IN_PERSON) -> Ask:
    with transaction():
        return note_ask(person, step, way=way, actor=ORGANISER)


def verdict(person: uuid.UUID, step: str = WRITE, way: AskWay = AskWay.IN_PERSON) -> Refusal | None:
    return may_ask([person], step, way=way)[person]


def hold_of(person: uuid.UUID, step: str = WRITE, way: AskWay = AskWay.IN_PERSON) -> str:
    found = verdict(person, step, way)
    return "" if found is None else found.hold


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def test_a_signer_may_be_asked_for_one_letter_and_for_nothing_else(app: Flask) -> None:
    person = signer()
    assert verdict(person) is None
    assert hold_of(person, "sign") == DID_IT
    assert hold_of(person, JOIN) == hold_of(person, "lead") == NOT_NEXT
    assert may_ask([uuid.uuid4()], WRITE) == {}
    with pytest.raises(NotFound):
        may_ask([person], "fly")


def test_the_days_of_waiting_count(app: Flask) -> None:
    assert verdict(signer(13)) == Refusal(Hold.EARLY, in_days(1))
    assert verdict(signer(14)) == Refusal(Hold.EARLY, in_days(0))
    assert verdict(signer(15)) is None


def test_whoever_was_asked_rests_from_this_and_from_all_else(app: Flask) -> None:
    person = signer(60)
    made = note(person)
    assert (made.step, made.state, made.asked_by) == (WRITE, AskState.ASKED, ORGANISER)
    line = session.scalars(select(Interaction).where(Interaction.person_id == person)).one()
    assert (line.kind, line.word, line.subject_id) == (InteractionKind.ASKED, WRITE, made.id)
    assert verdict(person) == Refusal(Hold.ASKED_THIS, in_days(90))
    with pytest.raises(MayNotAsk) as refused:
        note(person)
    assert refused.value.refusal.hold == Hold.ASKED_THIS
    with transaction():
        record_interaction(person, InteractionKind.WROTE, on=clock.today() - timedelta(days=40))
    assert verdict(person, JOIN) == Refusal(Hold.ASKED, in_days(14))


def test_being_asked_for_anything_by_anybody_counts(app: Flask) -> None:
    person = signer(60)
    with transaction():
        record_interaction(person, InteractionKind.ASKED, word="bring_cake", on=clock.today() - timedelta(days=3))
    assert verdict(person) == Refusal(Hold.ASKED, in_days(11))


def test_no_consent_never_and_rest_stand_in_the_way(app: Flask) -> None:
    with transaction():
        alone = add_person(PersonDraft(name="Zoe Erfunden"), actor=None).id
    assert hold_of(alone, "sign") == Hold.NO_CONSENT
    person = signer(60)
    made = note(person)
    with transaction():
        row = session.get_one(Ask, made.id)
        row.state, row.asked_on, row.ended_on = AskState.NEVER, clock.today() - timedelta(days=500), clock.today()
    assert hold_of(person) == Hold.NEVER
    other = signer(60)
    with transaction():
        session.add(AskRest(person_id=other, until_on=in_days(30), said_on=clock.today()))
    assert verdict(other) == Refusal(Hold.RESTING, in_days(30))


def test_whoever_pauses_or_writes_enough_is_left_in_peace(app: Flask) -> None:
    own = accounts.person()
    with transaction():
        person = add_volunteer(own.id, own.username).person_id
    assert person is not None
    with transaction():
        who = session.scalars(select(Volunteer).where(Volunteer.person_id == person)).one()
        who.state = "paused"
    assert hold_of(person, "sign") == Hold.AWAY
    pens.member(pens.group(), who)
    assert set(session.scalars(people_on(3))) == {person}
    assert hold_of(person, "lead") == Hold.AWAY


def test_by_mail_only_with_consent_to_news_an_address_and_no_suppression(app: Flask) -> None:
    assert hold_of(signer(60), way=AskWay.MAIL) == Hold.NO_MAIL
    assert hold_of(signer(60, news=True), way=AskWay.MAIL) == Hold.NO_MAIL
    blocked = signer(60, news=True, email="no@people.example")
    with transaction():
        suppression.suppress("no@people.example", SuppressionReason.ASKED)
    assert hold_of(blocked, way=AskWay.MAIL) == UNREACHABLE
    free = signer(60, news=True, email="yes@people.example")
    made = note(free, way=AskWay.MAIL)
    assert session.scalars(select(MailRow.ref).where(MailRow.kind == "ask.step")).all() == [made.id]


def test_two_organisers_who_ask_the_same_people_at_once_ask_each_once(app: Flask) -> None:
    people = [signer(60) for _each in range(6)]
    start, done = threading.Barrier(2), list[int]()

    def go(order: list[uuid.UUID]) -> None:
        with app.app_context():
            start.wait()
            with transaction():
                made = ask(order, WRITE, way=AskWay.IN_PERSON, actor=uuid.uuid4())
            done.append(len(made.asks))

    threads = [threading.Thread(target=go, args=(order,)) for order in (people, people[::-1])]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(done) == [0, 6]
    assert session.scalar(select(func.count()).select_from(Ask)) == 6


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=st.lists(
        st.tuples(
            st.integers(1, 40), st.sampled_from(["sign", WRITE, JOIN, "lead"]), st.sampled_from(list(AskState)[:4])
        ),
        max_size=14,
    )
)
def test_nobody_is_asked_twice_within_a_cool_down_whatever_happens(
    app: Flask, deeds: list[tuple[int, str, str]]
) -> None:
    """Whoever tries what on whichever day, whatever is answered."""
    person, moment = signer(60), datetime(2027, 1, 1, 12, tzinfo=UTC)
    for days, step, answer in deeds:
        moment += timedelta(days=days)
        with time_machine.travel(moment, tick=False), transaction():
            made = ask([person], step, way=AskWay.IN_PERSON, actor=ORGANISER)
            if made.asks and answer != AskState.ASKED:
                row = session.get_one(Ask, made.asks[person])
                row.state, row.ended_on = answer, clock.today()
            if made.asks and answer == AskState.DID and step == WRITE:
                record_interaction(person, InteractionKind.WROTE)
    asks = session.scalars(select(Ask).where(Ask.person_id == person).order_by(Ask.asked_on)).all()
    for before, after in itertools.pairwise(asks):
        assert (after.asked_on - before.asked_on).days > 14
    for step in (WRITE, JOIN):
        mine = [each for each in asks if each.step == step]
        for before, after in itertools.pairwise(mine):
            assert (after.asked_on - before.asked_on).days > 90
            assert before.state != AskState.NEVER


def test_when_two_records_become_one_what_was_asked_and_refused_holds_and_undoing_gives_both_theirs(app: Flask) -> None:
    one, other = signer(60), signer(60)
    note(one)
    second = note(other)
    with transaction():
        session.add(AskRest(person_id=one, until_on=in_days(5), said_on=clock.today()))
        session.add(AskRest(person_id=other, until_on=in_days(50), said_on=clock.today()))
    with transaction():
        merged = merging.merge_people(one, other, actor=ORGANISER)
    session.expire_all()
    states = session.scalars(select(Ask.state).where(Ask.person_id == one)).all()
    assert sorted(states) == [AskState.ASKED, AskState.LAPSED]
    assert verdict(one) == Refusal(Hold.RESTING, in_days(90))
    assert session.get_one(AskRest, one).until_on == in_days(50)
    with transaction():
        merging.undo_merge(merged.id, actor=ORGANISER)
    session.expire_all()
    back = session.get_one(Ask, second.id)
    assert (back.person_id, back.state, back.ended_on) == (other, AskState.ASKED, None)
    assert session.get_one(AskRest, one).until_on == in_days(5)
    assert session.get_one(AskRest, other).until_on == in_days(50)


def test_whoever_has_as_many_tasks_as_they_take_on_is_left_in_peace(app: Flask) -> None:
    own = accounts.person()
    with transaction():
        who = add_volunteer(own.id, own.username)
        person = who.person_id
    assert person is not None
    pens.member(pens.group(), who)
    until, today = clock.today() + timedelta(days=5), clock.today()
    with transaction():
        session.get_one(Person, person).tasks_a_week = 1
        session.add(
            Task(
                id=uuid.uuid4(), kind=TaskKind.PRINT, state=TaskState.CLAIMED, claimed_by=who.id, claimed_until=until,
                created_on=today,
            )
        )  # fmt: skip
    assert hold_of(person, "lead") == "has_tasks"
